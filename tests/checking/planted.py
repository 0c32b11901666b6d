"""One planted error for every rule, with what stays just inside it. `test_rules.py` fails for a rule without one."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from .returns import Record, credit_code, id_number


def wrong(number: str) -> str:
    """The same number with another check character."""
    return number[:-1] + ("1" if number[-1] == "0" else "0")


@dataclass(frozen=True)
class Planted:
    """`bad` gives exactly one finding, of `rule` at the column `at`, beside those of the rules in `also`.

    None of `inside` gives a finding of `rule`; `empty` is a sound row with the cell emptied, where that is allowed.
    """

    rule: str
    at: str
    bad: Record
    inside: list[Record] = field(default_factory=list)
    empty: Record | None = None
    also: tuple[str, ...] = ()

    @property
    def form(self) -> str:
        return self.rule.partition(".")[0]


CANDIDATE = [
    Planted("candidate.required", "project_name", {"project_name": None}, [{"project_name": "项"}]),
    Planted(
        "candidate.required_when", "uscc", {"uscc": None},
        [{"uscc": None, "venture_type": "team"}, {"uscc": credit_code(), "venture_type": "team"}],
    ),
    Planted(
        "candidate.max_length", "project_summary", {"project_summary": "测" * 501},
        [{"project_summary": "测" * 500}], {"project_summary": None},
    ),
    Planted(
        "candidate.key_unique", "candidate_no", {"candidate_no": "CS-0001"},
        [{"candidate_no": "CS-0001", "level": "rising_star"}], {"candidate_no": None},
    ),
    Planted(
        "candidate.count_not_negative", "insured_count", {"insured_count": -1},
        [{"insured_count": 0}], {"insured_count": None},
    ),
    Planted(
        "candidate.amount_not_negative", "annual_revenue_yuan", {"annual_revenue_yuan": Decimal("-0.01")},
        [{"annual_revenue_yuan": Decimal("0.00")}], {"annual_revenue_yuan": None},
    ),
    Planted(
        "candidate.id_number_format", "id_number", {"id_number": id_number()[:-1]},
        [
            {"id_number": id_number(born="19821231")},
            {"id_number": "TEST000001", "id_type": "护照"},
            {"id_number": id_number().translate(str.maketrans("0123456789", "０１２３４５６７８９"))},
        ],
        {"id_number": None},
    ),
    Planted(
        "candidate.id_number_check_character", "id_number", {"id_number": wrong(id_number())},
        [{"id_number": id_number(born="19500101")}], {"id_number": None},
    ),
    Planted(
        "candidate.id_number_birth_date", "id_number", {"id_number": id_number(born="20990101")},
        [{"id_number": id_number(born="19000101")}, {"id_number": id_number(born="20221031")},
         {"id_number": id_number(born="20000229")}],
        {"id_number": None},
    ),
    Planted(
        "candidate.id_number_region", "id_number", {"id_number": id_number(region="999999")},
        [{"id_number": id_number(region=region, born="19600101")}
         for region in ("620102", "620103", "620104", "620105", "620111", "620121", "620122", "620123")],
        {"id_number": None},
    ),
    Planted(
        "candidate.founder_age", "id_number", {"id_number": id_number(born="20061101")},
        [{"id_number": id_number(born="20061031")}, {"id_number": id_number(born="19211101")}],
        {"id_number": None},
    ),
    Planted(
        "candidate.id_type_resident", "id_type", {"id_type": "护照", "id_number": "TEST000001"},
        [{"id_type": "身份证"}], {"id_type": None},
    ),
    Planted("candidate.gender_known", "gender", {"gender": "未知"}, [{"gender": "男"}], {"gender": None}),
    Planted(
        "candidate.gender_agrees_with_id", "gender", {"gender": "女"},
        [{"gender": "女", "id_number": id_number(order=12)}, {"gender": "男", "id_number": id_number(order=11)}],
        {"gender": None},
    ),
    Planted(
        "candidate.phone_mobile", "phone", {"phone": "12900000000"},
        [{"phone": "13000000000"}, {"phone": "19900000000"}, {"phone": "+86 138-0000-0000"}], {"phone": None},
    ),
    Planted(
        "candidate.uscc_format", "uscc", {"uscc": "620102100000001"},
        [{"uscc": credit_code()}], {"uscc": None, "venture_type": "team"},
    ),
    Planted(
        "candidate.uscc_check_character", "uscc", {"uscc": wrong(credit_code())},
        [{"uscc": credit_code("N2620102MF0000")}, {"uscc": credit_code("93620121MA0000")}],
        {"uscc": None, "venture_type": "team"},
    ),
    Planted(
        "candidate.established_on_not_future", "established_on", {"established_on": date(2022, 11, 1)},
        [{"established_on": date(2022, 10, 31)}], {"established_on": None},
    ),
    Planted(
        "candidate.jobs_stable_within_created", "jobs_stable_count", {"jobs_created_count": 5, "jobs_stable_count": 6},
        [{"jobs_created_count": 5, "jobs_stable_count": 5}, {"jobs_created_count": 0, "jobs_stable_count": 0}],
        {"jobs_stable_count": None},
    ),
    Planted(
        "candidate.revenue_far_above_peers", "annual_revenue_yuan", {"annual_revenue_yuan": Decimal("60000000.00")},
        [{"annual_revenue_yuan": Decimal("59999999.99")}], {"annual_revenue_yuan": None},
    ),
    Planted(
        "candidate.revenue_too_small", "annual_revenue_yuan", {"annual_revenue_yuan": Decimal("999.99")},
        [{"annual_revenue_yuan": Decimal("1000.00")}, {"annual_revenue_yuan": Decimal("0.00")}],
        {"annual_revenue_yuan": None},
    ),
    Planted(
        "candidate.revenue_year_last_complete", "revenue_year", {"revenue_year": 2022},
        [{"revenue_year": 2021}], {"revenue_year": None},
    ),
    Planted(
        "candidate.credit_record_found", "credit_check", {"credit_check": "found"},
        [{"credit_check": "none"}], {"credit_check": None},
    ),
    Planted(
        "candidate.labour_violation_found", "labour_check", {"labour_check": "found"},
        [{"labour_check": "unchecked"}], {"labour_check": None},
    ),
    Planted(
        "candidate.bad_business_record_found", "business_record_check", {"business_record_check": "found"},
        [{"business_record_check": "unchecked"}], {"business_record_check": None},
    ),
    Planted(
        "candidate.checked_on_not_future", "checked_on", {"checked_on": date(2022, 11, 1)},
        [{"checked_on": date(2022, 10, 31)}], {"checked_on": None, "credit_check": "unchecked"},
    ),
    Planted(
        "candidate.checked_without_date", "checked_on", {"checked_on": None},
        [{"checked_on": None, "credit_check": "unchecked"}, {"checked_on": None, "credit_check": None}],
    ),
]

SELECTION_RESULT = [
    Planted("selection_result.required", "candidate_no", {"candidate_no": None}, [{"candidate_no": "X"}]),
    Planted(
        "selection_result.required_when", "document_no", {"document_no": None},
        [{"document_no": None, "result": "proposed"}, {"document_no": None, "result": None}],
    ),
    Planted(
        "selection_result.key_unique", "candidate_no", {"candidate_no": "CS-0001"},
        [{"candidate_no": "CS-0001", "result": "proposed"}, {"candidate_no": "CS-0001", "level": "rising_star"}],
        {"candidate_no": None},
    ),
    Planted(
        "selection_result.amount_not_negative", "prize_yuan", {"prize_yuan": Decimal("-1.00")},
        [{"prize_yuan": Decimal("0.00")}], {"prize_yuan": None},
    ),
    Planted(
        "selection_result.score_range", "score", {"score": Decimal("100.01")},
        [{"score": Decimal("100")}, {"score": Decimal("0")}], {"score": None},
    ),
    Planted("selection_result.rank_positive", "rank", {"rank": 0}, [{"rank": 1}], {"rank": None}),
    Planted(
        "selection_result.notice_order", "notice_to_on",
        {"notice_from_on": date(2022, 10, 10), "notice_to_on": date(2022, 10, 9)},
        [{"notice_from_on": date(2022, 10, 10), "notice_to_on": date(2022, 10, 10)}],
        {"notice_from_on": None, "result": "prize"},
    ),
    Planted(
        "selection_result.decided_after_notice", "decided_on", {"decided_on": date(2022, 10, 16)},
        [{"decided_on": date(2022, 10, 17)}], {"decided_on": None, "result": "proposed"},
    ),
    Planted(
        "selection_result.document_no_form", "document_no", {"document_no": "测试发〔2022〕第5号"},
        [{"document_no": "测试发〔2022〕15号"}, {"document_no": "测试（试）发〔2022〕1号"}],
        {"document_no": None, "result": "proposed"},
    ),
    Planted(
        "selection_result.decided_within_span", "decided_on",
        {"decided_on": date(2020, 12, 31), "notice_from_on": date(2020, 12, 1), "notice_to_on": date(2020, 12, 31)},
        [{"decided_on": date(2021, 1, 1), "notice_from_on": date(2020, 12, 1), "notice_to_on": date(2020, 12, 31)}],
        {"decided_on": None, "result": "proposed"},
    ),
    Planted(
        "selection_result.decided_not_after_period", "decided_on", {"decided_on": date(2022, 11, 1)},
        [{"decided_on": date(2022, 10, 31)}], {"decided_on": None, "result": "proposed"},
    ),
]

EVENT = [
    Planted("event.required", "event_name", {"event_name": None}, [{"event_name": "赛"}]),
    Planted("event.key_unique", "event_no", {"event_no": "SS-001"}, [{"event_no": "SS-0010"}], {"event_no": None}),
    Planted(
        "event.count_not_negative", "participant_count", {"participant_count": -1},
        [{"participant_count": 0}], {"participant_count": None},
    ),
    Planted(
        "event.amount_not_negative", "cost_yuan", {"cost_yuan": Decimal("-0.01")},
        [{"cost_yuan": Decimal("0.00")}], {"cost_yuan": None},
    ),
    Planted(
        "event.entered_within_registered", "entered_project_count",
        {"registered_project_count": 20, "entered_project_count": 21},
        [{"registered_project_count": 20, "entered_project_count": 20}], {"registered_project_count": None},
    ),
    Planted(
        "event.prizes_within_entered", "prize_count", {"entered_project_count": 20, "prize_count": 21},
        [{"entered_project_count": 20, "prize_count": 20}], {"prize_count": None},
    ),
    Planted(
        "event.held_on_within_period", "held_on", {"held_on": date(2022, 11, 1)},
        [{"held_on": date(2022, 10, 1)}, {"held_on": date(2022, 10, 31)}], {"held_on": None},
    ),
]

PLANTED = {case.rule: case for case in [*CANDIDATE, *SELECTION_RESULT, *EVENT]}

# The other side of a rule that has two.
MORE = [
    Planted("candidate.required", "id_number", {"id_number": None}),
    Planted("candidate.count_not_negative", "ip_count", {"ip_count": -3}),
    Planted("candidate.id_number_format", "id_number", {"id_number": "6201021990010100A1"}),
    Planted("candidate.id_number_format", "id_number", {"id_number": id_number() + "0"}),
    Planted("candidate.id_number_format", "id_number", {"id_number": "6201", "id_type": None}),
    Planted("candidate.id_number_birth_date", "id_number", {"id_number": id_number(born="18991231")},
            also=("candidate.founder_age",)),
    Planted("candidate.id_number_birth_date", "id_number", {"id_number": id_number(born="19990229")}),
    Planted("candidate.id_number_birth_date", "id_number", {"id_number": id_number(born="20221101")}),
    Planted("candidate.founder_age", "id_number", {"id_number": id_number(born="19201031")}),
    Planted("candidate.gender_agrees_with_id", "gender", {"gender": "男", "id_number": id_number(order=12)}),
    Planted("candidate.phone_mobile", "phone", {"phone": "1380000000"}),
    Planted("candidate.phone_mobile", "phone", {"phone": "0931-8000000"}),
    Planted("candidate.uscc_format", "uscc", {"uscc": "91620102MA0000I01X"}),
    Planted("candidate.uscc_format", "uscc", {"uscc": "916201A2MA00000010"}),
    Planted("candidate.uscc_check_character", "uscc", {"uscc": wrong(credit_code("N2620102MF0000"))}),
    Planted("candidate.revenue_too_small", "annual_revenue_yuan", {"annual_revenue_yuan": Decimal("0.01")}),
    Planted("candidate.revenue_year_last_complete", "revenue_year", {"revenue_year": 2020}),
    Planted("candidate.checked_without_date", "checked_on", {"checked_on": None, "credit_check": "found"},
            also=("candidate.credit_record_found",)),
    Planted("selection_result.required_when", "notice_to_on", {"notice_to_on": None, "result": "proposed"}),
    Planted("selection_result.required_when", "granted_by", {"granted_by": None, "result": "revoked"}),
    Planted("selection_result.score_range", "score", {"score": Decimal("-0.01")}),
    Planted("selection_result.rank_positive", "rank", {"rank": -1}),
    Planted("selection_result.document_no_form", "document_no", {"document_no": "测试发〔2022〕05号"}),
    Planted("selection_result.document_no_form", "document_no", {"document_no": "测试发[2022]5号"}),
    Planted("event.held_on_within_period", "held_on", {"held_on": date(2022, 9, 30)}),
]
