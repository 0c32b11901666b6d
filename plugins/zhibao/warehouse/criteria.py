"""The rows that criteria judge and what they say: relations that are written from the levels, since each city judges by
its own columns.

A level of bases is judged by the rows of its form `roster`, in the last return of each unit, with the measures that the
form derives from its columns; a level of persons by its nominations.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal

from psycopg import sql

from zhibao.programme.models import Condition, Criterion, Derived, Form, Level, Programme
from zhibao.store.form_tables import stored_columns
from zhibao.warehouse.relations import Relation

# By what each kind of verdict goes.
KINDS = {
    "number_input": (">=", "<="), "age_input": ("within_years", "at_least_years"), "stated_input": ("is",),
}

ONE_LEVEL = """select kept.row_id, kept.unit, {level}::text as level, kept.{key}::text as candidate_no,
    latest.period_ends_on as measured_on
from {form} as kept
join (
    select current_return.submission_id, current_return.period_ends_on, dense_rank() over (
        partition by current_return.unit order by current_return.period_starts_on desc
    ) as place
    from current_return
    cross join param
    where current_return.form = {code} and current_return.period_starts_on <= param.window_ends_on
) as latest using (submission_id)
where latest.place = 1"""

NO_LEVEL = """select null::bigint as row_id, null::text as unit, null::text as level, null::text as candidate_no,
    null::date as measured_on
where false"""

JUDGED = """select judged_row.row_id, judged_row.unit, judged_row.candidate_no, judged_row.measured_on,
    judged_row.waived, nullif(kept.doubts, '{{}}') as doubts{columns}
from judged_row
join {form} as kept using (row_id)
where judged_row.level = {level}"""

# One criterion on all whom its level judges. What is fixed is written in, so that a verdict reads its own criteria.
ONE_CRITERION = """select judged.row_id, judged.unit, {level}::text as level, judged.candidate_no, judged.waived,
    judged.measured_on, {criterion}::text as criterion, {mode}::text as mode, {measure}::text as measure,
    {op}::text as op, {number}::numeric as threshold_number, {text}::text as threshold_text,
    {unit}::text as margin_unit, {must_be_dated} as must_be_dated, {applies} as is_applicable, {value}::text as value,
    {amount}::numeric as number, {moment}::timestamp as moment, {precision}::text as precision,
    case
        when judged.doubts is not null and judged.doubts ->> {measure} is not null then judged.doubts ->> {measure}
        when param.revenue_window = 'last_fiscal_year' and {value} is not null
            and {year} <> extract(year from judged.measured_on) - 1
            then 'other_year'
    end as doubt,
    case
        when {months}::int <> param.stability_months then sign({months}::int - param.stability_months)::int
    end as bound,
    {checked_on}::date as checked_on
from {judged} as judged
cross join param
where {in_force}"""

NO_CRITERION = """select null::bigint as row_id, null::text as unit, null::text as level, null::text as candidate_no,
    null::text[] as waived, null::date as measured_on, null::text as criterion, null::text as mode,
    null::text as measure, null::text as op, null::numeric as threshold_number, null::text as threshold_text,
    null::text as margin_unit, null::boolean as must_be_dated, null::boolean as is_applicable, null::text as value,
    null::numeric as number, null::timestamp as moment, null::text as precision, null::text as doubt,
    null::int as bound, null::date as checked_on
where false"""

# Who misses a criterion, where that stops a title (switch criteria.enforcement).
FAILED = {
    "hard": "select distinct unit, level, candidate_no from criterion_result where verdict = 'fail'",
    "advisory": "select null::text as unit, null::text as level, null::text as candidate_no where false",
}

# Whoever founded the venture is one more of its people (switch jobs.exclude_owner).
STAFF = "({} + case when param.counts_owner then 1 else 0 end)"
NUMBER_OF_TEXT = "case when {0} ~ '^-?[0-9]+([.][0-9]+)?$' then {0}::numeric end"
NULL = sql.SQL("null")
NUMBERS = ("bigint", "numeric", "numeric(20, 2)")


def criterion_relations(programme: Programme) -> tuple[Relation, ...]:
    """`base_row`, `judged_<level>` of each level, an input of each kind of verdict, and `failed_candidate`.

    Grains: one base of one unit at one level, as the last return that is not later than the window tells it; one
    candidate or base of the level; one of these against one criterion of its level; one candidate.
    """
    judged = [_judged(level, programme.forms[level.roster]) for level in programme.levels]
    inputs = [_input(programme, name, ops, ("param", *(item.name for item in judged))) for name, ops in KINDS.items()]
    enforcement = programme.switches.criteria.enforcement
    reads = ("criterion_result",) if enforcement == "hard" else ()
    failed = Relation("failed_candidate", "marts", FAILED[enforcement], reads)
    return (_base_row(programme), *judged, *inputs, failed)


def _base_row(programme: Programme) -> Relation:
    levels = [level for level in programme.levels if level.subject != "person"]
    query = "\nunion all\n".join(_one_level(programme, level) for level in levels) or NO_LEVEL
    forms = sorted({level.roster for level in levels})
    return Relation("base_row", "marts", query, ("current_return", "param", *forms) if forms else ())


def _one_level(programme: Programme, level: Level) -> str:
    form = programme.forms[level.roster]
    return sql.SQL(ONE_LEVEL).format(
        level=sql.Literal(level.code), key=sql.Identifier(form.key[0]), form=sql.Identifier(form.code),
        code=sql.Literal(form.code),
    ).as_string(None)


def _judged(level: Level, form: Form) -> Relation:
    named = {code for item in level.criteria for code in _named(item)}
    stored = [column for column in form.columns if column.code in named]
    columns: list[sql.Composable] = [sql.Identifier("kept", name) for item in stored for name in stored_columns(item)]
    columns += [
        sql.SQL("{} as {}").format(_measure(item), sql.Identifier(item.code)) for item in form.derived
        if item.code in named
    ]
    query = sql.SQL(JUDGED).format(
        columns=sql.SQL("").join(sql.SQL(", {}").format(item) for item in columns), form=sql.Identifier(form.code),
        level=sql.Literal(level.code),
    )
    return Relation(f"judged_{level.code}", "marts", query.as_string(None), ("judged_row", form.code))


def _named(item: Criterion) -> list[str]:
    applies = item.applies_when.column if item.applies_when else None
    return [code for code in (item.measure, item.dated_by, item.year_of, applies) if code is not None]


def _input(programme: Programme, name: str, ops: Collection[str], reads: tuple[str, ...]) -> Relation:
    query = "\nunion all\n".join(
        _criterion(level, item, programme.forms[level.roster])
        for level in programme.levels for item in level.criteria if item.op in ops
    )
    return Relation(name, "marts", f"-- as: view (read once)\n{query or NO_CRITERION}", reads)


def _criterion(level: Level, item: Criterion, form: Form) -> str:
    kinds = {name: kind for column in form.columns for name, kind in stored_columns(column).items()}
    kinds |= {derived.code: "numeric" for derived in form.derived}
    measured = next((column for column in form.columns if column.code == item.measure), None)
    value, kind = _column(kinds, item.measure), kinds.get(item.measure)
    if kind in NUMBERS and item.counts_staff:
        value = sql.SQL(STAFF).format(value)
    amount = value if kind in NUMBERS else sql.SQL(NUMBER_OF_TEXT).format(value) if kind == "text" else NULL
    unit = "days" if item.op.endswith("_years") else item.unit.en if item.unit else None
    fixed = {
        "level": level.code, "criterion": item.code, "mode": item.mode, "measure": item.measure, "op": item.op,
        "number": None if item.op == "is" else Decimal(item.threshold),
        "text": str(item.threshold) if item.op == "is" else None, "unit": unit,
        "must_be_dated": item.dated_by is not None, "months": measured.counts_months if measured else None,
    }
    return sql.SQL(ONE_CRITERION).format(
        **{name: sql.Literal(given) for name, given in fixed.items()},
        applies=_applies(kinds, item.applies_when), value=value, amount=amount,
        moment=value if kind == "date" else NULL, precision=_column(kinds, f"{item.measure}_precision"),
        year=_column(kinds, item.year_of, "bigint"), checked_on=_column(kinds, item.dated_by),
        judged=sql.Identifier(f"judged_{level.code}"), in_force=_in_force(item),
    ).as_string(None)


def _applies(kinds: Mapping[str, str], condition: Condition | None) -> sql.Composable:
    if condition is None:
        return sql.SQL("true")
    column, words = _column(kinds, condition.column), condition.in_ or condition.not_in
    listed = sql.SQL("coalesce({}, '') = any ({})").format(column, sql.Literal(words))
    return sql.SQL("({})" if condition.in_ else "not ({})").format(listed)


def _in_force(item: Criterion) -> sql.Composable:
    """Whether the criterion is in force on the last day of the window."""
    bounds = [(">=", item.effective_from), ("<=", item.effective_to)]
    return sql.SQL(" and ").join([
        sql.SQL("true"),
        *(sql.SQL(f"param.window_ends_on {op} {{}}").format(sql.Literal(day)) for op, day in bounds if day is not None),
    ])


def _column(kinds: Mapping[str, str], name: str | None, kind: str = "text") -> sql.Composable:
    """A column of those who are judged; null of `kind` for what no column says."""
    return sql.Identifier("judged", name) if name in kinds else sql.SQL("null::{}").format(sql.SQL(kind))


def _measure(item: Derived) -> sql.Composable:
    columns = [sql.Identifier("kept", code) for code in item.columns]
    if item.ratio_of:
        return sql.SQL("{}::numeric * 100 / nullif({}, 0)").format(*columns)
    if item.years_between:
        lasting = sql.SQL("age(({1})::date + 1, ({0})::date)").format(*columns)
        return sql.SQL("(extract(year from {0}) * 12 + extract(month from {0})) / 12").format(lasting)
    listed = sql.SQL(", ").join(columns)
    return sql.SQL("case when num_nulls({0}) = 0 then least({0}) end").format(listed)
