"""The rows that criteria judge: relations that are written from the levels, since each city judges by its own columns.

A level of bases is judged by the rows of its form `roster`, in the last return of each unit, with the measures that the
form derives from its columns.
"""

from __future__ import annotations

from psycopg import sql

from zhibao.programme.models import Criterion, Derived, Level, Programme
from zhibao.store.form_tables import stored_columns
from zhibao.warehouse.relations import Relation

NAME, CELLS = "base_row", "candidate_cell"

ONE_LEVEL = """select kept.row_id, kept.unit, {level}::text as level, kept.{key}::text as candidate_no,
    latest.period_ends_on as measured_on, kept.doubts, to_jsonb(kept){derived} as cell
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
    null::date as measured_on, null::jsonb as doubts, null::jsonb as cell
where false"""


def base_row(programme: Programme) -> Relation:
    """The relation `base_row`: row_id, unit, level, candidate_no (the form's key), measured_on, doubts, cell.

    Grain: one base of one unit at one level, as the last return that is not later than the window tells it.
    """
    levels = [level for level in programme.levels if level.subject != "person"]
    query = "\nunion all\n".join(_one_level(programme, level) for level in levels) or NO_LEVEL
    forms = sorted({level.roster for level in levels})
    return Relation(NAME, "marts", query, ("current_return", "param", *forms) if forms else ())


def candidate_cell(programme: Programme) -> Relation:
    """The relation `candidate_cell`: row_id, doubts, cell: of each row of a person's roster what its criteria name.

    Grain: one row of the candidate rosters, whichever version of a return.
    """
    persons = [level for level in programme.levels if level.subject == "person"]
    named = dict.fromkeys(code for level in persons for item in level.criteria for code in _named(item))
    form = programme.forms.get("candidate")
    columns = [column for column in (form.columns if form else []) if column.code in named]
    stored = [key for column in columns for key in stored_columns(column)]
    pairs = [sql.SQL("{}::text, kept.{}").format(sql.Literal(key), sql.Identifier(key)) for key in stored]
    cell = sql.SQL("jsonb_build_object({})").format(sql.SQL(", ").join(pairs))
    query = sql.SQL("-- as: view (read once)\nselect kept.row_id, kept.doubts, {} as cell from candidate as kept")
    return Relation(CELLS, "marts", query.format(cell).as_string(None), ("candidate",))


def _named(item: Criterion) -> list[str]:
    applies = item.applies_when.column if item.applies_when else None
    return [code for code in (item.measure, item.dated_by, item.year_of, applies) if code is not None]


def _one_level(programme: Programme, level: Level) -> str:
    form = programme.forms[level.roster]
    derived = [sql.SQL("{}::text, {}").format(sql.Literal(item.code), _measure(item)) for item in form.derived]
    added = sql.SQL(" || jsonb_build_object({})").format(sql.SQL(", ").join(derived)) if derived else sql.SQL("")
    return sql.SQL(ONE_LEVEL).format(
        level=sql.Literal(level.code), key=sql.Identifier(form.key[0]), derived=added, form=sql.Identifier(form.code),
        code=sql.Literal(form.code),
    ).as_string(None)


def _measure(item: Derived) -> sql.Composable:
    columns = [sql.Identifier("kept", code) for code in item.columns]
    if item.ratio_of:
        return sql.SQL("{}::numeric * 100 / nullif({}, 0)").format(*columns)
    if item.years_between:
        lasting = sql.SQL("age(({1})::date + 1, ({0})::date)").format(*columns)
        return sql.SQL("(extract(year from {0}) * 12 + extract(month from {0})) / 12").format(lasting)
    listed = sql.SQL(", ").join(columns)
    return sql.SQL("case when num_nulls({0}) = 0 then least({0}) end").format(listed)
