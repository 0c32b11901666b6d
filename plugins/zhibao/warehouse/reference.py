"""The programme as rows, so that SQL reads every threshold, date, switch and order, and holds none of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from psycopg import sql

from zhibao.period import Period
from zhibao.programme.calendar import expected_returns, window
from zhibao.programme.models import Programme
from zhibao.store.database import Connection

TABLES = {
    "param": "programme text, kind text, period text, as_of timestamptz, known_at timestamptz, window_starts_on date,"
    " window_ends_on date, programme_starts_on date, programme_ends_on date, age_ref_date text, age_partial_date text,"
    " dedupe_person text, dedupe_entity text, count_at text",
    "ref_unit": "code text, ordinal int, kind text, reporting_unit text",
    "ref_category": "code text, ordinal int",
    "ref_level": "code text, ordinal int, subject text",
    "ref_criterion": "level text, criterion text, ordinal int, measure text, op text, threshold_number numeric,"
    " threshold_text text, dated_by text, mode text, clause text",
    "ref_quota": "level text, dimension text, code text, ordinal int, target int",
    "ref_competition": "code text, ordinal int",
    "ref_cadence": "code text, ordinal int",
    "ref_expected_return": "unit text, form text, period text, due_at timestamptz, ordinal int",
}


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: which report of which period, as of when, with what this database knew when."""

    kind: str
    period: Period
    as_of: datetime
    known_at: datetime


def load_reference(connection: Connection, programme: Programme, question: Question) -> None:
    """Fill the reference relations, which live as long as the transaction."""
    rows = {
        "param": [_param(programme, question)],
        "ref_unit": _units(programme),
        "ref_category": _ordered(item.code for item in programme.categories),
        "ref_level": [(level.code, place, level.subject) for place, level in enumerate(programme.levels, 1)],
        "ref_criterion": _criteria(programme, window(programme, question.period)[1]),
        "ref_quota": _quotas(programme, window(programme, question.period)[1]),
        "ref_competition": _ordered(item.code for item in programme.competitions),
        "ref_cadence": _ordered(item.code for item in programme.cadences),
        "ref_expected_return": _expected(programme, question),
    }
    for name, columns in TABLES.items():
        connection.execute(sql.SQL("drop table if exists pg_temp.{}").format(sql.Identifier(name)))
        create = sql.SQL("create temporary table {} ({}) on commit drop")
        connection.execute(create.format(sql.Identifier(name), sql.SQL(columns)))
        copy_in = sql.SQL("copy {} from stdin").format(sql.Identifier(name))
        with connection.cursor() as cursor, cursor.copy(copy_in) as copy:
            for row in rows[name]:
                copy.write_row(row)


def _param(programme: Programme, question: Question) -> tuple[Any, ...]:
    first, last = window(programme, question.period)
    switches, span = programme.switches, programme.span
    return (
        programme.code, question.kind, str(question.period), question.as_of, question.known_at, first, last,
        span.starts_on, span.ends_on, switches.age.ref_date, switches.age.partial_date, switches.dedupe.person,
        switches.dedupe.entity, switches.count_at,
    )


def _units(programme: Programme) -> list[tuple[Any, ...]]:
    """A sub-unit reports to its parent's account (附件3: 安宁区含兰州经济技术开发区)."""
    return [
        (unit.code, place, unit.kind, unit.parent if unit.kind == "sub_unit" else unit.code)
        for place, unit in enumerate(programme.units, 1)
    ]


def _criteria(programme: Programme, day: date) -> list[tuple[Any, ...]]:
    return [
        (level.code, item.code, place, item.measure, item.op, *_threshold(item.threshold), item.dated_by, item.mode,
         item.clause)
        for level in programme.levels for place, item in enumerate(level.criteria, 1) if item.in_force(day)
    ]


def _threshold(value: Decimal | str) -> tuple[Decimal | None, str | None]:
    return (None, value) if isinstance(value, str) else (value, None)


def _quotas(programme: Programme, day: date) -> list[tuple[Any, ...]]:
    return [
        (table.level, table.by, code, place, target)
        for table in programme.quotas if table.in_force(day)
        for place, (code, target) in enumerate(table.targets.items(), 1)
    ]


def _expected(programme: Programme, question: Question) -> list[tuple[Any, ...]]:
    expected = expected_returns(programme, question.kind, question.period)
    return [(item.unit, item.form, item.period, item.due_at, place) for place, item in enumerate(expected, 1)]


def _ordered(codes: Iterable[str]) -> list[tuple[str, int]]:
    return [(code, place) for place, code in enumerate(codes, 1)]
