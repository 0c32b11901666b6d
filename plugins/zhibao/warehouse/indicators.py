"""The results of a programme's tasks as facts of figures: written from `indicators.yaml`, since each city has its own.

Each indicator is a relation as those of sql/marts/facts (labels, contribution, is_counted, reason, form, row_id,
subject): one row for each row of its form that it looks at, in each slice, and a row of zero for each slice.
"""

from __future__ import annotations

from collections.abc import Iterable

from psycopg import sql

from zhibao.programme.models import Form, Indicator, Programme, QuotaTable
from zhibao.warehouse.relations import FACTS, RATIOS, VALUES, Relation

# `version` 1 is the latest word on a row of a ledger, whichever return says it; `behind` 0 is the last return of a unit
# that is not later than the window.
QUERY = """with bound as (
    select {first} as window_starts_on, {last} as window_ends_on from param where {first} is not null
),

returns as (
    select submission_id, period_starts_on,
        dense_rank() over (partition by unit order by period_starts_on desc) - 1 as behind
    from current_return
    cross join bound
    where form = {form}{reach}
),

kept as (
    select kept.row_id, kept.unit, {value} as value, {day} as day, returns.behind, {holds} as holds, {slices} as slices,
        row_number() over (partition by {row_key} order by returns.period_starts_on desc, kept.row_id desc) as version
    from {table} as kept
    join returns using (submission_id)
),

judged as (
    select kept.row_id, kept.unit, kept.value, kept.slices,
        case
            when kept.version > 1 then 'updated_later'
            when kept.day is null then 'undated'
            when kept.value is null then 'empty'
        end as reason
    from kept
    cross join bound
    where kept.holds and {is_inside}
)

select slice.labels, 0::numeric as contribution, true as is_counted, null::text as reason, null::text as form,
    null::bigint as row_id, null::text as subject
from (values {zeros}) as slice (labels)
cross join bound
union all
select slice.labels, coalesce(judged.value, 0), judged.reason is null, judged.reason, {form}, judged.row_id, judged.unit
from judged
cross join lateral unnest(judged.slices) as slice (labels)
where slice.labels is not null"""


# The growth of an indicator over the year before: nothing without a base.
GROWTH = """with one as (
    select labels, value from figure_value where name = {one}
),

other as (
    select labels, value from figure_value where name = {other}
)

select one.labels, round((one.value - other.value) * 100 / nullif(other.value, 0), 2) as value
from one
join other using (labels)"""


# The targets of an indicator, by unit and in all.
TARGET = """with target as (
    select code, target, clause from (values {}) as listed (code, target, clause)
)

select jsonb_build_object('unit', code) as labels, target::numeric as contribution, true as is_counted,
    null::text as reason, 'programme' as form, null::bigint as row_id, clause as subject
from target
union all
select '{{}}'::jsonb, target::numeric, true, null, 'programme', null, clause || ' ' || code from target"""

REACHED = """with done as (
    select labels, value from figure_value where name = {one}
),

target as (
    select labels, value from figure_value where name = {other}
)

select target.labels, round(done.value * 100 / nullif(target.value, 0), 2) as value
from target
join done using (labels)"""


def indicator_relations(programme: Programme) -> tuple[Relation, ...]:
    """Each indicator; of those over a window also the same of the year before, in all, and the growth; of those with
    targets also these, what was reached since the programme began, and how far that is."""
    relations = [_relation(programme, item) for item in programme.indicators]
    for item in programme.indicators:
        if item.over == "window":
            relations += [
                _relation(programme, item, "before"), _ratio(item.growth_code, GROWTH, item.code, item.before_code),
            ]
        tables = programme.targets_of(item.code)
        if tables or item.to_date:
            relations.append(_relation(programme, item, "programme"))
        if tables:
            relations += [
                _target(item, tables), _ratio(item.reached_code, REACHED, item.to_date_code, item.target_code),
            ]
    return tuple(relations)


def _ratio(name: str, query: str, one: str, other: str) -> Relation:
    filled = sql.SQL(query).format(one=sql.Literal(one), other=sql.Literal(other)).as_string(None)
    return Relation(name, RATIOS, filled, (VALUES,), (one, other))


def _target(item: Indicator, tables: list[QuotaTable]) -> Relation:
    rows = [
        sql.SQL("({}, {}, {})").format(sql.Literal(code), sql.Literal(target), sql.Literal(table.clause))
        for table in tables for code, target in table.targets.items()
    ]
    return Relation(item.target_code, FACTS, sql.SQL(TARGET).format(sql.SQL(", ").join(rows)).as_string(None), ())


def _relation(programme: Programme, item: Indicator, side: str = "window") -> Relation:
    """The facts of an indicator over the report's window, the same one of the year before, or the programme so far."""
    form = programme.forms[item.form]
    name, by = {
        "window": (item.code, item.by), "before": (item.before_code, []), "programme": (item.to_date_code, ["unit"]),
    }[side]
    item = item.model_copy(update={"by": by})
    last = "window_ends_on" if side == "programme" else f"{side}_ends_on"
    query = sql.SQL(QUERY).format(
        first=sql.Identifier(f"{side}_starts_on"), last=sql.Identifier(last),
        form=sql.Literal(form.code), table=sql.Identifier(form.code),
        value=sql.SQL("1::numeric") if item.column is None else sql.SQL("{}::numeric").format(_column(item.column)),
        day=_column(item.dated_by) if item.dated_by else sql.SQL("returns.period_starts_on"),
        holds=_holds(item), slices=_slices(item), row_key=_row_key(item, form), is_inside=_is_inside(item),
        reach=sql.SQL(" and period_starts_on <= bound.window_ends_on" if item.over == "latest" else ""),
        zeros=sql.SQL(", ").join(sql.SQL("({})").format(labels) for labels in _zeros(programme, item, form)),
    )
    return Relation(name, FACTS, query.as_string(None), ("current_return", "param", form.code))


def _column(code: str) -> sql.Composable:
    return sql.Identifier("kept", code)


def _holds(item: Indicator) -> sql.Composable:
    conditions = [
        sql.SQL("{} = any({})").format(_column(column), sql.Literal(list(words)))
        for column, words in item.where.items()
    ]
    conditions += [
        sql.SQL("{} like any({})").format(_column(column), sql.Literal([f"%{word}%" for word in words]))
        for column, words in item.containing.items()
    ]
    return sql.SQL(" and ").join(conditions) if conditions else sql.SQL("true")


def _slices(item: Indicator) -> sql.Composable:
    """The labels of the slices that a row is in; null where the row does not say."""
    parts = [sql.SQL("'{{}}'::jsonb").format()]
    for key in item.by:
        told = "case when {column} is not null then jsonb_build_object({key}::text, {column}) end"
        parts.append(sql.SQL(told).format(column=_column(key), key=sql.Literal(key)))
    return sql.SQL("array[{}]").format(sql.SQL(", ").join(parts))


def _zeros(programme: Programme, item: Indicator, form: Form) -> Iterable[sql.Composable]:
    yield sql.SQL("'{{}}'::jsonb").format()
    for key in item.by:
        codes = (
            [unit.code for unit in programme.units if form.is_owed_by(unit)] if key == "unit"
            else list(programme.choices_of(form.column(key)))
        )
        for code in codes:
            yield sql.SQL("jsonb_build_object({}::text, {}::text)").format(sql.Literal(key), sql.Literal(code))


def _row_key(item: Indicator, form: Form) -> sql.Composable:
    """By what a row of a ledger is known again; a flow without a key, and what stands now, tells each row once."""
    if item.over == "latest" or not form.key:
        return _column("row_id")
    return sql.SQL(", ").join([_column("unit"), *map(_column, form.key)])


def _is_inside(item: Indicator) -> sql.Composable:
    if item.over == "latest":
        return sql.SQL("kept.behind = 0")
    return sql.SQL("(kept.day is null or kept.day between bound.window_starts_on and bound.window_ends_on)")
