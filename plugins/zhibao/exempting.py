"""What a named person decides on a unit's returns of a period: exempt (免报), or taken again though they were closed.

Each decision is a row with its reason and its end; nothing is changed, the latest one on a return stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Literal

from zhibao.admission import bars
from zhibao.errors import RefusedError
from zhibao.period import Period
from zhibao.programme.calendar import owes, programme_periods
from zhibao.programme.models import Form, Programme
from zhibao.store.database import Connection
from zhibao.store.locks import hold_intake
from zhibao.workbooks.asking import form_of, unit_of

Ruling = Literal["exempt", "reopen"]
Slot = tuple[str, str, str]  # unit, form, period
WORDS = {"exempt": ("免报", "exemption"), "reopen": ("重新开放", "reopening")}


def decide(
    connection: Connection, programme: Programme, ruling: Ruling, unit: str, period: Period, form: str | None,
    actor: str, reason: str, ends_at: datetime | None, now: datetime,
) -> list[Slot]:
    """Exempt or reopen the returns of `unit` for `period` and the periods within it (of one form, or all), from `now`.

    Gives the returns. Raises RefusedError where there are none, or where the end lies in the past.
    """
    if ends_at is not None and ends_at <= now:
        raise RefusedError("截止时间应晚于现在", "the end must lie ahead")
    slots = _slots(programme, ruling, unit, period, form)
    if not slots:
        raise RefusedError(f"{unit} 在 {period} 没有应报的报表", f"{unit} owes nothing for {period}")
    hold_intake(connection)
    _write(connection, programme, ruling, slots, (False, ends_at, actor, reason, now))
    return slots


def withdraw(
    connection: Connection, programme: Programme, ruling: Ruling, unit: str, period: Period, form: str | None,
    actor: str, reason: str, now: datetime,
) -> list[Slot]:
    """Take back what was decided. Raises RefusedError where nothing stands."""
    hold_intake(connection)
    wanted = set(_slots(programme, ruling, unit, period, form))
    slots = [slot for slot in standing(connection, programme, ruling, now) if slot in wanted]
    if not slots:
        zh, en = WORDS[ruling]
        raise RefusedError(f"{unit} {period} 没有可撤回的{zh}", f"{unit} has no {en} for {period}")
    _write(connection, programme, ruling, slots, (True, None, actor, reason, now))
    return slots


def standing(
    connection: Connection, programme: Programme, ruling: Ruling, as_of: datetime
) -> Mapping[Slot, dict[str, Any]]:
    """The returns on which a decision of this kind holds at the instant, with its row."""
    rows = connection.execute(
        "select distinct on (unit, form, period) * from return_ruling where programme = %s and ruling = %s"
        " and effective_at <= %s order by unit, form, period, ruling_id desc",
        (programme.code, ruling, as_of),
    ).fetchall()
    return {
        (row["unit"], row["form"], row["period"]): row for row in rows
        if not row["is_withdrawn"] and (row["ends_at"] is None or row["ends_at"] > as_of)
    }


def history(connection: Connection, programme: Programme) -> list[dict[str, Any]]:
    """All decisions, newest first."""
    return connection.execute(
        "select ruling, is_withdrawn, unit, form, period, ends_at, actor, reason, effective_at from return_ruling"
        " where programme = %s order by ruling_id desc",
        (programme.code,),
    ).fetchall()


def _slots(programme: Programme, ruling: Ruling, unit: str, period: Period, form: str | None) -> list[Slot]:
    """An exemption is from what is owed; open again may be whatever the unit may send."""
    found, wanted = unit_of(programme, unit), None if form is None else form_of(programme, form)
    return [
        (found.code, item.code, str(part))
        for item in programme.forms.values() if wanted in (None, item)
        for part in programme_periods(programme, item.cadence)
        if period.starts_on <= part.starts_on and part.ends_on <= period.ends_on
        and (owes(found, item, part.ends_on) if ruling == "exempt" else _may_send(programme, unit, item, part))
    ]


def _may_send(programme: Programme, unit: str, form: Form, period: Period) -> bool:
    return next(bars(programme, form, programme.unit(unit), period), None) is None


def _write(
    connection: Connection, programme: Programme, ruling: Ruling, slots: Iterable[Slot], decision: tuple[Any, ...]
) -> None:
    for slot in slots:
        connection.execute(
            "insert into return_ruling (programme, ruling, unit, form, period, is_withdrawn, ends_at, actor, reason,"
            " effective_at) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            (programme.code, ruling, *slot, *decision),
        )
