"""The child's side of the sandbox: gives up what it could harm with, does its tasks in turn, answers each on a pipe."""

from __future__ import annotations

import contextlib
import faulthandler
import gc
import math
import os
import pickle
import resource
import select
import signal
import struct
import time
from collections.abc import Callable, Iterable
from typing import Any, NoReturn

from zhibao.reading.limits import Limits

# Before each answer stands how long it is.
LENGTH = struct.Struct(">Q")


def be_child(tasks: Iterable[Callable[[], Any]], limits: Limits, pipe: int) -> NoReturn:
    """Answer (kind, value, seconds) to each task, up to the first that fails. `limits` hold for each by itself.

    Never returns: the parent's exit handlers and buffers must not run or be flushed a second time here.
    """
    parent = os.getppid()
    try:
        _confine(limits, pipe)
        for task in tasks:
            _begin(limits)
            answer, is_value = _answer(task)
            signal.setitimer(signal.ITIMER_REAL, 0)
            _send(pipe, answer, parent)
            if not is_value:
                break
    finally:
        os._exit(0)


def _confine(limits: Limits, pipe: int) -> None:
    _fall_silent(pipe)
    os.set_blocking(pipe, False)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM, signal.SIGXCPU):
        signal.signal(number, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _lower(resource.RLIMIT_AS, _own_size_bytes() + limits.memory_bytes)
    gc.disable()


def _begin(limits: Limits) -> None:
    """Set the clocks for one task; processor time counts from what is spent already."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    _lower(resource.RLIMIT_CPU, math.ceil(usage.ru_utime + usage.ru_stime) + max(1, limits.cpu_seconds))
    # Ends the child even when the parent that would have killed it is gone, or listens to another.
    signal.setitimer(signal.ITIMER_REAL, limits.wall_seconds + 1)


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


def _answer(task: Callable[[], Any]) -> tuple[bytes, bool]:
    """The task's answer, pickled, and whether it is a value."""
    begun = time.monotonic()
    try:
        return pickle.dumps(("value", task(), time.monotonic() - begun), protocol=pickle.HIGHEST_PROTOCOL), True
    except MemoryError:
        return pickle.dumps(("memory", None, 0.0)), False
    except BaseException as error:  # noqa: BLE001  a Rust panic is a BaseException, and its text may hold a cell's value
        return pickle.dumps(("error", type(error).__name__, 0.0)), False


def _send(pipe: int, answer: bytes, parent: int) -> None:
    """Write as the parent reads, however late that is; leave when it is gone."""
    poller = select.poll()
    poller.register(pipe, select.POLLOUT)
    for part in (memoryview(LENGTH.pack(len(answer))), memoryview(answer)):
        while part:
            if poller.poll(1000):
                part = part[os.write(pipe, part):]
            elif os.getppid() != parent:
                os._exit(0)
