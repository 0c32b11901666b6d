"""Brings what is new at one source into the landing, so that a crash at any point loses nothing and doubles nothing.

Bytes land first; then arrivals are recorded in one transaction; only then the source is told. What was recorded is
known by its key: it is not fetched again, and telling the source of it is repeated until it is done.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from zhibao.delivery.bounces import record_bounce
from zhibao.errors import TransientError
from zhibao.intake import Arrival, Intake, record_arrivals
from zhibao.sources.model import Bounce, Fetched, ItemError, Outcome, Source, SourceDownError, Thing, TurnedAway
from zhibao.store import landing
from zhibao.store.database import Connection

Connect = Callable[[], AbstractContextManager[Connection]]


@dataclass(slots=True)
class Staged:
    """What a pass over one source did, in files; `troubles` names what failed, for the operator's eyes alone."""

    source: str
    arrived: int = 0
    answered: int = 0
    bounced: int = 0
    turned_away: int = 0
    waiting: int = 0
    troubles: list[tuple[str, str]] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        return {name: value for name, value in asdict(self).items() if isinstance(value, int) and value}


@dataclass(frozen=True, slots=True)
class _Landed:
    """A thing whose files lie in the landing, with the rows that will say so."""

    thing: Thing
    arrivals: list[Arrival]
    turned_away: list[tuple[str, TurnedAway, datetime]]
    replies: list[tuple[Arrival, tuple[str, ...]]]
    bounces: list[tuple[Bounce, datetime]]

    @property
    def outcome(self) -> Outcome:
        return "taken" if self.arrivals or self.replies else "turned_away"


def stage(
    source: Source, intake: Intake, connect: Connect, now: datetime, *, by_clock: bool, batch_files: int
) -> Staged:
    """One pass. One bad thing never stops the others; if any failed, a TransientError says so after all are done.

    `by_clock` takes `now` as the receipt; else it is the source's own time, where the source can be believed.
    """
    done = Staged(source.name)
    try:
        things = source.things(now)
        done.waiting = sum(not thing.is_whole for thing in things)
        whole = sorted((thing for thing in things if thing.is_whole), key=lambda thing: (thing.own_time, thing.key))
        with connect() as connection:
            known = _known(connection, intake.programme.code, source.name, [thing.key for thing in whole])
        for thing in whole:
            if thing.key in known:
                _settle(source, thing, known[thing.key], done)
        new = [thing for thing in whole if thing.key not in known]
        for start in range(0, len(new), batch_files):
            _take_in(source, intake, connect, new[start:start + batch_files], now, by_clock, done)
    finally:
        source.close()
    if done.troubles:
        kinds = ", ".join(sorted({what for _, what in done.troubles}))
        raise StageTroubles(done, kinds)
    return done


class StageTroubles(TransientError):
    """A pass that had most of the source and not all; `done` says what."""

    def __init__(self, done: Staged, kinds: str) -> None:
        count = len(done.troubles)
        super().__init__(
            f"来源 {done.source}：{count} 件未能取得（{kinds}），其余已收取，稍后自动重试",
            f"source {done.source}: {count} could not be had ({kinds}), the others were; to be tried again",
        )
        self.done = done


def _take_in(
    source: Source, intake: Intake, connect: Connect, things: Sequence[Thing], now: datetime, by_clock: bool,
    done: Staged,
) -> None:
    """Fetch, record, settle. A source that goes down meanwhile leaves what it gave before recorded."""
    landed: list[_Landed] = []
    try:
        for item in _land(source, intake, things, now, by_clock, done):
            landed.append(item)
    finally:
        if landed:
            with connect() as connection:
                _record(connection, intake, source.name, landed, done)
    for item in landed:
        _settle(source, item.thing, item.outcome, done)


def _land(
    source: Source, intake: Intake, things: Sequence[Thing], now: datetime, by_clock: bool, done: Staged
) -> Iterator[_Landed]:
    for thing in things:
        at = now if by_clock or not source.has_own_time else min(thing.own_time, now)
        try:
            pieces = list(source.fetch(thing))
        except ItemError as error:
            done.troubles.append((thing.label, error.what))
            source.close()  # whatever state the line is in: the next thing gets a fresh one
            continue
        landed = _Landed(thing, [], [], [], [])
        for number, piece in enumerate(pieces, 1):
            key = thing.key if number == 1 else f"{thing.key}/{number}"
            if isinstance(piece, Fetched):
                arrival = Arrival(
                    landing.land(intake.landing_dir, piece.content), len(piece.content), source.name, piece.file_name,
                    at, piece.sent_for, piece.sender, key, piece.message_id,
                )
                if piece.answers:
                    landed.replies.append((arrival, piece.answers))
                else:
                    landed.arrivals.append(arrival)
            elif isinstance(piece, Bounce):
                landed.bounces.append((piece, at))
            else:
                landed.turned_away.append((thing.key if landed.bounces else key, piece, at))
        yield landed


def _record(connection: Connection, intake: Intake, source: str, landed: Sequence[_Landed], done: Staged) -> None:
    code = intake.programme.code
    arrivals = [arrival for item in landed for arrival in item.arrivals]
    done.arrived += record_arrivals(connection, intake.programme, arrivals, _batch_name(source, arrivals))
    for arrival, answers in (reply for item in landed for reply in item.replies):
        done.answered += _record_reply(connection, code, arrival, answers)
    for bounce, at in (row for item in landed for row in item.bounces):
        done.bounced += record_bounce(connection, code, bounce, at)
    for key, piece, at in (row for item in landed for row in item.turned_away):
        done.turned_away += connection.execute(
            "insert into turned_away (programme, source, item_key, file_name, sender, sent_for, reason, received_at)"
            " values (%s, %s, %s, %s, %s, %s, %s, %s) on conflict do nothing",
            (code, source, key, piece.file_name, piece.sender, piece.sent_for, piece.reason, at),
        ).rowcount


def _record_reply(connection: Connection, code: str, mail: Arrival, answers: tuple[str, ...]) -> int:
    """Note a mail that answers with 零报告; what it stands for is found out later (nil_replies.py)."""
    connection.execute(
        "insert into landed_file (sha256, byte_count) values (%s, %s) on conflict do nothing",
        (mail.sha256, mail.byte_count),
    )
    return connection.execute(
        "insert into nil_reply (programme, source, item_key, sha256, unit, sender, message_id, answers, received_at)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s, %s) on conflict do nothing",
        (code, mail.source, mail.item_key, mail.sha256, mail.sent_for, mail.sender, mail.message_id, list(answers),
         mail.received_at),
    ).rowcount


def _settle(source: Source, thing: Thing, outcome: Outcome, done: Staged) -> None:
    try:
        source.settle(thing, outcome)
    except (ItemError, SourceDownError) as error:
        done.troubles.append((thing.label, error.what if isinstance(error, ItemError) else "not settled"))
        source.close()


def _known(connection: Connection, programme: str, source: str, keys: Sequence[str]) -> dict[str, Outcome]:
    """Which of these things were recorded, and how. Asked by key, so that the cost follows what lies there."""
    rows = connection.execute(
        "select item_key, 'taken' as outcome from arrival"
        " where programme = %(programme)s and source = %(source)s and item_key = any(%(keys)s)"
        " union all select item_key, 'taken' from nil_reply"
        " where programme = %(programme)s and source = %(source)s and item_key = any(%(keys)s)"
        " union all select item_key, 'turned_away' from turned_away"
        " where programme = %(programme)s and source = %(source)s and item_key = any(%(keys)s)",
        {"programme": programme, "source": source, "keys": list(keys)},
    )
    return {row["item_key"]: row["outcome"] for row in rows}


def _batch_name(source: str, arrivals: Sequence[Arrival]) -> str:
    digest = hashlib.sha256()
    for item in arrivals:
        digest.update(f"{item.item_key}\0{item.sha256}\n".encode("utf-8", "surrogateescape"))
    return f"{source}-{digest.hexdigest()[:16]}"


def turned_away(connection: Connection, programme: str) -> list[dict[str, Any]]:
    """All that was not taken in, newest first."""
    return connection.execute(
        "select received_at, source, sent_for, sender, file_name, reason from turned_away where programme = %s"
        " order by turned_away_id desc",
        (programme,),
    ).fetchall()
