"""What a look at the records of an .xlsb tells before it is parsed: the sheets' order and epoch, hidden rows, errors.

Record numbers by [MS-XLSB].
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from zhibao.reading.sheetscan import SheetScan

_ROW, _CELL_ERROR, _FORMULA_ERROR, _LAST_CELL = 0, 3, 11, 11
_COLUMN, _BOOK, _SHEET, _MERGED = 60, 153, 156, 176
_HIDDEN_ROW = 0x10


class BinaryScanner:
    """Feed it the chunks of one sheetN.bin, whose records have no seams to cut at."""

    def __init__(self) -> None:
        self._data = bytearray()

    def feed(self, chunk: bytes) -> None:
        self._data += chunk

    def close(self) -> list[SheetScan]:
        """The one scan. Raises struct.error or ValueError where a record is cut off."""
        return [_scan(self._data)]


def sheets_of(data: bytes) -> tuple[list[str], bool]:
    """The relation ids of the sheets in order, and whether days are counted from 1904. `data` is workbook.bin."""
    relations, epoch_1904 = [], False
    for kind, place, _ in _records(data):
        if kind == _BOOK:
            epoch_1904 = bool(data[place] & 1)
        elif kind == _SHEET:
            length = struct.unpack_from("<I", data, place + 8)[0]
            relations.append(data[place + 12 : place + 12 + 2 * length].decode("utf-16-le", errors="replace"))
    return relations, epoch_1904


def _scan(data: bytearray) -> SheetScan:
    scan, row = SheetScan(last_column=0), 0
    for kind, place, _ in _records(data):
        if kind == _ROW:
            row = struct.unpack_from("<I", data, place)[0]
            if data[place + 11] & _HIDDEN_ROW:
                scan.hidden_rows.add(row)
        elif kind <= _LAST_CELL:
            column = struct.unpack_from("<I", data, place)[0]
            if kind > 1:  # a cell that has more than a style
                scan.last_row, scan.last_column = max(scan.last_row, row + 1), max(scan.last_column, column + 1)
            if kind in (_CELL_ERROR, _FORMULA_ERROR):
                scan.errors.add((row, column))
        elif kind == _COLUMN:
            first, last, flags = struct.unpack_from("<II8xH", data, place)
            if flags & 1:
                scan.hidden_columns.update(range(first, min(last, 16383) + 1))
        elif kind == _MERGED:
            top, bottom, left, right = struct.unpack_from("<4I", data, place)
            scan.merged.append((top, left, bottom, right))
    return scan


def _records(data: bytes | bytearray) -> Iterator[tuple[int, int, int]]:
    """(number, where its data begin, their size); numbers of two bytes and sizes of up to four, seven bits each."""
    place, end = 0, len(data)
    while place < end:
        kind = data[place]
        place += 1
        if kind & 0x80:
            kind = (kind & 0x7F) | (data[place] & 0x7F) << 7
            place += 1
        size = shift = 0
        for _ in range(4):
            byte = data[place]
            place += 1
            size |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                break
        if place + size > end:
            raise ValueError
        yield kind, place, size
        place += size
