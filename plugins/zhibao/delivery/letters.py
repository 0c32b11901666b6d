"""The ledger of letters: intent before, outcome after, so that each letter goes out exactly once, whatever it is about.

A crash between the two leaves a letter `sending`. It is settled by its stable Message-ID in the mail server's
journal, where one is configured; without a journal it is `doubtful`, and a person decides.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from zhibao.delivery.smtp import Sent, is_journaled
from zhibao.store.database import Connection

Kind = Literal["document", "receipt", "reminder", "nil_reply"]

LOCK = 7411
STATE_AFTER = {"sent": "sent", "try_again": "intended", "failed": "failed", "doubtful": "sending"}


@dataclass(frozen=True, slots=True)
class Posting:
    """What makes a letter this letter and no other: its kind, what it is about, and for whom.

    `message_id` depends on nothing else, so that the same letter always bears the same name.
    """

    programme: str
    kind: Kind
    subject: str
    recipient: str
    address: str
    message_id: str


Prepare = Callable[[Posting], Callable[[], Sent]]
"""Writes a letter and gives what hands it to the mail server: a letter that cannot be written is never in doubt."""


def post(connection: Connection, postings: Iterable[Posting], prepare: Prepare, journal: Path | None) -> Counter[str]:
    """Send what has not been sent. Counts: sent, already_sent, try_again, failed, doubtful, in_progress.

    `connection` must be in autocommit: each step of the ledger is written before the next thing happens.
    A letter that cannot be written does not hold up the others; its error is raised after them.
    """
    outcomes: Counter[str] = Counter()
    errors: list[Exception] = []
    for posting in postings:
        try:
            outcomes[_post_alone(connection, posting, prepare, journal)] += 1
        except Exception as error:  # noqa: BLE001 - raised below
            errors.append(error)
    if errors:
        raise errors[0]
    return outcomes


def entries(connection: Connection, kind: Kind, subject: str) -> list[dict[str, Any]]:
    """The letters about one subject: recipient, state, and what the mail server said each time."""
    return connection.execute(
        "select recipient, address, message_id, letter.state, (select jsonb_agg(jsonb_build_object("
        " 'state', letter_event.state, 'smtp_reply', smtp_reply, 'at', letter_event.recorded_at)"
        " order by letter_event_id) from letter_event where letter_event.letter_id = letter.letter_id"
        ") as events from letter where kind = %s and subject = %s order by letter_id",
        (kind, subject),
    ).fetchall()


def settle(
    connection: Connection, kind: Kind, subject: str, recipient: str | None, *, was_sent: bool, actor: str,
    states: Sequence[str] = ("doubtful",),
) -> bool:
    """A person's word on a letter in one of `states` (the subject's only letter, where no recipient is named).

    Says whether there was one. What was not sent goes out with the next posting.
    """
    row = connection.execute(
        "select letter_id from letter where kind = %s and subject = %s and state = any(%s)"
        " and recipient = coalesce(%s, recipient)",
        (kind, subject, list(states), recipient),
    ).fetchone()
    if row is None:
        return False
    _move(connection, row["letter_id"], "sent" if was_sent else "intended", f"settled by {actor}")
    return True


def _post_alone(connection: Connection, posting: Posting, prepare: Prepare, journal: Path | None) -> str:
    """Post under a lock of the letter's own, which goes with the connection however the process ends."""
    letter_id = _intend(connection, posting)
    if not connection.execute("select pg_try_advisory_lock(%s, %s) as got", (LOCK, letter_id)).fetchone()["got"]:
        return "in_progress"
    try:
        return _post_one(connection, letter_id, posting, prepare, journal)
    finally:
        connection.execute("select pg_advisory_unlock(%s, %s)", (LOCK, letter_id))


def _post_one(
    connection: Connection, letter_id: int, posting: Posting, prepare: Prepare, journal: Path | None
) -> str:
    state = connection.execute("select state from letter where letter_id = %s", (letter_id,)).fetchone()["state"]
    if state == "sending":
        state = _settled(connection, letter_id, posting.message_id, journal)
    if state in ("sent", "failed", "doubtful"):
        return "already_sent" if state == "sent" else state
    hand_over = prepare(posting)
    _move(connection, letter_id, "sending", None)
    result = hand_over()
    _move(connection, letter_id, STATE_AFTER[result.outcome], result.reply)
    return result.outcome


def _settled(connection: Connection, letter_id: int, message_id: str, journal: Path | None) -> str:
    """What a letter left `sending` by a crash really is."""
    if journal is None:
        state = "doubtful"
    else:
        state = "sent" if is_journaled(journal, message_id) else "intended"
    _move(connection, letter_id, state, "found in the journal" if state == "sent" else "after a crash")
    return state


def _intend(connection: Connection, posting: Posting) -> int:
    """The letter's number. An address that was corrected meanwhile counts for what has not gone out."""
    key = (posting.programme, posting.kind, posting.subject, posting.recipient)
    connection.execute(
        "insert into letter (programme, kind, subject, recipient, address, message_id, state)"
        " values (%s, %s, %s, %s, %s, %s, 'intended') on conflict do nothing",  # of either of its two keys
        (*key, posting.address, posting.message_id),
    )
    connection.execute(
        "update letter set address = %s where programme = %s and kind = %s and subject = %s and recipient = %s"
        " and state = 'intended' and address <> %s",
        (posting.address, *key, posting.address),
    )
    return connection.execute(
        "select letter_id from letter where programme = %s and kind = %s and subject = %s and recipient = %s", key
    ).fetchone()["letter_id"]


def _move(connection: Connection, letter_id: int, state: str, reply: str | None) -> None:
    with connection.transaction():
        connection.execute("update letter set state = %s where letter_id = %s", (state, letter_id))
        connection.execute(
            "insert into letter_event (letter_id, state, smtp_reply) values (%s, %s, %s)", (letter_id, state, reply)
        )
