"""Strangers' files are parsed in a forked child, because a parser that aborts or hangs must not take intake with it."""

from __future__ import annotations

import contextlib
import faulthandler
import fcntl
import gc
import io
import os
import pickle
import resource
import select
import signal
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from zhibao.reading.limits import Limits

Death = Literal["memory", "time", "crash"]

_LENGTH = struct.Struct(">Q")
# What a ReadReturn is made of. Anything else in the child's answer is refused.
_MODULES = ("zhibao.", "datetime", "decimal")
_BUILTINS = {"set", "frozenset", "bytearray", "complex"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the child gave: its value, or how it died. `error` is the name of an exception's class, never its text."""

    value: Any = None
    death: Death | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Running:
    """A child at work: its process, the pipe that it answers on, when it began and how many seconds it has."""

    child: int
    pipe: int
    started: float
    seconds: float


def run_limited(function: Callable[[], Any], limits: Limits) -> Outcome:
    """Run `function` in a forked child under `limits` and bring back its picklable result."""
    return finish(start(function, limits))


def start(function: Callable[[], Any], limits: Limits) -> Running:
    """Fork a child that runs `function` under `limits`; `finish` must follow."""
    reading_end, writing_end = os.pipe()
    with contextlib.suppress(OSError):
        fcntl.fcntl(writing_end, fcntl.F_SETPIPE_SZ, 1 << 20)
    child = os.fork()
    if child == 0:
        os.close(reading_end)
        _be_child(function, limits, writing_end)
    os.close(writing_end)
    return Running(child, reading_end, time.monotonic(), limits.wall_seconds)


def finish(running: Running) -> Outcome:
    """Wait for the child's answer, or for its end."""
    try:
        payload, timed_out = _receive(running.pipe, running.child, running.started + running.seconds)
    finally:
        os.close(running.pipe)
    status = _reap(running.child)
    if payload is None:
        return Outcome(death="time" if timed_out else _cause_of(status))
    return _open(payload)


def _be_child(function: Callable[[], Any], limits: Limits, pipe: int) -> None:
    """Never returns: the parent's exit handlers and buffers must not run or be flushed a second time here."""
    try:
        _confine(limits, writing_end=pipe)
        _send(pipe, _answer(function))
    finally:
        os._exit(0)


def _confine(limits: Limits, *, writing_end: int) -> None:
    _fall_silent(writing_end)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM, signal.SIGXCPU):
        signal.signal(number, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _lower(resource.RLIMIT_AS, _own_size_bytes() + limits.memory_bytes)
    _lower(resource.RLIMIT_CPU, max(1, limits.cpu_seconds))
    # Ends the child even when the parent that would have killed it is gone.
    signal.setitimer(signal.ITIMER_REAL, limits.wall_seconds + 1)
    gc.disable()


def _fall_silent(kept: int) -> None:
    """Every file, log, terminal and connection of the parent becomes the null device here, all but the pipe.

    They are replaced rather than closed, so that no number is given out again under an object that still holds it.
    """
    faulthandler.disable()
    silence = os.open(os.devnull, os.O_RDWR)
    try:
        inherited = {int(name) for name in os.listdir("/proc/self/fd")}
    except OSError:
        inherited = set()
    for number in (inherited | {0, 1, 2}) - {kept, silence}:
        with contextlib.suppress(OSError):
            os.dup2(silence, number)


def _lower(kind: int, wanted: int) -> None:
    _, hard = resource.getrlimit(kind)
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    resource.setrlimit(kind, (wanted, hard))


def _own_size_bytes() -> int:
    try:
        with open("/proc/self/statm", encoding="ascii") as statm:
            return int(statm.read().split()[0]) * resource.getpagesize()
    except OSError:
        return 2 * 1024**3


def _answer(function: Callable[[], Any]) -> bytes:
    try:
        return pickle.dumps(("value", function()), protocol=pickle.HIGHEST_PROTOCOL)
    except MemoryError:
        return pickle.dumps(("memory", None))
    except BaseException as error:  # noqa: BLE001  a Rust panic is a BaseException, and its text may hold a cell's value
        return pickle.dumps(("error", type(error).__name__))


def _send(pipe: int, payload: bytes) -> None:
    view = memoryview(_LENGTH.pack(len(payload)) + payload if len(payload) < 65536 else _LENGTH.pack(len(payload)))
    rest = memoryview(b"" if len(payload) < 65536 else payload)
    for part in (view, rest):
        while part:
            part = part[os.write(pipe, part):]


def _receive(pipe: int, child: int, deadline: float) -> tuple[bytearray | None, bool]:
    """The child's answer, or None; and whether time ran out. Reads by length: another fork may hold the pipe open."""
    received, poller = bytearray(), select.poll()
    poller.register(pipe, select.POLLIN | select.POLLHUP)
    while not _complete(received):
        left = deadline - time.monotonic()
        if left <= 0:
            return None, True
        if poller.poll(min(left, 0.25) * 1000):
            chunk = os.read(pipe, 1 << 20)
            if not chunk:
                return None, False
            received += chunk
        elif _is_dead(child) and not poller.poll(0):
            return None, False
    return received, False


def _complete(received: bytearray) -> bool:
    return len(received) >= 8 and len(received) >= 8 + _LENGTH.unpack_from(received)[0]


def _is_dead(child: int) -> bool:
    """Looks without reaping, so that the status is still there to be read."""
    try:
        return os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
    except ChildProcessError:
        return True


def _reap(child: int) -> int | None:
    with contextlib.suppress(ProcessLookupError):
        if not _is_dead(child):
            _end(child)
    try:
        return os.waitpid(child, 0)[1]
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


def _open(payload: bytearray) -> Outcome:
    collecting = gc.isenabled()
    gc.disable()
    try:
        kind, value = _Careful(io.BytesIO(memoryview(payload)[8:])).load()
    except Exception:  # noqa: BLE001  whatever a forged answer raises, it is no answer
        return Outcome(death="crash")
    finally:
        if collecting:
            gc.enable()
    if kind == "value":
        return Outcome(value=value)
    return Outcome(death="memory" if kind == "memory" else "crash", error=value)
