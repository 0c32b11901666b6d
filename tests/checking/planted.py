"""One planted error for every rule, with what stays just inside it. `test_rules.py` fails for a rule without one."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from .returns import Record, credit_code, id_number

# A change that puts another row above the planted one, in a return that should have one row.
ROW_ABOVE = "_row_above"


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

TRAINING_CLASS = [
    Planted("training_class.required", "institution_name", {"institution_name": None}, [{"institution_name": "校"}]),
    Planted("training_class.key_unique", "class_no", {"class_no": "PX-001"}, [{"class_no": "PX-0010"}],
            {"class_no": None}),
    Planted("training_class.count_not_negative", "women_count", {"women_count": -1}, [{"women_count": 0}],
            {"women_count": None}),
    Planted("training_class.amount_not_negative", "subsidy_yuan", {"subsidy_yuan": Decimal("-0.01")},
            [{"subsidy_yuan": Decimal("0.00")}], {"subsidy_yuan": None}),
    Planted("training_class.ended_after_started", "ended_on", {"started_on": date(2022, 10, 13)},
            [{"started_on": date(2022, 10, 12)}], {"started_on": None}),
    Planted("training_class.ended_on_within_period", "ended_on", {"ended_on": date(2022, 11, 1)},
            [{"ended_on": date(2022, 10, 31)}, {"ended_on": date(2022, 10, 1)}], {"ended_on": None}),
    Planted("training_class.trained_within_registered", "trained_count", {"registered_count": 29},
            [{"registered_count": 30}], {"registered_count": None}),
    Planted("training_class.qualified_within_trained", "qualified_count", {"qualified_count": 31},
            [{"qualified_count": 30}, {"qualified_count": 5}], {"qualified_count": None}),
    Planted("training_class.started_business_within_qualified", "started_business_count",
            {"started_business_count": 29}, [{"started_business_count": 28}], {"started_business_count": None}),
    Planted("training_class.group_within_trained", "women_count", {"women_count": 31},
            [{"women_count": 30, "migrant_worker_count": 30}], {"women_count": None}),
]

FORUM = [
    Planted("forum.required", "host", {"host": None}, [{"host": "会"}]),
    Planted("forum.key_unique", "forum_name", {"forum_name": "测试沙龙第1场"},
            [{"forum_name": "测试沙龙第1场", "held_on": date(2022, 10, 16)}], {"forum_name": None}),
    Planted("forum.count_not_negative", "mentor_count", {"mentor_count": -1}, [{"mentor_count": 0}],
            {"mentor_count": None}),
    Planted("forum.held_on_within_period", "held_on", {"held_on": date(2022, 9, 30)},
            [{"held_on": date(2022, 10, 1)}, {"held_on": date(2022, 10, 31)}], {"held_on": None}),
]

LOAN = "startup_guarantee_loan"
FINANCE = [
    Planted("finance.required", f"{LOAN}_person_total_yuan", {f"{LOAN}_person_total_yuan": None},
            [{f"{LOAN}_person_total_yuan": Decimal("2000000.00")}]),
    Planted("finance.key_unique", f"{LOAN}_person_month_count", {ROW_ABOVE: True}, [{}]),
    Planted("finance.count_not_negative", "bank_tax_link_month_count", {"bank_tax_link_month_count": -1},
            [{"bank_tax_link_month_count": 0}], {"bank_tax_link_month_count": None}),
    Planted("finance.amount_not_negative", "loan_balance_yuan", {"loan_balance_yuan": Decimal("-0.01")},
            [{"loan_balance_yuan": Decimal("0.00")}], {"loan_balance_yuan": None}),
    Planted("finance.total_covers_month", "jobs_created_total_count", {"jobs_created_total_count": 29},
            [{"jobs_created_total_count": 30}], {"jobs_created_total_count": None}),
]

INVESTMENT_LINK = [
    Planted("investment_link.required", "investor_name", {"investor_name": None}, [{"investor_name": "投"}]),
    Planted("investment_link.required_when", "signed_on", {"signed_on": None, "paid_in_yuan": None},
            [{"signed_on": None, "paid_in_yuan": None, "status": status} for status in ("intended", "ended", None)]),
    Planted("investment_link.key_unique", "project_name", {"project_name": "测试项目1"},
            [{"project_name": "测试项目1", "investor_name": "测试另一公司"}], {"project_name": None}),
    Planted("investment_link.amount_not_negative", "intended_yuan",
            {"intended_yuan": Decimal("-0.01"), "paid_in_yuan": None}, [{"intended_yuan": Decimal("0.00")}],
            {"intended_yuan": None}),
    Planted("investment_link.paid_in_within_intended", "paid_in_yuan", {"paid_in_yuan": Decimal("5000000.01")},
            [{"paid_in_yuan": Decimal("5000000.00")}], {"paid_in_yuan": None}),
    Planted("investment_link.paid_in_without_signing", "signed_on", {"signed_on": None, "status": "intended"},
            [{"signed_on": None, "status": "intended", "paid_in_yuan": Decimal("0.00")}],
            {"signed_on": None, "status": "intended", "paid_in_yuan": None}),
    Planted("investment_link.signed_on_not_future", "signed_on", {"signed_on": date(2022, 11, 1)},
            [{"signed_on": date(2022, 10, 31)}], {"signed_on": None, "status": "intended", "paid_in_yuan": None}),
]

INCUBATOR = [
    Planted("incubator.required", "incubator_name", {"incubator_name": None}, [{"incubator_name": "园"}]),
    Planted("incubator.required_when", "lease_to_on", {"lease_to_on": None},
            [{"lease_to_on": None, "premises": "owned"}, {"lease_to_on": None, "premises": None}]),
    Planted("incubator.key_unique", "uscc", {"uscc": credit_code(order=1)}, [{"uscc": credit_code(order=10)}],
            {"uscc": None}),
    Planted("incubator.count_not_negative", "jobs_count", {"jobs_count": -1}, [{"jobs_count": 0}],
            {"jobs_count": None}),
    Planted("incubator.amount_not_negative", "reward_yuan", {"reward_yuan": Decimal("-0.01")},
            [{"reward_yuan": Decimal("0.00")}], {"reward_yuan": None}),
    Planted("incubator.uscc_format", "uscc", {"uscc": "620102100000001"}, [{"uscc": credit_code(order=10)}],
            {"uscc": None}),
    Planted("incubator.uscc_check_character", "uscc", {"uscc": wrong(credit_code(order=10))},
            [{"uscc": credit_code("52620102MJ0000")}], {"uscc": None}),
    Planted("incubator.operating_since_not_future", "operating_since_on", {"operating_since_on": date(2022, 10, 1)},
            [{"operating_since_on": date(2022, 9, 30)}], {"operating_since_on": None}),
    Planted("incubator.area_positive", "tenant_area_sqm", {"tenant_area_sqm": Decimal("0")},
            [{"tenant_area_sqm": Decimal("0.01")}], {"tenant_area_sqm": None}),
    Planted("incubator.tenant_area_within_disposable", "tenant_area_sqm", {"tenant_area_sqm": Decimal("4000.01")},
            [{"tenant_area_sqm": Decimal("4000")}], {"tenant_area_sqm": None}),
    Planted("incubator.lease_ends_after_start", "lease_to_on", {"lease_to_on": date(2018, 4, 30)},
            [{"lease_to_on": date(2018, 5, 1)}], {"lease_to_on": None, "premises": "owned"}),
    Planted("incubator.utilisation_range", "utilisation_third_last_year_pct",
            {"utilisation_third_last_year_pct": Decimal("100.01")},
            [{"utilisation_third_last_year_pct": Decimal(value)} for value in ("100", "0")],
            {"utilisation_third_last_year_pct": None}),
    Planted("incubator.utilisation_as_fraction", "utilisation_last_year_pct",
            {"utilisation_last_year_pct": Decimal("0.9")},
            [{"utilisation_last_year_pct": Decimal(value)} for value in ("0", "1.01")],
            {"utilisation_last_year_pct": None}),
    Planted("incubator.success_within_admitted", "success_count", {"success_count": 61}, [{"success_count": 60}],
            {"success_count": None}),
    Planted("incubator.exits_within_due", "on_time_exit_count", {"on_time_exit_count": 31},
            [{"on_time_exit_count": 30}], {"on_time_exit_count": None}),
]

FUNDING = [
    Planted("funding.required", "item", {"item": None}, [{"item": "科"}]),
    Planted("funding.key_unique", "source", {"item": "测试科目1"}, [{"item": "测试科目1", "source": "municipal"}],
            {"item": None}),
    Planted("funding.count_not_negative", "beneficiary_count", {"beneficiary_count": -1}, [{"beneficiary_count": 0}],
            {"beneficiary_count": None}),
    Planted("funding.amount_not_negative", "used_yuan", {"used_yuan": Decimal("-0.01")},
            [{"used_yuan": Decimal("0.00")}], {"used_yuan": None}),
    Planted("funding.disbursed_within_allocated", "disbursed_yuan", {"disbursed_yuan": Decimal("900000.01")},
            [{"disbursed_yuan": Decimal("900000.00")}], {"allocated_yuan": None}),
    Planted("funding.used_within_disbursed", "used_yuan", {"used_yuan": Decimal("800000.01")},
            [{"used_yuan": Decimal("800000.00")}], {"disbursed_yuan": None}),
]

NARRATIVE = [
    Planted("narrative.required", "problems", {"problems": None}, [{"problems": "测" * 200}]),
    Planted("narrative.key_unique", "work_done", {ROW_ABOVE: True}, [{}]),
    Planted("narrative.min_length", "typical_case", {"typical_case": "测" * 199}, [{"typical_case": "测" * 200}],
            {"typical_case": None}),
    Planted("narrative.max_length", "next_steps", {"next_steps": "测" * 3001}, [{"next_steps": "测" * 3000}],
            {"typical_case": None}),
    Planted(
        "narrative.no_identifier", "typical_case", {"typical_case": "测" * 200 + f"（{id_number()}）"},
        [{"typical_case": "测" * 200 + text} for text in (
            "（6201**********11）", "138****0000", "兰示例发〔2022〕5号", "共投入13800000000元", "0931-8000000",
            credit_code(), "20221130174500000001", "2022-11-30至2023-12-31",
        )],
        {"typical_case": None},
    ),
]

PLANTED = {case.rule: case for case in [
    *CANDIDATE, *SELECTION_RESULT, *EVENT, *TRAINING_CLASS, *FORUM, *FINANCE, *INVESTMENT_LINK, *INCUBATOR, *FUNDING,
    *NARRATIVE,
]}

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
    Planted("training_class.required", "ended_on", {"ended_on": None}),
    *(Planted("training_class.group_within_trained", f"{group}_count", {f"{group}_count": 31})
      for group in ("student", "migrant_worker", "veteran", "disabled")),
    Planted("training_class.ended_on_within_period", "ended_on", {"ended_on": date(2022, 9, 30)}),
    Planted("forum.held_on_within_period", "held_on", {"held_on": date(2022, 11, 1)}),
    *(Planted("finance.total_covers_month", f"{flow}_total_count", {f"{flow}_total_count": 0})
      for flow in (f"{LOAN}_person", f"{LOAN}_firm", "bank_tax_link", "matching_event")),
    *(Planted("finance.total_covers_month", f"{flow}_total_yuan", {f"{flow}_total_yuan": Decimal("1499999.99")})
      for flow in (f"{LOAN}_person", f"{LOAN}_firm", "bank_tax_link")),
    Planted("investment_link.required_when", "signed_on",
            {"signed_on": None, "status": "paid_in", "paid_in_yuan": Decimal("0.00")}),
    Planted("incubator.required_when", "lease_from_on", {"lease_from_on": None}),
    Planted("incubator.area_positive", "disposable_area_sqm",
            {"disposable_area_sqm": Decimal("-1"), "tenant_area_sqm": None}, also=("incubator.required",)),
    Planted("incubator.utilisation_range", "utilisation_last_year_pct",
            {"utilisation_last_year_pct": Decimal("-0.01")}),
    Planted("incubator.utilisation_as_fraction", "utilisation_second_last_year_pct",
            {"utilisation_second_last_year_pct": Decimal("1")}),
    Planted("narrative.min_length", "work_done", {"work_done": "测"}),
    Planted("narrative.no_identifier", "work_done", {"work_done": "测" * 200 + "电话138 0000-0000"}),
    Planted("narrative.no_identifier", "work_done", {"work_done": "测" * 200 + "+8613800000000。"}),
    Planted("narrative.no_identifier", "problems", {"problems": "测" * 200 + "１３８００００００００"}),
    Planted("narrative.no_identifier", "next_steps", {"next_steps": "测" * 200 + "残疾人证" + id_number() + "44"}),
    Planted("narrative.no_identifier", "practices_and_results",
            {"practices_and_results": "测" * 200 + f"{id_number()[:6]} {id_number()[6:14]} {id_number()[14:]}"}),
]
