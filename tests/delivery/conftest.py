"""A real mail server that fails as it is told, shared by the tests of documents, letters and receipts."""

from __future__ import annotations

import email
import mailbox
import socket
import threading
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
        self._keys: list[str] = []
        self.breaks_after_data = False
        self._lines, self._changed = 0, threading.Condition()

    def opened(self, by: int) -> None:
        with self._changed:
            self._lines += by
            self._changed.notify_all()

    def wait_until_idle(self) -> None:
        """Until each line to it is closed, so that nothing is under way any more."""
        with self._changed:
            assert self._changed.wait_for(lambda: self._lines == 0, timeout=60)

    def forget(self) -> None:
        self.journal.clear()
        self._keys.clear()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.answers:
            return self.answers.pop(0)
        self._keys.append(self.journal.add(envelope.content))
        if self.breaks_after_data:
            server.transport.close()
        return "250 taken"

    @property
    def messages(self) -> list[Any]:
        """In the order in which they came."""
        return [email.message_from_bytes(self.journal.get_bytes(key), policy=policy.default) for key in self._keys]


class Counted(SMTP):
    """A session that its server knows of."""

    def connection_made(self, transport: Any) -> None:
        self.event_handler.opened(1)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        super().connection_lost(error)
        self.event_handler.opened(-1)


class Counting(Controller):
    def factory(self) -> SMTP:
        return Counted(self.handler, **self.SMTP_kwargs)


@pytest.fixture
def post(tmp_path: Path) -> Iterator[tuple[Post, SmtpServer]]:
    handler = Post(tmp_path / "journal")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Counting(handler, hostname="127.0.0.1", port=port)
    controller.start()
    yield handler, SmtpServer("127.0.0.1", port)
    controller.stop()
