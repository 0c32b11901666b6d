"""The mail that carries a document: plain text and HTML from the mail templates, the PDF under its Chinese name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

# A long Chinese name that is folded into two encoded words comes back with a space inside (RFC 5322 allows 998).
UNFOLDED = SMTP.clone(max_line_length=900)


@dataclass(frozen=True, slots=True)
class Letter:
    """What one recipient is sent. `lines` are the main figures, each a finished sentence."""

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


def compose(letter: Letter, templates_dir: Path) -> EmailMessage:
    """The message, ready to send. The same letter gives the same headers and texts."""
    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(templates_dir / "mail"), undefined=StrictUndefined,
        autoescape=lambda name: bool(name and ".html" in name), trim_blocks=True, lstrip_blocks=True,
    )
    message = EmailMessage(policy=UNFOLDED)
    message["Subject"] = letter.subject
    message["From"] = Address(letter.sender_name, addr_spec=letter.sender)
    message["To"] = Address(letter.recipient_name, addr_spec=letter.address)
    message["Date"] = format_datetime(letter.written_at)
    message["Message-ID"] = letter.message_id
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(environment.get_template("report.txt.j2").render(letter=letter))
    message.add_alternative(environment.get_template("report.html.j2").render(letter=letter), subtype="html")
    message.add_attachment(letter.pdf, maintype="application", subtype="pdf", filename=letter.file_name)
    return message
