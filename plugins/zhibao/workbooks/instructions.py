"""The sheet 填写说明: by when, how, what each column must hold, with an invented example."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from xlsxwriter.worksheet import Worksheet

from zhibao.programme.calendar import calendar_warning, due_at
from zhibao.programme.models import Unit
from zhibao.workbooks.cells import Cells
from zhibao.workbooks.columns import Plan
from zhibao.workbooks.styles import Styles
from zhibao.workbooks.words import clipped, settings

WIDTHS = (6, 20, 12, 30, 70, 32)
LINE_HEIGHT = 16
LONGEST_EXAMPLE = 60


def write_instructions(
    sheet: Worksheet, styles: Styles, cells: Cells, unit: Unit, plans: list[Plan], made_at: datetime
) -> None:
    """Fill the sheet and lock it."""
    known = settings()["instructions"]
    last = len(WIDTHS) - 1
    for index, width in enumerate(WIDTHS):
        sheet.set_column(index, index, width)
    sheet.merge_range(0, 0, 0, last, known["title"].format(form=cells.form.name.zh), styles.title)
    sheet.set_row(0, 34)
    row = 1
    for text in _paragraphs(cells, unit):
        sheet.merge_range(row, 0, row, last, text, styles.paragraph)
        sheet.set_row(row, _height(text, sum(WIDTHS)))
        row += 1
    for index, text in enumerate(known["headers"]):
        sheet.write_string(row, index, text, styles.header)
    sheet.repeat_rows(row)
    for number, plan in enumerate(plans, row + 1):
        _write_column(sheet, styles, cells, number, plan)
    sheet.protect("", {"format_columns": True, "format_rows": True})
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&C&P / &N")


def _write_column(sheet: Worksheet, styles: Styles, cells: Cells, row: int, plan: Plan) -> None:
    column = plan.column
    shown = clipped(plan.example, LONGEST_EXAMPLE)
    sheet.write_string(row, 0, cells.letters(column.code), styles.centred)
    sheet.write_string(row, 1, f"*{column.header}" if column.required else column.header, styles.cell)
    sheet.write_string(row, 2, plan.owed, styles.centred)
    sheet.write_string(row, 3, plan.kind, styles.cell)
    sheet.write_string(row, 4, plan.faults, styles.cell)
    sheet.write_string(row, 5, shown, styles.cell)
    texts = zip((plan.kind, plan.faults, shown), WIDTHS[3:], strict=True)
    sheet.set_row(row, max(_height(text, width) for text, width in texts))


def _paragraphs(cells: Cells, unit: Unit) -> Iterator[str]:
    known, programme, form, period = settings()["instructions"], cells.programme, cells.form, cells.period
    due, calendar = due_at(programme, form.cadence, period, unit, form), programme.calendar
    remarks = [known["overdue"].format(days=calendar.missing_after_working_days)]
    if calendar.closes_after_working_days is not None:
        remarks.append(known["closed"].format(days=calendar.closes_after_working_days))
    if calendar_warning(programme, due.date(), due.date()):
        remarks.append(known["guessed"])
    count = cells.last_row - cells.first_row + 1
    values = {
        "unit": unit.name.zh, "form": form.name.zh, "period": period.zh(), "sheet": form.name.zh,
        "due": f"{due.year}年{due.month}月{due.day}日{due:%H:%M}", "overdue": "".join(remarks),
        "first_row": cells.first_row, "version": programme.template_version,
        "rows": known["many_rows"].format(count=count) if form.key else known["one_row"],
        "nil": known["may_be_nil" if form.may_be_nil else "never_nil"],
        "asked": programme.unit(programme.executor).name.zh,
    }
    return (text.format(**values) for text in known["paragraphs"])


def _height(text: str, width: float) -> int:
    """For as many lines as the text needs; a Han character is two wide."""
    wide = sum(1 if character.isascii() else 2 for character in text)
    return LINE_HEIGHT * max(1, -(-wide // int(width - 2))) + 4
