"""The log of what left the store with personal values in it: who, when, why, how many rows (DOMAIN §5)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from zhibao.programme.models import Programme
from zhibao.store.database import Connection


def record(
    connection: Connection, programme: Programme, what: str, actor: str, reason: str, row_count: int, now: datetime
) -> None:
    """Write one line, before the file is handed over."""
    connection.execute(
        "insert into export (programme, what, actor, reason, row_count, exported_at) values (%s, %s, %s, %s, %s, %s)",
        (programme.code, what, actor, reason, row_count, now),
    )


def exports(connection: Connection, programme: Programme) -> list[dict[str, Any]]:
    """All lines, newest first."""
    return connection.execute(
        "select exported_at, what, actor, reason, row_count from export where programme = %s order by export_id desc",
        (programme.code,),
    ).fetchall()
