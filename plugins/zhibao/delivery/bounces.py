"""Writes down that a letter came back: the ledger then says `bounced`, and the operator is told by the next notice."""

from __future__ import annotations

from datetime import datetime

from zhibao.delivery.letters import move
from zhibao.sources.model import Bounce
from zhibao.store.database import Connection

OPEN = ("sent", "doubtful", "sending")


def record_bounce(connection: Connection, programme: str, bounce: Bounce, at: datetime) -> bool:
    """Says whether the mail was a letter of ours. A delay, or a word of success, is noted and changes nothing."""
    letter = connection.execute(
        "select letter_id, state from letter where programme = %s and message_id = %s",
        (programme, bounce.message_id),
    ).fetchone()
    if letter is None:
        return False
    if bounce.action == "failed" and letter["state"] in OPEN:
        move(connection, letter["letter_id"], "bounced", bounce.words, at)
    else:
        connection.execute(
            "insert into letter_event (letter_id, state, smtp_reply, happened_at, notice) values (%s, %s, %s, %s, 0)",
            (letter["letter_id"], letter["state"], f"{bounce.action}: {bounce.words}", at),
        )
    return True
