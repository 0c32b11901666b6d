"""Reads the tables of a web page: what many web systems hand out as “.xls”, and every spreadsheet program opens."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from zhibao.reading.cells import MOST_COLUMNS, MOST_TEXT_CELLS, TOP_ROWS, Grid, Row, TooLarge
from zhibao.reading.sheetscan import SheetScan
from zhibao.reading.textfile import decode

_LINES = ("caption", "h1", "h2", "h3", "h4", "p")


def open_web_page(path: Path) -> Iterator[Grid]:
    """The page as one sheet: each row of a table a row, each line outside of tables a row of one cell."""
    from lxml import html

    page = html.document_fromstring(
        decode(path.read_bytes()).encode("utf-8", "replace"), parser=html.HTMLParser(encoding="utf-8", no_network=True)
    )
    sheet = _Sheet()
    for element in page.iter("tr", *_LINES):
        if element.tag == "tr":
            if element.find(".//table") is None:
                sheet.add_row(element)
        elif next(element.iterancestors("tr"), None) is None and (text := _text(element)):
            sheet.rows.append([text])
    rows = sheet.padded()
    yield Grid("", rows[:TOP_ROWS], lambda: iter(rows), sheet.merged, SheetScan(hidden_rows=sheet.hidden))


class _Sheet:
    """Rows as they come, with the places that cells of earlier rows reach down into."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.merged: list[tuple[int, int, int, int]] = []
        self.hidden: set[int] = set()
        self._taken: dict[int, int] = {}  # column → how many more rows a cell above covers

    def add_row(self, element: Any) -> None:
        number, row, covered = len(self.rows), [], self._taken
        self._taken = {column: left - 1 for column, left in covered.items() if left > 1}
        for cell in element.iterchildren("td", "th"):
            while len(row) in covered:
                row.append("")
            wide, tall = _span(cell, "colspan"), _span(cell, "rowspan")
            if wide > 1 or tall > 1:
                self.merged.append((number, len(row), number + tall - 1, len(row) + wide - 1))
            if tall > 1:
                self._taken |= dict.fromkeys(range(len(row), len(row) + wide), tall - 1)
            row += [_text(cell), *[""] * (wide - 1)]
            if len(row) > MOST_COLUMNS:
                raise TooLarge
        if "display:none" in (element.get("style") or "").replace(" ", "").lower():
            self.hidden.add(number)
        self.rows.append(row)

    def padded(self) -> list[Row]:
        width = max(map(len, self.rows), default=0)
        if width * len(self.rows) > MOST_TEXT_CELLS:
            raise TooLarge
        return [row + [""] * (width - len(row)) for row in self.rows]


def _text(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())


def _span(cell: Any, name: str) -> int:
    value = (cell.get(name) or "1").strip()
    return min(int(value), MOST_COLUMNS) if value.isascii() and value.isdigit() and value != "0" else 1
