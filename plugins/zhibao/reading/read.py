"""The way in: one file to one ReadReturn, read in a confined child; what a file holds never raises."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path

from python_calamine import CalamineError, PasswordError

from zhibao.programme.models import Programme
from zhibao.reading.cells import NotText, open_grids, reader_of
from zhibao.reading.limits import Limits
from zhibao.reading.messages import catalogue, finding
from zhibao.reading.model import ReadReturn
from zhibao.reading.preflight import preflight
from zhibao.reading.sandbox import Outcome, run_limited
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
    catalogue()  # read once here, so that no child has to
    path = Path(path)
    outcome = run_limited(lambda: pack(_read(path, programme, limits, file_name or path.name)), limits)
    return unpack(outcome.value) if isinstance(outcome.value, ReadReturn) else _refuse(_code_of(outcome))


def read_many(
    paths: Iterable[str | Path], programme: Programme, limits: Limits = _DEFAULT
) -> Iterator[tuple[Path, ReadReturn]]:
    """Each file with its ReadReturn, one child a file: a bad one costs the others nothing."""
    for path in paths:
        yield Path(path), read_return(path, programme, limits)


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
