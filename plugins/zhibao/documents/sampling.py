"""What WeasyPrint makes of a long table's sample rows: where its cells stand, how high a line is, which fonts it took.

Lengths are CSS pixels from the page's top left, as in WeasyPrint's boxes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from zhibao.documents.longtables import SAMPLE_ROWS, LongTable

FAMILY = "zb-"


@dataclass(frozen=True, slots=True)
class Column:
    """A column's cells: the room for words, and how they stand in it.

    `baseline` is below the top of a line; a cell of Latin alone (`latin_baseline`) is centred by its own font.
    """

    left: float
    width: float
    align: str
    role: str
    size: float
    baseline: float
    latin_baseline: float


@dataclass(frozen=True, slots=True)
class Sample:
    """`edges` are the inner rules between columns; `around` is what a row needs beside its lines.

    `first_room` and `room` are what rows may fill on the table's first page and on a page of its own. `fonts` are
    Pango's, by role, each with the layout that keeps it alive.
    """

    columns: tuple[Column, ...]
    edges: tuple[float, ...]
    left: float
    right: float
    line_height: float
    around: float
    rule: float
    first_room: float
    room: float
    fonts: dict[str, tuple[Any, Any]]


def boxes(box: Any) -> Iterator[Any]:
    """`box` and all that is in it."""
    yield box
    for child in getattr(box, "children", ()):
        yield from boxes(getattr(child, "_box", child))


def is_cell(box: Any) -> bool:
    return box.element is not None and box.element_tag in ("td", "th") and type(box).__name__ == "TableCellBox"


def is_line(box: Any) -> bool:
    return type(box).__name__ == "LineBox"


def sample_of(document: Any, table: LongTable) -> Sample:
    """Read the sample rows of `table` in a laid out document. Raises LookupError when they are not on one page."""
    for page in document.pages:
        for box in boxes(page._page_box):
            if hasattr(box, "column_widths") and box.element.get("id") == table.name:
                return _sample(page._page_box, box)
    raise LookupError(table.mark)


def _sample(page: Any, table: Any) -> Sample:
    body = next(group for group in table.children if not group.is_header)
    if len(body.children) != SAMPLE_ROWS:
        raise LookupError("the sample rows are on two pages")
    cells, top = body.children[1].children, body.children[0].position_y
    lines = {line.height for cell in cells for line in boxes(cell) if is_line(line)}
    foot = page.content_box_y() + page.height - table.border_bottom_width
    room = foot - page.content_box_y() - (top - table.position_y)
    edge = cells[0]
    return Sample(
        tuple(map(_column, cells, body.children[-1].children)),
        tuple(cell.position_x for cell in cells[1:]),
        table.position_x, table.position_x + table.border_width(),
        max(lines),
        edge.padding_top + edge.padding_bottom + edge.border_top_width + edge.border_bottom_width,
        edge.border_top_width + edge.border_bottom_width,
        foot - top, room,
        {role: font for cell in cells for role, font in _fonts(cell)},
    )


def _column(cell: Any, latin: Any) -> Column:
    return Column(
        cell.content_box_x(), cell.width, cell.style["text_align_all"], _role(cell), cell.style["font_size"],
        _baseline(cell), _baseline(latin),
    )


def _baseline(cell: Any) -> float:
    line = next(filter(is_line, boxes(cell)))
    text = next(box for box in boxes(line) if hasattr(box, "pango_layout"))
    return text.position_y + text.baseline - line.position_y


def _fonts(cell: Any) -> Iterator[tuple[str, tuple[Any, Any]]]:
    """Each role that the sample's words are drawn in, with Pango's font for it and the layout that keeps it alive."""
    for box in boxes(cell):
        if hasattr(box, "pango_layout"):
            box.pango_layout.reactivate(box.style)
            first, _ = box.pango_layout.get_first_line()
            yield _role(box), (first.runs[0].data.item.analysis.font, box.pango_layout)


def _role(box: Any) -> str:
    return box.style["font_family"][0].removeprefix(FAMILY)
