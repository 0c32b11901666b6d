"""Writes a page as the bytes of an Excel workbook or a text file, the same bytes for the same page."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from zhibao.samples.page import Page

BOLD = Font(bold=True)
ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
HIDDEN_SHEET, INSTRUCTION_SHEET = "上月数据", "填写说明"
INSTRUCTIONS = (
    "填写说明",
    "一、填报单位：请填写单位全称。",
    "二、报告期：按月、按季或按年填写，以本表为准。",
    "三、本表所列人员、单位、证件号码、电话均为虚构，仅供试用。",
    "四、候选人编号由填报单位编制，不得重复。",
)


@dataclass(slots=True)
class Book:
    """The sheets of one return besides its page, in the order in which they stand."""

    page: Page
    before: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)


class _SteadyZip(ZipFile):
    """A zip whose entries carry no time of writing."""

    def writestr(self, name: Any, data: Any, *_: Any, **__: Any) -> None:
        info = ZipInfo(str(name), ZIP_EPOCH)
        info.compress_type = ZIP_DEFLATED
        super().writestr(info, data, ZIP_DEFLATED, 3)

    def write(self, filename: Any, arcname: Any = None, *_: Any, **__: Any) -> None:
        self.writestr(arcname, Path(filename).read_bytes())


def plan_book(page: Page) -> Book:
    """Adds the sheets of the unit's habit: stale data in a hidden sheet, or a sheet of instructions."""
    book = Book(page)
    style = page.style
    if style.hidden_sheet and page.records:
        (book.before if style.numbered else book.after).append(HIDDEN_SHEET)
    if style.instructions:
        (book.before if style.instructions == "before" else book.after).append(INSTRUCTION_SHEET)
    return book


def to_xlsx(book: Book, at: datetime) -> bytes:
    """`at` becomes the workbook's created and modified property."""
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    for title in [*book.before, "", *book.after]:
        if title:
            _side_sheet(workbook.create_sheet(title), title, book.page)
        else:
            workbook.active = len(workbook.worksheets)
            _data_sheet(workbook.create_sheet(book.page.sheet), book.page)
    properties = workbook.properties
    properties.creator = "示例"
    properties.created = properties.modified = at.replace(tzinfo=None)
    buffer = io.BytesIO()
    with _SteadyZip(buffer, "w", ZIP_DEFLATED) as archive:
        ExcelWriter(workbook, archive).write_data()
    return buffer.getvalue()


def _data_sheet(sheet: Worksheet, page: Page) -> None:
    for cells in page.rows:
        sheet.append(cells)
    for row in sorted(page.bold_rows):
        for cell in sheet[row]:
            if cell.value is not None:
                cell.font = BOLD
    for top, left, bottom, right in page.merges:
        sheet.merge_cells(start_row=top, start_column=left, end_row=bottom, end_column=right)
    for column in range(1, len(page.rows[page.header_row - 1]) + 1):
        sheet.column_dimensions[get_column_letter(column)].width = 14
    if page.style.filtered:
        last = get_column_letter(len(page.rows[page.header_row - 1]))
        sheet.auto_filter.ref = f"A{page.header_row}:{last}{len(page.rows)}"


def _side_sheet(sheet: Worksheet, title: str, page: Page) -> None:
    if title == INSTRUCTION_SHEET:
        for line in INSTRUCTIONS:
            sheet.append([line])
        return
    sheet.sheet_state = "hidden"
    for cells in stale_rows(page):
        sheet.append(cells)


def stale_rows(page: Page) -> Iterable[list[Any]]:
    """The table again under numbers that no longer hold: reading it would add records."""
    for row, cells in enumerate(page.rows, 1):
        stale = list(cells)
        if row in page.record_rows:
            key = page.columns[page.form.key[0] if page.form.key else page.form.columns[0].code] - 1
            stale[key] = f"{stale[key]}-旧"
        yield stale


def to_csv(page: Page, encoding: str) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    width = max(len(cells) for cells in page.rows)
    for cells in page.rows:
        writer.writerow([_csv_text(value) for value in cells] + [""] * (width - len(cells)))
    return text.getvalue().encode(encoding)


def _csv_text(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:%Y-%m-%d}" if isinstance(value, date) else str(value)


def truncated(data: bytes) -> bytes:
    """A workbook whose transfer broke off."""
    return data[: len(data) * 3 // 5]


def locked() -> bytes:
    """What a password-protected workbook looks like from outside: an OLE container with an encrypted package."""
    magic = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16) + b"\x3e\x00\x03\x00\xfe\xff\x09\x00"
    names = "EncryptionInfoEncryptedPackage".encode("utf-16-le")
    body = bytes((index * 167 + 13) % 256 for index in range(6000))
    return magic.ljust(512, b"\xff") + names.ljust(512, b"\0") + body.ljust(7168, b"\0")
