"""What a look at an .ods tells before it is parsed: how large its repeated rows and cells make it, hidden rows, merges.

Two attributes of a few bytes can ask for a billion cells. Runs over content.xml as it is inflated.
"""

from __future__ import annotations

import re

from zhibao.reading.sheetscan import SheetScan

_PART = re.compile(
    rb"<table:(table|table-column|table-row|table-cell|covered-table-cell)(?=[\s/>])((?:[^>\"']|\"[^\"]*\"|'[^']*')*?)(/?)>"
)
_REPEATED = re.compile(rb"table:number-(?:columns|rows)-repeated=[\"'](\d{1,10})[\"']")
_SPANS = re.compile(rb"table:number-(columns|rows)-spanned=[\"'](\d{1,7})[\"']")
_HIDDEN = re.compile(rb"table:visibility=[\"'](?:collapse|filter)[\"']")
_HAS_VALUE = re.compile(rb"(?:office:(?:value-type|value|date-value)|table:formula)=")
_HAS_RESULT = re.compile(rb"office:value-type=")
_MOST_KEPT = 20_000
_ROW = b"<table:table-row"
_LONGEST_ROW = 4 << 20
# What only a look at each cell can place.
_MARKS = (b"-repeated=", b"-spanned=", b"error", b"formula", b"visibility", b"<table:table ", b"<table:table-column")


class OdsScanner:
    """Feed it the chunks of content.xml; `scans` are by the sheet's place."""

    def __init__(self) -> None:
        self.scans: list[SheetScan] = []
        self._rest = b""
        self._row = self._next_row = self._column = self._sheet_column = 0

    def feed(self, chunk: bytes) -> None:
        data = self._rest + chunk
        cut = data.rfind(_ROW)
        if cut <= 0 or len(data) - cut > _LONGEST_ROW:
            cut = data.rfind(b"<table:")
        if cut <= 0 or len(data) - cut > _LONGEST_ROW:
            cut = len(data)
        self._look(data[:cut])
        self._rest = data[cut:]

    def close(self) -> list[SheetScan]:
        self._look(self._rest)
        return self.scans

    def _look(self, data: bytes) -> None:
        before, *rows = data.split(_ROW)
        self._take_parts(before)
        for row in rows:
            if not (self.scans and self._take_plain(row)):
                self._take_parts(_ROW + row)

    def _take_plain(self, row: bytes) -> bool:
        """A row of plain cells, which most are: how wide it is. False if it must be looked at cell by cell."""
        if row[:1] not in b" >":  # a group of rows
            return False
        last = row.rfind(b"<table:table-cell")
        if last > 0 and b"office:value" not in row[last:] and b"formula" not in row[last:]:
            # Programs fill each row up to the sheet's edge with one empty cell.
            if b"<table:table " in row[last:]:
                return False
            row = row[:last]
        if any(mark in row for mark in _MARKS):
            return False
        self._row, self._column = self._next_row, row.count(b"table-cell ") + row.count(b"<table:table-cell/")
        self._next_row += 1
        if b"office:value" in row:
            scan = self.scans[-1]
            scan.last_row, scan.last_column = self._next_row, max(scan.last_column, self._column)
        return True

    def _take_parts(self, data: bytes) -> None:
        for part in _PART.finditer(data):
            name, attributes = part[1], part[2]
            if name == b"table":
                self.scans.append(SheetScan(last_column=0))
                self._row = self._next_row = self._sheet_column = 0
            elif not self.scans:
                continue
            elif name == b"table-row":
                self._begin_row(attributes)
            elif name == b"table-column":
                self._take_column(attributes)
            else:
                self._take_cell(attributes)

    def _begin_row(self, attributes: bytes) -> None:
        self._row, self._column = self._next_row, 0
        self._next_row += _repeats(attributes)
        hidden = self.scans[-1].hidden_rows
        if b"visibility" in attributes and _HIDDEN.search(attributes) and len(hidden) < _MOST_KEPT:
            hidden.update(range(self._row, min(self._next_row, self._row + _MOST_KEPT)))

    def _take_column(self, attributes: bytes) -> None:
        first = self._sheet_column
        self._sheet_column += _repeats(attributes)
        if b"visibility" in attributes and _HIDDEN.search(attributes):
            self.scans[-1].hidden_columns.update(range(first, min(self._sheet_column, 16384)))

    def _take_cell(self, attributes: bytes) -> None:
        row, column, scan = self._row, self._column, self.scans[-1]
        self._column += _repeats(attributes)
        if not attributes:
            return
        if _HAS_VALUE.search(attributes):
            scan.last_row, scan.last_column = max(scan.last_row, self._next_row), max(scan.last_column, self._column)
            if b'"error"' in attributes and len(scan.errors) < _MOST_KEPT:
                scan.errors.add((row, column))
            elif b"table:formula" in attributes and not _HAS_RESULT.search(attributes):
                scan.empty_formulas.add((row, column))
        if b"-spanned=" in attributes and len(scan.merged) < _MOST_KEPT:
            spans = {kind: int(count) for kind, count in _SPANS.findall(attributes)}
            bottom, right = row + spans.get(b"rows", 1) - 1, column + spans.get(b"columns", 1) - 1
            if (bottom, right) != (row, column):
                scan.merged.append((row, column, bottom, right))


def _repeats(attributes: bytes) -> int:
    found = _REPEATED.search(attributes) if b"-repeated=" in attributes else None
    return int(found[1]) if found else 1
