"""Which documents went out: an issued one never changes, and what comes after names it, to the same people."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from zhibao.errors import RefusedError
from zhibao.programme.models import Programme, Recipient
from zhibao.store.database import Connection
from zhibao.text import Text

LEFT = ("sent", "doubtful", "bounced")
"""States of a letter that may have reached somebody."""


def last_issued(
    connection: Connection, programme: Programme, kind: str, period: str, known_at: datetime | None = None
) -> dict[str, Any] | None:
    """The newest version of a report of which a letter went out, as was known: the document's row, and `issued_at`."""
    return connection.execute(
        "select document.*, min(letter_event.happened_at) as issued_at from document"
        " join letter on letter.programme = document.programme and letter.kind = 'document'"
        "   and letter.subject = document.document_id::text"
        " join letter_event using (letter_id)"
        " where document.programme = %s and document.kind = %s and document.period = %s"
        "   and letter_event.state in ('sent', 'doubtful')"
        "   and letter_event.recorded_at <= coalesce(%s, clock_timestamp())"
        " group by document.document_id order by version desc limit 1",
        (programme.code, kind, period, known_at),
    ).fetchone()


def row_of_issued(connection: Connection, programme: Programme, document_id: int) -> dict[str, Any] | None:
    """One issued document as `last_issued` gives it; None where nothing of it went out."""
    return connection.execute(
        "select document.*, min(letter_event.happened_at) as issued_at from document"
        " join letter on letter.programme = document.programme and letter.kind = 'document'"
        "   and letter.subject = document.document_id::text"
        " join letter_event using (letter_id)"
        " where document.programme = %s and document_id = %s and letter_event.state in ('sent', 'doubtful')"
        " group by document.document_id",
        (programme.code, document_id),
    ).fetchone()


def chain(connection: Connection, programme: Programme, row: dict[str, Any]) -> list[dict[str, Any]]:
    """All versions of a report: document_id, version, corrects, pdf_sha256, made_at, and issued_at where it was."""
    return connection.execute(
        "select document_id, version, corrects, pdf_sha256, document.recorded_at as made_at, (select"
        " min(letter_event.happened_at) from letter join letter_event using (letter_id)"
        " where letter.programme = document.programme and letter.kind = 'document'"
        " and letter.subject = document_id::text and letter_event.state in ('sent', 'doubtful')) as issued_at"
        " from document where programme = %s and kind = %s and period = %s order by version",
        (programme.code, row["kind"], row["period"]),
    ).fetchall()


def unissued_before(
    connection: Connection, programme: Programme, kind: str, period: str, document_id: int
) -> list[dict[str, Any]]:
    """The documents of a report that are older than one of them, and of which no letter went out."""
    return connection.execute(
        "select * from document where programme = %s and kind = %s and period = %s and document_id < %s"
        " and not exists (select from letter where letter.programme = document.programme"
        "   and letter.kind = 'document' and letter.subject = document_id::text and letter.state = any(%s))"
        " order by document_id",
        (programme.code, kind, period, document_id, list(LEFT)),
    ).fetchall()


def former_recipients(
    connection: Connection, programme: Programme, row: dict[str, Any], listed: list[Recipient]
) -> list[Recipient]:
    """Who was sent an earlier version of this report and is not on its list any more, at the address of that time."""
    rows = connection.execute(
        "select distinct on (recipient) recipient, address from letter join document"
        "   on letter.kind = 'document' and letter.subject = document.document_id::text"
        " where document.programme = %s and document.kind = %s and document.period = %s and version < %s"
        "   and letter.state = any(%s) order by recipient, letter_id desc",
        (programme.code, row["kind"], row["period"], row["version"], list(LEFT)),
    ).fetchall()
    names = {item.code: item.name for item in programme.recipients}
    known = {item.code for item in listed}
    return [
        Recipient(code=item["recipient"], name=names.get(item["recipient"], Text(zh=item["recipient"],
                  en=item["recipient"])), address=item["address"], receives=[row["kind"]])
        for item in rows if item["recipient"] not in known
    ]


def require_next(connection: Connection, programme: Programme, row: dict[str, Any]) -> None:
    """Raises RefusedError for a document that may not go out (any more) because another version did."""
    last = last_issued(connection, programme, row["kind"], row["period"])
    if last is None or last["document_id"] in (row["document_id"], row["corrects"]):
        return
    if last["version"] > row["version"]:
        raise RefusedError(
            f"第{last['version']}稿已印发，第{row['version']}稿不再发送",
            f"version {last['version']} has been issued: version {row['version']} goes out no more",
        )
    raise RefusedError(
        f"第{last['version']}稿已印发，本稿未注明对它的更正，请重新起草",
        f"version {last['version']} has been issued and this one does not name it: draft it again",
    )
