"""A second reader for files that the first one gives up on: openpyxl for .xlsx, LibreOffice for the older kinds.

It is tried once, under the same limits, in what is left of the file's time; never after a refusal by the preflight.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time
from functools import partial
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from time import monotonic
from typing import Any

from zhibao.programme.models import Programme
from zhibao.reading.attempt import attempt, gave_up, refused_with
from zhibao.reading.cells import TOP_ROWS, Grid, Row, is_of_no_use
from zhibao.reading.limits import Limits
from zhibao.reading.messages import finding
from zhibao.reading.model import ReadReturn
from zhibao.reading.office import convert, find_office, office_version
from zhibao.reading.preflight import Preflight, preflight
from zhibao.reading.sandbox import run_limited
from zhibao.reading.sheetscan import SheetScan
from zhibao.reading.transport import unpack

_CONVERTED = ("xls", "xlsb", "ods", "xml")
_SHORTEST_SECONDS = 1.0
# LibreOffice needs one or two for a file that it can read.
_CONVERSION_SECONDS = 8.0


def read_again(
    path: Path, programme: Programme, limits: Limits, file_name: str, *, seconds_left: float
) -> ReadReturn | None:
    """The file as a second reader reads it, or None if there is none, or no time, or it fails too."""
    if seconds_left < _SHORTEST_SECONDS:
        return None
    deadline = monotonic() + seconds_left
    limits = replace(limits, cpu_seconds=max(1, min(limits.cpu_seconds, int(seconds_left))))
    checked = run_limited(partial(preflight, path, limits, file_name), limits).value
    if not isinstance(checked, Preflight) or checked.kind is None:
        return None
    if checked.kind == "xlsx":
        task = partial(attempt, path, programme, limits, file_name, open_with_openpyxl)
        return _told(_outcome(task, limits), "openpyxl", version("openpyxl"))
    if checked.kind in _CONVERTED:
        return _read_converted(path, programme, limits, checked, deadline)
    return None


def _read_converted(
    path: Path, programme: Programme, limits: Limits, checked: Preflight, deadline: float
) -> ReadReturn | None:
    office = find_office()
    if office is None:
        return refused_with("", finding("reading.not_converted"))
    seconds = min(_CONVERSION_SECONDS, deadline - monotonic())
    with tempfile.TemporaryDirectory(prefix="zhibao-") as folder:
        made = convert(office, path, f".{checked.kind}", Path(folder), limits, seconds)
        seconds_left = int(deadline - monotonic())
        if made is None or seconds_left < _SHORTEST_SECONDS:
            return None
        limits = replace(limits, cpu_seconds=seconds_left)
        result = _outcome(partial(attempt, made, programme, limits, ""), limits)
        if result is not None:
            result.findings[:0] = checked.findings
        return _told(result, "LibreOffice", office_version(made))


def _outcome(task: partial[ReadReturn], limits: Limits) -> ReadReturn | None:
    value = run_limited(task, limits).value
    return unpack(value) if isinstance(value, ReadReturn) and not gave_up(value) else None


def _told(result: ReadReturn | None, reader: str, reader_version: str) -> ReadReturn | None:
    """Which reader it was, for the record and for the office, which should look twice."""
    if result is None:
        return None
    result.reader, result.reader_version = reader, reader_version
    result.findings.append(finding("reading.second_reader", reader=reader))
    return result


def open_with_openpyxl(path: Path, checked: Preflight) -> Iterator[Grid]:
    """The sheets of an .xlsx, the visible ones first, as openpyxl reads them without trusting their dimensions."""
    from openpyxl import load_workbook

    book = load_workbook(path.open("rb"), read_only=True, data_only=True)  # by a path, it judges by the extension
    places = {name: place for place, name in enumerate(book.sheetnames)}
    are_all_there = len(places) == len(checked.scans)
    for sheet in sorted(book.worksheets, key=lambda sheet: sheet.sheet_state != "visible"):
        is_hidden = sheet.sheet_state != "visible"
        if is_hidden and is_of_no_use(sheet.title):
            continue
        scan = checked.scans[places[sheet.title]] if are_all_there else SheetScan()
        sheet.reset_dimensions()
        rows = partial(_rows_of, sheet, scan.last_column)
        yield Grid(sheet.title, list(islice(rows(), TOP_ROWS)), rows, scan.merged, scan, is_hidden)


def _rows_of(sheet: Any, width: int) -> Iterator[Row]:
    for values in sheet.iter_rows(values_only=True):
        row = [_raw(value) for value in values[:width]]
        yield row + [""] * (width - len(row))


def _raw(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return value.date() if isinstance(value, datetime) and value.time() == time() else value
