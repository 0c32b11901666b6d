"""Lays one return out as rows of cells in a unit's style, from its title to its signatures."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from zhibao.period import Period
from zhibao.programme.models import Form, Programme
from zhibao.samples.headers import write_headers
from zhibao.samples.page import Page, Wrongs
from zhibao.samples.records import Row
from zhibao.samples.styles import FORM_WORDS, Style, period_word, render

SUMMED = {
    "jobs_created_count",
    "jobs_stable_count",
    "annual_revenue_yuan",
    "registered_project_count",
    "entered_project_count",
    "participant_count",
    "prize_count",
    "cost_yuan",
    "prize_yuan",
    "registered_count",
    "trained_count",
    "qualified_count",
    "subsidy_yuan",
    "attendee_count",
    "intended_yuan",
    "paid_in_yuan",
    "incubating_count",
    "allocated_yuan",
    "disbursed_yuan",
    "used_yuan",
}
FOOTER = (
    "填表人：李某某　　联系电话：0931-0000000",
    "注：本表由各单位据实填报，数据为虚构样例。",
    "单位负责人（签字）：",
    "第1页 共1页",
)


def lay_out(
    programme: Programme,
    style: Style,
    form: Form,
    period: Period,
    filled_on: date,
    records: list[Row],
    wrongs: Wrongs,
) -> Page:
    """The data sheet of one return. No records make a nil return (零报告)."""
    page = Page(FORM_WORDS.get(form.code, form.name.zh)[:8], form, style, records)
    codes = [code for code in style.order[form.code] if code != wrongs.drop]
    width = len(codes) + style.numbered + style.contact
    if style.head_place == "before_title":
        _head(programme, page, period, filled_on, wrongs)
        page.layout.append(("head_before_title", 1, 1))
        _titles(programme, page, period, width)
    else:
        _titles(programme, page, period, width)
        _head(programme, page, period, filled_on, wrongs)
    write_headers(page, codes, wrongs)
    if style.sample_row:
        _sample_row(programme, page)
    for number, record in enumerate(records, 1):
        _record(programme, page, number, record)
    _below(page, wrongs)
    return page


def _titles(programme: Programme, page: Page, period: Period, width: int) -> None:
    lines = (f"{programme.name.zh}{FORM_WORDS.get(page.form.code, page.form.name.zh)}", f"（{period.zh()}）")
    for line in lines[: page.style.titles]:
        row = page.next_row
        page.put(row, 1, line)
        page.bold_rows.add(row)
        page.layout.append(("title_row", row, 1))
        if page.style.title_merged:
            page.merges.append((row, 1, row, width))
            page.layout.append(("merged_title", row, 1))


def _head(programme: Programme, page: Page, period: Period, filled_on: date, wrongs: Wrongs) -> None:
    style = page.style
    columns = {column.code: column for column in programme.head}
    values = {
        "unit": style.unit_word if wrongs.unit_word is None else wrongs.unit_word,
        "period": period_word(style, period),
        "filled_on": render(programme, style, columns["filled_on"], filled_on),
        "filled_by": "李某某",
        "contact_phone": "0931-0000000",
        "nil_return": "否" if page.records else "是",
        "template_version": programme.template_version,
        "money_unit": "万元" if style.wan else "元",
    }
    start = page.next_row
    one_cell = style.head_layout == "one_cell"
    for place, (code, value) in enumerate(values.items()):
        row = start + place // style.head_per_row
        column = 1 + (place % style.head_per_row) * (4 if one_cell else 3)
        label = style.headers.get(("head", code), columns[code].header)
        if one_cell:
            page.put(row, column, f"{label}：{_head_text(value)}")
        else:
            page.put(row, column, label)
            page.put(row, column + 1, value)
        page.head[code] = row, column if one_cell else column + 1
    page.layout.append(("head_one_cell" if one_cell else "head_neighbours", start, 1))
    if style.money == "wan_by_head":
        page.layout.append(("wan_by_head", *page.head["money_unit"]))


def _head_text(value: Any) -> str:
    return f"{value:%Y-%m-%d}" if isinstance(value, date) else str(value)


def _record(programme: Programme, page: Page, number: int, record: Row) -> None:
    row = page.next_row
    page.record_rows.append(row)
    if page.style.numbered:
        page.put(row, 1, number)
    for code, column in page.columns.items():
        page.put(row, column, render(programme, page.style, page.form.column(code), record.get(code)))
    if page.style.contact:
        page.put(row, len(page.rows[row - 1]) + 1, "赵某某")


def _sample_row(programme: Programme, page: Page) -> None:
    """The template's example, left in: its first cell says 样例."""
    row = page.next_row
    words = {
        "text": "示例",
        "integer": 10,
        "decimal": 88,
        "money": 100,
        "date": "2021-01-01",
        "id_number": "620102199001010000",
        "phone": "13800000000",
        "uscc": "91620100MA00000000",
    }
    for code, column in page.columns.items():
        options = programme.choices_of(page.form.column(code))
        page.put(row, column, next(iter(options.values()))[-1] if options else words.get(page.form.column(code).type))
    page.put(row, 1, "样例")
    page.layout.append(("sample_row", row, 1))


def _below(page: Page, wrongs: Wrongs) -> None:
    style = page.style
    for number in range(style.empty_rows):
        page.put(page.next_row, 1, len(page.records) + number + 1)
        page.layout.append(("numbered_empty_row", len(page.rows), 1))
    if style.total and wrongs.total and page.records and SUMMED & page.columns.keys():
        _total(page)
    for line in FOOTER[: style.footer + 1] if style.footer else ():
        page.put(page.next_row, 1, line)
        page.layout.append(("footer", len(page.rows), 1))


def _total(page: Page) -> None:
    row = page.total_row = page.next_row
    page.put(row, 1, "合计")
    for code in SUMMED & page.columns.keys():
        shown = (Decimal(str(page.get(at, page.columns[code]) or 0)) for at in page.record_rows)
        total = sum(shown, Decimal(0))
        page.put(row, page.columns[code], int(total) if total == int(total) else float(total))
    page.layout.append(("total_row", row, 1))
