"""The whole round: submitted, returned marked, corrected by a clerk in LibreOffice, submitted again and accepted."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from intake.workbooks import candidate, workbook
from openpyxl import load_workbook

from zhibao.errors import RefusedError
from zhibao.operations import Operations
from zhibao.programme.models import Programme
from zhibao.reading.answers import LIST_SHEET
from zhibao.reading.read import read_return
from zhibao.settings import load_settings
from zhibao.workbooks.markup import MarkedWorkbook
from zhibao.workbooks.package import Package

from .blanks import filled, template
from .insisted import complaints
from .office import Job, Office

NOW = datetime(2022, 4, 2, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")


@pytest.fixture
def operations(empty_database: str, programme: Programme, tmp_path: Path) -> Operations:
    return Operations(replace(load_settings(), var=tmp_path / "var", database_url=empty_database), programme)


def submitted(operations: Operations, path: Path) -> tuple[int, str]:
    result = operations.submit([path], NOW, NOW)[0]
    return result.submission_id, result.status


def written(path: Path, marked: MarkedWorkbook) -> Path:
    assert complaints(marked.content) == []
    path.write_bytes(marked.content)
    return path


def test_a_template_goes_round_until_it_is_accepted(operations: Operations, office: Office, tmp_path: Path) -> None:
    typed = filled("candidate", phone="123")
    wrong = next(place for place, keys in typed.items() if keys == "123")
    (tmp_path / "空表.xlsx").write_bytes(template("candidate"))
    office.do([Job(tmp_path / "空表.xlsx", tmp_path / "名册.xlsx", typed)])
    number, status = submitted(operations, tmp_path / "名册.xlsx")
    assert status == "returned"
    marked = operations.markup(number)
    assert marked.file_name == "名册.xlsx"
    back = written(tmp_path / "退回.xlsx", marked)
    sheet = load_workbook(BytesIO(marked.content)).worksheets[0]
    assert "手机号" in sheet[wrong].comment.text
    before, after = Package(tmp_path / "名册.xlsx"), Package(back)
    hidden = {sheet.name: sheet.part for sheet in before.sheets() if sheet.is_hidden}
    assert "_zhibao" in hidden
    assert all(after.parts[part] == before.parts[part] for part in hidden.values())
    right = {wrong: "13800000001"}
    assert office.do([Job(back, tmp_path / "更正.xlsx", right)]) == [[]]
    assert read_return(tmp_path / "更正.xlsx", operations.programme).template["form"] == "candidate"
    again, status = submitted(operations, tmp_path / "更正.xlsx")
    assert (again != number, status) == (True, "accepted")
    last = load_workbook(BytesIO(operations.markup(again).content))
    assert "无须重新报送" in last[LIST_SHEET]["A3"].value
    assert last.worksheets[0][wrong].fill.fill_type is None


def test_a_submission_that_is_not_there_is_refused(operations: Operations) -> None:
    with pytest.raises(RefusedError, match="no submission 4711"):
        operations.markup(4711)


@pytest.fixture
def zhibao(empty_database: str, tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, "-m", "zhibao.cli", *arguments], cwd=tmp_path, capture_output=True, text=True, check=False,
            env={**os.environ, "ZHIBAO_VAR": str(tmp_path / "var"), "ZHIBAO_DATABASE_URL": empty_database},
        )
        assert "Traceback" not in done.stderr + done.stdout
        return done
    return run


def test_the_command_writes_the_file_and_says_so(
    zhibao: Callable[..., subprocess.CompletedProcess[str]], programme: Programme, tmp_path: Path
) -> None:
    (tmp_path / "名册.xlsx").write_bytes(workbook(programme, [candidate(1, phone="123")]))
    (tmp_path / "坏.xlsx").write_bytes(b"PK\x03\x04")
    numbers = [item["submission"] for item in json.loads(zhibao("submit", "名册.xlsx", "坏.xlsx", "--json").stdout)]
    done = zhibao("markup", str(numbers[0]), "-o", "退回/一.xlsx", "--json")
    value = json.loads(done.stdout)
    assert (done.returncode, value["file"], value["file_name"]) == (0, "退回/一.xlsx", "名册.xlsx")
    assert value["bytes"] == (tmp_path / "退回" / "一.xlsx").stat().st_size
    assert load_workbook(tmp_path / "退回" / "一.xlsx").sheetnames == ["表", LIST_SHEET]
    assert zhibao("markup", str(numbers[1]), "-o", "二.xlsx").returncode == 0
    assert load_workbook(tmp_path / "二.xlsx").sheetnames == [LIST_SHEET]
    refused = zhibao("markup", "4711", "-o", "三.xlsx")
    assert (refused.returncode, (tmp_path / "三.xlsx").exists()) == (1, False)
    assert "4711" in refused.stderr
    assert zhibao("markup", "1").returncode == 2
