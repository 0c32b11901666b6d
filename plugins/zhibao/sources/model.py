"""What every source offers: things that lie there, the files in each, and a way to say that one was recorded.

A thing is a file, or a mail with its attachments. It is recorded as a whole or not at all, in one transaction, and is
known by its key from then on: the first of its files bears that key itself, further ones `key/2`, `key/3`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol

from zhibao.errors import OperatorError, TransientError

TIMEOUT_SECONDS = 60

Outcome = Literal["taken", "turned_away"]
Reason = Literal["stranger", "unauthenticated", "no_workbook", "not_a_workbook", "too_large", "no_unit", "bounce"]
WORKBOOKS = (".xlsx", ".xls", ".et", ".xlsb", ".ods", ".csv", ".xlsm", ".xltx", ".ett", ".tsv")


@dataclass(frozen=True, slots=True)
class Thing:
    """What lies at a source. `own_time` carries a time zone; `is_whole` is false while it is still being written."""

    key: str
    label: str
    byte_count: int
    own_time: datetime
    ref: Any = None
    is_whole: bool = True


@dataclass(frozen=True, slots=True)
class Fetched:
    """One file of a thing. `sent_for` is the unit that the source vouches for; of a mail, `sender` is the office's
    address and `message_id` the mail's own name, which its receipt answers. What has `answers` (Message-IDs) is no
    return but a whole mail that answers one of ours with 零报告.
    """

    file_name: str
    content: bytes
    sent_for: str
    sender: str | None = None
    message_id: str | None = None
    answers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TurnedAway:
    """What is not taken in, and why. Kept, so that nothing is lost silently."""

    reason: Reason
    file_name: str | None = None
    sent_for: str | None = None
    sender: str | None = None


@dataclass(frozen=True, slots=True)
class Bounce:
    """What a report says of a mail of ours, by its Message-ID: `action` as RFC 3464 has it (failed, delayed, …)."""

    message_id: str | None
    action: str
    words: str


class Source(Protocol):
    """Each method connects when there is no connection, and raises SourceDownError when there can be none.

    `fetch` and `settle` raise ItemError for one thing alone; the others can still be had after `close`.
    """

    name: str
    has_own_time: bool

    def things(self, now: datetime) -> list[Thing]: ...

    def fetch(self, thing: Thing) -> Iterable[Fetched | TurnedAway | Bounce]: ...

    def settle(self, thing: Thing, outcome: Outcome) -> None: ...

    def close(self) -> None: ...


class ItemError(Exception):
    """One thing could not be had or settled this time. `what` names the kind of error, never a file or a value."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class SourceDownError(TransientError):
    """The source does not answer; a retry may find it up again."""

    def __init__(self, name: str, what: str) -> None:
        super().__init__(f"来源 {name} 连接不上（{what}），稍后自动重试", f"source {name} cannot be reached ({what})")


class SourceRefusedError(OperatorError):
    """The source answers and will not let us in, or is not who it should be: no retry mends that."""

    def __init__(self, name: str, zh: str, en: str) -> None:
        super().__init__(f"来源 {name}：{zh}", f"source {name}: {en}")


def is_workbook(file_name: str) -> bool:
    """By its name. What it really is, reading decides by its content."""
    return file_name.lower().endswith(WORKBOOKS)


def readable(raw: bytes) -> str:
    """A file name's bytes as text: UTF-8, or else the Chinese encoding of older programs (GB18030 holds GBK)."""
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("utf-8", "replace")
