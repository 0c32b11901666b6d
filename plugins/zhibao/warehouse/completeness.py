"""How full the columns of the forms are: a relation that is written from the forms, since each city has its own."""

from __future__ import annotations

from psycopg import sql

from zhibao.programme.models import Form, Programme
from zhibao.store.form_tables import stored_columns
from zhibao.warehouse.relations import Relation

NAME = "column_filled"

ONE_FORM = """select {form} as form, cell.code, counted.submission_id, counted.row_count, cell.filled_count
from (
    select kept.submission_id, count(*) as row_count, {counts}
    from {table} as kept
    join current_return using (submission_id)
    join ref_trend_period using (period)
    where ref_trend_period.is_current
    group by kept.submission_id
) as counted
cross join lateral (values {cells}) as cell (code, filled_count)"""


def column_filled(programme: Programme) -> Relation:
    """The relation `column_filled`: form, code (of the column), submission_id, row_count, filled_count.

    Grain: one column of one return that stands and belongs to the report's period.
    """
    query = "\nunion all\n".join(_one_form(form) for form in programme.forms.values())
    return Relation(NAME, "marts", query, ("current_return", "ref_trend_period", *programme.forms))


def _one_form(form: Form) -> str:
    stored = [(column.code, next(iter(stored_columns(column)))) for column in form.columns]
    names = [sql.Identifier(f"filled_{place}") for place in range(len(stored))]
    counts = [sql.SQL("count({}) as {}").format(sql.Identifier("kept", column), name)
              for (_, column), name in zip(stored, names, strict=True)]
    cells = [sql.SQL("({}, {})").format(sql.Literal(code), sql.SQL("counted.{}").format(name))
             for (code, _), name in zip(stored, names, strict=True)]
    return sql.SQL(ONE_FORM).format(
        form=sql.Literal(form.code), table=sql.Identifier(form.code), counts=sql.SQL(", ").join(counts),
        cells=sql.SQL(", ").join(cells),
    ).as_string(None)
