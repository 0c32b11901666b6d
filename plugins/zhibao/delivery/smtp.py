"""Hands one message to a mail server and says how sure we are that it has it."""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from email.message import EmailMessage
from pathlib import Path
from typing import Literal

from zhibao.errors import OperatorError
from zhibao.settings import Settings, Tls
from zhibao.sources.endpoint import Endpoint, is_this_machine

TIMEOUT_SECONDS = 60
PARTING_SECONDS = 5
ANSWER_SECONDS = 600  # what RFC 5321 4.5.3.2.6 gives a server to answer the end of the data

PORTS: dict[Tls, int] = {"none": 25, "starttls": 587, "implicit": 465}

Outcome = Literal["sent", "try_again", "failed", "doubtful"]

# 530, 534, 535, 538: the login is wrong or missing; an operator mends that, no letter is at fault.
LOGIN_CODES = range(530, 540)


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where mail is handed over. `tls: implicit` speaks TLS from the first byte, `starttls` after a word."""

    host: str
    port: int
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: Tls = "none"
    ca_file: Path | None = None
    timeout_seconds: float = TIMEOUT_SECONDS
    answer_seconds: float = ANSWER_SECONDS


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of one message: `doubtful` means that the line broke after the data had gone whole."""

    outcome: Outcome
    reply: str


def send(server: SmtpServer, message: EmailMessage, sender: str, address: str) -> Sent:
    """Send to one address. Refusals are values: 4xx may be tried again, 5xx is final.

    Before the end of the data has been sent the server has nothing; after it only its answer tells.
    """
    try:
        smtp = _opened(server)
    except smtplib.SMTPResponseException as error:
        return Sent("try_again", _words(error.smtp_code, error.smtp_error))
    except (OSError, smtplib.SMTPException) as error:
        return Sent("try_again", type(error).__name__)
    try:
        return _hand_over(smtp, server, message, sender, address)
    finally:
        _part(smtp)


def server_of(settings: Settings) -> SmtpServer:
    """The installation's mail server. Raises OperatorError where a password would go over a network in the clear."""
    if settings.smtp_user and settings.smtp_tls == "none" and not is_this_machine(settings.smtp_host):
        raise OperatorError(
            "邮件服务器的密码不得明文传送：请设置 ZHIBAO_SMTP_TLS（starttls 或 implicit）",
            "the mail server's password must not go in the clear: set ZHIBAO_SMTP_TLS to starttls or implicit",
        )
    return SmtpServer(
        settings.smtp_host, settings.smtp_port, settings.smtp_user, settings.smtp_password, settings.smtp_tls,
        settings.smtp_ca,
    )


def with_server(settings: Settings, endpoint: Endpoint) -> Settings:
    """The settings with the mail server of a connection, as Airflow's own SMTP connections are written: TLS from the
    first byte unless `disable_ssl`, else STARTTLS unless `disable_tls`; `from_email`, and our `ca_file`.
    """
    extra = endpoint.extra
    tls: Tls = "none"
    if not _is_true(extra.get("disable_ssl")):
        tls = "implicit"
    elif not _is_true(extra.get("disable_tls")):
        tls = "starttls"
    ca_file = extra.get("ca_file")
    return replace(
        settings, smtp_host=endpoint.host, smtp_port=endpoint.port or PORTS[tls], smtp_user=endpoint.login,
        smtp_password=endpoint.password, smtp_tls=tls, smtp_ca=Path(ca_file) if ca_file else settings.smtp_ca,
        mail_from=extra.get("from_email") or settings.mail_from,
    )


def send_by(settings: Settings, message: EmailMessage, address: str) -> Sent:
    """Send from the installation's address over its mail server."""
    return send(server_of(settings), message, settings.mail_from, address)


def is_journaled(journal: Path, message_id: str) -> bool:
    """Whether the mail server's journal (a Maildir of what it took) holds this message. Heads alone are read."""
    if not journal.is_dir():
        raise OperatorError(f"邮件日志文件夹 {journal.name} 不存在", f"the mail journal {journal.name} does not exist")
    wanted = re.compile(rb"(?im)^message-id:\s*" + re.escape(message_id.encode()))
    return any(wanted.search(head) for head in _heads(journal))


def _is_true(value: object) -> bool:
    return str(value).lower() in ("true", "1", "yes")


def _heads(journal: Path) -> Iterator[bytes]:
    for folder in ("new", "cur"):
        for path in (journal / folder).glob("*"):
            with suppress(FileNotFoundError), path.open("rb") as file:  # moved or deleted meanwhile
                head = bytearray()
                for line in file:
                    if not line.strip():
                        break
                    head += line
                yield bytes(head)


def _opened(server: SmtpServer) -> smtplib.SMTP:
    """A line to the server, greeted, encrypted and logged in as configured."""
    context = None if server.tls == "none" else ssl.create_default_context(cafile=server.ca_file)
    if server.tls == "implicit":
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.port, timeout=server.timeout_seconds, context=context
        )
    else:
        smtp = smtplib.SMTP(server.host, server.port, timeout=server.timeout_seconds)
    try:
        smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # the last dot goes by itself, and at once
        smtp.ehlo_or_helo_if_needed()
        if server.tls == "starttls":
            smtp.starttls(context=context)
            smtp.ehlo()
        if server.user and server.password is not None:
            smtp.login(server.user, server.password)
    except BaseException:
        smtp.close()
        raise
    return smtp


def _part(smtp: smtplib.SMTP) -> None:
    """Say goodbye. What became of the message is known by now: how we part changes nothing."""
    with suppress(OSError, smtplib.SMTPException):
        if smtp.sock is not None:
            smtp.sock.settimeout(PARTING_SECONDS)
            smtp.quit()
    smtp.close()


def _hand_over(smtp: smtplib.SMTP, server: SmtpServer, message: EmailMessage, sender: str, address: str) -> Sent:
    content, is_whole = _content(message), False
    try:
        for code, reply in _envelope(smtp, message, sender, address, len(content)):
            if not 200 <= code < 300:
                return _refused(code, reply)
        code, reply = smtp.docmd("data")
        if code != 354:
            return _refused(code, reply)
        smtp.send(content)
        if _has_spoken(smtp.sock, server.timeout_seconds):
            return Sent("try_again", "the line broke, or the server spoke, before the end of the data")
        is_whole = True
        smtp.sock.settimeout(server.answer_seconds)
        smtp.send(b".\r\n")
        code, reply = smtp.getreply()
        if 200 <= code < 300:
            return Sent("sent", _words(code, reply))
        return _refused(code, reply) if 400 <= code < 600 else Sent("doubtful", _words(code, reply))
    except (OSError, smtplib.SMTPException) as error:
        return Sent("doubtful" if is_whole else "try_again", type(error).__name__)


def _envelope(
    smtp: smtplib.SMTP, message: EmailMessage, sender: str, address: str, size: int
) -> Iterator[tuple[int, bytes]]:
    """MAIL and RCPT. Where the server can (RFC 3461), a bounce is to bring the heads back, not the document."""
    can_notify = smtp.has_extn("dsn")
    options = [f"SIZE={size}"] if smtp.has_extn("size") else []
    options += ["RET=HDRS", f"ENVID={_xtext(str(message['Message-ID']))}"] if can_notify else []
    yield smtp.mail(sender, options)
    yield smtp.rcpt(address, ["NOTIFY=FAILURE,DELAY"] if can_notify else [])


def _content(message: EmailMessage) -> bytes:
    """The message as it travels, in ASCII, dots at line starts doubled (RFC 5321 4.5.2), without the last line."""
    raw = message.as_bytes(policy=message.policy.clone(linesep="\r\n", cte_type="7bit"))
    lines = re.sub(rb"\r\n|\n|\r(?!\n)", b"\r\n", raw)
    return re.sub(rb"(?m)^\.", b"..", lines if lines.endswith(b"\r\n") else lines + b"\r\n")


def _has_spoken(sock: socket.socket, timeout_seconds: float) -> bool:
    """Whether the line is closed, or the server has said anything, while it should still be listening."""
    sock.settimeout(0)
    try:
        sock.recv(1)
    except (BlockingIOError, ssl.SSLWantReadError):
        return False
    except OSError:
        return True
    finally:
        sock.settimeout(timeout_seconds)
    return True


def _refused(code: int, reply: bytes | str) -> Sent:
    final = code >= 500 and code not in LOGIN_CODES
    return Sent("failed" if final else "try_again", _words(code, reply))


def _words(code: int, reply: bytes | str) -> str:
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    return f"{code} {text}"[:500].replace("\0", "")


def _xtext(text: str) -> str:
    """RFC 3461, 4: printable ASCII but + and =, else +XX."""
    return "".join(char if "!" <= char <= "~" and char not in "+=" else f"+{ord(char):02X}" for char in text)
