"""What persons decide on a document: approvals bound to its bytes and figures, rejections with a reason, and voidings.

An approval names the digests of figures and PDF. A return that moves a figure afterwards voids it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from zhibao.errors import RefusedError
from zhibao.figures import differences, plain
from zhibao.programme.models import Programme
from zhibao.store.database import Connection
from zhibao.warehouse.compute import load_set
from zhibao.warehouse.delta import refresh
from zhibao.warehouse.labels import label

Decision = Literal["approve", "reject"]

SHOWN_MOVES = 20


def standing(connection: Connection, row: dict[str, Any]) -> list[dict[str, Any]]:
    """The approvals of these bytes and figures since the last rejection or voiding: actor, comment, recorded_at."""
    found: list[dict[str, Any]] = []
    decisions = connection.execute(
        "select decision, actor, comment, recorded_at, figures_digest, pdf_sha256 from approval"
        " where document_id = %s order by approval_id",
        (row["document_id"],),
    )
    for item in decisions:
        if item["decision"] != "approve":
            found = []
        elif (item["figures_digest"], item["pdf_sha256"]) == (row["figures_digest"], row["pdf_sha256"]):
            found.append(item)
    return found


def missing_approvals(connection: Connection, programme: Programme, row: dict[str, Any]) -> int:
    """How many persons are still to approve (switch `approval.persons`); one person counts once."""
    persons = {_person(item["actor"]) for item in standing(connection, row)}
    return max(0, programme.switches.approval.persons - len(persons))


def is_approved(connection: Connection, programme: Programme, row: dict[str, Any]) -> bool:
    return missing_approvals(connection, programme, row) == 0


def record(
    connection: Connection, programme: Programme, row: dict[str, Any], decision: Decision, actor: str, comment: str
) -> None:
    """Keep a person's decision. Raises RefusedError for a rejection without reason, and for a second approval that is
    not another person's."""
    connection.execute("select pg_advisory_xact_lock(hashtext(%s))", (f"approval/{row['document_id']}",))
    if not actor.strip():
        raise RefusedError("须写明审批人", "name who decides")
    if decision == "reject" and not comment.strip():
        raise RefusedError("驳回须写明理由", "a rejection needs a reason")
    given = {_person(item["actor"]) for item in standing(connection, row)}
    if decision == "approve" and _person(actor) in given and missing_approvals(connection, programme, row):
        raise RefusedError(
            f"“{actor}”已批准，第二位审批人须为另一人", f"{actor} has approved: the second approval is another person's"
        )
    decide(connection, row, decision, actor, comment)


def decide(connection: Connection, row: dict[str, Any], decision: str, actor: str, comment: str) -> None:
    connection.execute(
        "insert into approval (document_id, decision, actor, comment, figures_digest, pdf_sha256)"
        " values (%s, %s, %s, %s, %s, %s)",
        (row["document_id"], decision, actor, comment, row["figures_digest"], row["pdf_sha256"]),
    )


def require_current(connection: Connection, programme: Programme, row: dict[str, Any], now: datetime) -> None:
    """Raises RefusedError naming the figures that moved since the document was made, each with both values.

    What was made as of an instant (a replay) never goes stale.
    """
    if row["is_replay"]:
        return
    kept = load_set(connection, row["figure_set_id"])
    current = refresh(connection, programme, row["kind"], kept.period, now, kept)
    if current.figures_digest == row["figures_digest"]:
        return
    moved = differences(kept.figures, current.figures)
    raise RefusedError(
        f"文件生成后有 {len(moved)} 项指标变动，须重新生成并审批：\n{_lines(programme, moved, 'zh')}",
        f"{len(moved)} figures moved since the document was made; make and approve it again:\n"
        f"{_lines(programme, moved, 'en')}",
    )


def last_voiding(connection: Connection, programme: Programme, kind: str, period: str) -> dict[str, Any] | None:
    """The voiding (version, comment) that is the last word on any version of a report; None where another one is."""
    last = connection.execute(
        "select version, decision, comment from approval join document using (document_id)"
        " where programme = %s and kind = %s and period = %s order by approval_id desc limit 1",
        (programme.code, kind, period),
    ).fetchone()
    return last if last is not None and last["decision"] == "void" else None


def _lines(programme: Programme, moved: Sequence[Any], language: str) -> str:
    """标签：旧值 → 新值（指标编号）, one a line."""
    shown = [
        f"  {label(programme, old or new, language)}：{_value(old)} → {_value(new)}（{id_}）"
        for id_, old, new in moved[:SHOWN_MOVES]
    ]
    if len(moved) > SHOWN_MOVES:
        shown.append(f"  …（+{len(moved) - SHOWN_MOVES}）")
    return "\n".join(shown)


def _value(figure: Any) -> str:
    return plain(figure.value) or "—" if figure else "—"


def _person(actor: str) -> str:
    """A name however it was typed: the same person under another width or case is the same person."""
    return "".join(unicodedata.normalize("NFKC", actor).split()).casefold()
