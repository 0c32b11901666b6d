"""Reads .csv and .txt: which encoding, which separator, and quotation marks that hold line breaks or never close."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from zhibao.reading.cells import MOST_COLUMNS, MOST_ROWS, MOST_TEXT_CELLS, TOP_ROWS, Grid, NotText, Row, TooLarge

_ENCODINGS = ("utf-8-sig", "gb18030")
_LONGEST_FIELD = 1_000_000
_UNCLOSED = "unexpected end of data"


class UnclosedQuote(Exception):
    """A quotation mark opens and never closes; `row` is where, as a person counts."""

    def __init__(self, row: int) -> None:
        self.row = row


def open_text(path: Path) -> Iterator[Grid]:
    """The one sheet of a text file. Raises NotText, TooLarge, UnclosedQuote, csv.Error."""
    text = decode(path.read_bytes())
    csv.field_size_limit(_LONGEST_FIELD)
    delimiter = _delimiter_of(text)
    if text.count(delimiter) > MOST_TEXT_CELLS:
        raise TooLarge
    try:
        rows = _parse(text, delimiter, strict=True)
    except csv.Error as error:
        rows = _parse(text, delimiter, strict=False)
        if str(error) == _UNCLOSED:
            raise UnclosedQuote(len(rows)) from None
    width = max(map(len, rows), default=0)
    if width > MOST_COLUMNS:
        raise TooLarge
    yield Grid("", [_padded(row, width) for row in rows[:TOP_ROWS]], lambda: (_padded(row, width) for row in rows))


def decode(data: bytes) -> str:
    """UTF-16 by its mark, UTF-8 with or without one, else GB18030. Raises NotText."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="strict")
    for encoding in _ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise NotText


def _parse(text: str, delimiter: str, *, strict: bool) -> list[Row]:
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=strict)
    rows = list(islice(lines, MOST_ROWS + 1))
    if len(rows) > MOST_ROWS:
        raise TooLarge
    return rows


def _padded(row: Row, width: int) -> Row:
    return row if len(row) == width else row + [""] * (width - len(row))


def _delimiter_of(text: str) -> str:
    """The separator of the widest line near the top: the header is wider than the head block."""
    lines = text[:20_000].splitlines()[:TOP_ROWS]
    return max(",\t;", key=lambda mark: max((line.count(mark) for line in lines), default=0))
