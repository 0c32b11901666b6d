"""Draws what is too wide for its cell smaller: a number is never broken, and never runs into its neighbour."""

from __future__ import annotations

from typing import Any

from zhibao.documents.sampling import boxes, is_cell, is_line

SLACK = 0.1  # px


def fit(document: Any) -> None:
    """Shrink each line of a table's cell that does not fit between the cell's paddings until it does."""
    for page in document.pages:
        for cell in filter(is_cell, boxes(page._page_box)):
            for line in filter(is_line, boxes(cell)):
                if line.width > cell.width + SLACK:
                    _shrink(line, cell.width / line.width, line.position_x)


def _shrink(box: Any, ratio: float, left: float) -> None:
    """Draw `box` and all in it at `ratio` of its size, towards `left`; what stands on the line stays on it."""
    for part in boxes(box):
        part.position_x = left + (part.position_x - left) * ratio
        part.width *= ratio
        if hasattr(part, "pango_layout"):
            part.style = part.style.copy()
            part.style["font_size"] *= ratio
            if part.style["letter_spacing"] != "normal":
                part.style["letter_spacing"] *= ratio
