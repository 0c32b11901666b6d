"""A mailbox to which units send their returns: only addresses of the programme's contacts are listened to.

A From line can be forged: `authenticated_by` asks the receiving server's word for it. Strangers are never answered.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from zhibao.sources import bounces, letters, replies
from zhibao.sources.config import MailboxSpec
from zhibao.sources.endpoint import Endpoint
from zhibao.sources.imap import Imap
from zhibao.sources.model import Bounce, Fetched, ItemError, Outcome, Reason, Thing, TurnedAway, is_workbook


class MailboxSource:
    """`units_by_address` gives, by lower-case address, the unit that it speaks for. A mail's key is UIDVALIDITY.UID."""

    has_own_time = True

    def __init__(self, spec: MailboxSpec, endpoint: Endpoint, units_by_address: Mapping[str, str]) -> None:
        self.name = spec.name
        self._spec, self._endpoint, self._units = spec, endpoint, units_by_address
        self._opened: Imap | None = None

    def things(self, now: datetime) -> list[Thing]:
        imap = self._imap
        return [
            Thing(f"{imap.uid_validity}.{mail.uid}", f"mail {mail.uid}", mail.byte_count, mail.arrived_at, mail.uid)
            for mail in imap.mails()
        ]

    def fetch(self, thing: Thing) -> list[Fetched | TurnedAway | Bounce]:
        """The workbooks of the mail, then what hangs on it beside; the header alone decides whether to load it.

        A report that a mail of ours came back is no return, whatever hangs on it.
        """
        if thing.key != f"{self._imap.uid_validity}.{thing.ref}":
            raise ItemError("the mailbox was rebuilt")
        header = letters.parse(self._imap.header(thing.ref))
        sender = letters.sender_of(header)
        unit = self._units.get((sender or "").casefold())
        if bounces.is_report(header) and thing.byte_count <= self._spec.max_bytes:
            told = bounces.bounces_in(letters.parse(self._imap.whole(thing.ref)))
            return [*told, TurnedAway("bounce", None, None, sender)]
        bar = self._bar(header, unit, thing)
        if bar is not None:
            return [TurnedAway(bar, None, unit, sender)]
        raw = self._imap.whole(thing.ref)
        message = letters.parse(raw)
        attached = letters.attachments(message)
        answers = tuple(replies.answered(header))
        if answers and not attached and replies.named_nil(message) is not None:
            return [Fetched("答复.eml", raw, unit or "", sender, letters.message_id_of(header), answers)]
        books = [item for item in attached if is_workbook(item.file_name)]
        others = [item for item in attached if not is_workbook(item.file_name)]
        return [
            *(Fetched(item.file_name, item.content, unit, sender, letters.message_id_of(header)) for item in books),
            *(TurnedAway("not_a_workbook", item.file_name, unit, sender) for item in others),
        ] or [TurnedAway("no_workbook", None, unit, sender)]

    def settle(self, thing: Thing, outcome: Outcome) -> None:
        if self._spec.after == "leave":
            return
        folder = self._spec.taken if outcome == "taken" else self._spec.turned_away
        self._imap.ensure_folder(folder)
        self._imap.move(thing.ref, folder)

    def close(self) -> None:
        if self._opened is not None:
            self._opened.close()
        self._opened = None

    def _bar(self, header: letters.Message, unit: str | None, thing: Thing) -> Reason | None:
        server = self._spec.authenticated_by
        if unit is None:
            return "stranger"
        if server is not None and not letters.passed_dmarc(header, server):
            return "unauthenticated"
        return "too_large" if thing.byte_count > self._spec.max_bytes else None

    @property
    def _imap(self) -> Imap:
        if self._opened is None:
            self._opened = Imap(self._endpoint, self.name, self._spec.folder)
        return self._opened
