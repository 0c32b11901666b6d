"""Returns for the tests, built without a reader: sound, visibly fictional records, to which a test adds its error."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from openpyxl.utils import get_column_letter
from stdnum.cn import ric, uscc

from zhibao.programme.load import load_programme
from zhibao.programme.models import Form
from zhibao.reading.model import ReadReturn

ROOT = Path(__file__).parents[2]
EXPECTATIONS = ROOT / "expectations"
PROGRAMME = load_programme(ROOT / "programmes" / "lanzhou-bqw")
PERIOD = "2022-10"
TODAY = date(2022, 11, 4)
FIRST_ROW = 6

Record = dict[str, Any]


def id_number(region: str = "620102", born: str = "19900101", order: int = 11) -> str:
    body = f"{region}{born}{order:03d}"
    return body + ric.calc_check_digit(body + "0")


def credit_code(start: str = "91620102MA0000", order: int = 1) -> str:
    body = f"{start}{order:0{17 - len(start)}d}"
    return body + uscc.calc_check_digit(body)


def candidate(number: int = 1, **changes: Any) -> Record:
    return {
        "candidate_no": f"CS-{number:04d}",
        "level": "emerging_maker",
        "category": "women",
        "person_name": "测试某甲",
        "id_type": "居民身份证",
        "id_number": id_number(order=(2 * number + 1) % 1000),
        "gender": "男",
        "phone": "13800000000",
        "venture_name": "测试某某科技有限公司",
        "uscc": credit_code(order=number % 1000),
        "venture_type": "enterprise",
        "established_on": date(2021, 3, 1),
        "project_name": "测试项目",
        "project_summary": "测试用项目简介",
        "jobs_created_count": 8,
        "jobs_stable_count": 6,
        "insured_count": 6,
        "annual_revenue_yuan": Decimal("600000.00"),
        "revenue_year": 2021,
        "ip_count": 0,
        "credit_check": "none",
        "checked_on": date(2022, 10, 20),
        "labour_check": "none",
        "business_record_check": "none",
        "nominated_by": "城关区",
    } | changes


def selection_result(number: int = 1, **changes: Any) -> Record:
    return {
        "candidate_no": f"CS-{number:04d}",
        "score": Decimal("88.5"),
        "rank": 1,
        "result": "granted",
        "notice_from_on": date(2022, 10, 10),
        "notice_to_on": date(2022, 10, 17),
        "level": "emerging_maker",
        "granted_by": "测试领导小组",
        "document_no": "测试发〔2022〕5号",
        "decided_on": date(2022, 10, 20),
        "prize_yuan": Decimal("10000.00"),
    } | changes


def event(number: int = 1, **changes: Any) -> Record:
    return {
        "event_no": f"SS-{number:03d}",
        "event_name": "测试赛事",
        "competition": "youth",
        "cadence": "monthly",
        "held_on": date(2022, 10, 15),
        "registered_project_count": 30,
        "entered_project_count": 20,
        "participant_count": 60,
        "prize_count": 5,
        "online_view_count": 1000,
        "cost_yuan": Decimal("20000.00"),
    } | changes


SOUND = {"candidate": candidate, "selection_result": selection_result, "event": event}


def letters(form: Form, code: str) -> str:
    """Tests lay a form's columns out from B on, in the form's order."""
    return get_column_letter([column.code for column in form.columns].index(code) + 2)


def make_return(form: str, records: list[Record], *, without: tuple[str, ...] = (), **fields: Any) -> ReadReturn:
    """A return as a reader would give it, its first record in row 6, without the columns named in `without`."""
    columns = [column for column in PROGRAMME.forms[form].columns if column.code not in without]
    defaults: dict[str, Any] = {
        "form": form,
        "unit": "chengguan",
        "period": PERIOD,
        "sheet": "报表",
        "layout": {column.code: letters(PROGRAMME.forms[form], column.code) for column in columns},
        "headers": {column.code: column.header for column in columns},
        "rows": [FIRST_ROW + index for index in range(len(records))],
        "columns": {column.code: [record.get(column.code) for record in records] for column in columns},
    }
    return ReadReturn(**(defaults | fields))
