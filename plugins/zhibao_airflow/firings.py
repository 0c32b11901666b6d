"""When the programme's DAGs run, as plain lists of moments: the timetables only translate them for Airflow.

All moments follow the programme's own calendar (`programmes/<code>/calendar.yaml`) with its 调休 working days.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from zhibao.period import Cadence, Period
from zhibao.programme.calendar import (
    add_workdays,
    annual_draft_on,
    approve_by,
    due_at,
    is_workday,
    missing_at,
    programme_periods,
    purge_on,
    put_up_on,
    returns_where,
)
from zhibao.programme.load import load_programme
from zhibao.programme.models import Programme
from zhibao.settings import load_settings
from zhibao_airflow.timetables import WATCHED_FOR, Stage

COLLECTED_AT = (time(9), time(12), time(15))
DRAFTED_AFTER_DUE = timedelta(hours=1)
OFFICE_OPENS_AT = time(8, 30)
RECOMPUTED_AT = time(2)
PURGED_AT = time(3)


@dataclass(frozen=True, slots=True)
class Firing:
    """One scheduled run: when it is made, and the half-open span of time that it answers for."""

    run_after: datetime
    start: datetime
    end: datetime


@cache
def programme() -> Programme:
    """The configured programme, read once a process."""
    return load_programme(load_settings().programme_dir)


@cache
def monthly_firings() -> tuple[Firing, ...]:
    """One run a month, an hour after the returns of that month were due (so that the last ones are in)."""
    return _after_each("monthly")


@cache
def quarterly_firings() -> tuple[Firing, ...]:
    """One run a quarter, an hour after the returns of that quarter were due."""
    return _after_each("quarterly")


@cache
def annual_firings() -> tuple[Firing, ...]:
    """From `calendar.annual_draft` on a draft each working morning; on the due day the report itself."""
    return tuple(firing for year in _years(programme()) for firing in _annual(programme(), year))


@cache
def watch_firings() -> tuple[Firing, ...]:
    """One run a year, which begins `WATCHED_FOR` before the report should be approved: its logical date is then."""
    rules = programme()
    moments = [(approve_by(rules, year) - WATCHED_FOR, year) for year in _years(rules)]
    return tuple(Firing(begins, begins, due_at(rules, "annual", year)) for begins, year in moments)


@cache
def retention_firings() -> tuple[Firing, ...]:
    """One run on the first of each month, until a year after everything may be purged."""
    rules = programme()
    first, last = rules.span.starts_on, purge_on(rules) or rules.span.ends_on
    months = [Period(year, "monthly", month) for year in range(first.year, last.year + 2) for month in range(1, 13)]
    nights = [_opening(month.starts_on, PURGED_AT) for month in months]
    return tuple(Firing(end, start, end) for start, end in zip(nights, nights[1:], strict=False))


@cache
def collection_firings() -> tuple[Firing, ...]:
    """Three runs on each working day, and one at each deadline, until the last return may be called missing."""
    rules = programme()
    moments = sorted({*_office_hours(rules), *_deadlines(rules)})
    return tuple(Firing(end, start, end) for start, end in zip(moments, moments[1:], strict=False))


@cache
def reminder_firings() -> tuple[Firing, ...]:
    """One run on the morning of each working day, for as long as something may be owed."""
    rules = programme()
    day, last, moments = Period.parse(rules.span.first_return_period).starts_on, _last_missing(rules), []
    while day <= last:
        if is_workday(rules, day):
            moments.append(_opening(day, OFFICE_OPENS_AT))
        day += timedelta(days=1)
    return tuple(Firing(end, start, end) for start, end in zip(moments, moments[1:], strict=False))


@cache
def nightly_firings() -> tuple[Firing, ...]:
    """One run a night, for as long as returns are collected."""
    rules = programme()
    first = Period.parse(rules.span.first_return_period).starts_on
    last = _last_missing(rules)
    nights = [_opening(first + timedelta(days=day), RECOMPUTED_AT) for day in range((last - first).days + 2)]
    return tuple(Firing(end, start, end) for start, end in zip(nights, nights[1:], strict=False))


def month_before(moment: datetime) -> Period:
    """The last whole month before `moment`: what a run by hand without a period is about."""
    first = moment.astimezone(_zone()).date().replace(day=1)
    return Period.month_of(first - timedelta(days=1))


def quarter_before(moment: datetime) -> Period:
    """The last whole quarter before `moment`."""
    return _quarter_of(moment).previous()


def year_at(moment: datetime) -> Period:
    """The year that is being summed up at `moment`: the running one from the day of the early draft on."""
    day = moment.astimezone(_zone()).date()
    this_year = Period(day.year, "annual")
    return this_year if day >= annual_draft_on(programme(), this_year) else Period(day.year - 1, "annual")


def span_of(period: Period) -> tuple[datetime, datetime]:
    """A month from its first moment to the next one's; a year from its first moment to its report's deadline."""
    if period.cadence == "annual":
        return _opening(period.starts_on), due_at(programme(), "annual", period)
    return _opening(period.starts_on), _opening(period.next().starts_on)


def month_starting(start: datetime) -> Period:
    """The month whose span starts at `start`."""
    return Period.month_of(start.astimezone(_zone()).date())


def quarter_starting(start: datetime) -> Period:
    """The quarter whose span starts at `start`."""
    return _quarter_of(start)


def annual_stage(end: datetime) -> Stage:
    """What a run of the annual report whose span ends at `end` is for."""
    day = end.astimezone(_zone()).date()
    year = Period(day.year, "annual")
    if day >= due_at(programme(), "annual", year).date():
        return "final"
    return "put_up" if day >= put_up_on(programme(), year) else "early"


def drafted_again_at(end: datetime) -> datetime:
    """When the annual run that follows the one whose span ends at `end` is made."""
    firings = annual_firings()
    return firings[bisect_left(firings, end, key=lambda firing: firing.start)].run_after


def _quarter_of(moment: datetime) -> Period:
    day = moment.astimezone(_zone()).date()
    return Period(day.year, "quarterly", (day.month + 2) // 3)


def _after_each(cadence: Cadence) -> tuple[Firing, ...]:
    rules = programme()
    if cadence not in rules.calendar.due:
        return ()
    return tuple(
        Firing(due_at(rules, cadence, period) + DRAFTED_AFTER_DUE, *span_of(period))
        for period in programme_periods(rules, cadence)
    )


def _annual(rules: Programme, year: Period) -> Iterator[Firing]:
    day, due = annual_draft_on(rules, year), due_at(rules, "annual", year)
    before = _opening(year.starts_on)
    while day < due.date():
        morning = _opening(day, OFFICE_OPENS_AT)
        yield Firing(morning, before, morning)
        before, day = morning, add_workdays(rules, day, 1)
    yield Firing(_opening(due.date(), OFFICE_OPENS_AT), before, due)


def _office_hours(rules: Programme) -> Iterator[datetime]:
    day = Period.parse(rules.span.first_return_period).starts_on
    last = _last_missing(rules)
    while day <= last:
        if is_workday(rules, day):
            yield from (_opening(day, hour) for hour in COLLECTED_AT)
        day += timedelta(days=1)


def _deadlines(rules: Programme) -> Iterator[datetime]:
    return iter({item.due_at for item in returns_where(rules, lambda owing, due: True)})


def _last_missing(rules: Programme) -> date:
    """The day from which the last return that is owed may be called missing."""
    return max(missing_at(rules, due) for due in _deadlines(rules)).date()


def _years(rules: Programme) -> list[Period]:
    return [Period(year, "annual") for year in range(rules.span.starts_on.year, rules.span.ends_on.year + 1)]


def _opening(day: date, hour: time = time()) -> datetime:
    return datetime.combine(day, hour, _zone())


@cache
def _zone() -> ZoneInfo:
    return ZoneInfo(programme().timezone)
