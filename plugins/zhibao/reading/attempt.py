"""One attempt at one file, made inside the confined child: looked at first, then read by one reader."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from pathlib import Path

from python_calamine import CalamineError, PasswordError

from zhibao.findings import Finding
from zhibao.programme.models import Programme
from zhibao.reading.cells import Grid, NoReader, NotText, TooLarge, open_grids, reader_of
from zhibao.reading.limits import Limits
from zhibao.reading.messages import finding
from zhibao.reading.model import ReadReturn
from zhibao.reading.preflight import Preflight, preflight
from zhibao.reading.table import read_table
from zhibao.reading.textfile import UnclosedQuote
from zhibao.reading.transport import pack

Opener = Callable[[Path, Preflight], Iterator[Grid]]

# What no correction of the file can mend.
_REFUSALS = {"reading.not_a_unit"}


def attempt(
    path: Path, programme: Programme, limits: Limits, file_name: str, open_sheets: Opener = open_grids
) -> ReadReturn:
    """The file as read, packed for the way home. A refusal names a reader only if one was asked."""
    checked = preflight(path, limits, file_name)
    if checked.kind is None:
        return refused_with("", *checked.findings)
    try:
        result = read_table(
            open_sheets(path, checked), programme, limits,
            epoch_1904=checked.epoch_1904, has_pictures=checked.has_pictures,
        )
    except PasswordError:
        return refused_with("", finding("reading.password"))
    except NotText:
        return refused_with("", finding("reading.unknown_file"))
    except TooLarge:
        return refused_with("", finding("reading.text_too_large"))
    except UnclosedQuote as error:
        return refused_with("", finding("reading.unclosed_quote", row=error.row))
    except (CalamineError, NoReader, csv.Error, OSError, ValueError):
        return refused_with(reader_of(checked.kind)[0], finding("reading.damaged_file"))
    result.findings[:0] = checked.findings
    result.refused = any(item.code in _REFUSALS for item in result.findings)
    result.reader, result.reader_version = reader_of(checked.kind)
    return pack(result)


def refused_with(reader: str, *findings: Finding) -> ReadReturn:
    """A file that could not be read at all; `reader` is the one that failed at it, if one was asked."""
    return ReadReturn(findings=list(findings), refused=True, reader=reader)


def gave_up(result: ReadReturn) -> bool:
    """Whether no table came of it; a table whose office may not send it is read, and refused for what it says."""
    return result.refused and not result.form
