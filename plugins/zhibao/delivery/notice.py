"""A word to the operator, once a subject, through the ledger of letters."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from zhibao.delivery import letters
from zhibao.delivery.message import Envelope, write
from zhibao.delivery.smtp import Sent, send_by
from zhibao.delivery.terms import terms_of
from zhibao.programme.models import Programme
from zhibao.settings import Settings
from zhibao.store.database import Connection
from zhibao.text import Text


def send_notice(
    connection: Connection, programme: Programme, settings: Settings, subject: str, title: str, words: Text,
    now: datetime,
) -> str:
    """The outcome of `letters.post`, or `nobody` where no address is set. `connection` must be in autocommit."""
    address = settings.operator_mail
    if address is None:
        return "nobody"

    def prepare(posting: letters.Posting) -> Callable[[], Sent]:
        envelope = Envelope(
            subject=f"【提醒】{title}", recipient_name="负责人", address=posting.address,
            message_id=posting.message_id, sender=settings.mail_from, sender_name=programme.issuer.zh,
            written_at=now.astimezone(ZoneInfo(programme.timezone)),
        )
        return partial(send_by, settings, write(envelope, settings.templates_dir, "notice", [], words=words), address)

    name = f"<{programme.code}.notice.{subject}@zhibao.invalid>"
    posting = letters.Posting(programme.code, "notice", subject, "operator", address, name)
    return next(iter(+letters.post(
        connection, [posting], prepare, settings.mail_journal, terms_of(programme, settings, now)
    )))
