"""The workbook of a report: what was printed, under the same titles and rounded alike, and every figure exactly."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from functools import cache
from io import BytesIO
from zipfile import ZipFile

import openpyxl
import pytest
from lxml import html

from zhibao.documents.lists import Lists
from zhibao.documents.marks import as_data, unmarked
from zhibao.documents.numbers import money
from zhibao.documents.sheets import annex_workbook
from zhibao.documents.tables import Amount, tables_of
from zhibao.documents.templating import page_html

from . import made_up

KINDS = pytest.mark.parametrize("kind", ["annual", "monthly"])
SIZES = pytest.mark.parametrize("size", [0, 1, 1000])
ROW = {"level": "rising_star", "category": "women", "name": "张*三", "venture": "甲公司", "project": "乙项目"}


@cache
def content(kind: str, size: int) -> bytes:
    return annex_workbook({"annual": made_up.annual, "monthly": made_up.monthly}[kind](size), made_up.TEMPLATES)


def book(kind: str, size: int = 1) -> openpyxl.Workbook:
    return openpyxl.load_workbook(BytesIO(content(kind, size)))


@SIZES
def test_sheets_hold_the_annexes_as_they_are_printed(size: int) -> None:
    page = page_html(made_up.annual(size), made_up.TEMPLATES)
    printed, found = "".join(html.fromstring(page).text_content().split()), 0
    workbook = book("annual", size)
    for name in workbook.sheetnames[:-2]:
        assert name in printed
        sheet = workbook[name]
        places = [place for place, cell in enumerate(sheet[1]) if cell.value != "组别"]
        for row in sheet.iter_rows(min_row=2):
            said = "".join(_shown(row[place]) for place in places)
            assert said.replace(" ", "") in printed, (name, said)
            found += 1
    assert found == 11 + 10 + 11 + 31 + 10 + 28 + 20


def _shown(cell: openpyxl.cell.Cell) -> str:
    """What a spreadsheet shows: the printed text, but money, which is printed in 万元 and kept in 元."""
    if cell.data_type == "s":
        return "".join(str(cell.value).split())
    if cell.value is None:
        return ""
    decimals = cell.number_format.partition(".")[2].partition('"')[0].count("0")
    suffix = cell.number_format.split('"')[1] if '"' in cell.number_format else ""
    value = round(Decimal(str(cell.value)), decimals)
    if suffix == "元":
        return money(value)
    return (f"{value:,}" if "," in cell.number_format else str(value)) + suffix


@KINDS
@SIZES
def test_every_figure_stands_there_exactly(kind: str, size: int) -> None:
    figures = {item.id: item for item in {"annual": made_up.annual, "monthly": made_up.monthly}[kind](size).figures}
    listed = {row[0]: row for row in book(kind, size)["指标"].iter_rows(min_row=2, values_only=True)}
    assert listed.keys() == figures.keys() and len(listed) > 300
    for id_, row in listed.items():
        assert row[2] is None if figures[id_].value is None else Decimal(str(row[2])) == figures[id_].value
        assert row[1] and row[3] == figures[id_].unit and row[5] == "2022年11月30日17:30:00"


@KINDS
def test_it_tells_what_it_was_made_from_and_depends_on_nothing_else(kind: str) -> None:
    about = dict(book(kind)["说明"].iter_rows(min_row=2, values_only=True))
    made = {"annual": made_up.annual, "monthly": made_up.monthly}[kind]()
    assert about["指标摘要（SHA-256）"] == made.identity["figures"]
    assert about["性质"] == "代拟稿，未经签发"
    assert annex_workbook(made, made_up.TEMPLATES) == content(kind, 1)


def test_text_is_never_a_formula_or_a_link() -> None:
    rows = [ROW | {"venture": "=1+1", "project": "http://a.example/"}, ROW | {"venture": "+1", "project": "@SUM(A1)"}]
    made = annex_workbook(made_up.annual(lists=Lists(awardees=rows)), made_up.TEMPLATES)
    sheet = openpyxl.load_workbook(BytesIO(made))["授予称号人员名单"]
    assert [[cell.value for cell in row[2:4]] for row in sheet.iter_rows(min_row=2)] == [
        ["=1+1", "http://a.example/"], ["+1", "@SUM(A1)"]]
    assert {cell.data_type for row in sheet.iter_rows(min_row=2, min_col=2) for cell in row} == {"s"}
    with ZipFile(BytesIO(made)) as parts:
        sheets = [parts.read(name) for name in parts.namelist() if "worksheets/sheet" in name]
    assert len(sheets) == 10 and not any(b"<f" in sheet or b"<hyperlink" in sheet for sheet in sheets)


@KINDS
def test_it_prints_on_a4_with_its_heads_on_each_page(kind: str) -> None:
    for sheet in book(kind):
        assert (sheet.page_setup.paperSize, sheet.page_setup.fitToHeight) == (9, 0)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage and sheet.print_title_rows == "$1:$1"
        assert sheet.freeze_panes == "B2"
        assert sheet.oddHeader.center.text.endswith("&A")


def test_long_names_fit_a_sheet() -> None:
    made = openpyxl.load_workbook(BytesIO(annex_workbook(
        made_up.annual(1000, made_of=made_up.with_long_names()), made_up.TEMPLATES)))
    sheet = made["系列比赛分项情况表"]
    assert sheet.column_dimensions["B"].width < 80 and sheet.row_dimensions[2].height >= 30


def test_heads_over_several_columns_and_money() -> None:
    (table,) = tables_of(
        '<h2>三、资金<br></h2><p class="unit-line">单位：元</p><table><thead><tr><th rowspan="2">序号</th>'
        '<th colspan="2">下达</th></tr><tr><th>中央</th><th>省</th></tr></thead><tbody><tr><td>1</td>'
        '<td><data data-figure="a">1234.57万元</data></td><td><data data-figure="b">1.2亿元</data></td></tr></tbody>'
        '</table><p class="under-table">注：甲。</p>')
    assert (table.title, table.heads, table.notes) == (
        "资金", ("序号", "下达·中央", "下达·省"), ("单位：元", "注：甲。"))
    wan, yi = (Amount(Decimal(value), 0, "元", True) for value in (12_345_700, 120_000_000))
    assert table.rows == [(Amount(Decimal(1)), wan, yi)]


def test_the_printed_page_carries_no_marks() -> None:
    assert "<data" not in page_html(made_up.annual(), made_up.TEMPLATES)


@pytest.mark.parametrize("kind", ["annual", "monthly", "quarterly", "public-list"])
def test_a_page_without_its_marks_is_the_printed_one(kind: str) -> None:
    made = replace(made_up.made(kind), kind=kind)
    marked = page_html(made, made_up.TEMPLATES, as_data)
    assert marked.count("<data") > 2
    assert unmarked(marked) == page_html(made, made_up.TEMPLATES)
