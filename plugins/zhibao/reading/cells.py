"""Sheets as grids of raw cells, whatever the file was: rows and columns where a person sees them.

Raw cells are str, float, bool, date, datetime, time or timedelta; "" is empty. All numbers are floats.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache, partial
from importlib.metadata import PackageNotFoundError, version
from itertools import islice
from pathlib import Path
from typing import Any

from python_calamine import CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from zhibao.reading.refusal import Preflight
from zhibao.reading.sheetscan import SheetScan

Row = list[Any]
# What a spreadsheet program can show.
MOST_ROWS, MOST_COLUMNS = 1_048_576, 16_384
# Cells of a text or a web page, each of which is an object of its own here.
MOST_TEXT_CELLS = 5_000_000
# How far down the head and the header are looked for.
TOP_ROWS = 40
# Hidden sheets that a template keeps for itself, by the first sign of their name, and the one that says which
# template it is (reading/identity.py): the only one of them that is read.
OWN_SHEET = "_"
IDENTITY_SHEET = "_zhibao"


@dataclass(slots=True)
class Grid:
    """One sheet. `top` holds its first rows; `rows()` walks all of them from the first.

    `merged` are 0-based (first row, first column, last row, last column).
    """

    name: str
    top: list[Row]
    rows: Callable[[], Iterator[Row]]
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    scan: SheetScan = field(default_factory=SheetScan)
    is_hidden: bool = False

    @property
    def is_blank(self) -> bool:
        return all(cell == "" for row in self.top for cell in row)


def is_of_no_use(name: str) -> bool:
    """Whether a hidden sheet is one that a template keeps for its own ends, such as its lists of choices."""
    return name.startswith(OWN_SHEET) and name != IDENTITY_SHEET


class NotText(Exception):
    """The file is neither an archive nor text in a known encoding, or it is no table."""


class TooLarge(Exception):
    """The sheet has more rows or columns than a spreadsheet program can show."""


class NoReader(Exception):
    """Files of this kind are only read after they have been converted."""


@cache
def reader_of(kind: str) -> tuple[str, str]:
    """Name and version of what reads this kind of file, for the record."""
    if kind == "csv":
        return "csv", "1"
    package = "lxml" if kind == "html" else "python-calamine"
    try:
        return package, version(package)
    except PackageNotFoundError:
        return package, "unknown"


def open_grids(path: Path, checked: Preflight) -> Iterator[Grid]:
    """The file's sheets, one at a time, the visible ones first. Raises what the parser raises."""
    if checked.kind == "csv":
        from zhibao.reading.textfile import open_text

        return open_text(path)
    if checked.kind == "html":
        from zhibao.reading.webtable import open_web_page

        return open_web_page(path)
    if checked.needs_conversion:
        raise NoReader
    return _workbook_grids(path, checked)


def _workbook_grids(path: Path, checked: Preflight) -> Iterator[Grid]:
    workbook = _open_by_content(path, f".{checked.kind}")
    sheets = [(about.visible != SheetVisibleEnum.Visible, index, about.name)
              for index, about in enumerate(workbook.sheets_metadata) if about.typ == SheetTypeEnum.WorkSheet]
    for is_hidden, index, name in sorted(sheets):
        if is_hidden and is_of_no_use(name):
            continue
        sheet = workbook.get_sheet_by_index(index)
        scan = checked.scans[index] if index < len(checked.scans) else SheetScan()
        merged = [(first[0], first[1], last[0], last[1]) for first, last in sheet.merged_cell_ranges or []]
        rows = partial(_rows_of, sheet, has_integers=checked.kind in ("xls", "xlsb"))
        yield Grid(name, list(islice(rows(), TOP_ROWS)), rows, merged or scan.merged, scan, is_hidden)


def _open_by_content(path: Path, suffix: str) -> CalamineWorkbook:
    """`from_path` believes the file's extension, where it knows it."""
    if path.suffix.lower() in ("", suffix):
        return CalamineWorkbook.from_path(path)
    with path.open("rb") as stream:
        return CalamineWorkbook.from_filelike(stream)


def _rows_of(sheet: CalamineSheet, *, has_integers: bool) -> Iterator[Row]:
    """`iter_rows` gives the empty rows above the first cell, but not the empty columns left of it."""
    skipped = sheet.start[1] if sheet.start else 0
    rows = iter(sheet.iter_rows())
    if has_integers:
        rows = ([float(cell) if type(cell) is int else cell for cell in row] for row in rows)
    return rows if not skipped else ([""] * skipped + row for row in rows)
