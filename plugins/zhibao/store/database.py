"""Connections to the one database, and its schema."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from zhibao.errors import TransientError
from zhibao.programme.models import Programme
from zhibao.settings import Settings
from zhibao.store import embedded

Connection = psycopg.Connection[dict[str, Any]]

MIGRATION_LOCK = 7_411_001


def database_url(settings: Settings) -> str:
    """ZHIBAO_DATABASE_URL, or the embedded server, started if need be, with a database of its own."""
    if settings.database_url:
        return settings.database_url.replace("+psycopg2", "").replace("+psycopg", "")
    admin = embedded.running_url(settings.var) or embedded.start(settings.var)
    return ensure_database(admin, "zhibao")


def ensure_database(admin_url: str, name: str) -> str:
    """The URL of database `name` on the embedded server, created when it is missing."""
    with _connected(admin_url) as connection:
        connection.autocommit = True
        if connection.execute("select 1 from pg_database where datname = %s", (name,)).fetchone() is None:
            try:
                statement = "create database {} encoding 'UTF8' locale 'C' template template0"
                connection.execute(sql.SQL(statement).format(sql.Identifier(name)))
            except psycopg.errors.DuplicateDatabase:
                pass  # another process was first
    return admin_url.replace("/postgres?", f"/{name}?")


def schema_of(programme: Programme) -> str:
    """The schema that holds a programme's accepted rows, one table a form."""
    return programme.code.replace("-", "_")


@contextmanager
def connect(url: str, programme: Programme | None = None, *, autocommit: bool = False) -> Iterator[Connection]:
    """One connection, one transaction: committed at the end, rolled back by an exception (unless `autocommit`)."""
    with _connected(url) as connection:
        connection.autocommit = autocommit
        path = sql.SQL("zhibao")
        if programme is not None:
            path = sql.SQL("{}, zhibao").format(sql.Identifier(schema_of(programme)))
            connection.execute(sql.SQL("set time zone {}").format(sql.Literal(programme.timezone)))
        connection.execute(sql.SQL("set search_path to {}").format(path))
        yield connection


@contextmanager
def _connected(url: str) -> Iterator[Connection]:
    try:
        connection = psycopg.connect(url, row_factory=dict_row, connect_timeout=10)
    except psycopg.OperationalError:
        raise TransientError(
            "连接不上数据库：请确认 PostgreSQL 已启动（zhibao db start）后重试",
            "cannot reach the database: make sure PostgreSQL runs (zhibao db start) and try again",
        ) from None
    with connection:
        try:
            yield connection
        except (psycopg.OperationalError, psycopg.errors.AdminShutdown) as error:
            raise TransientError(
                f"数据库连接中断（{error.sqlstate or '断开'}），本次操作已回滚，请重试",
                f"the database connection broke ({error.sqlstate or 'closed'}); nothing was written, try again",
            ) from None


def migrate(url: str, settings: Settings) -> None:
    """Bring the schema to the newest revision. Safe to run from several processes at once; cheap when it is there."""
    if _is_newest(url, settings):
        return
    from alembic import command
    from alembic.config import Config
    from sqlalchemy import create_engine, text
    from sqlalchemy.pool import NullPool

    config = Config()
    config.set_main_option("script_location", str(settings.sql_dir / "migrations"))
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1), poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text("select pg_advisory_lock(:key)"), {"key": MIGRATION_LOCK})
        connection.execute(text("create schema if not exists zhibao"))
        connection.commit()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()
        connection.execute(text("select pg_advisory_unlock(:key)"), {"key": MIGRATION_LOCK})


def _is_newest(url: str, settings: Settings) -> bool:
    """Whether the schema bears the last revision's number, asked without Alembic (whose import costs a second)."""
    newest = max(path.stem for path in (settings.sql_dir / "migrations" / "versions").glob("*.py")).split("_")[0]
    with _connected(url) as connection:
        if connection.execute("select to_regclass('zhibao.alembic_version') as found").fetchone()["found"] is None:
            return False
        return connection.execute("select version_num from zhibao.alembic_version").fetchall() == [
            {"version_num": newest}
        ]
