"""Shares a long table's rows out over pages, draws them there, and tags them as the cells that they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from zhibao.documents.fonts import FontSet
from zhibao.documents.linebreaking import Breaker, Line
from zhibao.documents.longtables import LongTable
from zhibao.documents.sampling import Column, Sample, boxes, is_cell

# A page holds at least so many rows before a break and after it, and the last one room for note, signer and date.
LEAST_TOGETHER = 3
NOTE_ROOM = 227.0  # px, 60 mm
SLACK = 0.5  # px
# How much of a line's free room stands before it.
SHARES = {"center": 0.5, "right": 1, "end": 1}


@dataclass(frozen=True, slots=True)
class Row:
    """One row's cells as lines, and its height in pixels."""

    cells: tuple[list[Line], ...]
    height: float


@dataclass(slots=True)
class Part:
    """The rows of one page. `marked` is, row by row, the number of each cell's marked content."""

    table: LongTable
    sample: Sample
    number: int
    rows: Sequence[Row]
    marked: list[list[int]] = field(default_factory=list)
    space: Any = None

    @property
    def height(self) -> float:
        return sum(row.height for row in self.rows)

    @property
    def name(self) -> str:
        return self.table.name_of(self.number)

    @property
    def html(self) -> str:
        # The space's own borders are half a rule above and below.
        return self.table.with_space(self.number, self.height - self.sample.rule)


def parts_of(table: LongTable, sample: Sample, fonts: FontSet) -> list[Part]:
    """The table's rows, page by page."""
    breakers = {column.role: Breaker(fonts, column.role) for column in sample.columns}
    rows = [_row(cells, sample, breakers) for cells in table.rows]
    bounds = _bounds([row.height for row in rows], sample)
    return [Part(table, sample, number, rows[start:end]) for number, (start, end) in enumerate(bounds)]


def _row(cells: Sequence[str], sample: Sample, breakers: dict[str, Breaker]) -> Row:
    lines = tuple(
        breakers[column.role].lines(words, column.width / column.size)
        for words, column in zip(cells, sample.columns, strict=True)
    )
    return Row(lines, max(map(len, lines)) * sample.line_height + sample.around)


def _bounds(heights: Sequence[float], sample: Sample) -> list[tuple[int, int]]:
    """(first row, row after the last) of each page."""
    starts, left = [0], sample.first_room - SLACK
    for place, height in enumerate(heights):
        if height > left and place > starts[-1]:
            starts.append(place)
            left = sample.room - SLACK
        left -= height
    last = len(heights) - LEAST_TOGETHER
    if left < NOTE_ROOM and last > starts[-1]:
        starts.append(last)
    elif starts[-1] > max(last, 0) and len(starts) > 1:
        starts[-1] = last
    return list(zip(starts, [*starts[1:], len(heights)], strict=True))


def draw_on(document: Any, parts: Sequence[Part], fonts: FontSet) -> None:
    """Have each page of a laid out document paint the rows whose space it holds.

    Raises LookupError when a space is missing, or not as high as its rows.
    """
    wanted = {part.name: part for part in parts}
    for page in document.pages:
        held = [wanted.pop(name) for name in [*page.anchors] if name in wanted and page.anchors.pop(name)]
        if held:
            cells = {box.element.get("id"): box for box in boxes(page._page_box) if is_cell(box)}
            for part in held:
                part.space = cells[part.name]
            page.paint = partial(_paint, page.paint, held, fonts)
    if wanted or any(abs(part.space.border_height() - part.height) > SLACK for part in parts):
        raise LookupError(f"{len(wanted)} of {len(parts)} spaces are missing, or one is not as high as its rows")


def _paint(paint: Any, parts: Sequence[Part], fonts: FontSet, stream: Any, scale: float = 1) -> None:
    paint(stream, scale)
    number = len(stream._tags)
    with stream.stacked():
        stream.transform(a=scale, d=scale)
        for part in parts:
            inks = {role: Ink(fonts, role, stream.add_font(font)[0]) for role, (font, _) in part.sample.fonts.items()}
            number = _draw(part, inks, stream.stream, number)


class Ink(dict[str, str]):
    """Character → its glyph as the page's operators name it. A font keeps what was asked for, and its text."""

    def __init__(self, fonts: FontSet, role: str, font: Any) -> None:
        super().__init__()
        self.font, self._glyphs = font, fonts.glyphs(role)

    def __missing__(self, char: str) -> str:
        glyph, advance = self._glyphs[ord(char)]
        self.font.to_unicode.setdefault(glyph, char)
        self.font.widths.setdefault(glyph, round(advance * 1000))
        self[char] = f"{glyph:04x}"
        return self[char]


def _draw(part: Part, inks: dict[str, Ink], operators: list[Any], number: int) -> int:
    top = part.space.position_y
    operators.append(_rules(part, top))
    for row in part.rows:
        part.marked.append([])
        for lines, column in zip(row.cells, part.sample.columns, strict=True):
            words = _words(lines, column, part.sample.line_height, inks, top + row.height / 2)
            operators.append(f"/Span <</MCID {number}>> BDC {words} EMC")
            part.marked[-1].append(number)
            number += 1
        top += row.height
    return number


def _rules(part: Part, top: float) -> str:
    """The lines between rows and between columns; the frame around them is WeasyPrint's."""
    sample, bottom = part.sample, top + part.height
    lines = [f"{edge:.3f} {top:.3f} m {edge:.3f} {bottom:.3f} l" for edge in sample.edges]
    for row in part.rows[:-1]:
        top += row.height
        lines.append(f"{sample.left:.3f} {top:.3f} m {sample.right:.3f} {top:.3f} l")
    return f"/Artifact BMC q 0 0 0 RG {sample.rule:.4f} w {' '.join(lines)} S Q EMC"


def _words(lines: Sequence[Line], column: Column, height: float, inks: dict[str, Ink], middle: float) -> str:
    is_latin = all(role == "latin" for line in lines for role, _ in line.runs)
    baseline = middle - len(lines) * height / 2 + (column.latin_baseline if is_latin else column.baseline)
    shown = []
    for line in lines:
        left = column.left + SHARES.get(column.align, 0) * (column.width - line.width * column.size)
        runs = " ".join(_shown(inks[role], run, column.size) for role, run in line.runs)
        shown.append(f"BT 1 0 0 -1 {left:.3f} {baseline:.3f} Tm {runs} ET")
        baseline += height
    return " ".join(shown)


def _shown(ink: Ink, run: str, size: float) -> str:
    return f"/{ink.font.hash} {size:.4f} Tf <{''.join(ink[char] for char in run)}> Tj"


def tag_rows(pdf: Any, parts: Sequence[Part]) -> None:
    """Put the rows into the structure tree of a `pydyf.PDF`, where their space stood."""
    top = pdf.objects[int(pdf.catalog["StructTreeRoot"].split()[0])]
    numbers = pdf.objects[int(top["ParentTree"].split()[0])]["Nums"]
    held = dict(zip(numbers[::2], numbers[1::2], strict=True))
    for part in parts:
        space = part.space.mark
        page, empty_row = (pdf.objects[int(space[key].split()[0])] for key in ("Pg", "P"))
        body = pdf.objects[int(empty_row["P"].split()[0])]
        body["K"][:] = [_row_element(pdf, body.reference, space["Pg"], part, row, held[page["StructParents"]])
                        for row in part.marked]
        space.clear()
        empty_row.clear()


def _row_element(
    pdf: Any, body: bytes, page: bytes, part: Part, marked: Sequence[int], held: list[bytes]
) -> bytes:
    import pydyf

    row = pydyf.Dictionary({"Type": "/StructElem", "S": "/TR", "P": body, "K": pydyf.Array()})
    pdf.add_object(row)
    for (kind, _), number in zip(part.table.kinds, marked, strict=True):
        cell = pydyf.Dictionary({
            "Type": "/StructElem", "S": f"/{kind.upper()}", "P": row.reference, "Pg": page, "K": pydyf.Array([number]),
        })
        if kind == "th":
            cell["A"] = pydyf.Dictionary({"O": "/Table", "Scope": "/Row"})
        pdf.add_object(cell)
        row["K"].append(cell.reference)
        held.append(cell.reference)
    return row.reference
