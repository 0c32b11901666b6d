"""When things are due: the programme's calendar over Chinese working days (调休). Light: a timetable imports it.

Due dates follow DOMAIN §6: monthly and quarterly ones shift forward over days off, the annual one (六（四）,
于11月底) shifts backward. All instants are in the programme's own time zone.
"""

from __future__ import annotations

import calendar
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import chinese_calendar

from zhibao.errors import OperatorError
from zhibao.period import Cadence, Period
from zhibao.programme.models import DueRule, Form, Programme, Unit
from zhibao.text import Text

SATURDAY = 5
PARTS: dict[Cadence, range] = {"monthly": range(1, 13), "quarterly": range(1, 5), "annual": range(1)}


@dataclass(frozen=True, slots=True)
class ExpectedReturn:
    """One return that one unit owes. `period` is the code of a period; instants carry the time zone.

    What comes until `on_time_until` is on time: the due instant and the grace that the calendar gives.
    """

    unit: str
    form: str
    period: str
    due_at: datetime
    on_time_until: datetime


def is_workday(programme: Programme, day: date) -> bool:
    """Whether people work on `day`: the programme's override, else the State Council's calendar, else the weekday."""
    if day in programme.calendar.overrides:
        return programme.calendar.overrides[day]
    known = _published(day)
    if known is not None:
        return known
    _warn_once(day.year)
    return day.weekday() < SATURDAY


def is_guessed(programme: Programme, day: date) -> bool:
    """Whether `is_workday` only knows the weekday: no calendar was published for that year, and no override given."""
    return day not in programme.calendar.overrides and _published(day) is None


def calendar_warning(programme: Programme, first: date, last: date) -> Text | None:
    """What to tell people whose dates between `first` and `last` rest on weekdays alone; None where all is known."""
    covered = {day.year for day in programme.calendar.overrides}
    years = [year for year in range(first.year, last.year + 1)
             if year not in covered and _published(date(year, 1, 1)) is None]
    return _guess_warning(years) if years else None


def _guess_warning(years: list[int]) -> Text:
    return Text(
        zh="{years}年的放假安排尚未收录，暂按周一至周五为工作日推算；请在 calendar.yaml 的 overrides 中补充",
        en="the holidays of {years} are not known yet, so Monday to Friday is assumed; add overrides to calendar.yaml",
    ).format(years="、".join(map(str, years)))


def shift_to_workday(programme: Programme, day: date, direction: str) -> date:
    """`day`, or the nearest working day after (`forward`) or before it (`backward`); `none` leaves it."""
    if direction == "none":
        return day
    step = timedelta(days=1 if direction == "forward" else -1)
    while not is_workday(programme, day):
        day += step
    return day


def add_workdays(programme: Programme, day: date, count: int) -> date:
    """The `count`-th working day after `day`; before it when `count` is negative."""
    step = timedelta(days=1 if count > 0 else -1)
    left = abs(count)
    while left:
        day += step
        left -= is_workday(programme, day)
    return day


def due_rule(programme: Programme, cadence: Cadence, unit: Unit | None = None, form: Form | None = None) -> DueRule:
    """The rule for a unit's return of a form: the last of `own_due` that speaks of it, else that of its cadence.

    Raises OperatorError where the calendar has none.
    """
    for own in reversed(programme.calendar.own_due):
        if form is not None and own.is_about(form) and (not own.units or (unit is not None and unit.code in own.units)):
            return own
    rule = programme.calendar.due.get(cadence)
    if rule is None:
        raise OperatorError(f"calendar.yaml 没有 {cadence} 的期限", f"calendar.yaml has no due date for {cadence}")
    return rule


def due_at(
    programme: Programme, cadence: Cadence, period: Period, unit: Unit | None = None, form: Form | None = None
) -> datetime:
    """When the report of `period` is due, or a unit's return of a form. Raises OperatorError as `due_rule`."""
    return _due_by(programme, due_rule(programme, cadence, unit, form), period)


def missing_at(programme: Programme, due: datetime) -> datetime:
    """From when a return that was due at `due` and has not come counts as 漏报."""
    return _workdays_later(programme, due, programme.calendar.missing_after_working_days)


def closes_at(programme: Programme, due: datetime) -> datetime | None:
    """Until when returns that were due at `due` are taken; None where the programme never closes a period."""
    days = programme.calendar.closes_after_working_days
    return None if days is None else _workdays_later(programme, due, days)


def return_by(programme: Programme, day: date) -> date:
    """By when a return that is sent back on `day` must be in again."""
    return add_workdays(programme, day, programme.calendar.return_within_working_days)


def approve_by(programme: Programme, period: Period) -> datetime:
    """By when the annual report of `period` should be approved, so that it is out when it is due."""
    return _workdays_later(
        programme, due_at(programme, "annual", period), -programme.calendar.annual_approved_working_days_before
    )


def put_up_on(programme: Programme, period: Period) -> date:
    """From which day on the annual report of `period` is put up for approval."""
    due = due_at(programme, "annual", period).date()
    return add_workdays(programme, due, -programme.calendar.annual_put_up_working_days_before)


def review_on(programme: Programme, period: Period) -> date:
    """By when the returns of a month or quarter are reviewed."""
    return _after_due(programme, period, programme.calendar.review_day)


def bulletin_on(programme: Programme, period: Period) -> date:
    """When the bulletin of a month or quarter comes out: a working day, never before the returns are due."""
    return _after_due(programme, period, programme.calendar.bulletin_day)


def annual_draft_on(programme: Programme, period: Period) -> date:
    """The day of the first draft of a year's report."""
    draft = programme.calendar.annual_draft
    return date(period.year, draft.month, draft.day)


def purge_on(programme: Programme) -> date | None:
    """From which day on personal values are no longer kept; None where the programme sets no term."""
    years = programme.retention.years_after_end
    if years is None:
        return None
    last = programme.span.ends_on
    return _day(last.year + years, last.month, last.day) + timedelta(days=1)


def window(programme: Programme, period: Period) -> tuple[date, date]:
    """First and last day that a report of `period` looks at: the whole period, for a year what the programme sets."""
    if period.cadence != "annual":
        return period.starts_on, period.ends_on
    bounds = programme.annual.window
    return date.fromisoformat(f"{period.year}-{bounds.from_}"), date.fromisoformat(f"{period.year}-{bounds.to}")


def expected_returns(programme: Programme, kind: str, period: Period) -> list[ExpectedReturn]:
    """The returns that a report answers for, in the official order of units, then by form and period.

    `reports.<kind>.returns` decides: `due_in_window` those whose due date falls within the window,
    `for_period` those owed for the months (and quarters, and the year) that lie within the period.
    """
    return owed_returns(programme, period, by_due_date=programme.reports[kind].returns == "due_in_window")


def owed_returns(programme: Programme, period: Period, *, by_due_date: bool) -> list[ExpectedReturn]:
    """As `expected_returns`, whatever the report."""
    bounds = window(programme, period)
    if by_due_date:
        return returns_where(programme, lambda owing, due: _within(due.date(), bounds))
    return returns_where(programme, lambda owing, due: _inside(owing, period))


def returns_where(programme: Programme, holds: Callable[[Period, datetime], bool]) -> list[ExpectedReturn]:
    """The returns of the whole programme whose period and due instant are so, in the official order."""
    found: list[ExpectedReturn] = []
    dues: dict[tuple[Cadence, int], list[tuple[Period, datetime]]] = {}
    for unit in programme.units:
        for form in (form for form in programme.forms.values() if form.is_owed_by(unit)):
            rule = due_rule(programme, form.cadence, unit, form)
            key = form.cadence, id(rule)
            if key not in dues:
                periods = programme_periods(programme, form.cadence)
                known = [(owing, _due_by(programme, rule, owing)) for owing in periods]
                dues[key] = [(owing, due) for owing, due in known if holds(owing, due)]
            grace = timedelta(minutes=rule.grace_minutes)
            found += [
                ExpectedReturn(unit.code, form.code, str(owing), due, due + grace)
                for owing, due in dues[key] if owes(unit, form, min(owing.ends_on, due.date()))
            ]
    return found


def returns_end(programme: Programme) -> date:
    """The day on which the last return of the programme is due."""
    return max(item.due_at for item in returns_where(programme, lambda owing, due: True)).date()


def owes(unit: Unit, form: Form, day: date) -> bool:
    """Whether the unit owes this form for a period that ends, or whose return is due before its end, on `day`."""
    return form.is_owed_by(unit) and unit.in_force(day) and form.in_force(day)


def programme_periods(programme: Programme, cadence: Cadence) -> list[Period]:
    """The periods of the programme for which returns are owed, first to last."""
    first, last = Period.parse(programme.span.first_return_period).starts_on, programme.span.ends_on
    periods = (Period(year, cadence, part) for year in range(first.year, last.year + 1) for part in PARTS[cadence])
    return [period for period in periods if period.ends_on >= first and period.starts_on <= last]


def trend_periods(programme: Programme, period: Period, count: int) -> list[Period]:
    """`period` and those before it, newest first: `count` of them at most, none before the programme's first return."""
    first = Period.parse(programme.span.first_return_period).starts_on
    periods = []
    while len(periods) < count and period.ends_on >= first:
        periods.append(period)
        period = period.previous()
    return periods


def _due_by(programme: Programme, rule: DueRule, period: Period) -> datetime:
    day = shift_to_workday(programme, _nominal_due(rule, period), rule.shift)
    return _at(programme, day, time.fromisoformat(rule.time))


def _workdays_later(programme: Programme, moment: datetime, count: int) -> datetime:
    """At the same time of another day; in the programme's time zone, as `moment` is."""
    return _at(programme, add_workdays(programme, moment.date(), count), moment.time())


def _within(day: date, bounds: tuple[date, date]) -> bool:
    return bounds[0] <= day <= bounds[1]


def _inside(period: Period, whole: Period) -> bool:
    return whole.starts_on <= period.starts_on and period.ends_on <= whole.ends_on


def _nominal_due(rule: DueRule, period: Period) -> date:
    """The day before any shift. The 31st of a shorter month is its last day."""
    if rule.month is not None:
        return _day(period.year, rule.month, rule.day)
    return _months_later(period.ends_on, rule.months_after or 0, rule.day)


def _after_due(programme: Programme, period: Period, day: int) -> date:
    rule = programme.calendar.due[period.cadence]
    nominal = _months_later(period.ends_on, rule.months_after or 0, day)
    due = due_at(programme, period.cadence, period).date()
    return max(due, shift_to_workday(programme, nominal, rule.shift))


def _months_later(day: date, months: int, wanted: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return _day(year, month + 1, wanted)


def _day(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))


def _at(programme: Programme, day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, ZoneInfo(programme.timezone))


@lru_cache
def _warn_once(year: int) -> None:
    logging.getLogger(__name__).warning("%s", _guess_warning([year]).zh)


@lru_cache(maxsize=4096)
def _published(day: date) -> bool | None:
    """The State Council's calendar, as far as the library knows it (2004 to 2026). The library itself is slow."""
    try:
        return chinese_calendar.is_workday(day)
    except NotImplementedError:
        return None
