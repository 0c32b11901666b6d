"""Titles of one person, or one venture, at one level: the list that a person decides, and what was decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from zhibao.documents.masks import mask_name
from zhibao.errors import RefusedError
from zhibao.period import Period
from zhibao.programme.models import Programme
from zhibao.store.database import Connection
from zhibao.store.locks import hold_intake
from zhibao.warehouse.compute import build_for

Ruling = Literal["count", "exclude", "withdraw"]


@dataclass(frozen=True, slots=True)
class Contender:
    """One title in one conflict. `person` is masked; `reason` is the code of why it does not count, none where it does.
    `is_ruled` says that a person has decided the conflict."""

    conflict: str
    group: int
    level: str
    unit: str
    candidate_no: str
    person: str
    awarded_on: date
    is_counted: bool
    reason: str | None
    is_ruled: bool


def list_conflicts(connection: Connection, programme: Programme, as_of: datetime) -> list[Contender]:
    """All conflicts of titles granted by the instant, one after the other, who counts first."""
    period = reached(programme, as_of)
    build_for(connection, programme, "monthly", period, as_of, (), ["award_conflict"])
    rows = connection.execute(
        "select award_conflict.*, candidate.person_name from award_conflict"
        " join candidate on candidate.row_id = candidate_row_id"
        " order by conflict, group_no, is_counted desc, awarded_on, ordinal, award_conflict.candidate_no",
        prepare=False,
    ).fetchall()
    groups: dict[tuple[str, int], int] = {}
    return [
        Contender(
            row["conflict"], groups.setdefault((row["conflict"], row["group_no"]), len(groups) + 1),
            row["level"], row["unit"], row["candidate_no"],
            mask_name(row["person_name"], programme.masking.name), row["awarded_on"], row["is_counted"], row["reason"],
            row["is_ruled"],
        )
        for row in rows
    ]


def rule(
    connection: Connection, programme: Programme, level: str, unit: str, candidate_no: str, ruling: Ruling,
    actor: str, reason: str, now: datetime,
) -> None:
    """Decide on one title that is in conflict, by a named person with a reason; kept, and in force from now on.

    Raises RefusedError for a title without a conflict, or without a ruling where one is withdrawn.
    """
    hold_intake(connection)
    title = (level, unit, candidate_no)
    if ruling == "withdraw":
        known = connection.execute(
            "select ruling from title_ruling where programme = %s and (level, unit, candidate_no) = (%s, %s, %s)"
            " order by ruling_id desc limit 1", (programme.code, *title),
        ).fetchone()
        if known is None or known["ruling"] == "withdraw":
            raise RefusedError(f"{unit} {candidate_no} 没有可撤回的裁定", f"{unit} {candidate_no} has no ruling")
    elif title not in [
        (item.level, item.unit, item.candidate_no) for item in list_conflicts(connection, programme, now)
    ]:
        raise RefusedError(
            f"{unit} {candidate_no}（{level}）的称号没有冲突，可用 zhibao conflicts 查看全部",
            f"the title of {unit} {candidate_no} ({level}) is in no conflict; zhibao conflicts lists all",
        )
    connection.execute(
        "insert into title_ruling (programme, level, unit, candidate_no, ruling, actor, reason, effective_at)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s)",
        (programme.code, *title, ruling, actor, reason, now),
    )


def reached(programme: Programme, as_of: datetime) -> Period:
    """The month of the instant, within the programme."""
    span = programme.span
    return Period.month_of(min(max(as_of.date(), span.starts_on), span.ends_on))
