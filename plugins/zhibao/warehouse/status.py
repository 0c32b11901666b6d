"""Who has reported for a period: each return that is owed, with its state, timeliness and receipt."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from zhibao.period import Period
from zhibao.programme.models import Programme
from zhibao.store.database import Connection
from zhibao.warehouse.compute import compute


def return_status(
    connection: Connection, programme: Programme, period: Period, as_of: datetime
) -> list[dict[str, Any]]:
    """One row a unit and form: what became of the return, by when it was due and when it first could be accepted."""
    compute(connection, programme, period.cadence, period, as_of)
    rows = connection.execute(
        "select unit, form, period, due_at, acceptable_at, submission_id, is_received, is_accepted, is_returned,"
        " is_missing, is_nil, is_late from return_state order by ordinal"
    ).fetchall()
    return [
        {"unit": row["unit"], "name": programme.unit(row["unit"]).name.zh, "form": row["form"], "period": row["period"],
         "state": _state(row, as_of), "late": row["is_late"], "nil": row["is_nil"], "due_at": row["due_at"].isoformat(),
         "accepted_at": row["acceptable_at"].isoformat() if row["acceptable_at"] else None,
         "submission": row["submission_id"]}
        for row in rows
    ]


def _state(row: dict[str, Any], as_of: datetime) -> str:
    if row["is_accepted"]:
        return "accepted"
    if row["is_returned"]:
        return "returned"
    if row["is_missing"]:
        return "missing" if as_of > row["due_at"] else "awaited"
    return "received"
