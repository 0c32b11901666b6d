"""The hidden sheet of a template is read, and nothing else that is hidden."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from zhibao.programme.models import Programme
from zhibao.reading.identity import identity_of
from zhibao.reading.read import read_return

from .books import record, sheet_rows, write_openpyxl

IDENTITY = {"programme": "lanzhou-bqw", "form": "candidate", "unit": "chengguan", "period": "2022-03"}


def add_sheet(path: Path, rows: list[list[Any]], name: str, state: str) -> Path:
    book = openpyxl.load_workbook(path)
    sheet = book.create_sheet(name)
    for row in rows:
        sheet.append(row)
    sheet.sheet_state = state
    book.save(path)
    return path


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_the_identity_is_read_and_is_no_table(tmp_path: Path, programme: Programme, state: str) -> None:
    path = write_openpyxl(tmp_path / "a.xlsx", sheet_rows([record()]))
    read = read_return(add_sheet(path, [list(pair) for pair in IDENTITY.items()], "_zhibao", state), programme)
    assert read.template == IDENTITY
    assert read.findings == []
    assert read.rows == [4]
    assert read.head_cells["period"] == (2, "D")


def test_other_hidden_sheets_stay_hidden(tmp_path: Path, programme: Programme) -> None:
    path = write_openpyxl(tmp_path / "a.xlsx", sheet_rows([record()]))
    read = read_return(add_sheet(path, [list(pair) for pair in IDENTITY.items()], "隐藏", "hidden"), programme)
    assert read.template == {}


@pytest.mark.parametrize(("rows", "expected"), [
    ([], {}),
    ([["form"]], {}),
    ([["form", ""], ["colour", "red"], ["unit", "xigu", "more"]], {"unit": "xigu"}),
    ([["version", "x"]] * 20 + [["unit", "xigu"]], {}),
    ([["period", 2022.0], ["unit", "x" * 500]], {"period": "2022", "unit": "x" * 100}),
])
def test_only_known_labels_are_taken(rows: list[list[Any]], expected: dict[str, str]) -> None:
    assert identity_of(rows) == expected
