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
_ERROR = re.compile(rb"<(?:\w+:)?c\b(?=[^>]*\bt=[\"']e[\"'])[^>]*?\br=[\"']([A-Z]{1,3}\d{1,7})")
_EMPTY_FORMULA = re.compile(
    rb"<(?:\w+:)?c\b(?![^>]*\bt=[\"']str[\"'])[^>]*?\br=[\"']([A-Z]{1,3}\d{1,7})[\"'][^>]*>\s*"
    rb"<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></|</(?:\w+:)?c>)"
)
# A tag longer than this is no sheet of a spreadsheet program.
_LONGEST_TAG = 65_536
_MOST_KEPT = 20_000
# Sheets that have come to fewer rows than this has digits are looked through for cells far below.
_FAR_DIGITS = 5


@dataclass(slots=True)
class SheetScan:
    """Places are 0-based (row, column); `hidden_rows` 0-based too. `grid_cells` is the least grid that holds all."""

    errors: set[tuple[int, int]] = field(default_factory=set)
    empty_formulas: set[tuple[int, int]] = field(default_factory=set)
    hidden_rows: set[int] = field(default_factory=set)
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

    def close(self) -> SheetScan:
        if self._rest:
            self._look(self._rest)
            self._rest = b""
        return self.scan

    def _look(self, data: bytes) -> None:
        self._measure(data)
        if b" hidden=" in data and len(self.scan.hidden_rows) < _MOST_KEPT:
            self.scan.hidden_rows.update(int(row) - 1 for row in _HIDDEN_ROW.findall(data))
        if (b' t="e"' in data or b" t='e'" in data) and len(self.scan.errors) < _MOST_KEPT:
            self.scan.errors.update(map(place, _ERROR.findall(data)))
        if (b"<f" in data or (self._prefixed and b":f" in data)) and len(self.scan.empty_formulas) < _MOST_KEPT:
            self.scan.empty_formulas.update(map(place, _EMPTY_FORMULA.findall(data)))

    def _measure(self, data: bytes) -> None:
        """Exact in columns; rows by the row elements, and in small sheets by cells that name a row far beyond them.

        A cell may still lie about its row in a large sheet: the sandbox's memory limit holds that.
        """
        scan = self.scan
        if rows := (_PREFIXED_ROW if self._prefixed else _ROW).findall(data):
            scan.last_row = max(scan.last_row, max(map(int, rows)))
        digits = len(str(scan.last_row)) + 1
        if digits <= _FAR_DIGITS:
            far = re.findall(rb" r=[\"'][A-Z]{1,3}(\d{%d,7})[\"']" % digits, data)
            scan.last_row = max([scan.last_row, *map(int, far)])
        for letters in set(_WIDE.findall(data)):
            scan.last_column = max(scan.last_column, column_number(letters.decode()))


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
