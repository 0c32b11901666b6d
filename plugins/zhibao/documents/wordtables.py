"""Tables of the page as tables of an editable document: heads repeat on each page, no row is cut."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lxml import html

from zhibao.documents.wordstyles import HEIGHT_MM, TWIPS, WIDTH_MM

SHADES = {"TableHead": "EFEFEF", "TableGroup": "F7F7F7", "TableTotal": "F7F7F7"}
BORDERS = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)
MARGINS = '<w:tblCellMar><w:left w:w="57" w:type="dxa"/><w:right w:w="57" w:type="dxa"/></w:tblCellMar>'


@dataclass(frozen=True, slots=True)
class _Span:
    """A cell that reaches down: how many rows of it are left, and how many columns it is wide."""

    rows: int
    columns: int


def table_xml(table: html.HtmlElement, runs: Callable[[Any], str], *, wide: bool) -> str:
    """`runs` writes the text of a cell. The table is as wide as the type area; columns have the page's widths."""
    widths = _widths(table, HEIGHT_MM if wide else WIDTH_MM)
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:jc w:val="center"/><w:tblBorders>{BORDERS}'
        f'</w:tblBorders><w:tblLayout w:type="fixed"/>{MARGINS}</w:tblPr><w:tblGrid>{grid}</w:tblGrid>'
        f"{_rows(table, widths, runs)}</w:tbl>"
    )


def _widths(table: html.HtmlElement, whole_mm: float) -> list[int]:
    """Twips of each column: those that the page gives in mm, the others share what is left."""
    count = max(sum(int(cell.get("colspan", 1)) for cell in row) for row in table.iter("tr"))
    given = [_width_mm(column) for column in table.iter("col")][:count]
    given += [None] * (count - len(given))
    shared = (whole_mm - sum(width for width in given if width is not None)) / max(given.count(None), 1)
    return [int((shared if width is None else width) * TWIPS) for width in given]


def _width_mm(column: html.HtmlElement) -> float | None:
    """None where the column shares what is left."""
    style = column.get("style")
    return float(style.removeprefix("width:").removesuffix("mm")) if style else None


def _rows(table: html.HtmlElement, widths: list[int], runs: Callable[[Any], str]) -> str:
    written, open_spans = [], {}
    for row in table.iter("tr"):
        is_head = row.getparent().tag == "thead"
        repeated = "<w:tblHeader/>" if is_head else ""
        written.append(f"<w:tr><w:trPr><w:cantSplit/>{repeated}</w:trPr>{_cells(row, widths, runs, open_spans)}</w:tr>")
    return "".join(written)


def _cells(
    row: html.HtmlElement, widths: list[int], runs: Callable[[Any], str], open_spans: dict[int, _Span]
) -> str:
    written, place, cells = [], 0, iter(row)
    while place < len(widths):
        if place in open_spans:
            span = open_spans.pop(place)
            written.append(_cell("<w:p/>", widths[place:place + span.columns], "<w:vMerge/>", span.columns))
            if span.rows > 1:
                open_spans[place] = _Span(span.rows - 1, span.columns)
            place += span.columns
            continue
        cell = next(cells, None)
        if cell is None:
            break
        columns, down = int(cell.get("colspan", 1)), int(cell.get("rowspan", 1))
        style = _style_of(row, cell)
        text = f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{_kept(row, style)}{_side(cell)}</w:pPr>{runs(cell)}</w:p>'
        merge = '<w:vMerge w:val="restart"/>' if down > 1 else ""
        written.append(_cell(text, widths[place:place + columns], merge, columns, SHADES.get(style)))
        if down > 1:
            open_spans[place] = _Span(down - 1, columns)
        place += columns
    return "".join(written)


def _cell(paragraph: str, widths: list[int], merge: str, columns: int, shade: str | None = None) -> str:
    spanned = f'<w:gridSpan w:val="{columns}"/>' if columns > 1 else ""
    filled = f'<w:shd w:val="clear" w:color="auto" w:fill="{shade}"/>' if shade else ""
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{sum(widths)}" w:type="dxa"/>{spanned}{merge}{filled}'
        f'<w:vAlign w:val="center"/></w:tcPr>{paragraph}</w:tc>'
    )


def _style_of(row: html.HtmlElement, cell: html.HtmlElement) -> str:
    kinds = (row.get("class") or "").split()
    if row.getparent().tag == "thead":
        return "TableHead"
    if "group" in kinds:
        return "TableGroup"
    if "total" in kinds:
        return "TableTotal"
    return "TableWord" if "word" in (cell.get("class") or "").split() else "TableCell"


def _kept(row: html.HtmlElement, style: str) -> str:
    """Heads and group rows stay with what follows."""
    return "<w:keepNext/>" if style in ("TableHead", "TableGroup") else ""


def _side(cell: html.HtmlElement) -> str:
    return '<w:jc w:val="left"/>' if cell.tag == "th" and "word" in (cell.get("class") or "").split() else ""
