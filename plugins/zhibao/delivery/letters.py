"""The ledger of letters: intent before, outcome after, so that each letter goes out exactly once, whatever it is about.

A crash between the two leaves a letter `sending`. It is settled by its stable Message-ID in the mail server's
journal, where one is configured; without a journal it is `doubtful`, and a person decides.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from zhibao.delivery.smtp import Sent, is_journaled
from zhibao.delivery.terms import Terms
from zhibao.store.database import Connection

Kind = Literal["document", "receipt", "reminder", "nil_reply", "notice", "test"]

LOCK = 7411
ENDED = ("sent", "failed", "doubtful", "bounced")


@dataclass(frozen=True, slots=True)
class Posting:
    """What makes a letter this letter and no other: its kind, what it is about, and for whom.

    `message_id` depends on nothing else, so that the same letter always bears the same name. `copy_no` is 0 but for a
    letter that a person (`requested_by`) has sent once more, with a `reason`.
    """

    programme: str
    kind: Kind
    subject: str
    recipient: str
    address: str
    message_id: str
    copy_no: int = 0
    requested_by: str | None = None
    reason: str | None = None


Prepare = Callable[[Posting], Callable[[], Sent]]
"""Writes a letter and gives what hands it to the mail server: a letter that cannot be written is never in doubt."""


def post(
    connection: Connection, postings: Iterable[Posting], prepare: Prepare, journal: Path | None,
    terms: Terms | None = None,
) -> Counter[str]:
    """Send what has not been sent. Counts: sent, already_sent, try_again, waiting, failed, bounced, doubtful,
    settling (the journal will tell), in_progress.

    `connection` must be in autocommit: each step of the ledger is written before the next thing happens.
    A letter that cannot be written does not hold up the others; its error is raised after them.
    """
    outcomes: Counter[str] = Counter()
    errors: list[Exception] = []
    for posting in postings:
        try:
            outcomes[_post_alone(connection, posting, prepare, journal, terms or Terms())] += 1
        except Exception as error:  # noqa: BLE001 - raised below
            errors.append(error)
    if errors:
        raise errors[0]
    return outcomes


def entries(connection: Connection, kind: Kind, subject: str) -> list[dict[str, Any]]:
    """The letters about one subject: recipient, state, and what the mail server said each time."""
    return connection.execute(
        "select recipient, address, message_id, copy_no, requested_by, reason, letter.state, try_count, next_try_at,"
        " (select jsonb_agg(jsonb_build_object('state', letter_event.state, 'smtp_reply', smtp_reply,"
        " 'at', letter_event.happened_at) order by letter_event_id) from letter_event"
        " where letter_event.letter_id = letter.letter_id) as events"
        " from letter where kind = %s and subject = %s order by letter_id",
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
        " and recipient = coalesce(%s, recipient) order by copy_no desc limit 1",
        (kind, subject, list(states), recipient),
    ).fetchone()
    if row is None:
        return False
    move(connection, row["letter_id"], "sent" if was_sent else "intended", f"settled by {actor}")
    return True


def withdraw(connection: Connection, kind: Kind, subject: str, reason: str) -> int:
    """What has not gone out about this subject is not to go out any more. Gives how many letters that were."""
    rows = connection.execute(
        "select letter_id from letter where kind = %s and subject = %s and state = 'intended'", (kind, subject)
    ).fetchall()
    for row in rows:
        move(connection, row["letter_id"], "withdrawn", reason)
    return len(rows)


def move(
    connection: Connection, letter_id: int, state: str, reply: str | None, at: datetime | None = None,
    next_try_at: datetime | None = None, *, is_refusal: bool = False,
) -> None:
    """Put a letter into `state`, and write down what happened (`at`: by the sender's clock)."""
    with connection.transaction():
        connection.execute(
            "update letter set state = %s, next_try_at = %s, try_count = try_count + %s where letter_id = %s",
            (state, next_try_at, int(is_refusal), letter_id),
        )
        connection.execute(
            "insert into letter_event (letter_id, state, smtp_reply, happened_at)"
            " values (%s, %s, %s, coalesce(%s, clock_timestamp()))",
            (letter_id, state, reply, at),
        )


def _post_alone(
    connection: Connection, posting: Posting, prepare: Prepare, journal: Path | None, terms: Terms
) -> str:
    """Post under a lock of the letter's own, which goes with the connection however the process ends."""
    letter_id = _intend(connection, posting)
    if not connection.execute("select pg_try_advisory_lock(%s, %s) as got", (LOCK, letter_id)).fetchone()["got"]:
        return "in_progress"
    try:
        return _post_one(connection, letter_id, posting, prepare, journal, terms)
    finally:
        connection.execute("select pg_advisory_unlock(%s, %s)", (LOCK, letter_id))


def _post_one(
    connection: Connection, letter_id: int, posting: Posting, prepare: Prepare, journal: Path | None, terms: Terms
) -> str:
    row = connection.execute(
        "select state, try_count, next_try_at from letter where letter_id = %s", (letter_id,)
    ).fetchone()
    state = row["state"]
    if state in ("sending", "doubtful"):
        state = _settled(connection, letter_id, state, posting.message_id, journal, terms)
    if state in (*ENDED, "sending"):
        return {"sent": "already_sent", "sending": "settling"}.get(state, state)
    if row["next_try_at"] is not None and row["next_try_at"] > terms.now:
        return "waiting"
    if not terms.is_allowed(posting.address):
        move(connection, letter_id, "failed", "收件地址不在允许名单 / not on the allow-list", terms.now)
        return "failed"
    hand_over = prepare(posting)
    move(connection, letter_id, "sending", None, terms.now)
    result = hand_over()
    if result.outcome == "try_again":
        return _put_off(connection, letter_id, result, row["try_count"] + 1, terms)
    is_settling = result.outcome == "doubtful" and journal is not None
    move(connection, letter_id, "sending" if is_settling else result.outcome, result.reply, terms.now)
    return "settling" if is_settling else result.outcome


def _put_off(connection: Connection, letter_id: int, result: Sent, tries: int, terms: Terms) -> str:
    """To be tried again later, unless it has been often enough."""
    later = terms.next_try_at(tries)
    if later is None:
        move(connection, letter_id, "failed", f"{result.reply}（第{tries}次 / given up)", terms.now, is_refusal=True)
        return "failed"
    move(connection, letter_id, "intended", result.reply, terms.now, later, is_refusal=True)
    return "try_again"


def _settled(
    connection: Connection, letter_id: int, state: str, message_id: str, journal: Path | None, terms: Terms
) -> str:
    """What a letter left `sending` by a crash really is; `sending` still, while nobody can know.

    One that was `doubtful` before there was a journal is settled by being found there, and not by its absence.
    """
    if journal is None:
        if state == "doubtful":
            return state
        move(connection, letter_id, "doubtful", "after a crash, or a broken line; there is no journal", terms.now)
        return "doubtful"
    if is_journaled(journal, message_id):
        move(connection, letter_id, "sent", "found in the journal", terms.now)
        return "sent"
    if state == "doubtful" or not _is_settled(connection, letter_id, terms):
        return state
    move(connection, letter_id, "intended", "not in the journal", terms.now)
    return "intended"


def _is_settled(connection: Connection, letter_id: int, terms: Terms) -> bool:
    """Whether the last attempt began so long ago that the server must be done with it, by the database's clock."""
    return connection.execute(
        "select max(recorded_at) + %s <= clock_timestamp() as is_settled from letter_event where letter_id = %s",
        (terms.settle_after, letter_id),
    ).fetchone()["is_settled"]


def _intend(connection: Connection, posting: Posting) -> int:
    """The letter's number. An address that was corrected meanwhile counts for what has not gone out."""
    key = (posting.programme, posting.kind, posting.subject, posting.recipient, posting.copy_no)
    where = "programme = %s and kind = %s and subject = %s and recipient = %s and copy_no = %s"
    connection.execute(
        "insert into letter (programme, kind, subject, recipient, copy_no, address, message_id, requested_by, reason,"
        " state) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, 'intended') on conflict do nothing",  # of either key
        (*key, posting.address, posting.message_id, posting.requested_by, posting.reason),
    )
    connection.execute(
        f"update letter set address = %s where {where} and state in ('intended', 'withdrawn') and address <> %s",
        (posting.address, *key, posting.address),
    )
    return connection.execute(f"select letter_id from letter where {where}", key).fetchone()["letter_id"]
