"""A second programme of another shape, as configuration alone: read, checked, counted, printed; no code knows it."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from documents.pages import Pages
from intake.workbooks import id_number
from openpyxl import load_workbook

from zhibao.checking.suites import load_suite
from zhibao.operations import Operations
from zhibao.period import Period
from zhibao.programme.load import load_programme
from zhibao.programme.models import Programme
from zhibao.settings import ROOT, load_settings
from zhibao.workbooks.template import write_template

CODE = "shili-chunya"
WRITTEN = datetime(2023, 4, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def other() -> Programme:
    return load_programme(ROOT / "programmes" / CODE)


@pytest.fixture
def operations(
    empty_database: str, other: Programme, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Operations:
    monkeypatch.setenv("ZHIBAO_PROGRAMME", CODE)
    return Operations(replace(load_settings(), var=tmp_path / "var", database_url=empty_database), other)


def sent(operations: Operations, folder: Path, form: str, unit: str, period: str, rows: list[dict[str, Any]]) -> str:
    """The template of the form, filled in and handed in ten days after the period; its status."""
    programme = operations.programme
    suite = load_suite(operations.settings.expectations_dir, programme.forms[form])
    book = load_workbook(BytesIO(write_template(programme, suite, programme.unit(unit), Period.parse(period), WRITTEN)))
    sheet, first = book.worksheets[0], programme.forms[form].columns[0].header
    heads = next(line for line in sheet.iter_rows(max_row=20) if str(line[0].value).lstrip("*") == first)
    places = {str(cell.value).lstrip("*"): cell.column for cell in heads if cell.value}
    for number, row in enumerate(rows, 1):
        for code, value in row.items():
            sheet.cell(heads[0].row + number, places[programme.forms[form].column(code).header], value)
    for line in sheet.iter_rows(max_row=heads[0].row - 1):
        for cell in line:
            if cell.value == "上报日期：":
                sheet.cell(cell.row, cell.column + 1, Period.parse(period).ends_on)
    path = folder / f"{unit}-{form}-{period}.xlsx"
    book.save(path)
    day = Period.parse(period).ends_on
    at = datetime(day.year + day.month // 12, day.month % 12 + 1, 10, 9, tzinfo=operations.zone)
    result = operations.submit([path], at, at)[0]
    assert result.unit == unit and result.form == form, result
    return result.status


def craftsman(number: int, staff: int = 3, opened: date = date(2020, 1, 1)) -> dict[str, Any]:
    return {"candidate_no": f"G-{number}", "level": "创业工匠", "person_name": f"示例{'甲乙丙丁'[number]}",
            "id_number": id_number(number), "venture_name": f"示例小店{number}", "established_on": opened,
            "staff_count": staff}


def decision(number: int, ended: date = date(2023, 6, 1), decided: date = date(2023, 6, 20)) -> dict[str, Any]:
    return {"candidate_no": f"G-{number}", "level": "创业工匠", "result": "认定", "notice_to_on": ended,
            "decided_on": decided}


@pytest.fixture
def told(operations: Operations, tmp_path: Path) -> Iterator[Operations]:
    def send(*arguments: Any) -> str:
        return sent(operations, tmp_path, *arguments)

    # Two stay (with the founder counted); one shop is too young by the year's end; a sub-unit's counts for its parent.
    rows = [craftsman(0, staff=2), craftsman(1), craftsman(2, opened=date(2023, 3, 1))]
    assert send("candidate", "dongcheng", "2023Q2", rows) == "accepted"
    assert send("candidate", "harbour", "2023Q2", [craftsman(3)]) == "accepted"
    early = decision(0, date(2023, 6, 25), date(2023, 6, 20))
    assert send("selection_result", "dongcheng", "2023Q2", [early]) == "accepted", "its switch holds back rows alone"
    assert values(operations, "quarterly", "2023Q2")['awarded_count{level="craftsman"}'] == 0
    assert send("selection_result", "dongcheng", "2023Q2", [decision(number) for number in range(3)]) == "accepted"
    harbour = decision(3, date(2023, 5, 1), date(2023, 5, 9))
    assert send("selection_result", "harbour", "2023Q2", [harbour]) == "accepted"
    volume = {"new_venture_count": 330, "micro_loan_yuan": 4_500_000}
    assert send("volume", "dongcheng", "2023Q2", [volume]) == "accepted"
    assert send("volume", "xicheng", "2023Q2", [{"new_venture_count": 70, "micro_loan_yuan": 500_000}]) == "accepted"
    assert send("volume", "xicheng", "2023Q3", [{"new_venture_count": 5, "micro_loan_yuan": 0}]) == "accepted"
    fairs = [{"market_no": "J1", "kind": "周末集市", "opened_on": date(2023, 6, 3)},
             {"market_no": "J2", "kind": "年货集市", "opened_on": date(2023, 12, 3)}]
    assert send("market", "dongcheng", "2023", fairs) == "accepted"
    yield operations


def values(operations: Operations, kind: str, period: str) -> dict[str, Decimal | None]:
    as_of = datetime(2024, 2, 1, 9, tzinfo=operations.zone)
    return {figure.id: figure.value for figure in operations.compute(kind, period, as_of).figures}


def test_what_it_counts(told: Operations) -> None:
    quarter = values(told, "quarterly", "2023Q2")
    wanted = {
        'awarded_count{level="craftsman"}': 3,
        'awarded_count{level="craftsman",unit="dongcheng"}': 2,
        'awarded_count{level="craftsman",unit="xicheng"}': 1,
        'award_excluded_count{reason="criteria_failed"}': 1,
        'completion_pct{level="craftsman",unit="dongcheng"}': Decimal("16.67"),
        'criterion_verdict_count{criterion="jobs",level="craftsman",verdict="pass"}': 4,
        'criterion_verdict_count{criterion="age",level="craftsman",verdict="fail"}': 1,
        "new_venture_count": 400,
        'new_venture_count{unit="xicheng"}': 70,
        "new_venture_count_target": 500,
        'new_venture_count_target_pct{unit="dongcheng"}': Decimal("110.00"),
        "micro_loan_yuan_to_date": 5_000_000,
        "micro_loan_yuan_target_pct": Decimal("16.67"),
        'return_count{state="expected"}': 6,
        'return_count{state="accepted"}': 4,
        'return_count{state="missing"}': 2,
        "event_count": 0,
    }
    assert {id: quarter.get(id) for id in wanted} == wanted
    assert not [id for id in quarter if "category=" in id], "no categories"
    assert not [id for id in quarter if id.startswith("over_quota")], "floors have no above"
    later = values(told, "quarterly", "2023Q3")
    assert (later["new_venture_count"], later["new_venture_count_to_date"]) == (5, 405)
    year = values(told, "annual", "2023")
    assert (year["market_count"], year['market_count{kind="fair"}'], year["new_venture_count"]) == (2, 1, 405)
    assert values(told, "annual", "2024")['planned_count{level="craftsman"}'] == 9


@pytest.mark.parametrize(("kind", "period", "said", "unsaid"), [
    ("quarterly", "2023Q2", ["季度通报", "第1期（总第1期）", "累计新增创业主体400户", "完成两年目标任务500户的80.00%",
                             "创业工匠", "示例西城（含示例港区）"], ["系列比赛", "新秀", "本月", "项目名称", "None"]),
    ("annual", "2023", ["工作开展情况的报告", "新增创业主体目标完成情况表", "创业带动与集市", "举办创业集市"],
     ["系列比赛", "新秀", "兰州", "None"]),
    ("data-quality", "2023Q2", ["数据质量报告", "工匠认定表"], ["兰州"]),
])
def test_its_documents(told: Operations, kind: str, period: str, said: list[str], unsaid: list[str]) -> None:
    as_of = datetime(2024, 2, 1, 9, tzinfo=told.zone)
    pdf = next(iter(told.files_of(told.compute(kind, period, as_of)).values()))
    text = Pages(pdf).squeezed()
    assert [word for word in said if word not in text] == []
    assert [word for word in unsaid if word in text] == []


def test_no_code_knows_it() -> None:
    found = subprocess.run(["grep", "-rlE", f"{CODE}|craftsman|春芽", "plugins", "dags", "sql", "report_templates"],
                           cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()
    assert [name for name in found if not name.endswith(".pyc")] == []
    assert shutil.which("grep")
