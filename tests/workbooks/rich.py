"""A workbook with all that a careless program loses: drop-downs, rules of colour, a picture, comments, protection."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from pathlib import Path

import xlsxwriter

ROWS = 12


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
        sheet.autofilter(3, 1, 20, 4)
        sheet.freeze_panes(4, 0)
        sheet.protect("", {"format_columns": True})
        book.define_name("范围", "=候选人!$B$5:$E$16")


def _png() -> bytes:
    """A red square of four by four."""
    rows = b"".join(b"\0" + b"\xff\0\0" * 4 for _ in range(4))
    chunks = ((b"IHDR", struct.pack(">IIBBBBB", 4, 4, 8, 2, 0, 0, 0)), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    body = b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body
