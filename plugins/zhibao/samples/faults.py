"""Plants what must come back or be asked about: one wrong thing a file, at a known cell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any, Literal

from zhibao.findings import Status
from zhibao.samples.mess import Spot, record_of, spot, write_date
from zhibao.samples.page import Page, Wrongs

Plant = Callable[[Page, Random], Spot]
Needs = Literal["", "granted", "yuan", "wan", "total"]
CHECK_CHARACTERS = "0123456789X"
UNKNOWN_WORDS = {"venture_type": "股份制集团公司", "result": "已评审", "cadence": "周赛"}
MISSING_CELLS = {
    "candidate": ("person_name", "venture_name", "project_name", "phone", "venture_type"),
    "selection_result": ("result", "candidate_no", "level"),
    "event": ("event_name", "competition", "held_on"),
}
DATES = {"candidate": "established_on", "selection_result": "decided_on", "event": "held_on"}
DROPPED = {"candidate": "established_on", "selection_result": "result", "event": "competition"}


@dataclass(frozen=True, slots=True)
class Fault:
    """One kind of fault: what it makes of the file, how many a round in which forms, what it needs."""

    kind: str
    status: Status
    forms: dict[str, int]
    rows: int = 1
    xlsx_only: bool = False
    needs: Needs = ""
    plant: Plant | None = None

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


def _any(rng: Random, page: Page, fits: Callable[[dict[str, Any]], bool] = lambda record: True) -> int:
    """The index of a record that fits."""
    return rng.choice([index for index, record in enumerate(page.records) if fits(record)])


def id_check_digit(page: Page, rng: Random) -> Spot:
    index = _any(rng, page)
    number = page.records[index]["id_number"]
    wrong = rng.choice([character for character in CHECK_CHARACTERS if character != number[-1]])
    return spot(page, index, "id_number", number[:-1] + wrong, note="校验位不符")


def id_as_number(page: Page, rng: Random) -> Spot:
    """Excel keeps 15 digits of a number: the tail is lost for good."""
    index = _any(rng, page, lambda record: record["id_number"][-4:] != "0000")
    return spot(
        page, index, "id_number", int(page.records[index]["id_number"][:15] + "000"), note="按数值存储，只余15位"
    )


def missing_cell(page: Page, rng: Random) -> Spot:
    code = rng.choice(MISSING_CELLS[page.form.code])
    return spot(page, _any(rng, page), code, None, note="必填项为空")


def stable_over_created(page: Page, rng: Random) -> Spot:
    index = _any(rng, page)
    return spot(page, index, "jobs_stable_count", page.records[index]["jobs_created_count"] + rng.randint(1, 5))


def unknown_choice(page: Page, rng: Random) -> Spot:
    code = next(code for code in UNKNOWN_WORDS if code in page.columns)
    return spot(page, _any(rng, page), code, UNKNOWN_WORDS[code])


def text_in_date(page: Page, rng: Random) -> Spot:
    code = DATES[page.form.code]
    return spot(page, _any(rng, page, lambda record: record.get(code) is not None), code, "待补充")


def award_before_notice_end(page: Page, rng: Random) -> Spot:
    index = _any(rng, page, lambda record: record["result"] == "granted")
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
        index = _any(rng, page)
        number = page.records[index][code]
        return spot(page, index, code, pattern.format(n=number, more=number + 10), means=None, note="约数")

    return plant


def slip_high(page: Page, rng: Random) -> Spot:
    """Yuan typed into a column of 万元: ten thousand times too much."""
    index = _any(rng, page)
    return spot(page, index, "annual_revenue_yuan", int(page.records[index]["annual_revenue_yuan"]), note="单位误作元")


def slip_low(page: Page, rng: Random) -> Spot:
    """万元 typed into a column of yuan."""
    index = _any(rng, page)
    revenue: Decimal = page.records[index]["annual_revenue_yuan"]
    return spot(page, index, "annual_revenue_yuan", int(revenue / 10_000), note="单位误作万元")


def unit_conflict(page: Page, rng: Random) -> Spot:
    """The header says 万元 and one cell says 元."""
    index = _any(rng, page)
    revenue = int(record_of(page, index)["annual_revenue_yuan"])
    return spot(page, index, "annual_revenue_yuan", f"{revenue}元", note="表头万元，单元格元")


FAULTS = (
    Fault("id_check_digit", "returned", {"candidate": 6}, plant=id_check_digit),
    Fault("id_as_number", "returned", {"candidate": 4}, 2, xlsx_only=True, plant=id_as_number),
    Fault("missing_cell", "returned", {"candidate": 2, "selection_result": 2, "event": 2}, plant=missing_cell),
    Fault("stable_over_created", "returned", {"candidate": 4}, plant=stable_over_created),
    Fault("unknown_choice", "returned", {"candidate": 1, "selection_result": 1, "event": 2}, plant=unknown_choice),
    Fault("text_in_date", "returned", {"candidate": 2, "event": 2}, plant=text_in_date),
    Fault("text_in_date", "returned", {"selection_result": 1}, needs="granted", plant=text_in_date),
    Fault(
        "award_before_notice_end", "returned", {"selection_result": 4}, needs="granted", plant=award_before_notice_end
    ),
    Fault("duplicate_no", "returned", {"candidate": 3}, 6, plant=duplicate_no),
    Fault("missing_column", "returned", {"candidate": 1, "selection_result": 1, "event": 1}),
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
