"""The rows that a change can reach: those of the returns that were touched, and whatever is tied to them, however far.

What ties rows together stands in `sql/staging/ties.yaml`. The relations of `sql/delta` must have been built.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from psycopg import sql

from zhibao.programme.models import Programme
from zhibao.store.database import Connection
from zhibao.store.ties import TITLE, Tie, ties_of

# Few rows of large tables are wanted, by their indexes, before anything is known of how many there are.
BY_INDEX = "set local enable_hashjoin = {0}; set local enable_mergejoin = {0}"
MARKS = """create temporary table slice_row (form text, row_id bigint, primary key (form, row_id)) on commit drop;
create temporary table slice_tie (tie text, value text, primary key (tie, value)) on commit drop;
insert into slice_tie select {}, concat_ws('/', unit, level, candidate_no) from touched_title"""
TOUCHED = """insert into slice_row select {code}, row_id from {form} where submission_id in (
    select submission_id from submission join touched_return using (unit, form, period) cross join param
    where submission.programme = param.programme and submission.form = {code}
    union all select submission_id from last_return where form = {code}
)"""
TIES = """insert into slice_tie select distinct {tie}, {value} from {form}
where row_id in (select row_id from slice_row where form = {code}) and {value} is not null on conflict do nothing"""
ROWS = """insert into slice_row select {code}, row_id from {form}
where {value} in (select value from slice_tie where tie = {tie}) on conflict do nothing"""
CUT = """create temporary table slice on commit drop as
    select * from {form} where row_id in (select row_id from slice_row where form = {code});
drop view if exists pg_temp.{form}; alter table slice rename to {form}; analyze {form}"""


def reach(connection: Connection, programme: Programme, most_rows: int) -> set[str] | None:
    """Mark what the change can reach. Gives the forms that it touches, or none where it is more than `most_rows`."""
    connection.execute(sql.SQL(BY_INDEX.format("off") + ";" + MARKS).format(sql.Literal(TITLE)), prepare=False)
    run = partial(_run, connection)
    rows = connection.execute("select form from touched_return union select form from last_return", prepare=False)
    touched = {row["form"] for row in rows} & programme.forms.keys()
    fresh = {form for form in touched if run(TOUCHED, form)}
    ties = {TITLE} if connection.execute("select from slice_tie limit 1", prepare=False).fetchall() else set()
    while fresh or ties:
        for form in fresh:
            ties |= {tie.name for tie in ties_of(programme.forms[form]) if run(TIES, form, tie)}
        connection.execute("analyze slice_tie", prepare=False)
        added = {
            code: sum(run(ROWS, code, tie) for tie in ties_of(form) if tie.name in ties)
            for code, form in programme.forms.items()
        }
        fresh = {code for code, count in added.items() if count}
        touched, ties = touched | fresh, set()
        if connection.execute("select count(*) as n from slice_row", prepare=False).fetchone()["n"] > most_rows:
            return None
    connection.execute(BY_INDEX.format("on"), prepare=False)
    return touched


def cut_forms(connection: Connection, forms: Iterable[str]) -> None:
    """From now on, in this transaction, each of these forms has the marked rows alone."""
    for form in forms:
        _run(connection, CUT, form)


def _run(connection: Connection, statement: str, form: str, tie: Tie | None = None) -> int:
    """Gives the number of rows that were added."""
    query = sql.SQL(statement).format(
        form=sql.Identifier(form), code=sql.Literal(form), tie=sql.Literal(tie and tie.name),
        value=tie.value if tie else sql.SQL("null"),
    )
    return connection.execute(query, prepare=False).rowcount
