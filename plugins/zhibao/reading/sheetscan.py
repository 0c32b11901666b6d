"""What the reader cannot tell and a look at the sheet's own XML can: error cells, formulas without values, hidden rows,
and how large a grid the cells would ask for. Runs over the stream as it is inflated, so it costs no second pass."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

# Patterns that meet every cell begin with plain letters, which the engine finds many times faster than a boundary.
_ROW = re.compile(rb"<row [^>]*?\br=[\"'](\d+)")
_PREFIXED_ROW = re.compile(rb"<\w+:row [^>]*?\br=[\"'](\d+)")
_HIDDEN_ROW = re.compile(rb"<(?:\w+:)?row\b(?=[^>]*\bhidden=[\"'](?:1|true)[\"'])[^>]*?\br=[\"'](\d+)")
_WIDE = re.compile(rb" r=[\"']([A-Z]{2,3})\d")
_COLUMN = re.compile(rb"<(?:\w+:)?col\b[^>]*\bhidden=[\"'](?:1|true)[\"'][^>]*>")
_COLUMN_BOUND = re.compile(rb"\b(min|max)=[\"'](\d{1,5})[\"']")
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\b[^>]*?\bref=[\"']([A-Z]{1,3}\d{1,7}):([A-Z]{1,3}\d{1,7})[\"']")
_ERROR = re.compile(rb"<(?:\w+:)?c\b(?=[^>]*\bt=[\"']e[\"'])[^>]*?\br=[\"']([A-Z]{1,3}\d{1,7})")
_EMPTY_FORMULA = re.compile(
    rb"<(?:\w+:)?c\b(?![^>]*\bt=[\"']str[\"'])[^>]*?\br=[\"']([A-Z]{1,3}\d{1,7})[\"'][^>]*>\s*"
    rb"<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></|</(?:\w+:)?c>)"
)
# A tag longer than this is no sheet of a spreadsheet program.
_LONGEST_TAG = 65_536
_MOST_KEPT = 20_000
# How many bytes of a sheet are looked through for cells far away.
_LOOKED_THROUGH = 8 << 20
_MOST_ROW_DIGITS = 7
# From so many bytes it is seen which quotes the file's writer uses.
_SAMPLE = 4096


@dataclass(slots=True)
class SheetScan:
    """All places are 0-based, (row, column). `grid_cells` is the least grid that holds all.

    `merged` are (first row, first column, last row, last column).
    """

    errors: set[tuple[int, int]] = field(default_factory=set)
    empty_formulas: set[tuple[int, int]] = field(default_factory=set)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    last_row: int = 0
    last_column: int = 26

    @property
    def grid_cells(self) -> int:
        return self.last_row * self.last_column


class Scanner:
    """Feed it the inflated chunks of one sheet in order; it carries a cut tag over to the next chunk."""

    def __init__(self) -> None:
        self.scan = SheetScan()
        self._rest = b""
        self._prefixed: bool | None = None
        self._has_formulas = False
        self._measured = 0

    def feed(self, chunk: bytes) -> None:
        if self._prefixed is None:
            self._prefixed = b":worksheet" in chunk[:4096]
        data = self._rest + chunk if self._rest else chunk
        # Cut before the last cell, so that a cell with its formula and value is seen whole.
        cut = max(data.rfind(b"<c "), data.rfind(b"<row"))
        if cut <= 0 or len(data) - cut > _LONGEST_TAG:
            cut = data.rfind(b"<")
        if cut <= 0 or len(data) - cut > _LONGEST_TAG:
            cut = len(data)
        self._look(data[:cut])
        self._rest = data[cut:]

    def close(self) -> list[SheetScan]:
        if self._rest:
            self._look(self._rest)
            self._rest = b""
        return [self.scan]

    def _look(self, data: bytes) -> None:
        self._measure(data)
        if _holds(data, b"h", b" hidden=") and len(self.scan.hidden_rows) < _MOST_KEPT:
            self.scan.hidden_rows.update(int(row) - 1 for row in _HIDDEN_ROW.findall(data))
            for tag in _COLUMN.findall(data):
                bounds = dict(_COLUMN_BOUND.findall(tag))
                self.scan.hidden_columns.update(range(int(bounds.get(b"min", 1)) - 1, int(bounds.get(b"max", 0))))
        # Merged cells stand behind the last row.
        if data.find(b"mergeCell ", max(0, data.rfind(b"row>"))) >= 0 and len(self.scan.merged) < _MOST_KEPT:
            self.scan.merged += [(*place(first), *place(last)) for first, last in _MERGED.findall(data)]
        is_error = b" t='e'" if b"='" in data[:_SAMPLE] else b' t="e"'
        if _holds(data, b"e", is_error) and len(self.scan.errors) < _MOST_KEPT:
            self.scan.errors.update(map(place, _ERROR.findall(data)))
        self._has_formulas = self._has_formulas or _holds(data, b"f", b":f>" if self._prefixed else b"</f>")
        if self._has_formulas and len(self.scan.empty_formulas) < _MOST_KEPT:
            self.scan.empty_formulas.update(map(place, _EMPTY_FORMULA.findall(data)))

    def _measure(self, data: bytes) -> None:
        """Rows by the row elements, and by cells that name a row far beyond them; columns by the cells.

        Past `_LOOKED_THROUGH` only the last row is: what a large sheet hides in its middle, the sandbox holds.
        """
        scan = self.scan
        row = _PREFIXED_ROW if self._prefixed else _ROW
        self._measured += len(data)
        if self._measured - len(data) > _LOOKED_THROUGH:
            if last := row.search(data, max(0, data.rfind(b"row ") - 64)):
                scan.last_row = max(scan.last_row, int(last[1]))
            return
        if rows := row.findall(data):
            scan.last_row = max(scan.last_row, max(map(int, rows)))
        if (digits := len(str(scan.last_row)) + 1) <= _MOST_ROW_DIGITS:
            far = re.findall(rb" r=[\"'][A-Z]{1,3}(\d{%d,%d})[\"']" % (digits, _MOST_ROW_DIGITS), data)
            scan.last_row = max([scan.last_row, *map(int, far)])
        for letters in set(_WIDE.findall(data)):
            scan.last_column = max(scan.last_column, column_number(letters.decode()))


def _holds(data: bytes, letter: bytes, mark: bytes) -> bool:
    """Whether `mark` is in `data`; first its rarest letter is looked for, which is ten times as fast."""
    return letter in data and mark in data


def column_number(letters: str) -> int:
    """A → 1, AA → 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def column_letters(index: int) -> str:
    """0 → A, 26 → AA."""
    letters, number = "", index + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def place(reference: bytes) -> tuple[int, int]:
    """b"B3" → (2, 1)."""
    text = reference.decode()
    letters = text.rstrip("0123456789")
    return int(text[len(letters):]) - 1, column_number(letters) - 1
