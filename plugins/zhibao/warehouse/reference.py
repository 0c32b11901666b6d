"""The programme as rows, so that SQL reads every threshold, date, switch and order, and holds none of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from psycopg import sql

from zhibao.period import CADENCES, Period
from zhibao.programme.calendar import (
    ExpectedReturn,
    missing_at,
    owed_returns,
    programme_periods,
    return_by,
    trend_periods,
    window,
)
from zhibao.programme.models import Programme, Unit
from zhibao.store.database import Connection
from zhibao.warehouse.catalogue import load_catalogue
from zhibao.warehouse.standard_forms import stand_in

Row = tuple[Any, ...]

TABLES = {
    "param": "programme text, kind text, period text, zone text, as_of timestamptz, known_at timestamptz,"
    " window_starts_on date, window_ends_on date, programme_starts_on date, programme_ends_on date, age_ref_date text,"
    " age_partial_date text, dedupe_person text, dedupe_entity text, count_at text, before_starts_on date,"
    " before_ends_on date, counts_owner boolean, stability_months int, revenue_window text,"
    " quota_semantics text, promotion_required boolean, attribution text",
    "ref_since": "as_of timestamptz, known_at timestamptz",
    "ref_unit": "code text, ordinal int, kind text, counts_for text, is_area boolean",
    "ref_division": "name text, counts_for text",
    "ref_category": "code text, ordinal int",
    "ref_level": "level text, ordinal int, promoted_from text",
    "ref_base_level": "level text, roster text",
    "ref_stock": "form text",
    "ref_nominator": "level text, unit text",
    "ref_criterion": "level text, criterion text, ordinal int, roster text",
    "ref_quota": "level text, dimension text, code text, target int, clause text, is_first_table boolean",
    "ref_plan": "level text, dimension text, code text, planned int",
    "ref_competition": "code text, ordinal int",
    "ref_lead": "competition text, category text, unit text, is_duty boolean",
    "ref_cadence": "code text, ordinal int",
    "ref_contest_period": "cadence text, period text, starts_on date, ends_on date",
    "ref_result": "code text",
    "ref_verdict": "code text",
    "ref_state": "code text",
    "ref_exclusion": "code text",
    "ref_undecided": "code text",
    "ref_severity": "code text",
    "ref_decision": "code text",
    "ref_trend_period": "trend text, ordinal int, is_current boolean, period text",
    "ref_trend_return": "trend text, is_current boolean, unit text, form text, period text, due_at timestamptz,"
    " on_time_until timestamptz",
    "ref_expected_return": "unit text, form text, period text, due_at timestamptz, on_time_until timestamptz,"
    " missing_at timestamptz, ordinal int",
    "ref_return_by": "returned_on date, return_by date",
}

# What grows with units and periods is a table; the rest is a view of values, which the planner sees through.
MANY = ("ref_trend_period", "ref_trend_return", "ref_expected_return", "ref_return_by")

# The words of a form by which a unit says that nobody has judged yet.
UNDECIDED = ("unchecked", "pending")
# The kinds of units that are places: what is registered elsewhere may count there (switch attribution).
AREAS = ("district", "sub_unit")
# How long after the programme's end a return may still be sent back and corrected.
CORRECTED_UNTIL = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: which report of which period, as of when, with what this database knew when; and the returns
    that the answer is held against."""

    kind: str
    period: Period
    as_of: datetime
    known_at: datetime
    expected: tuple[ExpectedReturn, ...]


def load_reference(
    connection: Connection, programme: Programme, question: Question, since: tuple[datetime, datetime] | None = None
) -> None:
    """Fill the reference relations, which live as long as the transaction. `since` are the instants (as_of, known_at)
    of the figures from which a change is computed."""
    stand_in(connection, programme)
    rows = _programme_rows(programme, window(programme, question.period))
    rows |= {"param": [_param(programme, question)], "ref_expected_return": _expected(programme, question)}
    rows |= _trend(programme, question) | {"ref_return_by": _return_by(programme)}
    rows |= {"ref_since": [since] if since else []}
    for name in TABLES:
        if name in MANY:
            _lay_down(connection, name, rows[name])
        else:
            _lay_out(connection, name, rows[name])


def set_instants(
    connection: Connection, programme: Programme, question: Question, as_of: datetime, known_at: datetime
) -> None:
    """Ask the same as of other instants: what is built from now on is built for these."""
    _lay_out(connection, "param", [_param(programme, replace(question, as_of=as_of, known_at=known_at))])


def _lay_out(connection: Connection, name: str, rows: list[Row]) -> None:
    """A relation of these rows as a view."""
    columns = [item.split() for item in TABLES[name].split(", ")]
    values = sql.SQL(", ").join(
        sql.SQL("({})").format(sql.SQL(", ").join(map(sql.Literal, row))) for row in rows or [(None,) * len(columns)]
    )
    typed = sql.SQL(", ").join(
        sql.SQL("{}::{} as {}").format(sql.Identifier(f"column{place}"), sql.SQL(kind), sql.Identifier(column))
        for place, (column, kind) in enumerate(columns, 1)
    )
    connection.execute(sql.SQL("create or replace temporary view {} as select {} from (values {}) as given{}").format(
        sql.Identifier(name), typed, values, sql.SQL("" if rows else " where false")
    ), prepare=False)


def _lay_down(connection: Connection, name: str, rows: list[Row]) -> None:
    """A relation of these rows as a table."""
    table = sql.Identifier(name)
    connection.execute(sql.SQL(
        "drop table if exists pg_temp.{0} cascade; create temporary table {0} ({1}) on commit drop"
    ).format(table, sql.SQL(TABLES[name])), prepare=False)
    with connection.cursor() as cursor, cursor.copy(sql.SQL("copy {} from stdin").format(table)) as copy:
        for row in rows:
            copy.write_row(row)


def _programme_rows(programme: Programme, bounds: tuple[date, date]) -> dict[str, list[Row]]:
    """What stands in the programme's files, in force on the last day of the window where it is dated."""
    day = bounds[1]
    words = load_catalogue().labels
    levels = [level for level in programme.levels if level.subject == "person"]
    return {
        "ref_unit": [
            (unit.code, place, unit.kind, _counts_for(unit), unit.kind in AREAS)
            for place, unit in enumerate(programme.units)
        ],
        "ref_division": [
            (name, _counts_for(unit)) for unit in programme.units if unit.division
            for name in dict.fromkeys([unit.name.zh, *unit.aliases, unit.division])
        ],
        "ref_category": _ordered(item.code for item in programme.categories),
        "ref_level": [(level.code, place, level.promoted_from) for place, level in enumerate(levels)],
        "ref_base_level": [
            (level.code, level.roster) for level in programme.levels if level.subject != "person"
        ],
        "ref_stock": [(form,) for form in sorted(
            {item.form for item in programme.indicators if item.over == "latest"}
            | {level.roster for level in programme.levels if level.subject != "person"}
        )],
        "ref_nominator": [(level.code, unit) for level in levels for unit in level.nominated_by],
        "ref_criterion": [
            (level.code, item.code, place, level.roster)
            for level in programme.levels for place, item in enumerate(level.criteria) if item.in_force(day)
        ],
        "ref_quota": _quotas(programme, day),
        "ref_plan": _plan(programme, day),
        "ref_competition": _ordered(item.code for item in programme.competitions),
        "ref_lead": [
            (item.code, item.category, unit, place == 0 or programme.switches.lead.primary == "joint")
            for item in programme.competitions for place, unit in enumerate(item.leads)
        ],
        "ref_cadence": _ordered(item.code for item in programme.cadences),
        "ref_contest_period": _contest_periods(programme, bounds),
        "ref_result": [(code,) for code in results_of(programme)],
        "ref_verdict": [(code,) for code in words["verdict"]],
        "ref_state": [(code,) for code in words["state"]],
        "ref_exclusion": [(code,) for code in words["reason"]],
        "ref_undecided": [(code,) for code in UNDECIDED],
        "ref_severity": [(code,) for code in words["severity"]],
        "ref_decision": [(code,) for code in words["decision"]],
    }


def _param(programme: Programme, question: Question) -> Row:
    first, last = window(programme, question.period)
    switches, span = programme.switches, programme.span
    return (
        programme.code, question.kind, str(question.period), programme.timezone, question.as_of,
        question.known_at, first, last, span.starts_on, span.ends_on, switches.age.ref_date,
        switches.age.partial_date, switches.dedupe.person, switches.dedupe.entity, switches.count_at,
        *_year_before(programme, question.period), not switches.jobs.exclude_owner,
        switches.stability.months, switches.revenue.window, switches.quota.semantics, switches.promotion.required,
        switches.attribution,
    )


def _year_before(programme: Programme, period: Period) -> tuple[date | None, date | None]:
    """The same window a year before; none where the programme had not begun by then."""
    first, last = window(programme, replace(period, year=period.year - 1))
    return (None, None) if first < programme.span.starts_on else (first, last)


def _counts_for(unit: Unit) -> str:
    return unit.parent if unit.kind == "sub_unit" and unit.parent else unit.code


def _contest_periods(programme: Programme, bounds: tuple[date, date]) -> list[Row]:
    """The periods in which each competition owes a contest, whose own windows lie in the report's."""
    return [
        (cadence.code, str(period), *inner)
        for cadence in programme.cadences if cadence.every
        for period in programme_periods(programme, cadence.every)
        if bounds[0] <= (inner := window(programme, period))[0] and inner[1] <= bounds[1]
    ]


def _plan(programme: Programme, day: date) -> list[Row]:
    dimensions = {
        (table.level, code): table.by for table in programme.quotas if table.in_force(day) for code in table.targets
    }
    plan = programme.switches.quota.annual_plan.get(day.year, {})
    return [
        (level, dimensions[level, code], code, planned)
        for level, numbers in plan.items() for code, planned in numbers.items()
    ]


def _quotas(programme: Programme, day: date) -> list[Row]:
    rows: list[Row] = []
    first_tables: dict[str, str] = {}
    for table in programme.quotas:
        if table.level is not None and table.in_force(day):
            is_first = first_tables.setdefault(table.level, table.by) == table.by
            rows += [
                (table.level, table.by, code, target, table.clause, is_first)
                for code, target in table.targets.items()
            ]
    return rows


def _expected(programme: Programme, question: Question) -> list[Row]:
    late = {due: missing_at(programme, due) for due in {item.due_at for item in question.expected}}
    return [
        (item.unit, item.form, item.period, item.due_at, item.on_time_until, late[item.due_at], place)
        for place, item in enumerate(question.expected)
    ]


@cache
def _return_by(programme: Programme) -> list[Row]:
    """For each day on which a return may be sent back, the day by which it must be in again."""
    first, last = programme.span.starts_on, programme.span.ends_on + CORRECTED_UNTIL
    days = (first + timedelta(days=count) for count in range((last - first).days + 1))
    return [(day, return_by(programme, day)) for day in days]


def _trend(programme: Programme, question: Question) -> dict[str, list[Row]]:
    """The report's period and those before it that its trend tells of: what each holds, and what was owed for it."""
    kind = programme.reports.get(question.kind)
    by_due_date = kind is not None and kind.returns == "due_in_window"
    count = max(kind.trend_periods, 1 if by_due_date else 0) if kind else 0
    trends = list(enumerate(trend_periods(programme, question.period, count)))
    owed = {trend: owed_returns(programme, trend, by_due_date=by_due_date) for _, trend in trends}
    return {
        "ref_trend_period": [
            (str(trend), place, place == 0, part) for place, trend in trends
            for part in _parts(programme, trend, owed[trend], by_due_date)
        ],
        "ref_trend_return": [
            (str(trend), place == 0, item.unit, item.form, item.period, item.due_at, item.on_time_until)
            for place, trend in trends for item in owed[trend]
        ],
    }


def _parts(programme: Programme, trend: Period, owed: list[ExpectedReturn], by_due_date: bool) -> list[str]:
    """The periods whose files a period of the trend tells of: those owed, or all that lie in it."""
    if by_due_date:
        return sorted({item.period for item in owed})
    parts = [part for cadence in CADENCES for part in programme_periods(programme, cadence)]
    return [str(part) for part in parts if trend.starts_on <= part.starts_on and part.ends_on <= trend.ends_on]


def results_of(programme: Programme) -> dict[str, list[str]]:
    """The steps that a selection result may tell of, and their words; none where there is no such form."""
    form = programme.forms.get("selection_result")
    column = next((item for item in form.columns if item.code == "result"), None) if form else None
    return programme.choices_of(column) if column else {}


def _ordered(codes: Iterable[str]) -> list[Row]:
    return [(code, place) for place, code in enumerate(codes)]
