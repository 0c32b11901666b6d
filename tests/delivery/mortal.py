"""A sender that dies at its n-th line: `python mortal.py URL PORT JOURNAL`, then lines `SUBJECT N` on its input.

It is started once, with all that it needs imported, and forks for each line: the child delivers the document SUBJECT
to all recipients and kills itself at the N-th line that it runs of the ledger, of the sending, or of smtplib (0: at
none). The answer is `killed`, or `lived LINES`.
"""

from __future__ import annotations

import email.policy  # noqa: F401 - a message imports it when it is first made, in each child anew
import os
import signal
import smtplib
import sys
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from types import FrameType
from typing import Any

from zhibao.delivery import ledger, letters, smtp
from zhibao.delivery.smtp import Sent, SmtpServer, send
from zhibao.delivery.terms import Terms
from zhibao.programme.models import Recipient
from zhibao.store import database

WATCHED = {module.__file__ for module in (ledger, letters, smtp, smtplib)}
RECIPIENTS = [
    Recipient(code=code, name={"zh": code, "en": code}, address=f"{code}@example.org", receives=["annual"])
    for code in ("superior", "office")
]


def document(subject: str) -> dict[str, Any]:
    return {"document_id": subject, "pdf_sha256": "a" * 64}


def posting(subject: str) -> letters.Posting:
    name = f"<p.receipt.{subject}@zhibao.invalid>"
    return letters.Posting("p", "receipt", subject, "chengguan", "a@example.org", name)


def writer(port: int) -> Callable[[letters.Posting], Callable[[], Sent]]:
    """Writes a short mail for the server at `port`."""
    def prepare(item: letters.Posting) -> Callable[[], Sent]:
        message = EmailMessage()
        message["Message-ID"], message["To"] = item.message_id, item.address
        message.set_content("report")
        return lambda: send(SmtpServer("127.0.0.1", port), message, "zhibao@example.org", item.address)

    return prepare


def posted(
    connection: database.Connection, port: int, subject: str, journal: Path | None = None, terms: Terms | None = None
) -> dict[str, int]:
    """Post one letter."""
    return dict(letters.post(connection, [posting(subject)], writer(port), journal, terms))


def delivered(
    connection: database.Connection, port: int, subject: str, journal: Path | None, terms: Terms | None = None
) -> dict[str, int]:
    """Deliver one document to all recipients."""
    prepare = writer(port)
    return dict(ledger.deliver(
        connection, "p", document(subject), RECIPIENTS, lambda _, item: prepare(item), journal, terms
    ))


def die_at(step: int) -> list[int]:
    """From now on, kill this process at its `step`-th line of what is watched. The list counts the lines."""
    lines = [0]

    def local(frame: FrameType, event: str, argument: Any) -> Any:
        if event == "line":
            lines[0] += 1
            if lines[0] == step:
                os.kill(os.getpid(), signal.SIGKILL)
        return local

    sys.settrace(lambda frame, event, argument: local if frame.f_code.co_filename in WATCHED else None)
    return lines


def child(url: str, port: int, journal: Path | None, subject: str, step: int) -> None:
    with database.connect(url, autocommit=True) as connection:
        lines = die_at(step)
        delivered(connection, port, subject, journal)
        sys.settrace(None)
    print(f"lived {lines[0]}", flush=True)


def main() -> None:
    url, port, folder = sys.argv[1:]
    journal = None if folder == "-" else Path(folder)
    for order in sys.stdin:
        subject, step = order.split()
        pid = os.fork()
        if not pid:
            child(url, int(port), journal, subject, int(step))
            os._exit(0)
        _, status = os.waitpid(pid, 0)
        if os.WIFSIGNALED(status):
            assert os.WTERMSIG(status) == signal.SIGKILL
            print("killed", flush=True)
        else:
            assert os.WEXITSTATUS(status) == 0


if __name__ == "__main__":
    main()
