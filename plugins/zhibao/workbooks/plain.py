"""An .xlsx of a file that is none: every cell as text, at the row and column where it stands."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from zhibao.reading.cells import Grid

_LONGEST_NAME = 31
_UNFIT = str.maketrans(dict.fromkeys("[]:*?/\\", "_"))


def write_plain(grids: Iterable[Grid], path: Path) -> None:
    """Write the visible sheets. A number keeps its digits; nothing is turned into a formula or a link."""
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        text = book.add_format({"num_format": "@", "text_wrap": False})
        for place, grid in enumerate(grids, 1):
            if grid.is_hidden:
                continue
            sheet = book.add_worksheet(grid.name.translate(_UNFIT)[:_LONGEST_NAME] or f"Sheet{place}")
            sheet.set_column(0, 40, 16)
            for number, row in enumerate(grid.rows()):
                for column, cell in enumerate(row):
                    if cell != "":
                        sheet.write_string(number, column, _text(cell), text)
        if not book.worksheets():
            book.add_worksheet()


def write_blank(path: Path, line: str) -> None:
    """A workbook that says why there is nothing of the office's own in it."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("原文件")
        sheet.set_column(0, 0, 80)
        sheet.write_string(0, 0, line)


def _text(cell: Any) -> str:
    if isinstance(cell, float):
        return format(cell, ".15g")
    if isinstance(cell, datetime):
        return cell.isoformat(" ")
    return cell.isoformat() if isinstance(cell, date) else str(cell)
