"""What a look at the records of an .xls tells before it is parsed: passwords, epoch, hidden rows, errors, its extent.

Record numbers by [MS-XLS]; BIFF5, which older programs wrote, has the same ones for what is looked at here.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from zhibao.reading.sheetscan import SheetScan

_FORMULA, _EOF, _DATEMODE, _FILEPASS, _COLINFO = 0x06, 0x0A, 0x22, 0x2F, 0x7D
_BOUNDSHEET, _MULRK, _RSTRING, _DRAWINGS, _MERGED = 0x85, 0xBD, 0xD6, 0xEB, 0xE5
_LABELSST, _NUMBER, _LABEL, _BOOLERR, _ROW, _RK, _BOF = 0xFD, 0x203, 0x204, 0x205, 0x208, 0x27E, 0x809
_CELLS = frozenset((_FORMULA, _MULRK, _RSTRING, _LABELSST, _NUMBER, _LABEL, _BOOLERR, _RK))
_HEAD = struct.Struct("<HH")
_PLACE = struct.Struct("<HH")
_BIFF8 = b"\x00\x06"
_HIDDEN_ROW = 0x20
_ERROR_RESULT = b"\x02"
_SPECIAL_RESULT = b"\xff\xff"


@dataclass(slots=True)
class BookScan:
    """A whole workbook: its sheets' scans in order, and what is said once for all of them."""

    scans: list[SheetScan] = field(default_factory=list)
    epoch_1904: bool = False
    has_password: bool = False
    has_pictures: bool = False
    is_unicode: bool = True


def scan_xls(stream: bytes) -> BookScan:
    """Walk the globals, then each sheet from where the globals say that it begins. Raises struct.error, ValueError."""
    # BIFF8; the texts of its forerunner BIFF5 are in the code page of their day, which calamine garbles.
    book, starts = BookScan(is_unicode=stream[4:6] == _BIFF8), []
    for kind, place, size in _records(stream, 0):
        if kind == _BOUNDSHEET:
            starts.append(struct.unpack_from("<I", stream, place)[0])
        elif kind == _DATEMODE:
            book.epoch_1904 = stream[place] == 1
        elif kind == _FILEPASS:
            book.has_password = True
            return book
        elif kind == _DRAWINGS and size:
            book.has_pictures = True
    known: dict[int, SheetScan] = {}
    for start in starts:
        if start not in known:
            known[start] = _scan_sheet(stream, start)
        book.scans.append(known[start])
    return book


def _records(stream: bytes, place: int) -> Iterator[tuple[int, int, int]]:
    """(number, where its data begin, their size) of each record of one substream, embedded charts left out."""
    depth, end = 0, len(stream) - 4
    while place <= end:
        kind, size = _HEAD.unpack_from(stream, place)
        place += 4
        if kind == _BOF:
            depth += 1
        elif kind == _EOF:
            depth -= 1
            if depth <= 0:
                return
        elif depth == 1 and place + size <= len(stream):
            yield kind, place, size
        place += size


def _scan_sheet(stream: bytes, start: int) -> SheetScan:
    scan = SheetScan(last_column=0)
    for kind, place, size in _records(stream, start):
        if kind in _CELLS:
            row, column = _PLACE.unpack_from(stream, place)
            last = struct.unpack_from("<H", stream, place + size - 2)[0] if kind == _MULRK else column
            scan.last_row, scan.last_column = max(scan.last_row, row + 1), max(scan.last_column, last + 1)
            if _is_error(kind, stream, place):
                scan.errors.add((row, column))
        elif kind == _ROW and stream[place + 12] & _HIDDEN_ROW:
            scan.hidden_rows.add(_PLACE.unpack_from(stream, place)[0])
        elif kind == _COLINFO and stream[place + 8] & 1:
            first, last = _PLACE.unpack_from(stream, place)
            scan.hidden_columns.update(range(first, last + 1))
        elif kind == _MERGED:
            for at in range(place + 2, place + size - 7, 8):
                top, bottom, left, right = struct.unpack_from("<4H", stream, at)
                scan.merged.append((top, left, bottom, right))
    return scan


def _is_error(kind: int, stream: bytes, place: int) -> bool:
    if kind == _BOOLERR:
        return stream[place + 7] == 1
    return (
        kind == _FORMULA
        and stream[place + 12 : place + 14] == _SPECIAL_RESULT
        and stream[place + 6 : place + 7] == _ERROR_RESULT
    )
