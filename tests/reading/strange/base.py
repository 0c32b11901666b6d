"""What the makers of strange files share: the list that they add to, and a sound workbook to spoil."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import xlsxwriter

from ..books import record, sheet_rows

MIB = 1024 * 1024
SHEET, STRINGS, BOOK = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml"
Parts = dict[str, bytes]


@dataclass(frozen=True)
class Strange:
    """One strange file: its name, the code of a finding that must be among its own, and what writes it."""

    name: str
    code: str | None
    write: Callable[[Path], object]


CORPUS: list[Strange] = []


def add(name: str, code: str | None, write: Callable[[Path], object]) -> None:
    CORPUS.append(Strange(name, code and f"reading.{code}", write))


def strange(name: str, code: str | None = None) -> Callable[[Callable[[Path], object]], Callable[[Path], object]]:
    def keep(write: Callable[[Path], object]) -> Callable[[Path], object]:
        add(name, code, write)
        return write

    return keep


def rows() -> list[list[object]]:
    plain = sheet_rows([record(1), record(2)])
    return [[cell.isoformat() if hasattr(cell, "isoformat") else cell for cell in row] for row in plain]


@cache
def good() -> bytes:
    kept = io.BytesIO()
    with xlsxwriter.Workbook(kept) as book:
        sheet = book.add_worksheet("名册")
        for place, row in enumerate(rows()):
            sheet.write_row(place, 0, row)
    return kept.getvalue()


def parts() -> Parts:
    with zipfile.ZipFile(io.BytesIO(good())) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def pack(path: Path, entries: Parts) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return path


def changed(path: Path, entry: str, change: Callable[[bytes], bytes]) -> Path:
    entries = parts()
    entries[entry] = change(entries[entry])
    return pack(path, entries)


def in_sheet(path: Path, xml: str | bytes, before: bytes = b"</sheetData>") -> Path:
    data = xml.encode() if isinstance(xml, str) else xml
    return changed(path, SHEET, lambda sheet: sheet.replace(before, data + before))


def simple(name: str, code: str | None, data: bytes) -> None:
    add(name, code, lambda path: path.write_bytes(data))


def sheet_of(name: str, code: str | None, xml: str | bytes, before: bytes = b"</sheetData>") -> None:
    add(name, code, lambda path: in_sheet(path, xml, before))


LAUGHS = '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a0 "ha">' + "".join(
    f'<!ENTITY a{n} "' + f"&a{n - 1};" * 10 + '">' for n in range(1, 10)) + "]>"
