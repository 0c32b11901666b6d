"""Wrecked and lying .xls, .xlsb, .ods and the XML of Excel 2003."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable
from pathlib import Path

from ..binary_books import XLS_ERROR, biff, brt, wide, write_xls, write_xlsb
from .base import LAUGHS, add, pack, rows, simple, strange


def xls_with(name: str, code: str | None, change: Callable[[bytearray], None]) -> None:
    def write(path: Path) -> None:
        data = bytearray(write_xls(path, rows()).read_bytes())
        change(data)
        path.write_bytes(data)

    add(name, code, write)


def _fat_at(data: bytearray) -> int:
    return (struct.unpack_from("<I", data, 76)[0] + 1) * 512


def _cycle(data: bytearray) -> None:
    struct.pack_into("<I", data, _fat_at(data) + 4 * 5, 2)


def _out_of_file(data: bytearray) -> None:
    struct.pack_into("<I", data, _fat_at(data) + 4 * 5, 0x00FFFFFF)


def _fat_of_fats(data: bytearray) -> None:
    struct.pack_into("<II", data, 68, 0, 1)


def _many_fats(data: bytearray) -> None:
    struct.pack_into("<I", data, 44, 0x7FFFFFFF)
    struct.pack_into("<109I", data, 76, *[0] * 109)


def _short(data: bytearray) -> None:
    del data[len(data) // 2 :]


xls_with("chain_cycle.xls", "damaged_file", _cycle)
xls_with("chain_leads_out.xls", "damaged_file", _out_of_file)
xls_with("difat_cycle.xls", "damaged_file", _fat_of_fats)
xls_with("many_fats.xls", None, _many_fats)
xls_with("truncated.xls", "damaged_file", _short)
xls_with("noise_in_cells.xls", None, lambda data: data.__setitem__(
    slice(1600, 3600), random.Random(6).randbytes(2000)))
simple("header_alone.xls", "damaged_file", bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504))


@strange("far_cell.xls", "grid_too_large")
def _(path: Path) -> None:
    write_xls(path, rows(), sheet_extra=biff(0x203, struct.pack("<HHHd", 65535, 255, 0, 1.0)))


@strange("strings_lie.xls")
def _(path: Path) -> None:
    write_xls(path, rows(), after=biff(0xFC, struct.pack("<II", 0x7FFFFFFF, 0x7FFFFFFF)))


@strange("sheet_beyond_the_end.xls")
def _(path: Path) -> None:
    write_xls(path, rows(), before=biff(0x85, struct.pack("<IBBBB", 0x7FFFFFF0, 0, 0, 1, 0) + b"x"))


@strange("three_thousand_sheets_of_one_place.xls")
def _(path: Path) -> None:
    write_xls(path, rows(), before=biff(0x85, struct.pack("<IBBBB", 4, 0, 0, 1, 0) + b"x") * 3000)


@strange("errors.xls", "error_cell")
def _(path: Path) -> None:
    write_xls(path, [*rows(), *([f"C{number}", *[XLS_ERROR] * 16] for number in range(500))])


@strange("biff5.xls", "second_reader")
def _(path: Path) -> None:
    write_xls(path, rows(), version=5)


@strange("biff5_wreck.xls")
def _(path: Path) -> None:
    write_xls(path, rows(), version=5, sheet_extra=random.Random(8).randbytes(3000))


@strange("far_cell.xlsb", "grid_too_large")
def _(path: Path) -> None:
    far = brt(0, struct.pack("<I", 1048575) + bytes(13)) + brt(5, struct.pack("<IId", 16383, 0, 1))
    write_xlsb(path, rows(), extra=far)


@strange("cut_record.xlsb", "damaged_file")
def _(path: Path) -> None:
    write_xlsb(path, rows(), extra=b"\x06\xff\xff\xff\x7f")


@strange("long_text.xlsb")
def _(path: Path) -> None:
    write_xlsb(path, rows(), extra=brt(6, struct.pack("<II", 0, 0) + struct.pack("<I", 0x7FFFFFFF)))


@strange("dimension_lies.xlsb")
def _(path: Path) -> None:
    write_xlsb(path, rows(), before=brt(148, struct.pack("<4I", 0, 1048575, 0, 16383)) + brt(0, wide("x" * 10)))


ODS = "application/vnd.oasis.opendocument.spreadsheet"
SPACES = " ".join(f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for short, name in (
    ("office", "office"), ("table", "table"), ("text", "text"), ("style", "style")))


def ods(name: str, code: str | None, body: str, *, manifest: str = "", head: str = "") -> None:
    content = (f'<?xml version="1.0"?>{head}<office:document-content {SPACES}><office:body><office:spreadsheet>'
               f"{body}</office:spreadsheet></office:body></office:document-content>")
    listing = f"<manifest:manifest>{manifest}</manifest:manifest>"
    entries = {"mimetype": ODS, "content.xml": content, "META-INF/manifest.xml": listing}
    add(name, code, lambda path: pack(path, {key: text.encode() for key, text in entries.items()}))


def table(cells: str, name: str = "表") -> str:
    return f'<table:table table:name="{name}">{cells}</table:table>'


CELL = '<table:table-cell office:value-type="float" office:value="1"%s/>'
REPEAT_COLUMNS, REPEAT_ROWS = ' table:number-columns-repeated="%d"', ' table:number-rows-repeated="%d"'

ods("repeated_cells.ods", "grid_too_large", table(
    "<table:table-row>" + CELL % (REPEAT_COLUMNS % 2_000_000_000) + "</table:table-row>"))
ods("repeated_rows.ods", "grid_too_large", table(
    f"<table:table-row{REPEAT_ROWS % 2_000_000_000}>" + CELL % "" + "</table:table-row>"))
ods("repeated_emptiness.ods", "grid_too_large", table(
    f"<table:table-row><table:table-cell{REPEAT_COLUMNS % 999_999_999}/>" + CELL % "" + "</table:table-row>"))
ods("repeated_empty_rows.ods", "grid_too_large", table(
    f"<table:table-row{REPEAT_ROWS % 999_999_999}><table:table-cell/></table:table-row><table:table-row>" + CELL % ""
    + "</table:table-row>"))
ods("repeated_a_little.ods", "grid_too_large", table(
    f"<table:table-row{REPEAT_ROWS % 1_000_000}>" + CELL % (REPEAT_COLUMNS % 25) + "</table:table-row>"))
ods("many_wide_rows.ods", "grid_too_large", table(
    ("<table:table-row>" + CELL % (REPEAT_COLUMNS % 16_384) + "</table:table-row>") * 1000))
ods("sheets_of_repeats.ods", "grid_too_large", "".join(
    table(f"<table:table-row{REPEAT_ROWS % 100_000}>" + CELL % (REPEAT_COLUMNS % 100) + "</table:table-row>", f"表{n}")
    for n in range(60)))
ods("no_number.ods", None, table("<table:table-row>" + CELL % (REPEAT_COLUMNS % -1) + "</table:table-row>"))
ods("spaces.ods", None, table(
    '<table:table-row><table:table-cell office:value-type="string"><text:p><text:s text:c="2000000000"/></text:p>'
    "</table:table-cell></table:table-row>"))
ods("locked.ods", "password", table(""),
    manifest="<manifest:file-entry><manifest:encryption-data/></manifest:file-entry>")
ods("laughs.ods", "suspicious_archive", table(""), head=LAUGHS.removeprefix('<?xml version="1.0"?>'))
ods("unfinished.ods", None, "<table:table table:name='x'><table:table-row>")

BOOK_2003 = '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" ' \
            'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="x"><Table>{}</Table>' \
            "</Worksheet></Workbook>"
simple("far_cell_2003.xml", None, BOOK_2003.format(
    '<Row ss:Index="1048576"><Cell ss:Index="16384"><Data ss:Type="Number">1</Data></Cell></Row>').encode())
simple("laughs_2003.xml", "suspicious_archive", BOOK_2003.replace(
    '<?xml version="1.0"?>', "").format("").encode().join([LAUGHS.encode(), b""]))
simple("wreck_2003.xml", None, BOOK_2003.format("<Row>")[:-30].encode())
