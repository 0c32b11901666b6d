"""Who has reported for a period: each return that is owed, with its state, timeliness and receipt."""

from __future__ import annotations

from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from zhibao.exempting import standing
from zhibao.period import Period
from zhibao.programme.calendar import owed_returns
from zhibao.programme.models import Programme
from zhibao.store.database import Connection
from zhibao.text import Text
from zhibao.warehouse.compute import build_for

STATES = {
    "not_due": Text(zh="未到期", en="not due"), "awaited": Text(zh="待报", en="awaited"),
    "received": Text(zh="已报", en="received"), "returned": Text(zh="退回", en="returned"),
    "resubmitted": Text(zh="重报", en="sent again"), "accepted": Text(zh="通过", en="accepted"),
}
TIMELINESS = {
    "on_time": Text(zh="按时", en="on time"), "late": Text(zh="迟报", en="late"),
    "missing": Text(zh="漏报", en="missing"), "made_up": Text(zh="补报", en="made up for"),
    "exempt": Text(zh="免报", en="exempt"),
}


def return_status(
    connection: Connection, programme: Programme, period: Period, as_of: datetime
) -> list[dict[str, Any]]:
    """One row for each return owed for `period`, in the official order; instants in the programme's time zone.

    `state` (DOMAIN §6) is not_due, awaited (due, not come), received or resubmitted (taken, with queries that nobody
    has answered yet; the latter after it was once sent back), returned or accepted. `timeliness`, by the first
    acceptable receipt, is on_time, late, made_up (after it was called missing) or missing; exempt where a person said
    so; and empty before there is anything to say. `return_by` is the day by which one that was sent back must be in
    again, `is_overdue` that it is not; `open_until` until when a closed one is taken.
    """
    expected = owed_returns(programme, period, by_due_date=False)
    reopened = standing(connection, programme, "reopen", as_of)
    build_for(connection, programme, "status", period, as_of, expected, ["return_status"])
    rows = connection.execute(
        "select return_status.* from return_status join ref_expected_return using (unit, form, period)"
        " order by ref_expected_return.ordinal",
        prepare=False,
    ).fetchall()
    return [_row(programme, row, as_of, reopened.get((row["unit"], row["form"], row["period"]))) for row in rows]


def rates(rows: list[dict[str, Any]], as_of: datetime) -> dict[str, str | None]:
    """及时率, 完整率 and 一次通过率 of these rows, in percent; None where nothing was due, or came."""
    due = [row for row in rows if row["timeliness"] != "exempt" and datetime.fromisoformat(row["due_at"]) <= as_of]
    tried = [row for row in rows if row["timeliness"] != "exempt" and row["submission"] is not None]
    return {
        "on_time_pct": _percent(sum(row["timeliness"] == "on_time" for row in due), len(due)),
        "complete_pct": _percent(sum(row["is_accepted"] for row in due), len(due)),
        "first_pass_pct": _percent(sum(row["is_first_pass"] for row in tried), len(tried)),
    }


def _percent(part: int, whole: int) -> str | None:
    """Two decimals, half up, as the figures of the same name."""
    if not whole:
        return None
    return str((Decimal(part) * 100 / whole).quantize(Decimal("0.01"), ROUND_HALF_UP))


def _row(
    programme: Programme, row: dict[str, Any], as_of: datetime, reopened: dict[str, Any] | None
) -> dict[str, Any]:
    accepted_at = row["first_acceptable_at"]
    return {
        "unit": row["unit"],
        "name": programme.unit(row["unit"]).name.zh,
        "form": row["form"],
        "period": row["period"],
        "state": _state(row, as_of),
        "timeliness": _timeliness(row, as_of),
        "is_nil": row["is_nil"],
        "is_accepted": row["is_accepted"],
        "is_first_pass": row["is_first_pass"],
        "due_at": row["due_at"].isoformat(),
        "accepted_at": None if accepted_at is None else accepted_at.isoformat(),
        "submission": row["submission_id"],
        "return_by": None if row["return_by"] is None else row["return_by"].isoformat(),
        "is_overdue": row["is_overdue"],
        "open_until": None if reopened is None else reopened["ends_at"].isoformat(),
    }


def _state(row: dict[str, Any], as_of: datetime) -> str:
    if row["is_accepted"] and not row["is_asked"]:
        return "accepted"
    if row["is_returned"]:
        return "returned"
    if row["is_received"]:
        return "resubmitted" if row["was_returned"] else "received"
    return "awaited" if as_of > row["due_at"] else "not_due"


def _timeliness(row: dict[str, Any], as_of: datetime) -> str | None:
    accepted_at = row["first_acceptable_at"]
    if row["is_exempt"]:
        return "exempt"
    if accepted_at is None:
        return "missing" if as_of > row["missing_at"] else None
    if not row["is_late"]:
        return "on_time"
    return "late" if accepted_at <= row["missing_at"] else "made_up"
