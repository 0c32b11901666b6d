"""The way in: one file to one ReadReturn, read in a confined child; what a file holds never raises."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

from zhibao.programme.models import Programme
from zhibao.reading.attempt import attempt, gave_up, refused_with
from zhibao.reading.lexicon import lexicon_of
from zhibao.reading.limits import Limits
from zhibao.reading.messages import catalogue, finding
from zhibao.reading.model import ReadReturn
from zhibao.reading.sandbox import Outcome
from zhibao.reading.transport import unpack
from zhibao.reading.turns import run_in_turn

_DEATHS = {
    "memory": "reading.needs_too_much_memory",
    "time": "reading.takes_too_long",
    "crash": "reading.unreadable_file",
}
_DEFAULT = Limits()
# Files that one child reads in turn. A large one has a child of its own, so that its memory goes with it.
_SHIFT_FILES = 16
_SHIFT_BYTES = 1 << 20

_Task = partial[ReadReturn]

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
    """Each (path, file name) as a ReadReturn, in their order, by `at_once` children (default: as many as CPUs).

    Reading begins with this call and goes on while the caller does something else. A bad file costs the others nothing.
    """
    catalogue()  # these two are worked out here, so that no child has to
    lexicon_of(programme)
    outcomes = run_in_turn(_shifts(files, programme, limits), limits, at_once or os.cpu_count() or 1)
    return (_finished(task, outcome) for task, outcome in outcomes)


def _shifts(files: Iterable[tuple[Path, str]], programme: Programme, limits: Limits) -> Iterator[list[_Task]]:
    """Ever longer ones: the first files are wanted soon and by all children, the cost of a child counts for many."""
    shift: list[_Task] = []
    most, total_bytes = 1, 0
    for path, file_name in files:
        size = _size_of(path)
        if shift and (len(shift) == most or total_bytes + size > _SHIFT_BYTES):
            yield shift
            shift, most, total_bytes = [], min(most + 1, _SHIFT_FILES), 0
        shift.append(partial(attempt, path, programme, limits, file_name))
        total_bytes += size
    if shift:
        yield shift


def _size_of(path: Path) -> int:
    with suppress(OSError):
        return path.stat().st_size
    return 0


def _finished(task: _Task, outcome: Outcome) -> ReadReturn:
    result = unpack(outcome.value) if isinstance(outcome.value, ReadReturn) else _refused(outcome)
    if outcome.death == "crash" or (result.reader and gave_up(result)):
        from zhibao.reading.second import read_again

        limits: Limits = task.args[2]
        spent = min(outcome.seconds, limits.cpu_seconds / 2)
        return read_again(*task.args, seconds_left=limits.cpu_seconds - spent) or result
    return result


def _refused(outcome: Outcome) -> ReadReturn:
    return refused_with("", finding(_DEATHS[outcome.death or "crash"]))
