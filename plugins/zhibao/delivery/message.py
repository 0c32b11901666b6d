"""Mails as messages: plain text and HTML from the mail templates, an attachment under its Chinese name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from zhibao.delivery.mailed import MAILED
from zhibao.documents.numbers import date_zh


@dataclass(frozen=True, slots=True)
class Envelope:
    """From whom to whom, and when. `in_reply_to` is the Message-ID of the mail that is answered."""

    subject: str
    recipient_name: str
    address: str
    message_id: str
    sender: str
    sender_name: str
    written_at: datetime
    in_reply_to: str | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of the media type application/`subtype`."""

    content: bytes
    file_name: str
    subtype: str


@dataclass(frozen=True, slots=True)
class Letter:
    """What one recipient of a document is sent. `lines` are the main figures, each a finished sentence; `corrected`
    says which issued version this one takes the place of. `is_copy`: sent once more by a person's word."""

    subject: str
    recipient_name: str
    address: str
    message_id: str
    sender: str
    sender_name: str
    title: str
    file_name: str
    lines: Sequence[str]
    pdf: bytes
    pdf_sha256: str
    written_at: datetime
    corrected: str | None = None
    is_test: bool = False
    is_copy: bool = False


def minute_zh(moment: datetime) -> str:
    """2022年1月5日17:30."""
    return f"{date_zh(moment.date())}{moment:%H:%M}"


def compose(letter: Letter, templates_dir: Path) -> EmailMessage:
    """The mail that carries a document, ready to send. The same letter gives the same headers and texts."""
    envelope = Envelope(
        letter.subject, letter.recipient_name, letter.address, letter.message_id, letter.sender, letter.sender_name,
        letter.written_at,
    )
    return write(envelope, templates_dir, "report", [Attachment(letter.pdf, letter.file_name, "pdf")], letter=letter)


def write(
    envelope: Envelope, templates_dir: Path, template: str, attachments: Sequence[Attachment], **values: object
) -> EmailMessage:
    """A message from `mail/<template>.txt.j2` and `.html.j2`, which see the envelope and `values`, and write dates by
    the filters `day` and `minute`."""
    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(templates_dir / "mail"), undefined=StrictUndefined,
        autoescape=lambda name: bool(name and ".html" in name), trim_blocks=True, lstrip_blocks=True,
    )
    environment.filters |= {"day": date_zh, "minute": minute_zh}
    message = EmailMessage(policy=MAILED)
    message["Subject"] = envelope.subject
    message["From"] = Address(envelope.sender_name, addr_spec=envelope.sender)
    message["To"] = Address(envelope.recipient_name, addr_spec=envelope.address)
    message["Date"] = format_datetime(envelope.written_at)
    message["Message-ID"] = envelope.message_id
    if envelope.in_reply_to is not None:
        message["In-Reply-To"] = message["References"] = envelope.in_reply_to
    message["Auto-Submitted"] = "auto-generated" if envelope.in_reply_to is None else "auto-replied"
    words = {"envelope": envelope, **values}
    message.set_content(environment.get_template(f"{template}.txt.j2").render(words))
    message.add_alternative(environment.get_template(f"{template}.html.j2").render(words), subtype="html")
    for attachment in attachments:
        message.add_attachment(
            attachment.content, maintype="application", subtype=attachment.subtype, filename=attachment.file_name,
            params={"name": attachment.file_name},
        )
    return message
