"""Who is reminded today of what is still owed, and when the lead is told: once a unit and day, and only who owes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from zhibao.delivery.letters import Posting
from zhibao.period import Period
from zhibao.programme.calendar import ExpectedReturn, add_workdays, returns_where
from zhibao.programme.models import Programme
from zhibao.store.database import Connection
from zhibao.warehouse.compute import build_for

FAR = 60  # days from a due day on which nobody is reminded any more


@dataclass(frozen=True, slots=True)
class Owed:
    """One return that has not been accepted. `is_returned`: it came, and went back. `days` are working days past its
    due day, below zero before it."""

    unit: str
    form: str
    period: str
    due_at: datetime
    is_returned: bool
    days: int


@dataclass(frozen=True, slots=True)
class Reminder:
    """One letter: to a unit about its own returns, or (`is_escalation`) to the lead about all units'."""

    to_unit: str
    day: date
    owed: tuple[Owed, ...]
    is_escalation: bool
    address: str | None

    @property
    def subject(self) -> str:
        """What makes it one of its kind: the day."""
        return f"{self.day}.escalation" if self.is_escalation else str(self.day)


def list_reminders(connection: Connection, programme: Programme, now: datetime) -> list[Reminder]:
    """The letters of this day, in the official order of units; none on a day that is no such day."""
    rules = programme.calendar.reminders
    day = now.astimezone(ZoneInfo(programme.timezone)).date()
    if rules is None:
        return []
    expected = returns_near(programme, day, {*rules.days, rules.escalates_after})
    if not expected:
        return []
    span = programme.span
    month = Period.month_of(min(max(day, span.starts_on), span.ends_on))
    build_for(connection, programme, "status", month, now, tuple(item for item, _ in expected), ["return_status"])
    rows = connection.execute(
        "select unit, form, period, is_returned from return_status"
        " where (is_missing or is_returned) and not is_exempt", prepare=False
    ).fetchall()
    waiting = {(row["unit"], row["form"], row["period"]): row["is_returned"] for row in rows}
    owed = [
        Owed(item.unit, item.form, item.period, item.due_at, waiting[item.unit, item.form, item.period], days)
        for item, days in expected if (item.unit, item.form, item.period) in waiting
    ]
    found = [
        _reminder(programme, unit.code, day, mine) for unit in programme.units
        if (mine := tuple(item for item in owed if item.unit == unit.code and item.days in rules.days))
    ]
    late = tuple(item for item in owed if item.days == rules.escalates_after)
    return [*found, _escalation(programme, day, late)] if late else found


def posting_of(programme: Programme, reminder: Reminder) -> Posting:
    """The letter of a reminder that has an address."""
    assert reminder.address is not None
    name = f"<{programme.code}.reminder.{reminder.subject}.{reminder.to_unit}@zhibao.invalid>"
    return Posting(programme.code, "reminder", reminder.subject, reminder.to_unit, reminder.address, name)


def returns_near(programme: Programme, day: date, wanted: set[int]) -> list[tuple[ExpectedReturn, int]]:
    """What is owed with a due day that lies one of these numbers of working days from `day`."""
    days: dict[date, int | None] = {}

    def is_near(owing: Period, due: datetime) -> bool:
        if due.date() not in days:
            days[due.date()] = _workdays_between(programme, due.date(), day, wanted)
        return days[due.date()] is not None

    return [(item, days[item.due_at.date()] or 0) for item in returns_where(programme, is_near)]


def _workdays_between(programme: Programme, due: date, day: date, wanted: set[int]) -> int | None:
    if abs((due - day).days) > FAR:
        return None
    return next((count for count in wanted if (add_workdays(programme, due, count) if count else due) == day), None)


def _reminder(programme: Programme, unit: str, day: date, owed: tuple[Owed, ...]) -> Reminder:
    return Reminder(unit, day, owed, False, next(iter(programme.addresses_of(unit)), None))


def _escalation(programme: Programme, day: date, owed: tuple[Owed, ...]) -> Reminder:
    """To the executor, or else to the overall lead: whichever has an address."""
    known = [(unit, address) for unit in (programme.executor, programme.overall_lead)
             for address in programme.addresses_of(unit)[:1]]
    unit, address = next(iter(known), (programme.overall_lead, None))
    return Reminder(unit, day, owed, True, address)
