"""What the tests share: the real programme, and one real PostgreSQL for the whole run."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from reading.strange import CORPUS
from reading.strange.running import run_check

from zhibao.programme.load import load_programme
from zhibao.programme.models import Programme
from zhibao.settings import ROOT
from zhibao.store import database, embedded


@pytest.fixture(scope="session")
def programme() -> Programme:
    return load_programme(ROOT / "programmes" / "lanzhou-bqw")


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The URL of an embedded PostgreSQL that lives as long as the test run."""
    # Not below pytest's own folder: another run may close that to the server's user.
    var = Path(tempfile.mkdtemp(prefix="zhibao-pg-"))
    yield embedded.start(var)
    # At once: nobody needs what the tests left, and hundreds of databases take long to be written out.
    os.kill(int((var / "postgres" / "postmaster.pid").read_text().split()[0]), signal.SIGQUIT)
    shutil.rmtree(var, ignore_errors=True)


@pytest.fixture
def empty_database(server: str) -> str:
    """The URL of a database that nothing has touched."""
    return database.ensure_database(server, f"t{uuid4().hex}")


@pytest.fixture(scope="session")
def copy_of(server: str) -> Callable[[str], str]:
    """Makes a database of its own, like one that nobody is connected to any more: what is dear to set up is so once."""
    def copied(url: str) -> str:
        source, name = url.partition("?")[0].rpartition("/")[2], f"t{uuid4().hex}"
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(sql.SQL("create database {} template {}").format(*map(sql.Identifier, (name, source))))
        return server.replace("/postgres?", f"/{name}?")

    return copied


@pytest.fixture
def var(tmp_path: Path) -> Path:
    return tmp_path / "var"


@pytest.fixture(scope="session")
def strange_files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The corpus of strange workbooks, in a folder of their own."""
    folder = tmp_path_factory.mktemp("corpus") / "strange"
    folder.mkdir()
    for item in CORPUS:
        item.write(folder / item.name)
    return sorted(folder.iterdir())


@pytest.fixture(scope="session")
def strange_runs(strange_files: list[Path]) -> dict[str, dict[str, Any]]:
    """How `zhibao check` ended on each, by its name: status, out, err, cpu_seconds, mib."""
    return run_check(strange_files)
