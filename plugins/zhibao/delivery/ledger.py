"""The deliveries of documents, as letters: each recipient gets each document once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from zhibao.delivery import letters
from zhibao.delivery.letters import Posting
from zhibao.delivery.smtp import Sent
from zhibao.delivery.terms import Terms
from zhibao.programme.models import Recipient
from zhibao.store.database import Connection

Write = Callable[[Recipient, Posting], Callable[[], Sent]]

NEVER_LEFT = ("intended", "withdrawn", "failed")
"""What no recipient can have: a document all of whose letters stand so has not been issued."""


def posting_of(programme: str, document: dict[str, Any], recipient: Recipient) -> Posting:
    """The same document to the same recipient always bears the same name."""
    number, code = str(document["document_id"]), recipient.code
    name = f"<{programme}.{number}.{code}.{document['pdf_sha256'][:16]}@zhibao.invalid>"
    return Posting(programme, "document", number, code, recipient.address, name)


def deliver(
    connection: Connection, programme: str, document: dict[str, Any], recipients: Iterable[Recipient],
    write: Write, journal: Path | None, terms: Terms | None = None,
) -> Counter[str]:
    """Send what has not been sent, and go on with what a person has sent again; counts as `letters.post`.

    `connection` must be in autocommit.
    """
    by_code = {recipient.code: recipient for recipient in recipients}
    postings = [posting_of(programme, document, recipient) for recipient in by_code.values()]
    postings += [item for item in copies(connection, document) if item.recipient in by_code]
    return letters.post(connection, postings, lambda item: write(by_code[item.recipient], item), journal, terms)


def is_due(connection: Connection, document: dict[str, Any], recipients: Iterable[Recipient]) -> bool:
    """Whether anything of this document is still to go out."""
    rows = connection.execute(
        "select recipient, state from letter where kind = 'document' and subject = %s", (str(document["document_id"]),)
    ).fetchall()
    ended = {row["recipient"] for row in rows if row["state"] in letters.ENDED}
    return any(recipient.code not in ended for recipient in recipients) or bool(copies(connection, document))


def copies(connection: Connection, document: dict[str, Any]) -> list[Posting]:
    """The letters of a document that a person has sent again and that are under way still."""
    rows = connection.execute(
        "select programme, kind, subject, recipient, address, message_id, copy_no, requested_by, reason from letter"
        " where kind = 'document' and subject = %s and copy_no > 0 and state in ('intended', 'sending')"
        " order by letter_id",
        (str(document["document_id"]),),
    ).fetchall()
    return [Posting(**row) for row in rows]


def next_copy(
    connection: Connection, programme: str, document: dict[str, Any], recipient: Recipient, actor: str, reason: str
) -> Posting:
    """One more letter to one recipient, by a person's word; the last such one where that has not gone out yet."""
    number = str(document["document_id"])
    for item in copies(connection, document):
        if item.recipient == recipient.code:
            return item
    last = connection.execute(
        "select coalesce(max(copy_no), 0) as copy_no from letter where kind = 'document' and subject = %s"
        " and recipient = %s", (number, recipient.code),
    ).fetchone()["copy_no"]
    first = posting_of(programme, document, recipient)
    name = first.message_id.replace("@", f".{last + 1}@")
    return replace(first, message_id=name, copy_no=last + 1, requested_by=actor, reason=reason)


def entries(connection: Connection, document_id: int) -> list[dict[str, Any]]:
    """The ledger of one document: recipient, state, and what the mail server said each time."""
    return letters.entries(connection, "document", str(document_id))


def settle(connection: Connection, document_id: int, recipient: str, *, was_sent: bool, actor: str) -> bool:
    """A person's word on a doubtful delivery. Says whether there was one."""
    return letters.settle(connection, "document", str(document_id), recipient, was_sent=was_sent, actor=actor)
