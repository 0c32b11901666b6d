"""Who sends what when: missing, late, wrong at first, corrected, sent again. All decided before a cell is written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

import chinese_calendar

from zhibao.findings import Status
from zhibao.period import Period
from zhibao.programme.models import Form, Programme, Unit
from zhibao.samples.faults import FAULTS, Fault
from zhibao.samples.ledgers import periods_of
from zhibao.samples.records import Decision
from zhibao.samples.specials import rounds
from zhibao.samples.story import Story, owing_units, told_forms
from zhibao.samples.styles import Style

MISSING_SHARE, LATE_SHARE, CORRECTED_SHARE = 0.02, 0.05, 0.6
DAYS_AHEAD = timedelta(days=4)
LOSS_LIMIT = 0.04  # the share of a unit's titles that one return may lose by never being corrected
RESENT = {"event": 3, "selection_result": 2}  # a round: accepted, and then replaced by a newer version
UNBROKEN = ("finance",)  # running totals need every month
Slot = tuple[str, str, Period]  # unit, form, period


@dataclass(frozen=True, slots=True)
class Sending:
    """One file on its way. `version` counts from 1 within a slot; `resent` marks the first of two accepted ones,
    `withdraws` a second one that takes a title back."""

    slot: Slot
    version: int
    received_at: datetime
    status: Status = "accepted"
    fault: Fault | None = None
    resent: bool = False
    withdraws: bool = False

    @property
    def is_attributable(self) -> bool:
        """Whether anybody can tell from the file whose return it is."""
        return self.status != "refused" and not (self.fault and self.fault.kind == "missing_unit")


def due_at(programme: Programme, period: Period) -> datetime:
    """When a return of `period` is due, in the programme's time zone."""
    rule = programme.calendar.due[period.cadence]
    if rule.month is not None:
        day = date(period.year, rule.month, rule.day)
    else:
        month = Period.month_of(period.ends_on)
        for _ in range(rule.months_after or 0):
            month = month.next()
        day = date(month.year, month.part, rule.day)
    while rule.shift != "none" and not chinese_calendar.is_workday(day):
        day += timedelta(days=1 if rule.shift == "forward" else -1)
    return datetime.combine(day, time.fromisoformat(rule.time), ZoneInfo(programme.timezone))


def owed_forms(programme: Programme, unit: Unit) -> list[Form]:
    return [form for form in told_forms(programme) if form.is_owed_by(unit)]


def is_present(seed: int, unit: str, form: str, period: Period) -> bool:
    """Whether the unit sends this return at all; a pure function, so that the story can ask before it is told."""
    return form in UNBROKEN or Random(f"{seed}:fate:{unit}:{form}:{period}").random() >= MISSING_SHARE


def row_count(story: Story, slot: Slot) -> int:
    unit, form, period = slot
    held = {"candidate": story.candidates, "selection_result": story.decisions, "event": story.events}.get(form)
    return len(story.ledgers.get(slot, []) if held is None else held.get((unit, period), []))  # type: ignore[attr-defined]


def closing_month(programme: Programme, period: Period) -> Period:
    """The month with which a return belongs to a span of samples: in which its period ends, or its return is due."""
    return Period.month_of(min(period.ends_on, due_at(programme, period).date()))


class Schedule:
    """All sendings of the whole programme, by slot, in the order of their arrival."""

    def __init__(self, programme: Programme, seed: int, story: Story, styles: dict[str, Style]) -> None:
        self.programme, self.seed, self.story, self.styles = programme, seed, story, styles
        self.rng = Random(f"{seed}:schedule")
        self.faults: dict[Slot, Fault] = {}
        self.resent: set[Slot] = set()
        self.moments: dict[Slot, timedelta] = {}
        for months in rounds(story):
            self._plan_round(months)

    def sendings(self, slot: Slot) -> list[Sending]:
        """The files that arrive for one slot; none if it is missing."""
        rng = Random(f"{self.seed}:send:{slot}")
        if not is_present(self.seed, *slot):
            return []
        first_at = self._arrival(rng, slot)
        fault = self.faults.get(slot)
        if fault is None and slot not in self.resent:
            return [Sending(slot, 1, first_at)]
        first = Sending(slot, 1, first_at, fault.status if fault else "accepted", fault, fault is None)
        if fault is not None and not self._is_corrected(rng, slot, fault):
            return [first]
        again_at = first_at + timedelta(days=rng.randint(1, 2), minutes=rng.randint(-50, 50))
        return [first, Sending(slot, 2, again_at, withdraws=fault is None and slot[1] == "selection_result")]

    def _is_corrected(self, rng: Random, slot: Slot, fault: Fault) -> bool:
        """Nominations and running totals always come again; of the rest some never do, unless too many titles
        would be lost."""
        if not fault.returns or slot[1] in ("candidate", *UNBROKEN):
            return fault.returns
        if slot[1] == "selection_result":
            everywhere = [row for (unit, _), rows in self.story.decisions.items() if unit == slot[0] for row in rows]
            lost = len(_granted(self.story.decisions[slot[0], slot[2]]))
            if lost > LOSS_LIMIT * len(_granted(everywhere)):
                return True
        return rng.random() < CORRECTED_SHARE

    def _plan_round(self, months: list[Period]) -> None:
        slots = [
            (unit.code, form.code, period)
            for unit in owing_units(self.programme)
            for form in owed_forms(self.programme, unit)
            for period in periods_of(form.cadence, self.story.periods)
            if closing_month(self.programme, period) in months
            if is_present(self.seed, unit.code, form.code, period)
        ]
        self.rng.shuffle(slots)
        free = [slot for slot in slots if slot not in self.story.protected]
        for fault in FAULTS:
            for form in fault.a_round():
                slot = next((slot for slot in free if slot[1] == form and self._fits(slot, fault)), None)
                if slot:  # a programme of few units has no place for some
                    self.faults[slot] = fault
                    free.remove(slot)
        for form, count in RESENT.items():
            chosen = [slot for slot in free if slot[1] == form and self._can_resend(slot)][:count]
            self.resent |= set(chosen)
            free = [slot for slot in free if slot not in chosen]
        for slot, offset in zip(free, (timedelta(0), timedelta(seconds=1)), strict=False):
            self.moments[slot] = offset

    def _fits(self, slot: Slot, fault: Fault) -> bool:
        style = self.styles[slot[0]]
        if row_count(self.story, slot) < fault.rows or (fault.xlsx_only and style.file_format != "xlsx"):
            return False
        if fault.where and not any(fault.where(line.values) for line in self.story.ledgers.get(slot, [])):
            return False
        decisions = self.story.decisions.get((slot[0], slot[2]), [])
        if fault.needs == "granted" and not _granted(decisions):
            return False
        return (
            fault.needs not in ("yuan", "wan", "total")
            or {"yuan": not style.wan, "wan": style.wan, "total": style.total}[fault.needs]
        )

    def _can_resend(self, slot: Slot) -> bool:
        enough = row_count(self.story, slot) >= 2
        return enough and (slot[1] != "selection_result" or bool(_granted(self.story.decisions[slot[0], slot[2]])))

    def _arrival(self, rng: Random, slot: Slot) -> datetime:
        due = due_at(self.programme, slot[2])
        if slot in self.moments:
            return due + self.moments[slot]
        if rng.random() < LATE_SHARE and slot not in self.faults:
            day = _workdays_after(due.date(), rng.randint(1, 4))
            return _office_hour(rng, day, due)
        # A year's return is due before the year ends; whoever sends it does so in the last days.
        first = min(slot[2].ends_on + timedelta(days=1), due.date() - DAYS_AHEAD)
        days = [first + timedelta(days=n) for n in range((due.date() - first).days + 1)]
        days = [day for day in days if chinese_calendar.is_workday(day)]
        return _office_hour(rng, rng.choice(days), due)


def _granted(decisions: list[Decision]) -> list[Decision]:
    return [decision for decision in decisions if decision.result == "granted"]


def _workdays_after(day: date, count: int) -> date:
    while count:
        day += timedelta(days=1)
        count -= chinese_calendar.is_workday(day)
    return day


def _office_hour(rng: Random, day: date, due: datetime) -> datetime:
    """Between half past eight and a quarter past five."""
    start = datetime.combine(day, time(8, 30), due.tzinfo)
    return start + timedelta(seconds=rng.randint(0, 8 * 3600 + 45 * 60))
