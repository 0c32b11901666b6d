"""The ledger of deliveries: intent before, outcome after, so that each recipient gets each document once.

A crash between the two leaves a delivery `sending`. It is settled by its stable Message-ID in the mail server's
journal, where one is configured; without a journal it is `doubtful`, and a person decides.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from zhibao.delivery.smtp import Sent, is_journaled
from zhibao.programme.models import Recipient
from zhibao.store.database import Connection

Send = Callable[[Recipient, str], Sent]

STATE_AFTER = {"sent": "sent", "try_again": "intended", "failed": "failed", "doubtful": "sending"}


def message_id(programme: str, document: dict[str, Any], recipient: Recipient) -> str:
    """The same document to the same recipient always bears the same name."""
    return f"<{programme}.{document['document_id']}.{recipient.code}.{document['pdf_sha256'][:16]}@zhibao.invalid>"


def deliver(
    connection: Connection, programme: str, document: dict[str, Any], recipients: Iterable[Recipient],
    send: Send, journal: Path | None,
) -> Counter[str]:
    """Send what has not been sent. Counts: sent, already_sent, try_again, failed, doubtful, in_progress.

    `connection` must be in autocommit: each step of the ledger is written before the next thing happens.
    """
    outcomes: Counter[str] = Counter()
    for recipient in recipients:
        delivery_id = _intend(connection, programme, document, recipient)
        if not connection.execute("select pg_try_advisory_lock(7411, %s) as got", (delivery_id,)).fetchone()["got"]:
            outcomes["in_progress"] += 1
            continue
        try:
            outcomes[_deliver_one(connection, delivery_id, recipient, send, journal)] += 1
        finally:
            connection.execute("select pg_advisory_unlock(7411, %s)", (delivery_id,))
    return outcomes


def entries(connection: Connection, document_id: int) -> list[dict[str, Any]]:
    """The ledger of one document: recipient, state, and what the mail server said each time."""
    return connection.execute(
        "select recipient, address, message_id, delivery.state, (select jsonb_agg(jsonb_build_object("
        " 'state', delivery_event.state, 'smtp_reply', smtp_reply, 'at', delivery_event.recorded_at)"
        " order by delivery_event_id) from delivery_event where delivery_event.delivery_id = delivery.delivery_id"
        ") as events from delivery where document_id = %s order by delivery_id",
        (document_id,),
    ).fetchall()


def settle(connection: Connection, document_id: int, recipient: str, *, was_sent: bool, actor: str) -> bool:
    """A person's word on a doubtful delivery. Says whether there was one."""
    row = connection.execute(
        "select delivery_id from delivery where document_id = %s and recipient = %s and state = 'doubtful'",
        (document_id, recipient),
    ).fetchone()
    if row is None:
        return False
    _move(connection, row["delivery_id"], "sent" if was_sent else "intended", f"settled by {actor}")
    return True


def _deliver_one(
    connection: Connection, delivery_id: int, recipient: Recipient, send: Send, journal: Path | None
) -> str:
    row = connection.execute(
        "select state, message_id from delivery where delivery_id = %s", (delivery_id,)
    ).fetchone()
    state = row["state"]
    if state == "sending":
        state = _settled(connection, delivery_id, row["message_id"], journal)
    if state in ("sent", "failed", "doubtful"):
        return "already_sent" if state == "sent" else state
    _move(connection, delivery_id, "sending", None)
    result = send(recipient, row["message_id"])
    _move(connection, delivery_id, STATE_AFTER[result.outcome], result.reply)
    return result.outcome


def _settled(connection: Connection, delivery_id: int, message: str, journal: Path | None) -> str:
    """What a delivery left `sending` by a crash really is."""
    if journal is None:
        state = "doubtful"
    else:
        state = "sent" if is_journaled(journal, message) else "intended"
    _move(connection, delivery_id, state, "found in the journal" if state == "sent" else "after a crash")
    return state


def _intend(connection: Connection, programme: str, document: dict[str, Any], recipient: Recipient) -> int:
    connection.execute(
        "insert into delivery (document_id, recipient, address, message_id, state)"
        " values (%s, %s, %s, %s, 'intended') on conflict (document_id, recipient) do nothing",
        (document["document_id"], recipient.code, recipient.address, message_id(programme, document, recipient)),
    )
    return connection.execute(
        "select delivery_id from delivery where document_id = %s and recipient = %s",
        (document["document_id"], recipient.code),
    ).fetchone()["delivery_id"]


def _move(connection: Connection, delivery_id: int, state: str, reply: str | None) -> None:
    with connection.transaction():
        connection.execute("update delivery set state = %s where delivery_id = %s", (state, delivery_id))
        connection.execute(
            "insert into delivery_event (delivery_id, state, smtp_reply) values (%s, %s, %s)",
            (delivery_id, state, reply),
        )
