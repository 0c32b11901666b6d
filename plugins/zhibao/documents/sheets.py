"""A report as a workbook for analysts: a sheet for each printed table, all figures as exact numbers, the identity."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any
from unicodedata import east_asian_width

from zhibao.documents.coded import content_codes
from zhibao.documents.model import Content
from zhibao.documents.numbers import ABSENT, date_zh, instant_zh, range_zh
from zhibao.documents.tables import Amount, PrintedTable, tables_of
from zhibao.documents.templating import fullest_html
from zhibao.documents.words import signer
from zhibao.figures import Figure
from zhibao.warehouse.labels import label

FIGURES, ABOUT = "指标", "说明"
FIGURE_HEADS = ("指标", "名称", "数值", "单位", "报告期", "数据截至", "追溯码")
LEAST_WIDTH, MOST_WIDTH, PORTRAIT_WIDTH = 7, 72, 90  # in digits
ROW_HEIGHT, HEAD_HEIGHT = 15, 20  # points
A4 = 9  # as spreadsheets number their papers
NAME_MOST = 31
FORBIDDEN = re.compile(r"[\[\]:*?/\\']")

Cell = str | Amount | Decimal | None


def annex_workbook(content: Content, templates_dir: Path, page: str | None = None) -> bytes:
    """An .xlsx whose bytes depend on nothing but the content; of a card it holds the figures of its unit alone.

    Numbers of the tables are rounded as printed, those of the sheet 指标 are exact. Text is never a formula. `page` is
    `fullest_html`, where it is at hand.
    """
    from xlsxwriter import Workbook

    page = page or fullest_html(content, templates_dir)
    tables, out = tables_of(page), BytesIO()
    with Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({
            "title": title_of(content), "author": signer(content),
            "created": content.as_of_local.replace(tzinfo=None),
        })
        writer = _Writer(book, content)
        for table in tables:
            writer.add(table.title, table.heads, table.rows, table.totals)
        writer.add(FIGURES, FIGURE_HEADS, _figure_rows(content, page))
        writer.add(ABOUT, ("项目", "内容"), [*_identity(content), *_about(tables, writer.names)])
    return out.getvalue()


def title_of(content: Content) -> str:
    return (f"{content.programme.short_name.zh}{content.period.zh()}"
            f"{content.programme.reports[content.kind].title.zh}")


def told_figures(content: Content, page: str) -> Iterable[Figure]:
    """What a document may carry inside: all its report's figures, or those on its marked page (`_tells_all`)."""
    return content.figures if _tells_all(content) else _printed(content, page)


def _tells_all(content: Content) -> bool:
    """A unit's card tells of its unit, and what is for the public no more than it prints."""
    report = content.programme.reports.get(content.kind)
    return content.copy.unit is None and (report is None or report.names != "full")


def _printed(content: Content, page: str) -> list[Figure]:
    from lxml import html

    printed = set(html.fromstring(page).xpath("//data/@data-figure"))
    return [figure for figure in content.figures if figure.id in printed]


def _figure_rows(content: Content, page: str) -> list[tuple[Cell, ...]]:
    as_of, codes = instant_zh(content.as_of_local), content_codes(content)
    return [
        (item.id, label(content.programme, item, "zh"), item.value, item.unit, content.period.zh(), as_of,
         codes[item.id])
        for item in told_figures(content, page)
    ]


def _identity(content: Content) -> list[tuple[Cell, ...]]:
    digests = {"rules": "方案", "figures": "指标", "templates": "模板", "fonts": "字体"}
    rows = [
        ("报告", title_of(content)), ("单位", signer(content)), ("报告期", content.period.zh()),
        ("统计期", range_zh(content.window)), ("数据截至", instant_zh(content.as_of_local)),
        ("成文日期", date_zh(content.issued_on)), ("方案代码", content.programme.code), ("报告种类", content.kind),
        *((f"{word}摘要（SHA-256）", content.identity[key]) for key, word in digests.items()),
        ("性质", "代拟稿，未经签发" if content.draft else "正式文件所附"),
        ("取整", f"各表数值与文件所印一致；“{FIGURES}”表为未经取整的数值。"),
        ("追溯码", "用 zhibao trace 追溯码 查看该数由哪些报表的哪些单元格得出。"),
    ]
    unit = content.copy.unit
    return rows if unit is None else [("填报单位", content.programme.unit(unit).name.zh), *rows]


def _about(tables: Sequence[PrintedTable], names: Sequence[str]) -> list[tuple[Cell, ...]]:
    """What stands around each printed table: its full title, its unit, its notes."""
    return [
        (f"工作表“{name}”", "　".join((table.title, *table.notes)))
        for table, name in zip(tables, names[:len(tables)], strict=True)
    ]


class _Writer:
    """Adds sheets of one look to a workbook. `names` are those of the sheets so far."""

    def __init__(self, book: Any, content: Content) -> None:
        self.book, self.names, self.formats = book, [], {}
        self.header = f"&C{_escaped(title_of(content))}　&A"
        self.footer = f"&L数据截至{instant_zh(content.as_of_local)}&R第&P页 共&N页"

    def add(self, title: str, heads: Sequence[str], rows: Sequence[Sequence[Cell]],
            totals: frozenset[int] = frozenset()) -> None:
        sheet = self.book.add_worksheet(self._name(title))
        widths = _widths(heads, rows)
        for place, word in enumerate(heads):
            sheet.write_string(0, place, word, self._look(bold=True, bg_color="#EEF2F6", bottom=1, align="center"))
        sheet.set_row(0, HEAD_HEIGHT)
        for line, row in enumerate(rows, start=1):
            for place, cell in enumerate(row):
                self._write(sheet, line, place, cell, {"bold": True, "top": 1} if line - 1 in totals else {})
            if (lines := max(map(_lines, row, widths))) > 1:
                sheet.set_row(line, ROW_HEIGHT * lines)
        for place, width in enumerate(widths):
            sheet.set_column(place, place, width)
        self._page(sheet, len(heads), len(rows), sum(widths))

    def _write(self, sheet: Any, line: int, place: int, cell: Cell, look: dict[str, Any]) -> None:
        if isinstance(cell, str):
            side = {"align": "right"} if cell == ABSENT else {"text_wrap": True, "indent": 1}
            sheet.write_string(line, place, cell, self._look(**look, **side))
        elif isinstance(cell, Amount):
            sheet.write_number(line, place, cell.value, self._look(**look, num_format=_code(cell)))
        elif cell is not None:
            sheet.write_number(line, place, cell, self._look(**look))

    def _page(self, sheet: Any, columns: int, rows: int, width: int) -> None:
        """Heads stay in sight and repeat in print; each sheet fits the width of an A4 page."""
        if width > PORTRAIT_WIDTH:
            sheet.set_landscape()
        sheet.set_paper(A4)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        sheet.freeze_panes(1, 1)
        sheet.autofilter(0, 0, max(rows, 1), columns - 1)
        sheet.set_header(self.header)
        sheet.set_footer(self.footer)

    def _look(self, **wanted: Any) -> Any:
        key = tuple(sorted(wanted.items()))
        if key not in self.formats:
            self.formats[key] = self.book.add_format({"valign": "vcenter", **wanted})
        return self.formats[key]

    def _name(self, title: str) -> str:
        """A name that spreadsheets take and that no sheet has yet."""
        plain = FORBIDDEN.sub("", title) or "表"
        name, number = plain[:NAME_MOST], 2
        while name.lower() in (taken.lower() for taken in self.names):
            name = f"{plain[:NAME_MOST - 3]}_{number}"
            number += 1
        self.names.append(name)
        return name


def _code(amount: Amount) -> str:
    """How a spreadsheet shows the number as it was printed."""
    digits = ("#,##0" if amount.is_grouped else "0") + ("." + "0" * amount.decimals if amount.decimals else "")
    return f'{digits}"{amount.suffix}"' if amount.suffix else digits


def _shown(cell: Cell) -> str:
    if isinstance(cell, Amount):
        return f"{cell.value:,.{cell.decimals}f}{cell.suffix}"
    return "" if cell is None else str(cell)


def _widths(heads: Sequence[str], rows: Sequence[Sequence[Cell]]) -> list[int]:
    """Of each column, so that its longest text fits; what is longer than the most is wrapped."""
    columns = zip(heads, *(map(_shown, row) for row in rows), strict=True)
    return [min(max(LEAST_WIDTH, *(_columns_of(text) + 3 for text in column)), MOST_WIDTH) for column in columns]


def _lines(cell: Cell, width: int) -> int:
    """How many lines a text takes in a column: each but the last may lack half a character."""
    return -(-_columns_of(_shown(cell)) // (width - 3)) if isinstance(cell, str) else 1


def _escaped(text: str) -> str:
    """For the head of a page, where & begins a code."""
    return text.replace("&", "&&")


def _columns_of(words: str) -> int:
    """A Han character is as wide as two digits."""
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in words)
