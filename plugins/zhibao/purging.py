"""Ends the keeping of personal values: what a programme's term of retention no longer covers is blanked out, for good.

What figures are counted from stays (titles, dates, codes, and the keyed marks by which equal persons are known); names,
numbers, telephones, addresses, the raw text of cells and the files as they were received go.
"""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from psycopg import sql
from psycopg.types.json import Jsonb

from zhibao.errors import RefusedError
from zhibao.programme.calendar import purge_on
from zhibao.programme.models import Form, Programme
from zhibao.store import landing
from zhibao.store.database import Connection, schema_of
from zhibao.store.form_tables import stored_columns
from zhibao.store.locks import hold_intake

PERSONAL = ("personal", "identifier", "sensitive")
# Offices name their files after persons, and write from persons' addresses.
NAMES_OF_FILES = (
    "update arrival set sender = null, file_name = '-' where programme = %s",
    "update turned_away set sender = null, file_name = null where programme = %s",
    "update nil_reply set sender = '-' where programme = %s",
    "update submission set file_name = '-', layout = '{}', totals = '[]' where programme = %s",
)
KEPT = "_hmac"  # without its key it names nobody, and counts of persons rest on it


def personal_columns(form: Form) -> list[str]:
    """The stored columns of a form that hold a personal value; what figures are counted by is none (choices, marks)."""
    return [
        name for column in form.columns if column.privacy in PERSONAL and column.type != "choice"
        for name in stored_columns(column) if not name.endswith(KEPT)
    ]


def purgeable(connection: Connection, programme: Programme) -> dict[str, int]:
    """What a purge would take away: rows by form, and files."""
    counts = {}
    for form in programme.forms.values():
        query = sql.SQL("select count(*) as n from {} where {}").format(
            sql.Identifier(schema_of(programme), form.code), _holds_something(form)
        )
        counts[form.code] = connection.execute(query).fetchone()["n"]  # type: ignore[index]
    counts["files"] = len(_files(connection, programme))
    return {name: count for name, count in counts.items() if count}


def purge(
    connection: Connection, programme: Programme, landing_dir: Path, actor: str, reason: str, now: datetime
) -> dict[str, int]:
    """Take it away, and keep who did it when, why, and how much it was. Raises RefusedError before the term has ended.

    The files go after the database has said so; what a crash leaves lying there goes with the next purge.
    """
    require_ended(programme, now)
    hold_intake(connection)
    counts, files = purgeable(connection, programme), _files(connection, programme)
    for form in programme.forms.values():
        blank = [sql.SQL("{} = null").format(sql.Identifier(name)) for name in personal_columns(form)]
        connection.execute(sql.SQL("update {} set {} where {}").format(
            sql.Identifier(schema_of(programme), form.code),
            sql.SQL(", ").join([*blank, sql.SQL("raw = '{}'")]), _holds_something(form),
        ))
    for statement in NAMES_OF_FILES:
        connection.execute(statement, (programme.code,))
    if counts:
        connection.execute(
            "insert into purge (programme, actor, reason, counts, purged_at) values (%s, %s, %s, %s, %s)",
            (programme.code, actor, reason, Jsonb(counts), now),
        )
    for sha256 in files:
        landing.path_of(landing_dir, sha256).unlink(missing_ok=True)
        connection.execute("update landed_file set purged_at = %s where sha256 = %s", (now, sha256))
    return counts


def require_ended(programme: Programme, now: datetime) -> date:
    """The day from which on it may be purged. Raises RefusedError before it, or where the programme sets no term."""
    day = purge_on(programme)
    if day is None:
        raise RefusedError("programme.yaml 的 retention 没有规定保存期限", "the programme sets no term of retention")
    if now.astimezone(ZoneInfo(programme.timezone)).date() < day:
        raise RefusedError(f"保存期限未满，{day} 起方可清除", f"the term has not ended: nothing is purged before {day}")
    return day


def purges(connection: Connection, programme: Programme) -> list[dict[str, Any]]:
    """All purges, newest first."""
    return connection.execute(
        "select purged_at, actor, reason, counts from purge where programme = %s order by purge_id desc",
        (programme.code,),
    ).fetchall()


def _holds_something(form: Form) -> sql.Composable:
    tests = [sql.SQL("{} is not null").format(sql.Identifier(name)) for name in personal_columns(form)]
    return sql.SQL(" or ").join([*tests, sql.SQL("raw <> '{}'")])


def _files(connection: Connection, programme: Programme) -> list[str]:
    rows = connection.execute(
        "select distinct sha256 from landed_file where purged_at is null and sha256 in ("
        " select sha256 from arrival where programme = %(programme)s"
        " union select sha256 from nil_reply where programme = %(programme)s) order by sha256",
        {"programme": programme.code},
    )
    return [row["sha256"] for row in rows]
