"""What is to come: when each target is met at the pace so far, and which returns the annual report still waits for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_CEILING, Decimal
from zoneinfo import ZoneInfo

from zhibao.figures import Labels
from zhibao.period import Period
from zhibao.programme.calendar import add_workdays, due_at, expected_returns
from zhibao.programme.models import Programme
from zhibao.store.database import Connection
from zhibao.warehouse.compute import build_for, compute

# The figures on both sides of a target: done, target.
PAIRS = {"awarded_count": "quota"}


@dataclass(frozen=True, slots=True)
class Pace:
    """One target. `met_on` is the day at the pace so far, none where nothing was done yet; `in_time` whether that lies
    in the programme."""

    labels: Labels
    name: str
    done: Decimal
    target: Decimal
    met_on: date | None
    in_time: bool


@dataclass(frozen=True, slots=True)
class Owing:
    """A return that the annual report counts and that has not been accepted. `state` is missing or returned;
    `safe_until` the last day on which it may come and, sent back once, still be in again by its deadline, or, where
    that has passed, by the report's."""

    unit: str
    form: str
    period: str
    state: str
    due_at: datetime
    safe_until: date


def paces(connection: Connection, programme: Programme, as_of: datetime) -> list[Pace]:
    """Every target of the programme, in the official order."""
    day = as_of.astimezone(ZoneInfo(programme.timezone)).date()
    first, last = programme.span.starts_on, programme.span.ends_on
    day = min(max(day, first), last)
    month = Period.month_of(day)
    kind = next(kind for kind, report in programme.reports.items() if report.is_approved)
    periods = {"monthly": month, "quarterly": Period(day.year, "quarterly", (day.month + 2) // 3)}
    period = periods.get(kind, Period(day.year, "annual"))
    figures = {(item.name, item.labels): item for item in compute(connection, programme, kind, period, as_of).figures}
    pairs = PAIRS | {item.to_date_code: item.target_code for item in programme.indicators}
    found = []
    for (name, labels), done in figures.items():
        target = figures.get((pairs[name], labels)) if name in pairs else None
        if target is not None and done.value is not None and target.value:
            met_on = _met_on(first, day, done.value, target.value)
            found.append(Pace(labels, name, done.value, target.value, met_on, met_on is not None and met_on <= last))
    return found


def _met_on(first: date, day: date, done: Decimal, target: Decimal) -> date | None:
    """By proportion: as many days for the whole target as it took for what was done."""
    if not done:
        return None
    days = (Decimal((day - first).days + 1) * target / done).to_integral_value(ROUND_CEILING)
    return first + timedelta(days=int(days) - 1) if days < 36500 else None


def owing(connection: Connection, programme: Programme, year: int, as_of: datetime) -> list[Owing]:
    """What the annual report of a year counts and has not, in the official order."""
    period = Period(year, "annual")
    expected = tuple(expected_returns(programme, "annual", period))
    build_for(connection, programme, "annual", period, as_of, expected, ["return_status"])
    rows = connection.execute(
        "select unit, form, period, due_at, is_returned from return_status where not is_accepted", prepare=False
    ).fetchall()
    states = {(row["unit"], row["form"], row["period"]): row for row in rows}
    closing = due_at(programme, "annual", period)
    return [
        Owing(
            item.unit, item.form, item.period,
            "returned" if states[item.unit, item.form, item.period]["is_returned"] else "missing", item.due_at,
            add_workdays(programme, max(item.due_at, closing if item.due_at < as_of else item.due_at).date(),
                         -programme.calendar.return_within_working_days),
        )
        for item in expected if (item.unit, item.form, item.period) in states
    ]
