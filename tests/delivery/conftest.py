"""A real mail server that fails as it is told, shared by the tests of documents, letters and receipts."""

from __future__ import annotations

import email
import mailbox
import socket
from collections.abc import Iterator
from email import policy
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from zhibao.delivery.smtp import SmtpServer


class Post:
    """A mail server that keeps what it takes, and answers as it is told."""

    def __init__(self, journal: Path) -> None:
        self.journal = mailbox.Maildir(journal)
        self.answers: list[str] = []
        self.breaks_after_data = False

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.answers:
            return self.answers.pop(0)
        self.journal.add(envelope.content)
        if self.breaks_after_data:
            server.transport.close()
        return "250 taken"

    @property
    def messages(self) -> list[Any]:
        box = self.journal
        return [email.message_from_bytes(box.get_bytes(key), policy=policy.default) for key in box.iterkeys()]


@pytest.fixture
def post(tmp_path: Path) -> Iterator[tuple[Post, SmtpServer]]:
    handler = Post(tmp_path / "journal")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    yield handler, SmtpServer("127.0.0.1", port)
    controller.stop()
