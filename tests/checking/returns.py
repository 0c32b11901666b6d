"""Returns for the tests, built without a reader: sound, visibly fictional records, to which a test adds its error."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from openpyxl.utils import get_column_letter
from stdnum.cn import ric, uscc

from zhibao.programme.load import load_programme
from zhibao.programme.models import Form
from zhibao.reading.model import ReadReturn
from zhibao.settings import load_settings

SETTINGS = load_settings()
EXPECTATIONS = SETTINGS.expectations_dir
PROGRAMME = load_programme(SETTINGS.programme_dir)
PERIOD = "2022-10"
PERIODS = {"monthly": PERIOD, "quarterly": "2022Q3", "annual": "2022"}
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


def training_class(number: int = 1, **changes: Any) -> Record:
    return {
        "class_no": f"PX-{number:03d}",
        "training_type": "syb",
        "institution_name": "测试某某培训学校",
        "started_on": date(2022, 9, 20),
        "ended_on": date(2022, 10, 12),
        "registered_count": 40,
        "trained_count": 30,
        "qualified_count": 28,
        "student_count": 6,
        "migrant_worker_count": 10,
        "veteran_count": 2,
        "disabled_count": 1,
        "women_count": 12,
        "started_business_count": 5,
        "subsidy_rate_yuan": Decimal("1500.00"),
        "subsidy_yuan": Decimal("42000.00"),
    } | changes


def forum(number: int = 1, **changes: Any) -> Record:
    return {
        "forum_name": f"测试沙龙第{number}场",
        "forum_type": "salon",
        "held_on": date(2022, 10, 15),
        "host": "测试某某中心",
        "attendee_count": 60,
        "mentor_count": 4,
        "intention_count": 3,
    } | changes


def finance(_: int = 1, **changes: Any) -> Record:
    flows = {
        "startup_guarantee_loan_person_{}_count": (10, 100),
        "startup_guarantee_loan_person_{}_yuan": (Decimal("2000000.00"), Decimal("20000000.00")),
        "startup_guarantee_loan_firm_{}_count": (2, 20),
        "startup_guarantee_loan_firm_{}_yuan": (Decimal("4000000.00"), Decimal("40000000.00")),
        "jobs_created_{}_count": (30, 300),
        "bank_tax_link_{}_count": (5, 50),
        "bank_tax_link_{}_yuan": (Decimal("1500000.00"), Decimal("15000000.00")),
        "matching_event_{}_count": (1, 9),
    }
    return {
        **{code.format("month"): month for code, (month, _) in flows.items()},
        **{code.format("total"): total for code, (_, total) in flows.items()},
        "loan_balance_yuan": Decimal("50000000.00"),
        "guarantee_fund_balance_yuan": Decimal("12000000.00"),
    } | changes


def investment_link(number: int = 1, **changes: Any) -> Record:
    return {
        "project_name": f"测试项目{number}",
        "investor_name": "测试某某投资有限公司",
        "investor_origin": "测试市",
        "signed_on": date(2022, 10, 11),
        "intended_yuan": Decimal("5000000.00"),
        "paid_in_yuan": Decimal("1000000.00"),
        "status": "signed",
    } | changes


def incubator(number: int = 1, **changes: Any) -> Record:
    return {
        "incubator_name": f"测试孵化基地{number}",
        "uscc": credit_code(order=number % 1000),
        "grade": "municipal",
        "is_legal_person": "yes",
        "operating_since_on": date(2018, 5, 1),
        "disposable_area_sqm": Decimal("4000"),
        "tenant_area_sqm": Decimal("3200"),
        "premises": "leased",
        "lease_from_on": date(2018, 5, 1),
        "lease_to_on": date(2028, 4, 30),
        "utilisation_last_year_pct": Decimal("90.5"),
        "utilisation_second_last_year_pct": Decimal("88"),
        "utilisation_third_last_year_pct": Decimal("86"),
        "graduated_count": 25,
        "incubating_count": 55,
        "jobs_count": 620,
        "success_count": 40,
        "admitted_count": 60,
        "exit_due_count": 30,
        "on_time_exit_count": 27,
        "cumulative_revenue_yuan": Decimal("60000000.00"),
        "reward_yuan": Decimal("200000.00"),
    } | changes


def funding(number: int = 1, **changes: Any) -> Record:
    return {
        "source": "provincial",
        "item": f"测试科目{number}",
        "allocated_yuan": Decimal("900000.00"),
        "disbursed_yuan": Decimal("800000.00"),
        "used_yuan": Decimal("700000.00"),
        "beneficiary_count": 120,
        "beneficiary_venture_count": 30,
    } | changes


def narrative(_: int = 1, **changes: Any) -> Record:
    text = "本单位全年组织测试赛事十二场，参加群众三百人次。" * 10
    codes = ("work_done", "practices_and_results", "typical_case", "problems", "next_steps")
    return dict.fromkeys(codes, text) | changes


SOUND = {
    "candidate": candidate, "selection_result": selection_result, "event": event, "training_class": training_class,
    "forum": forum, "finance": finance, "investment_link": investment_link, "incubator": incubator, "funding": funding,
    "narrative": narrative,
}


def sound_records(form: str, count: int = 9) -> list[Record]:
    """Sound records of one return: `count` of them, or the one row of a form without a key."""
    return [SOUND[form](number) for number in range(1, (count if PROGRAMME.forms[form].key else 1) + 1)]


def letters(form: Form, code: str) -> str:
    """Tests lay a form's columns out from B on, in the form's order."""
    return get_column_letter([column.code for column in form.columns].index(code) + 2)


def make_return(form: str, records: list[Record], *, without: tuple[str, ...] = (), **fields: Any) -> ReadReturn:
    """A return as a reader would give it, its first record in row 6, without the columns named in `without`."""
    columns = [column for column in PROGRAMME.forms[form].columns if column.code not in without]
    defaults: dict[str, Any] = {
        "form": form,
        "unit": "chengguan",
        "period": PERIODS[PROGRAMME.forms[form].cadence],
        "sheet": "报表",
        "layout": {column.code: letters(PROGRAMME.forms[form], column.code) for column in columns},
        "headers": {column.code: column.header for column in columns},
        "rows": [FIRST_ROW + index for index in range(len(records))],
        "columns": {column.code: [record.get(column.code) for record in records] for column in columns},
    }
    return ReadReturn(**(defaults | fields))
