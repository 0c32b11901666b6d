"""Archives that are bombs, lie about themselves, or lack what they promise."""

from __future__ import annotations

import io
import random
import struct
import zipfile
from pathlib import Path

from .base import MIB, SHEET, STRINGS, add, changed, good, in_sheet, pack, parts, simple, strange

# Archives that lie

RELATIONS = "xl/_rels/workbook.xml.rels"

simple("empty_zip.xlsx", "damaged_file", b"PK\x05\x06" + bytes(18))


@strange("truncated.xlsx", "damaged_file")
def _(path: Path) -> None:
    path.write_bytes(good()[: len(good()) // 2])


@strange("flipped.xlsx", "damaged_file")
def _(path: Path) -> None:
    data = bytearray(good())
    place = data.find(SHEET.encode()) + len(SHEET) + 200
    data[place] ^= 0xFF
    path.write_bytes(data)


@strange("bomb_ratio.xlsx", "suspicious_archive")
def _(path: Path) -> None:
    in_sheet(path, b" " * 200 * MIB)


@strange("bomb_nested.xlsx")
def _(path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(100):
            archive.writestr(f"{number}.xml", bytes(MIB))
    pack(path, {**parts(), "xl/inner.zip": inner.getvalue() * 40})


@strange("bomb_entries.xlsx", "suspicious_archive")
def _(path: Path) -> None:
    pack(path, {**parts(), **{f"xl/x{number}.xml": b"<a/>" for number in range(20_000)}})


@strange("bomb_within_the_ratio.xlsx", "inflates_too_large")
def _(path: Path) -> None:
    block = random.Random(2).randbytes(1000) + bytes(63_000)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, data in parts().items():
            archive.writestr(name, data)
        for number in range(15):
            archive.writestr(f"xl/x{number}.bin", block * 450)


@strange("bomb_of_declared_sizes.xlsx", "damaged_file")
def _(path: Path) -> None:
    """The directory says that the sheet has 100 bytes; it has 20 MB."""
    in_sheet(path, b" " * 20 * MIB)
    data = bytearray(path.read_bytes())
    place = data.find(b"PK\x01\x02")
    while place >= 0:
        if data[place + 46 :].startswith(SHEET.encode()):
            data[place + 24 : place + 28] = struct.pack("<I", 100)
        place = data.find(b"PK\x01\x02", place + 4)
    path.write_bytes(data)


for _name, _entry in (("dots", "xl/../../../evil.xml"), ("absolute", "/etc/evil"), ("drive", "C:/evil"),
                      ("backslash", "..\\evil"), ("same_name", SHEET.upper())):
    add(f"name_{_name}.xlsx", "suspicious_archive",
        lambda path, entry=_entry: pack(path, {**parts(), entry: b"x"}))


@strange("no_sheet_part.xlsx")
def _(path: Path) -> None:
    pack(path, {name: data for name, data in parts().items() if name != SHEET})


@strange("no_relations.xlsx", "damaged_file")
def _(path: Path) -> None:
    pack(path, {name: data for name, data in parts().items() if not name.endswith("workbook.xml.rels")})


@strange("no_strings.xlsx")
def _(path: Path) -> None:
    pack(path, {name: data for name, data in parts().items() if name != STRINGS})


@strange("relations_lead_out.xlsx")
def _(path: Path) -> None:
    changed(path, RELATIONS, lambda data: data.replace(b"worksheets/sheet1.xml", b"../../../etc/passwd"))


@strange("sheet_is_the_book.xlsx")
def _(path: Path) -> None:
    changed(path, RELATIONS, lambda data: data.replace(b"worksheets/sheet1.xml", b"/xl/workbook.xml"))


@strange("no_content_types.xlsx")
def _(path: Path) -> None:
    pack(path, {name: data for name, data in parts().items() if name != "[Content_Types].xml"})


@strange("half_xml.xlsx")
def _(path: Path) -> None:
    changed(path, SHEET, lambda data: data[: len(data) // 2])


@strange("bad_utf8.xlsx")
def _(path: Path) -> None:
    changed(path, SHEET, lambda data: data.replace(b"<v>6</v>", b"<v>\xff\xfe</v>"))
