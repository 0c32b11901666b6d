"""A mail server on a plain socket that is rude at the stage it is told: it refuses, delays, hangs up, or dies."""

from __future__ import annotations

import mailbox
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from zhibao.delivery.smtp import SmtpServer

STAGES = ("greeting", "ehlo", "mail", "rcpt", "data", "body", "stored", "unstored", "quit")
"""`body` is after the first bytes of the data, `stored` and `unstored` are after its end."""
ANSWERS = {
    "greeting": "220 here", "ehlo": "250 here", "mail": "250 ok", "rcpt": "250 ok", "data": "354 go on",
    "stored": "250 taken", "quit": "221 bye",
}


class Rude:
    """`stage` and `answer` say what it does once: say these words, or hang up where the answer is None.

    With `waits` it does so only when that is set: a delay that lasts as long as a test wants.
    """

    def __init__(self, folder: Path) -> None:
        self.box = mailbox.Maildir(folder)
        self.stage, self.answer = "", ""
        self.waits: threading.Event | None = None
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]

    def is_to(self, stage: str, answer: str | None, waits: threading.Event | None = None) -> None:
        assert stage in STAGES
        self.stage, self.answer, self.waits = stage, answer, waits

    @property
    def names(self) -> list[str]:
        return [message["Message-ID"] for message in self.box]

    def serve(self) -> None:
        while True:
            try:
                line, _ = self._listening.accept()
            except OSError:
                return
            with line, line.makefile("rb") as words, suppress(ConnectionError, _HungUp):
                self._session(line, words)

    def close(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _session(self, line: socket.socket, words: object) -> None:
        self._say(line, "greeting")
        while command := words.readline():  # type: ignore[attr-defined]
            verb = command[:4].decode().strip().lower()
            self._say(line, verb)
            if verb == "data":
                self._take(line, words)
            elif verb == "quit":
                return

    def _take(self, line: socket.socket, words: object) -> None:
        content = bytearray()
        while (part := words.readline()) != b".\r\n":  # type: ignore[attr-defined]
            content += part
            if self.stage == "body":
                self._say(line, "body")
            if not part:
                return
        if self.stage == "unstored":
            self._say(line, "unstored")
            return
        self.box.add(re.sub(rb"(?m)^\.\.", b".", bytes(content)))
        self._say(line, "stored")

    def _say(self, line: socket.socket, stage: str) -> None:
        answer: str | None = ANSWERS.get(stage, "500 what")
        if stage == self.stage:
            answer, self.stage = self.answer, ""
            if self.waits is not None:
                self.waits.wait(30)
            if answer is None:
                raise _HungUp
        line.sendall(f"{answer}\r\n".encode())


class _HungUp(Exception):  # noqa: N818 - nothing is wrong
    pass


@contextmanager
def rude(folder: Path) -> Iterator[tuple[Rude, SmtpServer]]:
    server = Rude(folder)
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    yield server, SmtpServer("127.0.0.1", server.port, timeout_seconds=20, answer_seconds=20)
    server.close()
    thread.join()
