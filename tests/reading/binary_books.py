"""Hand-made .xls (BIFF8 and BIFF5) and .xlsb, byte by byte, so that a test can put in what no program writes."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

Rows = Sequence[Sequence[Any]]

_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_SECTOR = 512


def write_ole(path: Path, streams: dict[str, bytes]) -> Path:
    """A compound file: header, directory, streams (padded past the mini stream), FAT."""
    directory_sectors = (len(streams) + 1 + 3) // 4
    fat = _run_of(0, directory_sectors)
    body, entries = b"", [_entry("Root Entry", 5, _END, 0, child=1)]
    for number, (name, data) in enumerate(streams.items(), 1):
        data = data.ljust(4096, b"\0")
        data += bytes(-len(data) % _SECTOR)
        start = len(fat)
        fat += _run_of(start, len(data) // _SECTOR)
        right = number + 1 if number < len(streams) else _FREE
        entries.append(_entry(name, 2, start, len(data), right=right))
        body += data
    directory = b"".join(entries).ljust(directory_sectors * _SECTOR, b"\0")
    tables = 1
    while len(fat) + tables > tables * 128:
        tables += 1
    places = list(range(len(fat), len(fat) + tables))
    fat += [_FAT] * tables + [_FREE] * (tables * 128 - len(fat) - tables)
    header = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, tables, 0, 0, 4096, _END, 0, _END, 0)
    header += struct.pack("<109I", *places, *[_FREE] * (109 - len(places)))
    path.write_bytes(header + directory + body + struct.pack(f"<{len(fat)}I", *fat))
    return path


def _run_of(start: int, count: int) -> list[int]:
    return [*range(start + 1, start + count), _END]


def _entry(name: str, kind: int, start: int, size: int, *, right: int = _FREE, child: int = _FREE) -> bytes:
    text = name.encode("utf-16-le")
    return (
        text.ljust(64, b"\0") + struct.pack("<HBBIII", len(text) + 2, kind, 1, _FREE, right, child)
        + bytes(36) + struct.pack("<IQ", start, size)
    )


def biff(number: int, data: bytes = b"") -> bytes:
    """One record of an .xls."""
    return struct.pack("<HH", number, len(data)) + data


def write_xls(
    path: Path, rows: Rows, *, version: int = 8, name: str = "表", before: bytes = b"", after: bytes = b"",
    sheet_extra: bytes = b"", hidden: Sequence[int] = (), state: int = 0, others: dict[str, bytes] | None = None,
) -> Path:
    """An .xls whose globals hold `before`, whose sheet ends with `sheet_extra`; `hidden` are 0-based rows."""
    sheet = bytearray(_bof(version, 0x10))
    sheet += b"".join(biff(0x208, struct.pack("<HHHHHHI", row, 0, 30, 255, 0, 0, 0x120)) for row in hidden)
    for row, cells in enumerate(rows):
        sheet += b"".join(_xls_cell(row, column, cell, version) for column, cell in enumerate(cells))
    sheet += sheet_extra + biff(0x0A)
    head = _bof(version, 5) + biff(0x42, struct.pack("<H", 1200 if version == 8 else 936)) + before
    text = name.encode("utf-16-le" if version == 8 else "gbk")
    label = struct.pack("<BB", len(name), 1) + text if version == 8 else struct.pack("<B", len(text)) + text
    size = len(head) + 4 + 6 + len(label) + len(after) + 4
    stream = head + biff(0x85, struct.pack("<IBB", size, state, 0) + label) + after + biff(0x0A) + bytes(sheet)
    return write_ole(path, {"Workbook" if version == 8 else "Book": stream, **(others or {})})


def _bof(version: int, kind: int) -> bytes:
    data = struct.pack("<HHHHII", 0x600 if version == 8 else 0x500, kind, 0, 0, 0, 0)
    return biff(0x809, data if version == 8 else data[:8])


def _xls_cell(row: int, column: int, cell: Any, version: int) -> bytes:
    place = struct.pack("<HHH", row, column, 0)
    if isinstance(cell, bytes):  # a whole record's tail: (kind, data) made by the caller
        return biff(struct.unpack("<H", cell[:2])[0], place + cell[2:])
    if cell is None:
        return b""
    if isinstance(cell, int | float):
        return biff(0x203, place + struct.pack("<d", cell))
    text = str(cell)
    if version == 8:
        return biff(0x204, place + struct.pack("<HB", len(text), 1) + text.encode("utf-16-le"))
    data = text.encode("gbk")
    return biff(0x204, place + struct.pack("<H", len(data)) + data)


# Cells for write_xls: the error #REF!, and a formula whose result is #DIV/0!.
XLS_ERROR = struct.pack("<HBB", 0x205, 0x17, 1)
XLS_FORMULA_ERROR = struct.pack("<H", 0x06) + bytes([2, 0, 7, 0, 0, 0, 0xFF, 0xFF]) + bytes(8)


def brt(number: int, data: bytes = b"") -> bytes:
    """One record of an .xlsb."""
    kind = bytes([number]) if number < 128 else bytes([number & 0x7F | 0x80, number >> 7])
    size, left = b"", len(data)
    while True:
        size += bytes([left & 0x7F | (0x80 if left > 127 else 0)])
        left >>= 7
        if not left:
            return kind + size + data


def wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def write_xlsb(
    path: Path, rows: Rows, *, name: str = "表", hidden: Sequence[int] = (), epoch_1904: bool = False,
    first_column: int = 0, extra: bytes = b"", before: bytes = b"",
) -> Path:
    """An .xlsb of one sheet; `extra` are records behind the cells, `before` those before them."""
    width = max(map(len, rows), default=0)
    book = brt(131) + brt(153, struct.pack("<I", epoch_1904) + bytes(4) + wide("")) + brt(143)
    book += brt(156, struct.pack("<II", 0, 1) + wide("rId1") + wide(name)) + brt(144) + brt(132)
    sheet = bytearray(brt(129)) + brt(148, struct.pack("<4I", 0, max(0, len(rows) - 1), 0, width)) + before + brt(145)
    for row, cells in enumerate(rows):
        flags = 0x10 if row in hidden else 0
        sheet += brt(0, struct.pack("<IIHBBB", row, 0, 300, 0, flags, 0) + bytes(4))
        for column, cell in enumerate(cells, first_column):
            sheet += _xlsb_cell(column, cell)
    sheet += extra + brt(146) + brt(130)
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    part = f'<Relationship Id="rId1" Type="{relation}/%s" Target="%s"/>'
    kinds = "application/vnd.ms-excel"
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="bin" '
        f'ContentType="{kinds}.sheet.binary.macroEnabled.main"/><Default Extension="rels" '
        f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override '
        f'PartName="/xl/worksheets/sheet1.bin" ContentType="{kinds}.worksheet"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships">'
        + part % ("officeDocument", "xl/workbook.bin") + "</Relationships>",
        "xl/workbook.bin": book,
        "xl/_rels/workbook.bin.rels": f'<Relationships xmlns="{package}/relationships">'
        + part % ("worksheet", "worksheets/sheet1.bin") + "</Relationships>",
        "xl/worksheets/sheet1.bin": bytes(sheet),
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry, data in parts.items():
            archive.writestr(entry, data)
    return path


def _xlsb_cell(column: int, cell: Any) -> bytes:
    place = struct.pack("<II", column, 0)
    if cell is None:
        return b""
    if isinstance(cell, bytes):
        return brt(cell[0], place + cell[1:])
    if isinstance(cell, int | float):
        return brt(5, place + struct.pack("<d", cell))
    return brt(6, place + wide(str(cell)))


XLSB_ERROR = bytes([3, 0x17])
