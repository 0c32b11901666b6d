"""The tables of a report as a workbook for analysts: a sheet a table, and all figures with their ids on the last."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from io import BytesIO
from typing import Any
from unicodedata import east_asian_width

from zhibao.documents.model import Content
from zhibao.documents.quality import Cell, Table
from zhibao.warehouse.labels import label

FIGURE_HEADS = ("指标", "名称", "数值", "单位")
WORD_WIDTH, NUMBER_WIDTH, MOST_WIDTH = 16, 11, 80
A4 = 9  # as spreadsheets number their papers
# How the value of a unit is shown; it is kept as a number all the same.
FORMATS = {"pct": '0.00"%"', "day": "0.0"}


def workbook(content: Content, tables: Sequence[Table]) -> bytes:
    """An .xlsx whose bytes depend on nothing but the content."""
    from xlsxwriter import Workbook

    out = BytesIO()
    with Workbook(out, {"in_memory": True}) as book:
        book.set_properties({
            "title": f"{content.programme.short_name.zh}{content.period.zh()}"
                     f"{content.programme.reports[content.kind].title.zh}",
            "author": content.programme.issuer.zh, "created": content.as_of_local.replace(tzinfo=None),
        })
        styles = {unit: book.add_format({"num_format": code}) for unit, code in FORMATS.items()}
        head = book.add_format({"bold": True, "bg_color": "#EEF2F6", "bottom": 1, "text_wrap": True, "valign": "top"})
        for table in tables:
            _write(book.add_worksheet(table.title[:31]), table.heads, table.rows, styles, head)
        rows: list[Sequence[Cell]] = [
            (item.id, label(content.programme, item, "zh"), item, item.unit) for item in content.figures
        ]
        _write(book.add_worksheet("全部指标"), FIGURE_HEADS, rows, styles, head)
    return out.getvalue()


def _write(
    sheet: Any, heads: Sequence[str], rows: Sequence[Sequence[Cell]], styles: dict[str, Any], head: Any
) -> None:
    widths = [WORD_WIDTH if rows and isinstance(rows[0][place], str) else NUMBER_WIDTH for place in range(len(heads))]
    for place, word in enumerate(heads):
        sheet.write_string(0, place, word, head)
    for line, row in enumerate(rows, start=1):
        for place, cell in enumerate(row):
            if isinstance(cell, str):
                sheet.write_string(line, place, cell)
                widths[place] = min(max(widths[place], _columns_of(cell) + 2), MOST_WIDTH)
            elif isinstance(cell, Decimal):
                sheet.write_number(line, place, cell)
            elif cell.value is not None:
                sheet.write_number(line, place, cell.value, styles.get(cell.unit))
    for place, width in enumerate(widths):
        sheet.set_column(place, place, width)
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, max(len(rows), 1), len(heads) - 1)


def _columns_of(words: str) -> int:
    """A Han character is as wide as two digits."""
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in words)
