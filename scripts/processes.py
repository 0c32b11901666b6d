"""Starts programs that outlive a call, and ends them for certain: also those that an earlier, killed run left behind.

Each program leads a session of its own and carries a mark in its environment. Airflow's tasks leave their parent's
process group, so ending a group alone would leave some of them alive; the mark finds them all.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

MARK = "ZHIBAO_SERVICES_OF"
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
GRACE_SECONDS = 10.0
POLL_SECONDS = 0.1


class ServiceError(Exception):
    """A program did not start, ended too early, or did not answer in time. The message says where its log lies."""


class Processes:
    """The programs of one state folder. Their output goes to `logs/`."""

    def __init__(self, state: Path) -> None:
        self.state = state.resolve()
        self.logs = self.state / "logs"
        self._children: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, argv: Sequence[str], environment: Mapping[str, str]) -> None:
        """Start `argv` in a session of its own."""
        self.logs.mkdir(parents=True, exist_ok=True)
        with (self.logs / f"{name}.log").open("ab") as log:
            self._children[name] = subprocess.Popen(
                argv, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
                env={**environment, MARK: str(self.state), "SPT_NOENV": "1"},  # setproctitle would write over the mark
            )

    def check(self) -> None:
        """Raises ServiceError when a program that was started here has ended."""
        for name, child in self._children.items():
            if child.poll() is not None:
                raise ServiceError(f"{name} 已退出 / {name} ended (status {child.returncode})：{self.logs / name}.log")

    def kill(self, name: str) -> None:
        """End one program and all that it started, at once."""
        leader = self._children.pop(name)
        _signal([pid for pid in self.pids() if _session(pid) == leader.pid], signal.SIGKILL)
        leader.wait()

    def stop(self) -> int:
        """End every program of this state folder, whoever started it. Gives how many there were."""
        pids = self.pids()
        _signal(pids, signal.SIGTERM)
        if not wait_until(lambda: not self._alive(), GRACE_SECONDS):
            _signal(self.pids(), signal.SIGKILL)
            wait_until(lambda: not self._alive(), GRACE_SECONDS)
        return len(pids)

    def pids(self) -> list[int]:
        """All living processes that carry this folder's mark, except PostgreSQL, which has its own way to end."""
        mark = f"{MARK}={self.state}".encode()
        return [
            pid for pid in _all_pids()
            if pid != os.getpid() and mark in _read(pid, "environ").split(b"\0")
            and _read(pid, "comm").strip() != b"postgres"
        ]

    def _alive(self) -> list[int]:
        for child in self._children.values():
            child.poll()  # takes the exit status, or the child would stay as a zombie
        return self.pids()


def wait_until(
    is_done: Callable[[], object], seconds: float, *, poll: float = POLL_SECONDS,
    watch: Callable[[], None] | None = None,
) -> bool:
    """Ask until the answer is true or the time is over. `watch` may raise to end the waiting early."""
    deadline = time.monotonic() + seconds
    while True:
        if watch is not None:
            watch()
        if is_done():
            return True
        if time.monotonic() >= deadline:
            return False
        time.sleep(poll)


def overseen(work: Callable[[], int], state: Path, stop: Callable[[], object]) -> int:
    """Do `work` in a child that leads a session of its own, and `stop` what it started, however it ends. Gives its exit
    status, or 130 after a signal to end.

    The signal is this process's to obey, which does nothing else: within the work a library may take it for an error
    of its own (Airflow does, for a task's), and go on.
    """
    child = os.fork()
    if child == 0:
        os.setsid()
        os.environ[MARK] = str(state.resolve())  # what it starts without a mark of ours is found too
        status = 1
        try:
            status = work()
        except BaseException:  # noqa: BLE001 - nobody above would tell of it
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)
    handled = {number: signal.signal(number, _interrupt) for number in ENDING}
    try:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    except KeyboardInterrupt:
        return 130
    finally:
        for number in ENDING:
            signal.signal(number, signal.SIG_IGN)
        _signal([pid for pid in _all_pids() if _session(pid) == child], signal.SIGKILL)
        stop()
        for number, handler in handled.items():
            signal.signal(number, handler)


def _interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def _signal(pids: Iterable[int], number: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):  # it may have ended in the meantime
            os.kill(pid, number)


def _session(pid: int) -> int | None:
    with suppress(ProcessLookupError):
        return os.getsid(pid)
    return None


def _all_pids() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _read(pid: int, name: str) -> bytes:
    """A file of /proc, empty for a process that has ended (also a zombie's environment) or is another user's."""
    try:
        return Path(f"/proc/{pid}/{name}").read_bytes()
    except OSError:
        return b""
