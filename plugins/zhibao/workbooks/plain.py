"""An .xlsx of a file that is none: every cell as text, at the row and column where it stands."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import xlsxwriter

from zhibao.reading.answers import LIST_SHEET
from zhibao.reading.cells import Grid, Row

_LONGEST_NAME = 31
_UNFIT = str.maketrans(dict.fromkeys("[]:*?/\\'", "_"))
_NARROWEST, _WIDEST = 9, 40
_MEASURED_ROWS = 200
_MOST_EXACT = 10.0**15
# Row by row to disk, so that a long text file needs no more memory than a short one.
_OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "constant_memory": True}


def write_plain(grids: Iterable[Grid], path: Path) -> None:
    """Write the sheets. A number keeps its digits; nothing is turned into a formula or a link."""
    with xlsxwriter.Workbook(path, _OPTIONS) as book:
        text = book.add_format({"num_format": "@"})
        for place, grid in enumerate(grids, 1):
            sheet = book.add_worksheet(grid.name.translate(_UNFIT)[:_LONGEST_NAME] or f"Sheet{place}")
            if grid.is_hidden:
                sheet.hide()
            for column, width in enumerate(_widths(islice(grid.rows(), _MEASURED_ROWS))):
                sheet.set_column(column, column, width, text)
            for number, row in enumerate(grid.rows()):
                for column, cell in enumerate(row):
                    if cell != "":
                        sheet.write_string(number, column, _text(cell), text)


def write_blank(path: Path) -> None:
    """A workbook in which the list of findings is the only sheet."""
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet(LIST_SHEET)


def _widths(rows: Iterable[Row]) -> list[int]:
    """Room for what stands in each column, by the characters that fit in it; a title above the table does not count."""
    widths: list[int] = []
    for row in rows:
        widths += [_NARROWEST] * (len(row) - len(widths))
        if sum(cell != "" for cell in row) > 1:
            for column, cell in enumerate(row):
                needed = sum(2 if sign > "⺀" else 1 for sign in _text(cell)) + 2
                widths[column] = min(_WIDEST, max(widths[column], needed))
    return widths


def _text(cell: Any) -> str:
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < _MOST_EXACT else repr(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(" ")
    return cell.isoformat() if isinstance(cell, date) else str(cell)
