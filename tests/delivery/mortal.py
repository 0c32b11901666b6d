"""A sender that is killed at its n-th word to the database: `python mortal.py URL PORT SUBJECT N`."""

from __future__ import annotations

import os
import signal
import sys
from email.message import EmailMessage
from typing import Any

import psycopg

from zhibao.delivery import letters
from zhibao.delivery.smtp import SmtpServer, send
from zhibao.store import database


def posting(subject: str) -> letters.Posting:
    name = f"<p.receipt.{subject}@zhibao.invalid>"
    return letters.Posting("p", "receipt", subject, "chengguan", "a@example.org", name)


def posted(connection: database.Connection, port: int, subject: str, journal: Any = None) -> dict[str, int]:
    """Post one letter to the mail server at `port`."""
    def prepare(item: letters.Posting) -> Any:
        message = EmailMessage()
        message["Message-ID"], message["To"] = item.message_id, item.address
        message.set_content("receipt")
        return lambda: send(SmtpServer("127.0.0.1", port), message, "zhibao@example.org", item.address)

    return dict(letters.post(connection, [posting(subject)], prepare, journal))


def mortal(connection: psycopg.Connection[Any], words: int) -> psycopg.Connection[Any]:
    """`connection`, which kills this process instead of saying its word number `words`."""
    alive, left = connection.execute, [words]

    def execute(*args: Any, **kwargs: Any) -> Any:
        left[0] -= 1
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)
        return alive(*args, **kwargs)

    connection.execute = execute  # type: ignore[method-assign]
    return connection


if __name__ == "__main__":
    url, port, subject, words = sys.argv[1:]
    with database.connect(url, autocommit=True) as open_connection:
        posted(mortal(open_connection, int(words)), int(port), subject)
