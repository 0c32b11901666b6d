"""Mails that say that a mail of ours came back (RFC 3464): which one, for whom, and why. None of them is a return."""

from __future__ import annotations

from email.message import Message

from zhibao.sources.letters import message_id_of
from zhibao.sources.model import Bounce


def is_report(header: Message) -> bool:
    """Whether a mail is a report on a delivery, by its head alone."""
    kind = str(header.get_param("report-type") or "").lower()
    return header.get_content_type() == "multipart/report" and kind == "delivery-status"


def bounces_in(message: Message) -> list[Bounce]:
    """What a report says of each recipient of one mail; nothing where it does not name the mail."""
    name = _original(message)
    found = []
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status" and isinstance(part.get_payload(), list):
            found += [Bounce(name, *_told(block)) for block in part.get_payload() if block["Action"]]
    return found if name else []


def _told(block: Message) -> tuple[str, str]:
    """Action, and the words of the server that gave up: `5.1.1; 550 no such user`."""
    diagnostic = " ".join(str(block["Diagnostic-Code"] or "").split()).partition(";")[2].strip()
    words = "; ".join(part for part in (str(block["Status"] or "").strip(), diagnostic) if part)
    return str(block["Action"]).strip().lower(), words[:500]


def _original(message: Message) -> str | None:
    """The Message-ID of the mail that came back: of its head, which the report brings along whole or in part."""
    for part in message.walk():
        if part.get_content_type() == "message/rfc822" and isinstance(part.get_payload(), list):
            return message_id_of(part.get_payload(0))
        if part.get_content_type() == "text/rfc822-headers":
            return message_id_of(_parsed(part))
    return None


def _parsed(part: Message) -> Message:
    from zhibao.sources.letters import parse

    return parse(part.get_payload(decode=True) or b"")
