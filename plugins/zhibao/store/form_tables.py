"""One typed table per form, made from the form's definition: a new column of a form is a new column here."""

from __future__ import annotations

from collections.abc import Collection

from psycopg import sql

from zhibao.programme.models import Column, Form, Programme
from zhibao.store.database import Connection, schema_of
from zhibao.store.ties import ties_of

SQL_TYPES = {
    "text": "text", "integer": "bigint", "decimal": "numeric", "money": "numeric(20, 2)", "date": "date",
    "choice": "text", "id_number": "text", "phone": "text", "uscc": "text", "unit": "text", "period": "text",
}

# What every accepted row carries beside the form's own columns.
PROVENANCE = {
    "row_id": "bigint generated always as identity primary key",
    "submission_id": "bigint not null references zhibao.submission",
    "unit": "text not null",
    "sheet": "text not null",
    "row_number": "integer not null",
    "doubts": "jsonb not null default '{}'",
    "raw": "jsonb not null default '{}'",
}


def stored_columns(column: Column) -> dict[str, str]:
    """Names and SQL types under which one column is kept: a protected one never in plain."""
    names: dict[str, str] = {}
    if column.protect == "encrypt":
        names[f"{column.code}_cipher"] = "bytea"
    else:
        names[column.code] = SQL_TYPES[column.type]
    if column.match:
        names[f"{column.code}_hmac"] = "bytea"
    if column.type == "date":
        names[f"{column.code}_precision"] = "text"
    return names


def ensure_form_tables(connection: Connection, programme: Programme) -> None:
    """Create what is missing: schema, tables, columns. Nothing is ever dropped."""
    schema = schema_of(programme)
    connection.execute("select pg_advisory_xact_lock(hashtext(%s))", (schema,))
    connection.execute(sql.SQL("create schema if not exists {}").format(sql.Identifier(schema)))
    for form in programme.forms.values():
        _ensure_table(connection, schema, form)


def _ensure_table(connection: Connection, schema: str, form: Form) -> None:
    table = sql.Identifier(schema, form.code)
    wanted = dict(PROVENANCE)
    for column in form.columns:
        wanted.update(stored_columns(column))
    present = {
        row["column_name"]
        for row in connection.execute(
            "select column_name from information_schema.columns where table_schema = %s and table_name = %s",
            (schema, form.code),
        )
    }
    if not present:
        body = sql.SQL(", ").join(_column(name, kind) for name, kind in wanted.items())
        connection.execute(sql.SQL("create table {} ({})").format(table, body))
        connection.execute(sql.SQL("create index on {} (submission_id)").format(table))
    for name, kind in wanted.items():
        if present and name not in present:
            connection.execute(sql.SQL("alter table {} add column {}").format(table, _column(name, kind)))
    _ensure_indexes(connection, schema, form, wanted.keys())


def _ensure_indexes(connection: Connection, schema: str, form: Form, columns: Collection[str]) -> None:
    """An index for each tie, by which the rows that a change can reach are found; equality is all that is asked."""
    rows = connection.execute(
        "select indexname from pg_indexes where schemaname = %s and tablename = %s", (schema, form.code)
    )
    present = {row["indexname"] for row in rows}
    for tie in ties_of(form):
        name = f"{form.code}_{tie.name}_tie"
        if name not in present and set(tie.columns) <= set(columns):  # a programme may lack some of them
            connection.execute(sql.SQL("create index {} on {} using hash (({}))").format(
                sql.Identifier(name), sql.Identifier(schema, form.code), tie.value
            ))


def _column(name: str, kind: str) -> sql.Composable:
    return sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(kind))
