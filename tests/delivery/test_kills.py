"""A sender killed at every step, and a server that dies: one mail for each recipient, and a ledger that says so."""

from __future__ import annotations

import mailbox
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from delivery import mortal, mortal_server

from zhibao.delivery import ledger
from zhibao.settings import load_settings
from zhibao.store import database
from zhibao.store.database import Connection

KILLS = 200
EVERY = {True: 4, False: 15}
"""With a journal each fourth of some thousand lines is tried, without one each fifteenth."""


@pytest.fixture
def connection(empty_database: str) -> Iterator[Connection]:
    database.migrate(empty_database, load_settings())
    with database.connect(empty_database, autocommit=True) as connection:
        yield connection


class Mortals:
    """The warm process that forks senders, and what is asked of it."""

    def __init__(self, url: str, port: int, journal: Path | None) -> None:
        argv = [sys.executable, mortal.__file__, url, str(port), str(journal or "-")]
        self._process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def send(self, subject: str, step: int) -> str:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(f"{subject} {step}\n")
        self._process.stdin.flush()
        return self._process.stdout.readline().strip()

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        assert self._process.wait() == 0


def alone(connection: Connection) -> None:
    """Wait until the database has done with the dead sender's last word, and its locks are free."""
    others = ("select count(*) as count from pg_stat_activity"
              " where datname = current_database() and pid <> pg_backend_pid()")
    while connection.execute(others).fetchone()["count"]:
        time.sleep(0.002)


def states(connection: Connection, subject: str) -> dict[str, str]:
    rows = connection.execute("select recipient, state from letter where subject = %s", (subject,)).fetchall()
    return {row["recipient"]: row["state"] for row in rows}


def arrived(handler: Any, subject: str) -> Counter[str]:
    """How many mails of this document each recipient has."""
    ours = (message for message in handler.messages if message["Message-ID"].startswith(f"<p.{subject}."))
    return Counter(message["To"].split("@")[0] for message in ours)


def assert_true(told: dict[str, str], has: Counter[str]) -> None:
    """What the ledger says of each recipient is what is in the box."""
    for recipient, state in told.items():
        assert has[recipient] <= 1, "never twice"
        if state in ("sent", "intended"):
            assert has[recipient] == (state == "sent")
        else:
            assert state in ("sending", "doubtful")
    assert set(has) <= set(told), "nothing left without an entry"


@pytest.mark.parametrize("has_journal", [True, False])
def test_a_sender_killed_at_any_line_never_doubles_and_the_ledger_never_lies(
    connection: Connection, empty_database: str, post: Any, tmp_path: Path, has_journal: bool
) -> None:
    handler, server = post
    journal = tmp_path / "journal" if has_journal else None
    mortals, step, ends = Mortals(empty_database, server.port, journal), 1, Counter[str]()
    while mortals.send(subject := str(step), step) == "killed":
        handler.wait_until_idle()
        alone(connection)
        assert_true(states(connection, subject), arrived(handler, subject))
        mortal.delivered(connection, server.port, subject, journal)
        told, has = states(connection, subject), arrived(handler, subject)
        assert_true(told, has)
        if has_journal:
            assert set(told.values()) == {"sent"}
        assert set(told) == {"superior", "office"} and set(told.values()) <= {"sent", "doubtful"}
        ends.update(f"{state} {has[recipient]}" for recipient, state in told.items())
        handler.forget()
        step += EVERY[has_journal]
    mortals.close()
    kills = step // EVERY[has_journal]
    if has_journal:
        assert kills >= KILLS and set(ends) == {"sent 1"}
    else:
        assert kills >= KILLS // 4
        assert set(ends) == {"sent 1", "doubtful 0", "doubtful 1"}, "a doubtful one may be there or not: a person asks"


def test_a_sender_killed_again_and_again_gets_there(
    connection: Connection, empty_database: str, post: Any, tmp_path: Path
) -> None:
    """Each further start dies too, a little later than the one before."""
    handler, server = post
    mortals, deaths = Mortals(empty_database, server.port, tmp_path / "journal"), 0
    while mortals.send("1", 40 + 17 * deaths) == "killed":
        handler.wait_until_idle()
        alone(connection)
        deaths += 1
    mortals.close()
    assert deaths > 5
    assert arrived(handler, "1") == {"superior": 1, "office": 1}
    assert set(states(connection, "1").values()) == {"sent"}


@contextmanager
def killable(folder: Path, stage: str) -> Iterator[int]:
    """The port of a mail server in a process of its own."""
    argv = [sys.executable, mortal_server.__file__, str(folder), stage]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield int(process.stdout.readline())
        process.kill()


def boxed(folder: Path) -> Counter[str]:
    return Counter(message["To"].split("@")[0] for message in mailbox.Maildir(folder))


@pytest.mark.parametrize("stage", ["EHLO", "MAIL", "RCPT", "DATA", "STORED"])
def test_a_server_that_is_killed_at_any_stage(connection: Connection, tmp_path: Path, stage: str) -> None:
    """It dies at the second letter, and is started anew on the same box, which is the journal too."""
    folder = tmp_path / "journal"
    with killable(folder, stage) as port:
        outcome = mortal.delivered(connection, port, "1", folder)
    assert outcome == {"sent": 1, "settling" if stage in ("DATA", "STORED") else "try_again": 1}
    assert_true(states(connection, "1"), boxed(folder))
    with killable(folder, "never") as port:
        mortal.delivered(connection, port, "1", folder, mortal.Terms(now=mortal.Terms().next_try_at(1)))
    assert states(connection, "1") == {"superior": "sent", "office": "sent"}
    assert boxed(folder) == {"superior": 1, "office": 1}
    assert all(len(entry["events"]) >= 2 for entry in ledger.entries(connection, "1"))
