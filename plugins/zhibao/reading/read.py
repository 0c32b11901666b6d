"""The way in: one file to one ReadReturn, read in a confined child; what a file holds never raises."""

from __future__ import annotations

import csv
import os
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

from python_calamine import CalamineError, PasswordError

from zhibao.programme.models import Programme
from zhibao.reading.cells import NotText, open_grids, reader_of
from zhibao.reading.limits import Limits
from zhibao.reading.messages import catalogue, finding
from zhibao.reading.model import ReadReturn
from zhibao.reading.preflight import preflight
from zhibao.reading.sandbox import Outcome, Running, finish, run_limited, start
from zhibao.reading.table import read_table
from zhibao.reading.transport import pack, unpack

_DEATHS = {
    "memory": "reading.needs_too_much_memory",
    "time": "reading.takes_too_long",
    "crash": "reading.unreadable_file",
}
_DEFAULT = Limits()

# What no correction of the file can mend.
_REFUSALS = {"reading.not_a_unit"}

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
    at_work: deque[tuple[Callable[[], ReadReturn], Running]] = deque()
    for path, file_name in files:
        if len(at_work) >= (at_once or os.cpu_count() or 1):
            yield _finished(*at_work.popleft(), limits)
        task = partial(_read_packed, path, programme, limits, file_name)
        at_work.append((task, start(task, limits)))
    while at_work:
        yield _finished(*at_work.popleft(), limits)


def _finished(task: Callable[[], ReadReturn], running: Running, limits: Limits) -> ReadReturn:
    late = time.monotonic() - running.started  # how long it may have waited to be heard, behind another
    outcome = finish(running)
    if outcome.death == "time" and late > limits.wall_seconds / 2:
        outcome = run_limited(task, limits)  # alone it has all its time
    return unpack(outcome.value) if isinstance(outcome.value, ReadReturn) else _refuse(_code_of(outcome))


def _read_packed(path: Path, programme: Programme, limits: Limits, file_name: str) -> ReadReturn:
    return pack(_read(path, programme, limits, file_name))


def _read(path: Path, programme: Programme, limits: Limits, file_name: str) -> ReadReturn:
    checked = preflight(path, limits, file_name)
    if checked.kind is None:
        return ReadReturn(findings=checked.findings, refused=True)
    try:
        result = read_table(
            open_grids(path, checked), programme, limits,
            epoch_1904=checked.epoch_1904, has_pictures=checked.has_pictures,
        )
    except PasswordError:
        return _refuse("reading.password")
    except NotText:
        return _refuse("reading.unknown_file")
    except (CalamineError, csv.Error, OSError, ValueError):
        return _refuse("reading.damaged_file")
    result.findings[:0] = checked.findings
    result.refused = any(item.code in _REFUSALS for item in result.findings)
    result.reader, result.reader_version = reader_of(checked.kind)
    return result


def _code_of(outcome: Outcome) -> str:
    return _DEATHS[outcome.death or "crash"]


def _refuse(code: str) -> ReadReturn:
    return ReadReturn(findings=[finding(code)], refused=True)
