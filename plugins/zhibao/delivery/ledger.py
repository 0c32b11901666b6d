"""The deliveries of documents, as letters: each recipient gets each document once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from zhibao.delivery import letters
from zhibao.delivery.letters import Posting
from zhibao.delivery.smtp import Sent
from zhibao.programme.models import Recipient
from zhibao.store.database import Connection

Send = Callable[[Recipient, str], Sent]


def message_id(programme: str, document: dict[str, Any], recipient: Recipient) -> str:
    """The same document to the same recipient always bears the same name."""
    return f"<{programme}.{document['document_id']}.{recipient.code}.{document['pdf_sha256'][:16]}@zhibao.invalid>"


def deliver(
    connection: Connection, programme: str, document: dict[str, Any], recipients: Iterable[Recipient],
    send: Send, journal: Path | None,
) -> Counter[str]:
    """Send what has not been sent; counts by outcome (`letters.post`). `connection` must be in autocommit."""
    by_code = {recipient.code: recipient for recipient in recipients}
    postings = [
        Posting(programme, "document", str(document["document_id"]), recipient.code, recipient.address,
                message_id(programme, document, recipient))
        for recipient in by_code.values()
    ]
    return letters.post(
        connection, postings, lambda posting: lambda: send(by_code[posting.recipient], posting.message_id), journal
    )


def entries(connection: Connection, document_id: int) -> list[dict[str, Any]]:
    """The ledger of one document: recipient, state, and what the mail server said each time."""
    return letters.entries(connection, "document", str(document_id))


def settle(connection: Connection, document_id: int, recipient: str, *, was_sent: bool, actor: str) -> bool:
    """A person's word on a doubtful delivery. Says whether there was one."""
    return letters.settle(connection, "document", str(document_id), recipient, was_sent=was_sent, actor=actor)
