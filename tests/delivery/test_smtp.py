"""What is known of a message after each way in which a mail server can fail, and how it is spoken to."""

from __future__ import annotations

import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from delivery.rude import Rude, rude

from zhibao.delivery.smtp import Sent, SmtpServer, is_journaled, send, server_of, with_server
from zhibao.errors import OperatorError
from zhibao.settings import load_settings
from zhibao.sources.endpoint import Endpoint

NAME = "<1@zhibao.invalid>"


def message(text: str) -> EmailMessage:
    made = EmailMessage()
    made["Message-ID"], made["To"], made["From"] = NAME, "a@example.org", "zhibao@example.org"
    made.set_content(text)
    return made


def handed(server: SmtpServer, text: str = "正文\n.一行以点开头\n") -> Sent:
    return send(server, message(text), "zhibao@example.org", "a@example.org")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[Rude, SmtpServer]]:
    with rude(tmp_path / "box") as both:
        yield both


@pytest.mark.parametrize(("stage", "answer", "outcome", "arrived"), [
    ("greeting", None, "try_again", 0), ("greeting", "421 busy", "try_again", 0),
    ("greeting", "554 no", "try_again", 0),
    ("ehlo", None, "try_again", 0), ("mail", None, "try_again", 0), ("rcpt", None, "try_again", 0),
    ("mail", "451 later", "try_again", 0), ("mail", "550 not from you", "failed", 0),
    ("mail", "530 log in first", "try_again", 0), ("mail", "540 never", "failed", 0),
    ("rcpt", "450 grey-listed", "try_again", 0), ("rcpt", "499 later", "try_again", 0),
    ("rcpt", "500 what", "failed", 0), ("rcpt", "550 no such box", "failed", 0),
    ("data", None, "try_again", 0), ("data", "451 later", "try_again", 0), ("data", "554 no", "failed", 0),
    ("body", None, "try_again", 0),
    ("unstored", "451 later", "try_again", 0), ("unstored", "552 too large", "failed", 0),
    ("unstored", None, "doubtful", 0), ("stored", None, "doubtful", 1), ("stored", "garbage", "doubtful", 1),
    ("stored", "250 taken", "sent", 1), ("quit", None, "sent", 1), ("quit", "451 stay", "sent", 1),
])
def test_what_is_known_after_each_failure(
    server: tuple[Rude, SmtpServer], stage: str, answer: str | None, outcome: str, arrived: int
) -> None:
    """Up to the end of the data nothing can have arrived; after it the answer decides, and parting changes nothing.

    A line that breaks within the data is seen while there is data left to send: hence a long text.
    """
    handler, where = server
    handler.is_to(stage, answer)
    assert handed(where, "长\n" * (2_000_000 if stage == "body" else 1)).outcome == outcome
    assert handler.names == [NAME] * arrived


@pytest.mark.parametrize(("stage", "outcome"), [("rcpt", "try_again"), ("stored", "doubtful")])
def test_a_server_that_is_too_slow(server: tuple[Rude, SmtpServer], stage: str, outcome: str) -> None:
    handler, where = server
    never = threading.Event()
    handler.is_to(stage, "250 at last", never)
    assert handed(replace(where, timeout_seconds=0.3, answer_seconds=0.3)).outcome == outcome
    never.set()


def test_a_slow_answer_to_the_data_is_waited_for_longer_than_any_other(server: tuple[Rude, SmtpServer]) -> None:
    handler, where = server
    slow = threading.Event()
    handler.is_to("stored", "250 at last", slow)
    threading.Timer(0.6, slow.set).start()
    assert handed(replace(where, timeout_seconds=0.3)) == Sent("sent", "250 at last")


def test_nobody_listens() -> None:
    assert handed(SmtpServer("127.0.0.1", 1)).outcome == "try_again"


def test_the_text_arrives_as_it_was_written(server: tuple[Rude, SmtpServer]) -> None:
    handler, where = server
    assert handed(where).outcome == "sent"
    (arrived,) = handler.box
    assert arrived.get_payload(decode=True).decode() == "正文\n.一行以点开头\n"
    assert arrived.as_bytes().isascii(), "no server need know 8BITMIME"


def test_a_journal_is_asked_by_the_name_in_the_head_alone(tmp_path: Path) -> None:
    with pytest.raises(OperatorError):
        is_journaled(tmp_path / "none", NAME)
    with rude(tmp_path / "box") as (_, where):
        quoting = message(f"Message-ID: {NAME}\n")
        quoting.replace_header("Message-ID", "<2@zhibao.invalid>")
        assert send(where, quoting, "zhibao@example.org", "a@example.org").outcome == "sent"
        assert not is_journaled(tmp_path / "box", NAME)
        assert is_journaled(tmp_path / "box", "<2@zhibao.invalid>")
        assert handed(where).outcome == "sent"
    assert is_journaled(tmp_path / "box", NAME)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
         "-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")],
        check=True, capture_output=True,
    )
    return folder / "cert.pem", folder / "key.pem"


class Strict:
    """Takes mail only over TLS and after the right login, and remembers what it was told."""

    def __init__(self) -> None:
        self.options: list[list[str]] = []
        self.count = 0

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        assert server.transport.get_extra_info("ssl_object") is not None and session.authenticated
        envelope.rcpt_tos.append(address)
        self.options.append([*envelope.mail_options, *options])
        return "250 ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.count += 1
        return "250 taken"


@pytest.fixture(params=["starttls", "implicit"])
def strict(request: Any, certificate: tuple[Path, Path]) -> Iterator[tuple[Strict, SmtpServer]]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)
    implicit, handler = request.param == "implicit", Strict()

    def login(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        right = isinstance(data, LoginPassword) and (data.login, data.password) == (b"zhibao", b"secret")
        return AuthResult(success=right, handled=right)

    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(
        handler, hostname="127.0.0.1", port=port, ssl_context=context if implicit else None,
        tls_context=None if implicit else context, require_starttls=not implicit, auth_required=True,
        auth_require_tls=not implicit, authenticator=login,
    )
    controller.start()
    yield handler, SmtpServer("127.0.0.1", port, "zhibao", "secret", request.param, certificate[0])
    controller.stop()


def test_tls_and_login_as_configured(strict: tuple[Strict, SmtpServer]) -> None:
    handler, where = strict
    assert handed(where).outcome == "sent"
    assert handler.count == 1 and any(option.startswith("SIZE=") for option in handler.options[0])


@pytest.mark.parametrize("wrong", [{"password": "guess"}, {"ca_file": None}, {"host": "127.0.0.2"}])
def test_a_wrong_login_or_certificate_spends_no_letter(
    strict: tuple[Strict, SmtpServer], wrong: dict[str, Any]
) -> None:
    handler, where = strict
    assert handed(replace(where, **wrong)).outcome == "try_again"
    assert handler.count == 0


def test_no_password_goes_over_a_network_in_the_clear() -> None:
    settings = replace(load_settings(), smtp_user="zhibao", smtp_password="secret", smtp_tls="none")
    assert "secret" not in repr(server_of(replace(settings, smtp_host="localhost")))
    with pytest.raises(OperatorError):
        server_of(replace(settings, smtp_host="mail.example.org"))
    assert server_of(replace(settings, smtp_host="mail.example.org", smtp_tls="starttls")).tls == "starttls"


@pytest.mark.parametrize(("extra", "port", "tls", "at"), [
    ({}, None, "implicit", 465), ({"disable_ssl": True}, None, "starttls", 587),
    ({"disable_ssl": "true", "disable_tls": True}, 1025, "none", 1025), ({"disable_tls": True}, 994, "implicit", 994),
])
def test_a_connection_is_read_as_airflow_writes_it(extra: dict[str, Any], port: int | None, tls: str, at: int) -> None:
    endpoint = Endpoint("mail.example.org", port, "a", "b", {**extra, "from_email": "office@example.org"})
    settings = with_server(load_settings(), endpoint)
    assert (settings.smtp_tls, settings.smtp_port, settings.mail_from) == (tls, at, "office@example.org")
    assert server_of(settings if tls != "none" else replace(settings, smtp_host="localhost")).user == "a"
