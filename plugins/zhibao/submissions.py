"""What people ask and decide about submissions: versions and waivers. Everything appends, nothing edits."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from zhibao.errors import RefusedError
from zhibao.programme.models import Programme
from zhibao.store.database import Connection
from zhibao.store.locks import hold_intake


def submission(connection: Connection, programme: Programme, submission_id: int) -> dict[str, Any]:
    """One submission with its latest assessment. Raises RefusedError when there is none of this number."""
    row = connection.execute(
        "select submission.*, latest.assessment_id, latest.status, latest.row_count from submission"
        " join lateral (select assessment_id, status, row_count from assessment"
        "   where assessment.submission_id = submission.submission_id order by assessment_id desc limit 1"
        " ) as latest on true where programme = %s and submission.submission_id = %s",
        (programme.code, submission_id),
    ).fetchone()
    if row is None:
        raise RefusedError(f"没有编号为 {submission_id} 的报送", f"there is no submission {submission_id}")
    return row


def history(connection: Connection, programme: Programme, submission_id: int) -> list[dict[str, Any]]:
    """All versions of the return that this submission is one of, by receipt, and which of them stands."""
    slot = submission(connection, programme, submission_id)
    if slot["form"] is None:
        return [_version(slot, standing=None)]
    standing = standing_submission(connection, programme, slot["unit"], slot["form"], slot["period"])
    rows = connection.execute(
        "select submission.*, latest.status from submission"
        " join lateral (select status from assessment where assessment.submission_id = submission.submission_id"
        "   order by assessment_id desc limit 1) as latest on true"
        " where programme = %s and unit = %s and form = %s and period = %s order by received_at, submission_id",
        (programme.code, slot["unit"], slot["form"], slot["period"]),
    ).fetchall()
    decided = connection.execute(
        "select submission_id, kind, actor, reason, effective_at from acceptance"
        " where programme = %s and unit = %s and form = %s and period = %s and kind = 'revert' order by acceptance_id",
        (programme.code, slot["unit"], slot["form"], slot["period"]),
    ).fetchall()
    return [_version(row, standing) | {"decisions": [dict(item) for item in decided
            if item["submission_id"] == row["submission_id"]]} for row in rows]


def standing_submission(connection: Connection, programme: Programme, unit: str, form: str, period: str) -> int | None:
    """The submission that counts for this unit, form and period, if any."""
    row = connection.execute(
        "select submission_id from acceptance where programme = %s and unit = %s and form = %s and period = %s"
        " order by effective_at desc, acceptance_id desc limit 1",
        (programme.code, unit, form, period),
    ).fetchone()
    return None if row is None else row["submission_id"]


def revert(
    connection: Connection, programme: Programme, submission_id: int, actor: str, reason: str, now: datetime
) -> None:
    """Let an earlier accepted version stand again. Raises RefusedError for one that was never accepted."""
    slot = submission(connection, programme, submission_id)
    if slot["status"] not in ("accepted", "accepted_with_queries"):
        raise RefusedError(
            f"报送 {submission_id} 未曾通过，不能恢复为有效版本",
            f"submission {submission_id} was never accepted and cannot stand",
        )
    if standing_submission(connection, programme, slot["unit"], slot["form"], slot["period"]) == submission_id:
        raise RefusedError(f"报送 {submission_id} 已是有效版本", f"submission {submission_id} stands already")
    hold_intake(connection)
    connection.execute(
        "insert into acceptance (programme, unit, form, period, submission_id, kind, actor, reason, effective_at)"
        " values (%s, %s, %s, %s, %s, 'revert', %s, %s, %s)",
        (programme.code, slot["unit"], slot["form"], slot["period"], submission_id, actor, reason, now),
    )


def waive(
    connection: Connection, programme: Programme, submission_id: int, candidate_no: str, criterion: str,
    actor: str, reason: str, now: datetime,
) -> None:
    """Waive one criterion for one candidate of an accepted roster, by a named person with a reason."""
    slot = submission(connection, programme, submission_id)
    rows = [] if slot["form"] != "candidate" else connection.execute(
        "select distinct unit, level from candidate where submission_id = %s and candidate_no = %s",
        (submission_id, candidate_no),
    ).fetchall()
    if not rows:
        raise RefusedError(
            f"报送 {submission_id} 中没有已接收的候选人 {candidate_no}",
            f"submission {submission_id} holds no accepted candidate {candidate_no}",
        )
    hold_intake(connection)
    for row in rows:
        if criterion not in {item.code for item in programme.level(row["level"]).criteria}:
            raise RefusedError(f"该层级没有标准 {criterion}", f"this level has no criterion {criterion}")
        connection.execute(
            "insert into waiver (programme, unit, level, candidate_no, criterion, actor, reason, effective_at)"
            " values (%s, %s, %s, %s, %s, %s, %s, %s)",
            (programme.code, row["unit"], row["level"], candidate_no, criterion, actor, reason, now),
        )


def latest_findings(
    connection: Connection, programme: Programme, period: str | None
) -> list[dict[str, Any]]:
    """Every finding of the latest assessment of each submission (of `period`, where given), by unit and file."""
    return connection.execute(
        "select submission.submission_id, file_name, unit, form, period, received_at, latest.status, code, severity,"
        " finding.sheet, row_number, column_letters, header, message, next_step from submission"
        " join lateral (select assessment_id, status from assessment"
        "   where assessment.submission_id = submission.submission_id order by assessment_id desc limit 1"
        " ) as latest on true join finding using (assessment_id)"
        " where programme = %s and (%s::text is null or period = %s)"
        " order by unit, received_at, submission.submission_id, finding_id",
        (programme.code, period, period),
    ).fetchall()


def _version(row: dict[str, Any], standing: int | None) -> dict[str, Any]:
    kept = ("submission_id", "unit", "form", "period", "received_at", "status", "sha256", "reader", "reader_version")
    return {key: row[key] for key in kept} | {"stands": row["submission_id"] == standing}
