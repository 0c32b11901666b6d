"""Hands one message to a mail server and says how sure we are that it has it."""

from __future__ import annotations

import mailbox
import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Literal

from zhibao.settings import Settings

TIMEOUT_SECONDS = 60

Outcome = Literal["sent", "try_again", "failed", "doubtful"]


@dataclass(frozen=True, slots=True)
class SmtpServer:
    host: str
    port: int
    user: str | None = None
    password: str | None = None
    starttls: bool = False


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of one message: `doubtful` means that the line broke after the data had gone."""

    outcome: Outcome
    reply: str


def send(server: SmtpServer, message: EmailMessage, sender: str, address: str) -> Sent:
    """Send to one address. Refusals are values: 4xx may be tried again, 5xx is final."""
    data_begun = False
    try:
        with smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_SECONDS) as smtp:
            _open(smtp, server)
            for code, reply in (smtp.mail(sender), smtp.rcpt(address)):
                if code >= 400:
                    return _refused(code, reply)
            data_begun = True
            code, reply = smtp.data(message.as_bytes())
            return Sent("sent", _words(code, reply)) if code == 250 else _refused(code, reply)
    except smtplib.SMTPResponseException as error:
        return _refused(error.smtp_code, error.smtp_error)
    except (OSError, smtplib.SMTPException) as error:
        return Sent("doubtful" if data_begun else "try_again", type(error).__name__)


def send_by(settings: Settings, message: EmailMessage, address: str) -> Sent:
    """Send from the installation's address over its mail server."""
    server = SmtpServer(
        settings.smtp_host, settings.smtp_port, settings.smtp_user, settings.smtp_password, settings.smtp_starttls
    )
    return send(server, message, settings.mail_from, address)


def is_journaled(journal: Path, message_id: str) -> bool:
    """Whether the mail server's journal (a Maildir of what it took) holds this message."""
    box = mailbox.Maildir(journal, create=False)
    return any(message["Message-ID"] == message_id for message in box)


def _open(smtp: smtplib.SMTP, server: SmtpServer) -> None:
    smtp.ehlo_or_helo_if_needed()
    if server.starttls:
        smtp.starttls(context=ssl.create_default_context())
        smtp.ehlo()
    if server.user and server.password:
        smtp.login(server.user, server.password)


def _refused(code: int, reply: bytes | str) -> Sent:
    return Sent("failed" if code >= 500 else "try_again", _words(code, reply))


def _words(code: int, reply: bytes | str) -> str:
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    return f"{code} {text}"[:500]
