"""Sheets as grids of raw cells, whatever the file was: rows and columns where a person sees them, no hidden sheets.

Raw cells are str, float, bool, date, datetime, time or timedelta; "" is empty. The reader's numbers are all floats.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache, partial
from importlib.metadata import PackageNotFoundError, version
from itertools import islice
from pathlib import Path
from typing import Any

from python_calamine import CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from zhibao.reading.preflight import Preflight
from zhibao.reading.sheetscan import SheetScan

Row = list[Any]
# How far down the head and the header are looked for.
TOP_ROWS = 40
_ENCODINGS = ("utf-8-sig", "gb18030")
_LONGEST_FIELD = 1_000_000


@dataclass(slots=True)
class Grid:
    """One visible sheet. `top` holds its first rows; `rows()` walks all of them from the first.

    `merged` are 0-based (first row, first column, last row, last column).
    """

    name: str
    top: list[Row]
    rows: Callable[[], Iterator[Row]]
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    scan: SheetScan = field(default_factory=SheetScan)

    @property
    def is_blank(self) -> bool:
        return all(cell == "" for row in self.top for cell in row)


class NotText(Exception):
    """The file is neither an archive nor text in a known encoding."""


@cache
def reader_of(kind: str) -> tuple[str, str]:
    """Name and version of what reads this kind of file, for the record."""
    if kind == "csv":
        return "csv", "1"
    try:
        return "python-calamine", version("python-calamine")
    except PackageNotFoundError:
        return "python-calamine", "unknown"


def open_grids(path: Path, checked: Preflight) -> Iterator[Grid]:
    """The file's visible sheets in order, one at a time. Raises what the parser raises."""
    return _csv_grid(path) if checked.kind == "csv" else _workbook_grids(path, checked)


def _workbook_grids(path: Path, checked: Preflight) -> Iterator[Grid]:
    workbook = CalamineWorkbook.from_path(path)
    for index, about in enumerate(workbook.sheets_metadata):
        if about.visible != SheetVisibleEnum.Visible or about.typ != SheetTypeEnum.WorkSheet:
            continue
        sheet = workbook.get_sheet_by_index(index)
        merged = [(first[0], first[1], last[0], last[1]) for first, last in sheet.merged_cell_ranges or []]
        scan = checked.scans[index] if index < len(checked.scans) else SheetScan()
        rows = partial(_rows_of, sheet)
        yield Grid(about.name, list(islice(rows(), TOP_ROWS)), rows, merged, scan)


def _rows_of(sheet: CalamineSheet) -> Iterator[Row]:
    """`iter_rows` gives the empty rows above the first cell, but not the empty columns left of it."""
    skipped = sheet.start[1] if sheet.start else 0
    return iter(sheet.iter_rows()) if not skipped else ([""] * skipped + row for row in sheet.iter_rows())


def _csv_grid(path: Path) -> Iterator[Grid]:
    text = _decode(path.read_bytes())
    csv.field_size_limit(_LONGEST_FIELD)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter_of(text))
    rows = list(reader)
    width = max(map(len, rows), default=0)
    for row in rows:
        row.extend([""] * (width - len(row)))
    yield Grid("", rows[:TOP_ROWS], lambda: iter(rows))


def _decode(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="strict")
    for encoding in _ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise NotText


def _delimiter_of(text: str) -> str:
    """The separator of the widest line near the top: the header is wider than the head block."""
    lines = text[:20_000].splitlines()[:TOP_ROWS]
    return max(",\t;", key=lambda mark: max((line.count(mark) for line in lines), default=0))
