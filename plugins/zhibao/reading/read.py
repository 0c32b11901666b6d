"""The way in: one file to one ReadReturn, read in a confined child; what a file holds never raises."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

from zhibao.programme.models import Programme
from zhibao.reading.attempt import attempt, refused_with
from zhibao.reading.limits import Limits
from zhibao.reading.messages import catalogue, finding
from zhibao.reading.model import ReadReturn
from zhibao.reading.sandbox import Outcome, Running, finish, run_limited, start
from zhibao.reading.transport import unpack

_DEATHS = {
    "memory": "reading.needs_too_much_memory",
    "time": "reading.takes_too_long",
    "crash": "reading.unreadable_file",
}
_DEFAULT = Limits()

__all__ = ["Limits", "ReadReturn", "read_many", "read_return"]


def read_return(
    path: str | Path, programme: Programme, limits: Limits = _DEFAULT, *, file_name: str | None = None
) -> ReadReturn:
    """Read the workbook at `path`. `file_name` is the office's own name for it, where `path` is the landing's.

    Whatever the file holds, the answer is a ReadReturn: `refused`, with one finding, when it could not be read at all.
    """
    path = Path(path)
    return next(read_many([(path, file_name or path.name)], programme, limits))


def read_many(
    files: Iterable[tuple[Path, str]], programme: Programme, limits: Limits = _DEFAULT, *, at_once: int | None = None
) -> Iterator[ReadReturn]:
    """Each (path, file name) as a ReadReturn, in their order; one child a file, `at_once` of them (default: the CPUs).

    A bad file costs the others nothing.
    """
    catalogue()  # read once here, so that no child has to
    at_work: deque[tuple[partial[ReadReturn], Running]] = deque()
    for path, file_name in files:
        if len(at_work) >= (at_once or os.cpu_count() or 1):
            yield _finished(*at_work.popleft(), limits)
        task = partial(attempt, path, programme, limits, file_name)
        at_work.append((task, start(task, limits)))
    while at_work:
        yield _finished(*at_work.popleft(), limits)


def _finished(task: partial[ReadReturn], running: Running, limits: Limits) -> ReadReturn:
    late = time.monotonic() - running.started  # how long it may have waited to be heard, behind another
    outcome = finish(running)
    if outcome.death == "time" and late > limits.wall_seconds / 2:
        outcome = run_limited(task, limits)  # alone it has all its time
    result = unpack(outcome.value) if isinstance(outcome.value, ReadReturn) else _refused(outcome)
    if outcome.death == "crash" or (result.refused and result.reader):
        from zhibao.reading.second import read_again

        spent = min(time.monotonic() - running.started, limits.cpu_seconds / 2)
        return read_again(*task.args, seconds_left=limits.cpu_seconds - spent) or result
    return result


def _refused(outcome: Outcome) -> ReadReturn:
    return refused_with("", finding(_DEATHS[outcome.death or "crash"]))
