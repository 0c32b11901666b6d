"""Strangers' files are parsed in a forked child, because a parser that aborts or hangs must not take intake with it."""

from __future__ import annotations

import contextlib
import fcntl
import gc
import io
import os
import pickle
import select
import signal
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

from zhibao.reading.confined import LENGTH, be_child
from zhibao.reading.limits import Limits

Death = Literal["memory", "time", "crash"]
Task = Callable[[], Any]

# What a ReadReturn is made of. Anything else in the child's answer is refused.
_MODULES = ("zhibao.", "datetime", "decimal")
_BUILTINS = {"set", "frozenset", "bytearray", "complex"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a task gave: its value, or how its child died. `error` is the name of an exception's class, never its text.

    `seconds` is how long the task took, or how long its child was waited for.
    """

    value: Any = None
    death: Death | None = None
    error: str | None = None
    seconds: float = 0.0


@dataclass(slots=True)
class Running:
    """A child at work: its process, the pipe that it answers on, and what was received beyond the last answer."""

    child: int
    pipe: int
    wall_seconds: float
    received: bytearray = field(default_factory=bytearray)
    is_gone: bool = False


def run_limited(task: Task, limits: Limits) -> Outcome:
    """Run `task` in a forked child under `limits` and bring back its picklable result."""
    running = start([task], limits)
    try:
        return hear(running)
    finally:
        stop(running)


def start(tasks: Iterable[Task], limits: Limits) -> Running:
    """Fork a child that does `tasks` in turn, each under `limits`; `hear` each outcome, and `stop` the child."""
    reading_end, writing_end = os.pipe()
    with contextlib.suppress(OSError):
        fcntl.fcntl(writing_end, fcntl.F_SETPIPE_SZ, 1 << 20)
    child = os.fork()
    if child == 0:
        os.close(reading_end)
        be_child(tasks, limits, writing_end)
    os.close(writing_end)
    return Running(child, reading_end, limits.wall_seconds)


def hear(running: Running) -> Outcome:
    """The child's next outcome. After a death there is no other; the clock runs from this call."""
    begun = time.monotonic()
    answer, timed_out = _receive(running, begun + running.wall_seconds)
    if answer is not None:
        return _open(answer)
    status = _reap(running)
    return Outcome(death="time" if timed_out else _cause_of(status), seconds=time.monotonic() - begun)


def stop(running: Running) -> None:
    """End the child, if it is still there, and close its pipe."""
    os.close(running.pipe)
    _reap(running)


def _receive(running: Running, deadline: float) -> tuple[bytes | None, bool]:
    """The child's next answer, or None; and whether time ran out. Reads by length: another fork may hold the pipe."""
    received, poller = running.received, select.poll()
    poller.register(running.pipe, select.POLLIN | select.POLLHUP)
    while not _complete(received):
        left = deadline - time.monotonic()
        if left <= 0:
            return None, True
        if poller.poll(min(left, 0.25) * 1000):
            chunk = os.read(running.pipe, 1 << 20)
            if not chunk:
                return None, False
            received += chunk
        elif _is_dead(running.child) and not poller.poll(0):
            return None, False
    end = LENGTH.size + LENGTH.unpack_from(received)[0]
    answer = bytes(memoryview(received)[LENGTH.size : end])
    del received[:end]
    return answer, False


def _complete(received: bytearray) -> bool:
    return len(received) >= LENGTH.size and len(received) >= LENGTH.size + LENGTH.unpack_from(received)[0]


def _is_dead(child: int) -> bool:
    """Looks without reaping, so that the status is still there to be read."""
    try:
        return os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
    except ChildProcessError:
        return True


def _reap(running: Running) -> int | None:
    """Wait for the child's end, or bring it about; its status. Its number is another's afterwards."""
    if running.is_gone:
        return None
    running.is_gone = True
    with contextlib.suppress(ProcessLookupError):
        if not _is_dead(running.child):
            _end(running.child)
    try:
        return os.waitpid(running.child, 0)[1]
    except ChildProcessError:
        return None


def _end(child: int) -> None:
    """A child that has answered is given a moment to leave by itself."""
    patience = time.monotonic() + 0.05
    while time.monotonic() < patience:
        if _is_dead(child):
            return
        time.sleep(0.001)
    os.kill(child, signal.SIGKILL)


def _cause_of(status: int | None) -> Death:
    if status is None or not os.WIFSIGNALED(status):
        return "crash"
    number = os.WTERMSIG(status)
    if number in (signal.SIGXCPU, signal.SIGALRM):
        return "time"
    # The kernel's out-of-memory killer sends SIGKILL; the parent's own kill is told apart by its clock.
    return "memory" if number == signal.SIGKILL else "crash"


class _Careful(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if module.startswith(_MODULES) or (module == "builtins" and name in _BUILTINS):
            return super().find_class(module, name)
        raise pickle.UnpicklingError("not part of a ReadReturn")


def _open(answer: bytes) -> Outcome:
    collecting = gc.isenabled()
    gc.disable()
    try:
        kind, value, seconds = _Careful(io.BytesIO(answer)).load()
        seconds = float(seconds)
    except Exception:  # noqa: BLE001  whatever a forged answer raises, it is no answer
        return Outcome(death="crash")
    finally:
        if collecting:
            gc.enable()
    if kind == "value":
        return Outcome(value=value, seconds=seconds)
    return Outcome(death="memory" if kind == "memory" else "crash", error=value)
