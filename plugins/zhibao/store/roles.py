"""The roles of the database (`sql/roles.sql`): who may add, who may read what, and who sees all and changes nothing."""

from __future__ import annotations

from pathlib import Path

import psycopg
from psycopg import sql

from zhibao.errors import OperatorError
from zhibao.programme.models import Programme
from zhibao.store.database import Connection, schema_of

ROLES = ("zhibao_loader", "zhibao_reader", "zhibao_auditor")


def ensure_roles(connection: Connection, programme: Programme, sql_dir: Path) -> tuple[str, ...]:
    """Create or bring up to date the roles and their policies. Raises OperatorError for an account that may not."""
    text = (sql_dir / "roles.sql").read_text("utf-8")
    schemas = sql.SQL("array[{}]::text[]").format(sql.Literal(schema_of(programme))).as_string(connection)
    try:
        connection.execute(text.replace(":form_schemas", schemas))
    except psycopg.errors.InsufficientPrivilege:
        raise OperatorError(
            "数据库账号无权建立角色，请由有 CREATEROLE 权限的账号执行 zhibao db roles",
            "the database account may not create roles: run zhibao db roles with one that has CREATEROLE",
        ) from None
    return ROLES
