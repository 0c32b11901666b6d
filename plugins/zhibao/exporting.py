"""The log of what left the store with personal values in it: who, when, why, how many rows (DOMAIN §5)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from zhibao import submissions
from zhibao.programme.models import Programme
from zhibao.store.database import Connection

if TYPE_CHECKING:
    from zhibao.documents.lists import Lists
    from zhibao.warehouse.compute import FigureSet

PERSONAL = ("personal", "identifier", "sensitive")


def record(
    connection: Connection, programme: Programme, what: str, actor: str, reason: str, row_count: int, now: datetime
) -> None:
    """Write one line, before the file is handed over."""
    connection.execute(
        "insert into export (programme, what, actor, reason, row_count, exported_at) values (%s, %s, %s, %s, %s, %s)",
        (programme.code, what, actor, reason, row_count, now),
    )


def record_workbook(
    connection: Connection, programme: Programme, submission_id: int, actor: str, reason: str, now: datetime
) -> None:
    """An office's own workbook is handed over."""
    rows = submissions.submission(connection, programme, submission_id)["row_count"]
    record(connection, programme, f"submission {submission_id}", actor, reason, rows, now)


def record_report(
    connection: Connection, programme: Programme, figures: FigureSet, what: str, actor: str, reason: str, now: datetime
) -> None:
    """A report is handed over. Nothing is written of one that prints no personal value."""
    from zhibao.documents.lists import read_lists

    if not prints_personal(programme, figures.kind):
        return
    if count := personal_rows(programme, figures.kind, read_lists(connection, programme, figures)):
        record(connection, programme, what, actor, reason, count, now)


def prints_personal(programme: Programme, kind: str) -> bool:
    """Whether a report names persons in full, or quotes columns that are personal."""
    report = programme.reports[kind]
    if report.names == "full" or report.narrative is None:
        return report.names == "full"
    form = programme.forms[report.narrative.form]
    quoted = (form.column(code) for codes in report.narrative.sections.values() for code in codes)
    return any(column.privacy in PERSONAL for column in quoted)


def personal_rows(programme: Programme, kind: str, lists: Lists) -> int:
    """Persons by their full name, and texts of units, that a report prints."""
    names = len(lists.awardees) + len(lists.waivers) if programme.reports[kind].names == "full" else 0
    return names + sum(len(said) for said in (lists.narratives or {}).values())


def exports(connection: Connection, programme: Programme) -> list[dict[str, Any]]:
    """All lines, newest first."""
    return connection.execute(
        "select exported_at, what, actor, reason, row_count from export where programme = %s order by export_id desc",
        (programme.code,),
    ).fetchall()
