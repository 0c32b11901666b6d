"""Plants what must come back or be asked about: one wrong thing a file, at a known cell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Literal

from zhibao.findings import Status
from zhibao.samples import ledger_plants as ledger
from zhibao.samples.ledger_plants import Plant
from zhibao.samples.mess import Spot, any_record, record_of, spot, write_date
from zhibao.samples.page import Page, Wrongs
from zhibao.samples.records import Row

Needs = Literal["", "granted", "yuan", "wan", "total"]
CHECK_CHARACTERS = "0123456789X"
UNKNOWN_WORDS = {
    "venture_type": "股份制集团公司", "result": "已评审", "cadence": "周赛", "training_type": "厨师培训",
    "forum_type": "讲座",
}  # fmt: skip
MISSING_CELLS = {
    "candidate": ("person_name", "venture_name", "project_name", "phone", "venture_type"),
    "selection_result": ("result", "candidate_no", "level"),
    "event": ("event_name", "competition", "held_on"),
    "training_class": ("institution_name", "trained_count", "ended_on"),
    "forum": ("host", "forum_type"),
    "finance": ("startup_guarantee_loan_firm_month_yuan", "startup_guarantee_loan_person_total_count"),
    "incubator": ("incubator_name", "jobs_count", "disposable_area_sqm"),
    "funding": ("item",),
    "narrative": ("problems", "next_steps"),
}
DATES = {
    "candidate": "established_on", "selection_result": "decided_on", "event": "held_on", "training_class": "ended_on",
    "incubator": "operating_since_on",
}  # fmt: skip
DROPPED = {
    "candidate": "established_on", "selection_result": "result", "event": "competition",
    "training_class": "trained_count", "forum": "host", "finance": "startup_guarantee_loan_person_total_yuan",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fault:
    """One kind of fault: what it makes of the file, how many a round in which forms, what it needs.

    `where` is what one record at least must be like.
    """

    kind: str
    status: Status
    forms: dict[str, int]
    rows: int = 1
    xlsx_only: bool = False
    needs: Needs = ""
    plant: Plant | None = None
    where: Callable[[Row], bool] | None = None

    @property
    def returns(self) -> bool:
        return self.status in ("returned", "refused")

    def wrongs(self, form: str) -> Wrongs:
        """What the fault does to the layout. A total row stays only where it is the fault itself."""
        return Wrongs(
            drop=DROPPED[form] if self.kind == "missing_column" else None,
            unit_word="" if self.kind == "missing_unit" else None,
            total=self.kind == "total_wrong",
            money_header="（万元）" if self.kind == "unit_conflict" else None,
        )

    def a_round(self) -> list[str]:
        return [form for form, count in self.forms.items() for _ in range(count)]


def id_check_digit(page: Page, rng: Random) -> Spot:
    index = any_record(page, rng)
    number = page.records[index]["id_number"]
    wrong = rng.choice([character for character in CHECK_CHARACTERS if character != number[-1]])
    return spot(page, index, "id_number", number[:-1] + wrong, note="校验位不符")


def id_as_number(page: Page, rng: Random) -> Spot:
    """Excel keeps 15 digits of a number: the tail is lost for good."""
    index = any_record(page, rng, lambda record: record["id_number"][-4:] != "0000")
    return spot(
        page, index, "id_number", int(page.records[index]["id_number"][:15] + "000"), note="按数值存储，只余15位"
    )


def missing_cell(page: Page, rng: Random) -> Spot:
    code = rng.choice(MISSING_CELLS[page.form.code])
    return spot(page, any_record(page, rng), code, None, note="必填项为空")


def stable_over_created(page: Page, rng: Random) -> Spot:
    index = any_record(page, rng)
    return spot(page, index, "jobs_stable_count", page.records[index]["jobs_created_count"] + rng.randint(1, 5))


def unknown_choice(page: Page, rng: Random) -> Spot:
    code = next(code for code in UNKNOWN_WORDS if code in page.columns)
    return spot(page, any_record(page, rng), code, UNKNOWN_WORDS[code])


def text_in_date(page: Page, rng: Random) -> Spot:
    code = DATES[page.form.code]
    return spot(page, any_record(page, rng, lambda record: record.get(code) is not None), code, "待补充")


def award_before_notice_end(page: Page, rng: Random) -> Spot:
    index = any_record(page, rng, lambda record: record["result"] == "granted")
    notice_to: date = page.records[index]["notice_to_on"]
    early = notice_to - timedelta(days=2)
    return spot(page, index, "decided_on", write_date(page, early), means=early.isoformat(), note="授予日期早于公示止")


def duplicate_no(page: Page, rng: Random) -> Spot:
    """Two different people under one number and level."""
    levels = [record["level"] for record in page.records]
    pairs = [(one, two) for two, level in enumerate(levels) for one in range(two) if levels[one] == level]
    first, second = rng.choice(pairs)
    return spot(
        page, second, "candidate_no", page.records[first]["candidate_no"], note=f"与第{page.record_rows[first]}行重复"
    )


def total_wrong(page: Page, rng: Random) -> Spot:
    code = rng.choice([code for code in ("jobs_created_count", "participant_count") if code in page.columns])
    row, column = page.total_row or 0, page.columns[code]
    right = page.get(row, column)
    page.put(row, column, right + 7)
    return Spot(row, column, code, right + 7, str(right), "合计与各行之和不符")


def _approximate(pattern: str) -> Plant:
    def plant(page: Page, rng: Random) -> Spot:
        code = "jobs_created_count" if "jobs_created_count" in page.columns else "participant_count"
        index = any_record(page, rng)
        number = page.records[index][code]
        return spot(page, index, code, pattern.format(n=number, more=number + 10), means=None, note="约数")

    return plant


def slip_high(page: Page, rng: Random) -> Spot:
    """Yuan typed into a column of 万元: ten thousand times too much."""
    index = any_record(page, rng)
    return spot(page, index, "annual_revenue_yuan", int(page.records[index]["annual_revenue_yuan"]), note="单位误作元")


def slip_low(page: Page, rng: Random) -> Spot:
    """万元 typed into a column of yuan."""
    index = any_record(page, rng)
    revenue: Decimal = page.records[index]["annual_revenue_yuan"]
    return spot(page, index, "annual_revenue_yuan", int(revenue / 10_000), note="单位误作万元")


def unit_conflict(page: Page, rng: Random) -> Spot:
    """The header says 万元 and one cell says 元."""
    index = any_record(page, rng)
    revenue = int(record_of(page, index)["annual_revenue_yuan"])
    return spot(page, index, "annual_revenue_yuan", f"{revenue}元", note="表头万元，单元格元")


CONTEST_FAULTS = (
    Fault("id_check_digit", "returned", {"candidate": 6}, plant=id_check_digit),
    Fault("id_as_number", "returned", {"candidate": 4}, 2, xlsx_only=True, plant=id_as_number),
    Fault("missing_cell", "returned", {"candidate": 2, "selection_result": 2, "event": 2}, plant=missing_cell),
    Fault(
        "missing_cell", "returned", {"training_class": 1, "forum": 1, "finance": 1, "incubator": 1, "funding": 1,
                                     "narrative": 1}, plant=missing_cell
    ),
    Fault("stable_over_created", "returned", {"candidate": 4}, plant=stable_over_created),
    Fault("unknown_choice", "returned", {"candidate": 1, "selection_result": 1, "event": 2}, plant=unknown_choice),
    Fault("unknown_choice", "returned", {"training_class": 1, "forum": 1}, plant=unknown_choice),
    Fault("text_in_date", "returned", {"candidate": 2, "event": 2}, plant=text_in_date),
    Fault("text_in_date", "returned", {"training_class": 1, "incubator": 1}, plant=text_in_date),
    Fault("text_in_date", "returned", {"selection_result": 1}, needs="granted", plant=text_in_date),
    Fault(
        "award_before_notice_end", "returned", {"selection_result": 4}, needs="granted", plant=award_before_notice_end
    ),
    Fault("duplicate_no", "returned", {"candidate": 3}, 6, plant=duplicate_no),
    Fault("missing_column", "returned", {"candidate": 1, "selection_result": 1, "event": 1}),
    Fault("missing_column", "returned", {"training_class": 1, "forum": 1, "finance": 1}),
    Fault("truncated", "refused", {"candidate": 1, "event": 1}, xlsx_only=True),
    Fault("locked", "refused", {"selection_result": 1, "event": 1}, xlsx_only=True),
    Fault("missing_unit", "returned", {"candidate": 1, "event": 2}),
    Fault("approximate_about", "accepted_with_queries", {"candidate": 1}, 3, plant=_approximate("约{n}")),
    Fault("approximate_more", "accepted_with_queries", {"event": 1}, 2, plant=_approximate("{n}余")),
    Fault("approximate_plus", "accepted_with_queries", {"candidate": 1}, 3, plant=_approximate("{n}+")),
    Fault("approximate_range", "accepted_with_queries", {"event": 1}, 2, plant=_approximate("{n}-{more}")),
    Fault("slip_high", "accepted_with_queries", {"candidate": 1}, 5, needs="wan", plant=slip_high),
    Fault("slip_low", "accepted_with_queries", {"candidate": 1}, 5, needs="yuan", plant=slip_low),
    Fault("unit_conflict", "accepted_with_queries", {"candidate": 1}, 2, needs="wan", plant=unit_conflict),
    Fault("total_wrong", "accepted_with_queries", {"candidate": 1, "event": 1}, 2, needs="total", plant=total_wrong),
)

LEDGER_FAULTS = (
    Fault(
        "trained_over_registered", "returned", {"training_class": 2},
        plant=ledger.over("trained_count", "registered_count"),
    ),
    Fault("group_over_trained", "returned", {"training_class": 2}, plant=ledger.group_over_trained),
    Fault(
        "ended_before_started", "returned", {"training_class": 2}, plant=ledger.ended_before_started,
        where=ledger.lies_in_one_month,
    ),
    Fault("class_in_another_month", "returned", {"training_class": 1}, plant=ledger.in_another_month("ended_on", 40)),
    Fault("duplicate_class", "returned", {"training_class": 1}, 2, plant=ledger.duplicate_class),
    Fault("forum_in_another_month", "returned", {"forum": 2}, plant=ledger.in_another_month("held_on", -31)),
    Fault("total_below_month", "returned", {"finance": 3}, plant=ledger.total_below_month, where=ledger.has_flow),
    Fault("negative_count", "returned", {"finance": 2}, plant=ledger.negative_count),
    Fault(
        "paid_in_over_intended", "returned", {"investment_link": 1},
        plant=ledger.money_over("paid_in_yuan", "intended_yuan", ledger.is_paid_in), where=ledger.is_paid_in,
    ),
    Fault(
        "signed_without_date", "returned", {"investment_link": 1}, plant=ledger.signed_without_date,
        where=ledger.is_signed,
    ),
    Fault(
        "tenants_over_area", "returned", {"incubator": 1},
        plant=ledger.over("tenant_area_sqm", "disposable_area_sqm", more=100),
    ),
    Fault("share_over_hundred", "returned", {"incubator": 1}, plant=ledger.share_over_hundred),
    Fault("share_as_fraction", "accepted_with_queries", {"incubator": 1}, plant=ledger.share_as_fraction),
    Fault("lease_ends_early", "returned", {"incubator": 1}, plant=ledger.lease_ends_early, where=ledger.is_leased),
    Fault("credit_code_check", "returned", {"incubator": 1}, plant=ledger.credit_code_check),
    Fault("success_over_admitted", "returned", {"incubator": 1}, plant=ledger.over("success_count", "admitted_count")),
    Fault("exits_over_due", "returned", {"incubator": 1}, plant=ledger.over("on_time_exit_count", "exit_due_count")),
    Fault(
        "disbursed_over_allocated", "returned", {"funding": 2},
        plant=ledger.money_over("disbursed_yuan", "allocated_yuan"),
    ),
    Fault("used_over_disbursed", "returned", {"funding": 2}, plant=ledger.money_over("used_yuan", "disbursed_yuan")),
    Fault("text_too_short", "returned", {"narrative": 2}, plant=ledger.text_too_short),
    Fault("text_with_id", "returned", {"narrative": 1}, plant=ledger.text_with_id),
    Fault("text_with_phone", "returned", {"narrative": 1}, plant=ledger.text_with_phone),
)  # fmt: skip
FAULTS = (*CONTEST_FAULTS, *LEDGER_FAULTS)
