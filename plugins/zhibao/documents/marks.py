"""Figures marked where a template prints them, so that the other forms of a document find them again in its page.

A marked page says `<data class="figure" data-figure="…" value="…">45.00%</data>`; what is printed has the text alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from markupsafe import Markup

from zhibao.figures import Figure, plain

MARK = re.compile(r"</?data\b[^>]*>")
MARKED = Markup('<data class="figure" data-figure="{id}" value="{value}">{text}</data>')

# How a printed figure is written into the page: its text, and the figure (or bare number) that it stands for.
Mark = Callable[[str, Figure | Decimal | int], str]


def as_data(text: str, figure: Figure | Decimal | int) -> Markup:
    """The text with id and exact value; a number that no figure stands for has no id."""
    exact = figure.value if isinstance(figure, Figure) else Decimal(figure)
    return MARKED.format(id=figure.id if isinstance(figure, Figure) else "", value=plain(exact), text=text)


def unmarked(page: str) -> str:
    """A marked page as it is printed."""
    return MARK.sub("", page)


def marking(write: Callable[..., str], mark: Mark | None, place: int = 0) -> Callable[..., str]:
    """The filter `write`, whose argument at `place` is the figure that it prints, with its text marked."""
    if mark is None:
        return write

    def marked(*args: Any) -> str:
        text, figure = write(*args), args[place] if place < len(args) else None
        return mark(text, figure) if isinstance(figure, Figure | Decimal | int) and text else text

    return marked
