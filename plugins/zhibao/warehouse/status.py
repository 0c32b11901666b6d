"""Who has reported for a period: each return that is owed, with its state, timeliness and receipt."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from zhibao.period import Period
from zhibao.programme.calendar import owed_returns
from zhibao.programme.models import Programme
from zhibao.store.database import Connection
from zhibao.warehouse.compute import build_for


def return_status(
    connection: Connection, programme: Programme, period: Period, as_of: datetime
) -> list[dict[str, Any]]:
    """One row for each return owed for `period`, in the official order; instants in the programme's time zone.

    `state` is not_due, awaited (due, not come), missing (漏报), received, returned, accepted or nil;
    `timeliness` is on_time or late, by the first acceptable receipt, and empty before there is one.
    """
    expected = owed_returns(programme, period, by_due_date=False)
    build_for(connection, programme, "status", period, as_of, expected, ["return_status"])
    rows = connection.execute(
        "select return_status.*, ref_unit.ordinal from return_status join ref_unit on ref_unit.code = unit"
        " join ref_expected_return using (unit, form, period) order by ref_expected_return.ordinal",
        prepare=False,
    )
    return [_row(programme, row, as_of) for row in rows.fetchall()]


def _row(programme: Programme, row: dict[str, Any], as_of: datetime) -> dict[str, Any]:
    accepted_at = row["first_acceptable_at"]
    return {
        "unit": row["unit"],
        "name": programme.unit(row["unit"]).name.zh,
        "form": row["form"],
        "period": row["period"],
        "state": _state(row, as_of),
        "timeliness": None if accepted_at is None else "late" if row["is_late"] else "on_time",
        "due_at": row["due_at"].isoformat(),
        "accepted_at": None if accepted_at is None else accepted_at.isoformat(),
        "submission": row["submission_id"],
    }


def _state(row: dict[str, Any], as_of: datetime) -> str:
    if row["is_accepted"]:
        return "nil" if row["is_nil"] else "accepted"
    if row["is_returned"]:
        return "returned"
    if row["is_received"]:
        return "received"
    if as_of > row["missing_at"]:
        return "missing"
    return "awaited" if as_of > row["due_at"] else "not_due"
