"""A workbook with all that a careless program loses, and how it is spelt otherwise: Strict, with prefixes, bare."""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import xlsxwriter

ROWS = 12
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_X14 = (
    '<ext uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}" xmlns:x14="http://schemas.microsoft.com/office/'
    'spreadsheetml/2009/9/main"><x14:dataValidations count="1" xmlns:xm="http://schemas.microsoft.com/office/excel/'
    '2006/main"><x14:dataValidation type="list" allowBlank="1"><x14:formula1><xm:f>选项!$A$1:$A$2</xm:f>'
    "</x14:formula1><xm:sqref>C5:C16</xm:sqref></x14:dataValidation></x14:dataValidations></ext>"
)


def write_rich(path: Path) -> None:
    """Rows 5 to 16 hold data from B on; C7:D7 is merged, row 9 hidden, B6 bears the office's own comment."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("候选人")
        lists = book.add_worksheet("选项")
        lists.write_column(0, 0, ["甲", "乙"])
        lists.hide()
        date = book.add_format({"num_format": "yyyy-mm-dd", "border": 1})
        money = book.add_format({"num_format": "#,##0.00", "bold": True, "font_color": "#1F4E79", "border": 2})
        sheet.set_column(1, 1, 30, date)
        sheet.set_column(4, 4, 22, money)
        sheet.write_row(3, 1, ["日期", "甲", "乙", "金额"])
        for row in range(4, 4 + ROWS):
            sheet.write_number(row, 1, 44562 + row, date)
            sheet.write_string(row, 2, f"示例{row}")
            sheet.write_number(row, 4, 1234.5 * row, money)
        sheet.merge_range(6, 2, 6, 3, "合并")
        sheet.set_row(8, None, None, {"hidden": True})
        sheet.write_comment(5, 1, "办公室自己的批注", {"author": "示例办"})
        sheet.data_validation(4, 2, 20, 2, {"validate": "list", "source": "=选项!$A$1:$A$2"})
        sheet.data_validation(4, 4, 20, 4, {"validate": "decimal", "criteria": ">=", "value": 0})
        sheet.conditional_format(4, 4, 20, 4, {"type": "data_bar", "data_bar_2010": True})
        sheet.insert_image(20, 6, "stamp.png", {"image_data": BytesIO(_png())})
        sheet.set_header("&L&G", {"image_left": "logo.png", "image_data_left": BytesIO(_png())})
        sheet.insert_button(22, 1, {"caption": "宏", "macro": "示例宏"})
        chart = book.add_chart({"type": "column"})
        chart.add_series({"values": "=候选人!$E$5:$E$16"})
        sheet.insert_chart(20, 8, chart)
        sheet.autofilter(3, 1, 20, 4)
        sheet.freeze_panes(4, 0)
        sheet.protect("", {"format_columns": True})
        book.define_name("范围", "=候选人!$B$5:$E$16")
    respell(path, lambda name, text: text.replace("<extLst>", f"<extLst>{_X14}") if "sheet1.xml" in name else text)


def write_bare(path: Path, rows: str = '<row r="2"><c r="B2" t="inlineStr"><is><t>甲</t></is></c></row>') -> None:
    """The least that is a workbook: no styles, no shared strings, nothing said twice."""
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="rels" ContentType='
        f'"application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" '
        f'ContentType="{kind}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" '
        f'ContentType="{kind}.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="a" '
        f'Type="{relation}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{relation}"><sheets>'
        '<sheet name="表" sheetId="7" r:id="b"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="b" '
        f'Type="{relation}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData></worksheet>',
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)


def respell(path: Path, change: Callable[[str, str], str]) -> None:
    """Write the XML parts as `change` makes them."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            is_text = name.endswith((".xml", ".rels", ".vml"))
            archive.writestr(name, change(name, data.decode()) if is_text else data)


def strict(name: str, text: str) -> str:
    """As Excel writes "Strict Open XML"."""
    return text.replace(_MAIN, "http://purl.oclc.org/ooxml/spreadsheetml/main").replace(
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        "http://purl.oclc.org/ooxml/officeDocument/relationships",
    )


def prefixed(name: str, text: str) -> str:
    """As some .NET programs write: every element of a sheet with the prefix x."""
    if "worksheets/sheet" not in name or name.endswith(".rels"):
        return text
    return re.sub(r"<(/?)(?=\w+[\s/>])(?!\w+:)", r"<\1x:", text).replace(f'xmlns="{_MAIN}"', f'xmlns:x="{_MAIN}"')


def unnumbered(name: str, text: str) -> str:
    """Rows and cells that leave it to the reader to count."""
    return re.sub(r'(<(?:row|c)) r="[A-Z]*\d+"', r"\1", text) if "worksheets/sheet" in name else text


def _png() -> bytes:
    """A red square of four by four."""
    rows = b"".join(b"\0" + b"\xff\0\0" * 4 for _ in range(4))
    chunks = ((b"IHDR", struct.pack(">IIBBBBB", 4, 4, 8, 2, 0, 0, 0)), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    body = b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body
