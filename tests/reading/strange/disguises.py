"""Files that are not what they say, or locked, or with something inside that is no table."""

from __future__ import annotations

import random
import zipfile
import zlib
from pathlib import Path

from ..binary_books import biff, write_ole, write_xls
from ..books import write_csv
from .base import SHEET, changed, good, pack, parts, rows, simple, strange

# Not what they say they are

simple("empty.xlsx", "empty_file", b"")
simple("one_byte.xlsx", None, b"P")
simple("pdf.xlsx", "not_read", b"%PDF-1.7\n" + bytes(99))
simple("photo.xlsx", "picture_only", b"\xff\xd8\xff\xe0" + bytes(999))
simple("program.xls", "unknown_file", b"\x7fELF" + bytes(999))
simple("packed.rar", "packed_files", b"Rar!\x1a\x07\x01\x00" + bytes(99))
simple("rich.xls", "not_read", b"{\\rtf1 \\pard}")
simple("noise.xlsx", None, random.Random(3).randbytes(50_000))
simple("zeros.csv", "unknown_file", bytes(100_000))


@strange("renamed_csv.xlsx", "wrong_extension")
def _(path: Path) -> None:
    write_csv(path, rows(), "gb18030")


@strange("renamed_xlsx.csv", "wrong_extension")
def _(path: Path) -> None:
    path.write_bytes(good())


@strange("renamed_xls.ods", "wrong_extension")
def _(path: Path) -> None:
    write_xls(path, rows())


@strange("word.xlsx", "not_read")
def _(path: Path) -> None:
    pack(path, {"word/document.xml": b"<a/>"})


@strange("packed_returns.zip", "packed_files")
def _(path: Path) -> None:
    pack(path, {"a.xlsx": good(), "b.xlsx": good()})


# Locked, or with something inside

@strange("encrypted.xlsx", "password")
def _(path: Path) -> None:
    write_ole(path, {"EncryptionInfo": b"x" * 300, "EncryptedPackage": random.Random(1).randbytes(9000)})


@strange("filepass.xls", "password")
def _(path: Path) -> None:
    write_xls(path, rows(), before=biff(0x2F, bytes(54)))


@strange("zip_password.xlsx", "password")
def _(path: Path) -> None:
    data = bytearray(good())
    place = data.find(b"PK\x01\x02")
    while place >= 0:
        data[place + 8] |= 1
        place = data.find(b"PK\x01\x02", place + 4)
    path.write_bytes(data)


@strange("macros.xlsm", "macros_ignored")
def _(path: Path) -> None:
    pack(path, {**parts(), "xl/vbaProject.bin": b"x"})


@strange("picture_only.xlsx", "picture_only")
def _(path: Path) -> None:
    empty = changed(path, SHEET, lambda _: b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
                    b"<sheetData/></worksheet>")
    with zipfile.ZipFile(empty, "a") as archive:
        archive.writestr("xl/media/image1.png", b"x")


@strange("deflated_twice.xlsx")
def _(path: Path) -> None:
    path.write_bytes(zlib.compress(good()))
