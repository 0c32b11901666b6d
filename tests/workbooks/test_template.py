"""A template of every form is opened, filled in and saved by LibreOffice, read, and accepted without a finding."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from zhibao.admission import admission_findings
from zhibao.checking.run import check_returns
from zhibao.checking.suites import load_suite
from zhibao.findings import Finding
from zhibao.period import Period
from zhibao.programme.load import load_programme
from zhibao.programme.models import Programme
from zhibao.reading.model import ReadReturn
from zhibao.reading.read import read_return
from zhibao.settings import ROOT
from zhibao.workbooks.cellchecks import Cells
from zhibao.workbooks.columns import plan_columns
from zhibao.workbooks.template import write_template

from .office import Job, Office

PROGRAMME = load_programme(ROOT / "programmes" / "lanzhou-bqw")
EXPECTATIONS = ROOT / "expectations"
PERIODS = {"monthly": "2022-03", "quarterly": "2022Q1", "annual": "2022"}
MADE_AT = datetime(2022, 3, 1, 8, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
RECEIVED_AT = datetime(2022, 12, 31, 8, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
FORMS = tuple(PROGRAMME.forms)


def suite_of(form: str):
    return load_suite(EXPECTATIONS, PROGRAMME.forms[form])


def period_of(form: str) -> Period:
    return Period.parse(PERIODS[PROGRAMME.forms[form].cadence])


def unit_for(form: str) -> str:
    return next(unit.code for unit in PROGRAMME.units if PROGRAMME.forms[form].may_come_from(unit))


def template(form: str, programme: Programme = PROGRAMME) -> bytes:
    return write_template(programme, suite_of(form), programme.unit(unit_for(form)), period_of(form), MADE_AT)


def opened(content: bytes) -> Worksheet:
    return openpyxl.load_workbook(BytesIO(content)).worksheets[0]


def beside(sheet: Worksheet, label: str) -> str:
    """The address of the value of a label in the head block."""
    found = next(cell for row in sheet.iter_rows(max_row=12) for cell in row if cell.value == f"{label}：")
    return sheet.cell(found.row, found.column + 1).coordinate


def header_row(sheet: Worksheet, form: str) -> int:
    first = PROGRAMME.forms[form].columns[0].header
    return next(row[0].row for row in sheet.iter_rows(max_row=15) if str(row[0].value).lstrip("*") == first)


def examples(form: str, row: int) -> dict[str, str]:
    """The invented row of 填写说明, by cell."""
    cells = Cells(PROGRAMME, PROGRAMME.forms[form], period_of(form), row, row)
    plans = plan_columns(suite_of(form), cells)
    return {f"{cells.letters(plan.column.code)}{row}": plan.example for plan in plans if plan.example}


def filled(form: str, **changed: str) -> dict[str, str]:
    """What a clerk types: the example row, with some columns otherwise, and the day."""
    sheet = opened(template(form))
    row = header_row(sheet, form) + 1
    cells = Cells(PROGRAMME, PROGRAMME.forms[form], period_of(form), row, row)
    other = {f"{cells.letters(code)}{row}": keys for code, keys in changed.items()}
    return {**examples(form, row), beside(sheet, "填表日期"): "2022-04-02", **other}


def judged(path: Path) -> tuple[ReadReturn, list[Finding]]:
    read = read_return(path, PROGRAMME)
    found = check_returns(PROGRAMME, [read], EXPECTATIONS, RECEIVED_AT.date())[0]
    return read, [*found, *admission_findings(PROGRAMME, read, RECEIVED_AT, read.unit)]


@pytest.fixture(scope="module")
def returned(office: Office, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Every template filled in, and left empty as a nil return; some by other formats; some with what slipped in."""
    folder = tmp_path_factory.mktemp("returned")
    jobs, paths = [], {}

    def add(name: str, form: str, typed: dict[str, str], ending: str = ".xlsx") -> None:
        source, paths[name] = folder / f"{form}.template.xlsx", folder / f"{name}{ending}"
        if not source.exists():
            source.write_bytes(template(form))
        jobs.append(Job(source, paths[name], typed))

    for form in FORMS:
        sheet = opened(template(form))
        add(form, form, filled(form))
        add(f"{form}.nil", form, {beside(sheet, "零报告"): "是", beside(sheet, "填表日期"): "2022-04-02"})
    add("xls", "candidate", filled("candidate"), ".xls")
    add("ods", "event", filled("event"), ".ods")
    add("slipped", "event", filled("event", entered_project_count="31", held_on="2022-04-01"))
    office.do(jobs)
    return paths


def test_there_are_ten_forms() -> None:
    assert len(FORMS) == 10


@pytest.mark.parametrize("form", FORMS)
def test_filled_in_it_is_accepted(returned: dict[str, Path], form: str) -> None:
    read, found = judged(returned[form])
    assert found == []
    assert (read.form, read.unit, read.period) == (form, unit_for(form), str(period_of(form)))
    assert len(read.rows) == 1
    owed = [column.code for column in PROGRAMME.forms[form].columns if column.required]
    assert all(read.columns[code] != [None] for code in owed)
    assert read.template == {
        "programme": "lanzhou-bqw", "form": form, "unit": unit_for(form), "period": str(period_of(form)),
        "template_version": PROGRAMME.template_version,
    }


@pytest.mark.parametrize("form", FORMS)
def test_a_nil_return_is_accepted(returned: dict[str, Path], form: str) -> None:
    read, found = judged(returned[f"{form}.nil"])
    assert found == []
    assert read.nil_return
    assert read.rows == []


@pytest.mark.parametrize(("name", "form"), [("xls", "candidate"), ("ods", "event")])
def test_saved_in_another_format_it_is_accepted_and_known(returned: dict[str, Path], name: str, form: str) -> None:
    read, found = judged(returned[name])
    assert [item for item in found if item.severity == "error"] == []
    assert len(read.rows) == 1
    assert read.template["form"] == form


def test_what_slipped_through_is_found_at_its_cell(returned: dict[str, Path]) -> None:
    read, found = judged(returned["slipped"])
    row = read.header_row + 1
    assert {(item.code, item.row, item.column) for item in found} == {
        ("event.entered_within_registered", row, "L"), ("event.held_on_within_period", row, "I"),
    }
