"""Templates of every form as the tests need them, and what a clerk types into each."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from io import BytesIO
from zoneinfo import ZoneInfo

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from zhibao.checking.suites import Suite, load_suite
from zhibao.period import Period
from zhibao.programme.load import load_programme
from zhibao.settings import ROOT
from zhibao.workbooks.cells import Cells
from zhibao.workbooks.columns import Plan, plan_columns
from zhibao.workbooks.template import write_template

PROGRAMME = load_programme(ROOT / "programmes" / "lanzhou-bqw")
EXPECTATIONS = ROOT / "expectations"
FORMS = tuple(PROGRAMME.forms)
PERIODS = {"monthly": "2022-03", "quarterly": "2022Q1", "annual": "2022"}
MADE_AT = datetime(2022, 3, 1, 8, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


def suite_of(form: str) -> Suite:
    return load_suite(EXPECTATIONS, PROGRAMME.forms[form])


def period_of(form: str, periods: dict[str, str] = PERIODS) -> Period:
    return Period.parse(periods[PROGRAMME.forms[form].cadence])


def unit_for(form: str) -> str:
    return next(unit.code for unit in PROGRAMME.units if PROGRAMME.forms[form].may_come_from(unit))


@cache
def template(form: str, period: Period | None = None) -> bytes:
    unit = PROGRAMME.unit(unit_for(form))
    return write_template(PROGRAMME, suite_of(form), unit, period or period_of(form), MADE_AT)


def opened(content: bytes) -> Worksheet:
    """The sheet that is filled in."""
    return openpyxl.load_workbook(BytesIO(content), rich_text=True).worksheets[0]


def beside(sheet: Worksheet, label: str) -> str:
    """The address of the value of a label in the head block."""
    found = next(cell for row in sheet.iter_rows(max_row=12) for cell in row if cell.value == f"{label}：")
    return sheet.cell(found.row, found.column + 1).coordinate


def header_row(sheet: Worksheet, form: str) -> int:
    first = PROGRAMME.forms[form].columns[0].header
    return next(row[0].row for row in sheet.iter_rows(max_row=15) if str(row[0].value).lstrip("*") == first)


def plans_of(form: str, first_row: int, last_row: int, period: Period | None = None) -> list[Plan]:
    return plan_columns(suite_of(form), Cells(PROGRAMME, PROGRAMME.forms[form], period or period_of(form), first_row,
                                              last_row))


def letters(form: str, code: str) -> str:
    return Cells(PROGRAMME, PROGRAMME.forms[form], period_of(form), 1, 1).letters(code)


def filled(form: str, **changed: str) -> dict[str, str]:
    """What a clerk types, by cell: the invented row of 填写说明, with some columns otherwise, and the day."""
    sheet = opened(template(form))
    row = header_row(sheet, form) + 1
    example = {plan.column.code: plan.example for plan in plans_of(form, row, row) if plan.example}
    typed = {f"{letters(form, code)}{row}": keys for code, keys in (example | changed).items()}
    return {**typed, beside(sheet, "填表日期"): "2022-04-02"}
