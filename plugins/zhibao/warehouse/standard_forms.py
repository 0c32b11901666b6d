"""The forms that results know by name (`sql/staging/forms.yaml`), and what stands in for what a programme lacks."""

from __future__ import annotations

from functools import cache

import yaml
from psycopg import sql

from zhibao.programme.models import Programme
from zhibao.settings import load_settings
from zhibao.store.database import Connection, schema_of
from zhibao.store.form_tables import PROVENANCE, stored_columns


@cache
def standard_forms() -> dict[str, dict[str, str]]:
    """Form → column → SQL type."""
    path = load_settings().sql_dir / "staging" / "forms.yaml"
    return yaml.safe_load(path.read_text("utf-8"))


def stand_in(connection: Connection, programme: Programme) -> None:
    """Views of this session, under the names of the forms of which the programme lacks columns, or which it lacks."""
    for name, wanted in standard_forms().items():
        form = programme.forms.get(name)
        stored = {key for column in form.columns for key in stored_columns(column)} if form else set()
        missing = {column: kind for column, kind in wanted.items() if column not in stored}
        connection.execute(sql.SQL("drop view if exists pg_temp.{}").format(sql.Identifier(name)))
        if not missing:
            continue
        nulls = [_null(column, kind) for column, kind in missing.items()]
        query = sql.SQL("select kept.*, {} from {} as kept")
        source = sql.Identifier(schema_of(programme), name)
        if form is None:
            nulls = [_null(column, kind.split()[0]) for column, kind in PROVENANCE.items()] + nulls
            query, source = sql.SQL("select {} where false"), None
        parts = [sql.SQL(", ").join(nulls), *([source] if source else [])]
        view = sql.SQL("create temporary view {} as ").format(sql.Identifier(name))
        connection.execute(view + query.format(*parts), prepare=False)


def _null(column: str, kind: str) -> sql.Composable:
    return sql.SQL("null::{} as {}").format(sql.SQL(kind), sql.Identifier(column))
