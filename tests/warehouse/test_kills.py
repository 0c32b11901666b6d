"""Who dies while computing (the process, its connection, the database): the old figures stand, or the new, whole."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest
from tests.warehouse.loading import CASES, load_case

from zhibao.errors import TransientError
from zhibao.figures import digest_of
from zhibao.intake import record_programme
from zhibao.operations import Operations
from zhibao.period import Period
from zhibao.programme.models import Programme
from zhibao.settings import load_settings
from zhibao.store import embedded
from zhibao.warehouse.compute import compute, load_set, store

NOW = datetime(2023, 2, 1, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
REPORTS = (("annual", "2022"),)
EARLY, LATE = (0.1, 1.0), (1.2, 2.5)  # in what a compute took
KILLS = {"process": 22, "connection": 22, "server": 6}


@pytest.fixture
def operations(programme: Programme, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operations]:
    """A server of its own, for it is killed."""
    var = tmp_path_factory.mktemp("kills")
    operations = Operations(replace(load_settings(), var=var, database_url=None), programme)
    with operations.connection() as connection:
        record_programme(connection, programme)
        load_case(connection, programme, CASES / "full")
        for kind, period in REPORTS:
            store(connection, programme, compute(connection, programme, kind, Period.parse(period), NOW))
    yield operations
    embedded.stop(var)
    shutil.rmtree(var, ignore_errors=True)


def test_fifty_kills_leave_whole_figures(operations: Operations) -> None:
    random, seen = Random(7), {"old": 0, "new": 0}
    taken = _timed(operations)
    for number, how in enumerate(how for how, count in KILLS.items() for _ in range(count)):
        _change(operations, number)
        before = _last_sets(operations)
        child = os.fork()
        if child == 0:
            try:
                replace(operations).compute_known(None, NOW, full=False)
            finally:
                os._exit(0)
        time.sleep(random.uniform(*EARLY if number % 2 else LATE) * taken)
        KILL[how](operations, child)
        os.waitpid(child, 0)
        after = _last_sets(operations)
        assert after.keys() == before.keys()
        seen["new" if after != before else "old"] += 1
        _assert_whole(operations)
    assert sum(seen.values()) == 50 and min(seen.values()) >= 5, seen
    operations.compute_known(None, NOW, full=True)
    states = [operations.compare_kept(row["figure_set_id"])["state"] for row in operations.kept_sets()]
    assert states == ["agrees"] * len(REPORTS)


def _timed(operations: Operations) -> float:
    _change(operations, -1)
    started = time.monotonic()
    operations.compute_known(None, NOW, full=False)
    return time.monotonic() - started


def _change(operations: Operations, number: int) -> None:
    """A waiver, so that the figures of each report are others than before."""
    with operations.connection() as connection:
        row = connection.execute(
            "select unit, level, candidate_no from candidate order by row_id offset %s limit 1", (number // 9 + 1,)
        ).fetchone()
        criterion = operations.programme.level(row["level"]).criteria[number % 9].code
        connection.execute(
            "insert into waiver (programme, unit, level, candidate_no, criterion, actor, reason, effective_at)"
            " values (%s, %s, %s, %s, %s, 'test', 'test', %s)",
            (operations.programme.code, row["unit"], row["level"], row["candidate_no"], criterion, NOW),
        )


def _last_sets(operations: Operations) -> dict[tuple[str, str], int]:
    return {(row["kind"], row["period"]): row["figure_set_id"] for row in operations.kept_sets()}


def _assert_whole(operations: Operations) -> None:
    """Every kept set holds all its figures, as their digest says; none is without."""
    with operations.connection() as connection:
        kept = connection.execute("select figure_set_id, figures_digest from figure_set").fetchall()
        assert kept
        for row in kept:
            assert digest_of(load_set(connection, row["figure_set_id"]).figures) == row["figures_digest"]


def _kill_process(operations: Operations, child: int) -> None:
    os.kill(child, signal.SIGKILL)


def _kill_connection(operations: Operations, child: int) -> None:
    with operations.connection(autocommit=True) as connection:
        connection.execute("select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid()"
                           " and datname = current_database()")


def _kill_server(operations: Operations, child: int) -> None:
    """The postmaster and all its backends at once, as when the power goes; the next connection starts it again."""
    (pid_file,) = Path(operations.settings.var).rglob("postmaster.pid")
    postmaster = int(pid_file.read_text().splitlines()[0])
    children = subprocess.run(["pgrep", "-P", str(postmaster)], capture_output=True, text=True, check=False).stdout
    for pid in [postmaster, *map(int, children.split())]:
        os.kill(pid, signal.SIGKILL)
    os.kill(child, signal.SIGKILL)
    operations.__dict__.pop("url", None)
    for _ in range(20):
        try:
            with operations.connection():
                return
        except TransientError:
            time.sleep(0.5)
    raise AssertionError("the server did not come back")


KILL: dict[str, Callable[[Operations, int], None]] = {
    "process": _kill_process, "connection": _kill_connection, "server": _kill_server,
}
