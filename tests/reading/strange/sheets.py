"""Sheets whose XML lies, digs deep or asks for the moon, and workbooks that a program could well write."""

from __future__ import annotations

import random
import re
from pathlib import Path

import xlsxwriter

from ..books import write_openpyxl
from .base import BOOK, LAUGHS, SHEET, STRINGS, add, changed, pack, parts, rows, sheet_of, strange

for _name, _entry, _coding in (
    ("laughs", STRINGS, "utf-8"), ("laughs_sheet", SHEET, "utf-8"), ("laughs_utf16", BOOK, "utf-16"),
):
    _laughs = (LAUGHS + "<sst><si><t>&a9;</t></si></sst>").encode(_coding)
    add(f"{_name}.xlsx", "suspicious_archive",
        lambda path, entry=_entry, laughs=_laughs: changed(path, entry, lambda _: laughs))


@strange("outside_entity.xlsx", "suspicious_archive")
def _(path: Path) -> None:
    outside = b'<!DOCTYPE s [<!ENTITY x SYSTEM "file:///etc/passwd">]><sst><si><t>&x;</t></si></sst>'
    changed(path, STRINGS, lambda _: outside)


sheet_of("deep.xlsx", None, b"<a>" * 400_000)
sheet_of("deep_closed.xlsx", None, b"<a>" * 300_000 + b"</a>" * 300_000)


@strange("deep_book.xlsx", None)
def _(path: Path) -> None:
    changed(path, BOOK, lambda data: data.replace(b"<sheets>", b"<x>" * 200_000 + b"</x>" * 200_000 + b"<sheets>"))


sheet_of("far_cell.xlsx", "grid_too_large", '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')
sheet_of("far_cell_without_a_row.xlsx", "grid_too_large", '<row><c r="XFD1048576"><v>1</v></c></row>')
sheet_of("far_column.xlsx", None, '<row r="9"><c r="XFD9"><v>1</v></c></row>')
sheet_of("far_row.xlsx", "grid_too_large", '<row r="1048576"><c r="A1048576"><v>1</v></c></row>')
sheet_of("beyond_the_grid.xlsx", None, '<row r="99999999"><c r="ZZZZZ99999999"><v>1</v></c></row>')
sheet_of("row_zero.xlsx", None, '<row r="0"><c r="A0"><v>1</v></c></row><row r="-5"><c r="-"><v>1</v></c></row>')
sheet_of("rows_backwards.xlsx", None, "".join(
    f'<row r="{n}"><c r="A{n}"><v>1</v></c></row>' for n in range(900, 3, -1)))
sheet_of("cells_without_places.xlsx", None, ("<row>" + "<c><v>1</v></c>" * 17 + "</row>") * 2000)
sheet_of("numbers.xlsx", None, "".join(
    f'<row r="{n}"><c r="L{n}" s="1"><v>{value}</v></c></row>'
    for n, value in enumerate(("1e400", "-1e308", "NaN", "", "0x10", "1" * 400, "٣"), 6)))
sheet_of("string_index.xlsx", None,
         '<row r="6"><c r="A6" t="s"><v>99999999</v></c><c r="B6" t="s"><v>-1</v></c></row>')
sheet_of("style_index.xlsx", None, '<row r="6"><c r="A6" s="4000000000"><v>1</v></c></row>')
sheet_of("style_only_rows.xlsx", None, "".join(
    f'<row r="{n}" s="1" customFormat="1"><c r="A{n}" s="1"/><c r="Q{n}" s="1"/></row>' for n in range(6, 400_000)))
sheet_of("unknown_cell_type.xlsx", None, '<row r="6"><c r="A6" t="zz"><v>1</v></c></row>')
sheet_of("controls.xlsx", None,
         '<row r="6"><c r="A6" t="inlineStr"><is><t>_x0000__xD800__xFFFF_</t></is></c></row>')
sheet_of("one_long_cell.xlsx", None, '<row r="6"><c r="K6" t="inlineStr"><is><t>'
         + random.Random(9).randbytes(4_000_000).hex() + "</t></is></c></row>")
sheet_of("many_merges.xlsx", None, "<mergeCells>" + "".join(
    f'<mergeCell ref="A{n}:C{n + 1}"/>' for n in range(10, 120_010, 2)) + "</mergeCells>", b"</worksheet>")
sheet_of("merges_of_everything.xlsx", None,
         "<mergeCells>" + '<mergeCell ref="A1:XFD1048576"/>' * 5000 + "</mergeCells>", b"</worksheet>")
sheet_of("hidden_columns.xlsx", None,
         "<cols>" + '<col min="1" max="16384" hidden="1"/>' * 2000 + "</cols>", b"<sheetData>")
sheet_of("formulas_without_values.xlsx", "formula_without_value", "".join(
    f'<row r="{n}"><c r="A{n}" t="inlineStr"><is><t>CG-{n}</t></is></c><c r="L{n}"><f>L{n}+1</f></c></row>'
    for n in range(6, 40)))


@strange("false_dimension.xlsx")
def _(path: Path) -> None:
    changed(path, SHEET, lambda data: data.replace(b'<dimension ref="A1:Q5"', b'<dimension ref="A1:XFD1048576"'))


@strange("strings_lie.xlsx")
def _(path: Path) -> None:
    changed(path, STRINGS, lambda data: re.sub(rb'ount="\d+"', b'ount="4294967295"', data))


@strange("strings_huge.xlsx")
def _(path: Path) -> None:
    chance = random.Random(4)
    block = b"".join(b"<si><t>%s</t></si>" % chance.randbytes(12).hex().encode() for _ in range(100_000))
    changed(path, STRINGS, lambda data: data.replace(b"</sst>", block * 20 + b"</sst>"))


@strange("strict.xlsx")
def _(path: Path) -> None:
    loose, strict = b"http://schemas.openxmlformats.org/", b"http://purl.oclc.org/ooxml/"
    pack(path, {
        name: data.replace(loose + b"officeDocument/2006/", strict + b"officeDocument/")
        .replace(loose + b"spreadsheetml/2006/main", strict + b"spreadsheetml/main")
        for name, data in parts().items()
    })


# Workbooks that a program could write

@strange("chart_only.xlsx", "empty_file")
def _(path: Path) -> None:
    with xlsxwriter.Workbook(path) as book:
        chart = book.add_chart({"type": "line"})
        chart.add_series({"values": ["图", 0, 0, 1, 0]})
        book.add_chartsheet("图").set_chart(chart)


@strange("hidden_only.xlsx", "hidden_table")
def _(path: Path) -> None:
    def hide(sheet: object) -> None:
        sheet.sheet_state = "veryHidden"  # type: ignore[attr-defined]
        sheet.parent.create_sheet("空")  # type: ignore[attr-defined]

    write_openpyxl(path, rows(), then=hide)


@strange("thousand_sheets.xlsx", "other_table")
def _(path: Path) -> None:
    with xlsxwriter.Workbook(path) as book:
        for number in range(1000):
            sheet = book.add_worksheet(f"第{number}张")
            for place, row in enumerate(rows()):
                sheet.write_row(place, 0, row)


@strange("odd_sheet_names.xlsx")
def _(path: Path) -> None:
    changed(path, BOOK, lambda data: data.replace('name="名册"'.encode(), 'name="../../&#10;😀{row}%s"'.encode()))


@strange("hundred_thousand_faults.xlsx", "too_many_findings")
def _(path: Path) -> None:
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        for place, row in enumerate([*rows(), *([f"C{number}", *["约"] * 16] for number in range(20_000))]):
            sheet.write_row(place, 0, row)
