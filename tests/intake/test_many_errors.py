"""Three hundred slips of forty kinds in one return: three hundred findings, each at its cell, once; and so marked."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from intake.many_errors import ERRORS, KINDS, SLIPS, planted
from intake.workbooks import HEADER_ROW, workbook
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from zhibao.operations import Operations
from zhibao.programme.models import Programme
from zhibao.settings import load_settings

NOW = datetime(2022, 4, 2, 9, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def operations(empty_database: str, programme: Programme, tmp_path: Path) -> Operations:
    return Operations(replace(load_settings(), var=tmp_path / "var", database_url=empty_database), programme)


def test_each_slip_is_found_at_its_cell_and_once(operations: Operations, programme: Programme, tmp_path: Path) -> None:
    records, answers = planted()
    assert len(answers) == ERRORS
    assert len({(slip.code, slip.field) for slip in SLIPS}) == KINDS
    letters = {
        column.code: get_column_letter(place) for place, column in enumerate(programme.forms["candidate"].columns, 1)
    }
    wanted = Counter((place + HEADER_ROW + 1, letters[field], code) for place, field, code in answers)
    (tmp_path / "名册.xlsx").write_bytes(workbook(programme, records))
    result = operations.submit([tmp_path / "名册.xlsx"], NOW, NOW)[0]
    assert Counter((found.row, found.column, found.code) for found in result.findings) == wanted

    marked = load_workbook(BytesIO(operations.markup(result.submission_id).content))["表"]
    notes = {cell.coordinate for row in marked.iter_rows(min_row=HEADER_ROW + 1) for cell in row if cell.comment}
    assert notes == {f"{column}{row}" for row, column, _ in wanted}
