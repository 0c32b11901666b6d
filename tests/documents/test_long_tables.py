"""Rows that are drawn without a box each stand where WeasyPrint would have put them, on page after page, tagged."""

from __future__ import annotations

import io
from pathlib import Path

import pikepdf
import pytest

from zhibao.documents import longtables, render
from zhibao.documents.linebreaking import Breaker
from zhibao.errors import OperatorError

from . import made_up
from .conformance import PROFILES, faults
from .pages import Char, Pages
from .tags import document_of, marked_content, parents

ROWS = 230
WIDTHS = (12, 24, 50, 40, 30)
MARKED = ' class="x"'
WORDS = "兰州城关黄河生态农业发展，合作社（文化）旅游、餐饮《养老》服务；中医药"


def venture(number: int) -> str:
    """Words of one to three lines; some with a number in them, some with a rare character."""
    start, length = number * 7 % len(WORDS), number * 11 % 34 + 3
    return (WORDS * 3)[start : start + length] + f"{number * 37}号" * (number % 3 == 0) + "垚" * (number % 17 == 0)


def body(rows: int, *, is_plain: bool = True) -> str:
    """A report with a table of `rows`; unless it is plain, one row carries a class, so that it is not drawn here."""
    lines = "".join(
        f'<tr{"" if is_plain or number else MARKED}><td>{number + 1}</td><td>张*{"三四五"[number % 3]}</td>'
        f'<td class="word">{venture(number)}</td><td class="word">{venture(number + 5)[:9]}</td><td>城关区</td></tr>'
        for number in range(rows)
    )
    columns = "".join(f'<col style="width:{width}mm">' for width in WIDTHS)
    heads = "".join(f"<th>{head}</th>" for head in ("序号", "姓名", "创业主体", "项目", "单位"))
    return (
        '<h1 class="title">名单</h1><h2>一、名单</h2><p>共列如下。</p>'
        f"<table><colgroup>{columns}</colgroup><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table>"
        '<p class="under-table">注：按授予日期排列。</p><h2>二、其他</h2><p>无。</p>'
    )


def rendered(folder: Path, text: str) -> bytes:
    start = '{% extends "base.html.j2" %}{% block title %}名单{% endblock %}{% block body %}'
    templates = made_up.templates_with(folder, "trial.html.j2", f"{start}{text}{{% endblock %}}")
    return render(made_up.of_kind("trial"), templates, made_up.font_set())


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return rendered(tmp_path_factory.mktemp("drawn"), body(ROWS))


@pytest.fixture(scope="module")
def laid_out(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return rendered(tmp_path_factory.mktemp("laid"), body(ROWS, is_plain=False))


def test_rows_stand_where_they_would_have_been_laid_out(drawn: bytes, laid_out: bytes) -> None:
    mine, theirs = Pages(drawn), Pages(laid_out)
    assert len(mine) == len(theirs) > 5
    for number in range(len(mine)):
        one, two = (sorted(pages.chars(number), key=_order) for pages in (mine, theirs))
        assert [char.text for char in one] == [char.text for char in two], number
        assert max(abs(a.left - b.left) for a, b in zip(one, two, strict=True)) < 0.05
        assert max(abs(a.top - b.top) for a, b in zip(one, two, strict=True)) < 0.05


def _order(char: Char) -> tuple[float, float]:
    return round(char.top), char.left


@pytest.mark.parametrize("profile", PROFILES)
def test_validators_find_nothing_that_is_not_disputed(drawn: bytes, profile: str) -> None:
    assert faults(drawn, profile) == []
    assert pikepdf.open(io.BytesIO(drawn)).check_pdf_syntax() == []


def test_every_cell_is_tagged_once_in_the_order_of_the_rows(drawn: bytes) -> None:
    pdf = pikepdf.open(io.BytesIO(drawn))
    document = document_of(pdf)
    held = {piece: element.tag for element in document.walk() for piece in element.content}
    assert held == parents(pdf)
    assert sorted(held) == [(n, mcid) for n, pieces in enumerate(marked_content(pdf)) for _, mcid in pieces]
    tables = document.all("Table")
    rows = [row for table in tables for row in table.all("TR") if row.parent.tag == "TBody"]
    assert len(tables) == len(pdf.pages) and len(rows) == ROWS
    assert {len(row.children) for row in rows} == {len(WIDTHS)} and {len(table.all("TH")) for table in tables} == {5}
    assert [row.children[0].content[0][0] for row in rows] == sorted(row.children[0].content[0][0] for row in rows)


def test_the_words_can_be_read_back(drawn: bytes) -> None:
    text = Pages(drawn).squeezed()
    assert all(f"{number + 1}张*" in text for number in range(ROWS))
    assert "垚" in text and "共列如下" in text and "注：按授予日期排列。二、其他" in text


def test_a_second_render_is_the_same_to_the_byte(drawn: bytes, tmp_path: Path) -> None:
    assert rendered(tmp_path, body(ROWS)) == drawn


def test_the_last_page_keeps_three_rows_and_the_note(drawn: bytes) -> None:
    pages = Pages(drawn)
    assert "注：按授予日期排列。" in pages.squeezed(len(pages) - 1)
    assert sum(line.count("张*") for line in pages.lines(len(pages) - 1)) >= 3


@pytest.mark.parametrize(("rows", "is_cut"), [(longtables.LEAST_ROWS - 1, False), (longtables.LEAST_ROWS, True)])
def test_only_long_tables_are_cut_out(rows: int, is_cut: bool) -> None:
    text, tables = longtables.cut(body(rows))
    assert (len(tables), "<tbody>" in text) == ((1, False) if is_cut else (0, True))


@pytest.mark.parametrize("spoiled", [
    ("<tbody><tr>", '<tbody><tr class="total">'), ("<tbody><tr><td>", '<tbody><tr><td colspan="1">'),
    ("张*三", "<b>张*三</b>"), ("</tbody>", "</tbody><tbody></tbody>"),
])
def test_a_table_with_more_than_words_in_columns_is_laid_out(spoiled: tuple[str, str]) -> None:
    assert longtables.cut(body(120).replace(*spoiled, 1))[1] == []


@pytest.mark.parametrize(("words", "width", "lines"), [
    ("兰州城关区", 3, ["兰州城", "关区"]),
    ("兰州城，关区", 3, ["兰州", "城，关", "区"]),
    ("兰州《城关》", 3, ["兰州", "《城", "关》"]),
    ("兰州1234号", 3, ["兰州", "1234号"]),
    ("兰州123456789号", 3, ["兰州12", "345678", "9号"]),
    ("共12.5万元", 3, ["共", "12.5万", "元"]),
    ("城关 区县", 2, ["城关", "区县"]),
    ("", 3, [""]),
])
def test_lines_break_as_typography_wants(words: str, width: float, lines: list[str]) -> None:
    broken = Breaker(made_up.font_set(), "body").lines(words, width)
    assert ["".join(piece.text for piece in line.pieces) for line in broken] == lines


def test_a_character_without_a_font_is_named_with_its_column(tmp_path: Path) -> None:
    with pytest.raises(OperatorError) as stopped:
        rendered(tmp_path, body(120).replace("张*四", "张*\ue000", 1))
    assert "U+E000" in stopped.value.text.zh and "一、名单，“姓名”列" in stopped.value.text.zh
    assert "张" not in stopped.value.text.zh
