"""The page of GB/T 9704-2012, measured on what was rendered."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from zhibao.documents import Content, render
from zhibao.documents.lists import Lists

from . import made_up
from .pages import Pages

# Han characters whose ink fills most of the em box, so that a line is found by its middle.
HAN = "国家园圆图团因围固囚回困囤园"
NO_LINE_START = "，。；：、！？）〕》”’%"
NO_LINE_END = "（〔《“‘"
# Room is shared out in thousandths of a character: at most half of one for each of 27 gaps is left over.
EDGE, AT_EDGE = 184, 0.15
SIZES = (0, 1, 1000)


def _text_page(folder: Path, text: str) -> Pages:
    template = '{% extends "base.html.j2" %}{% block title %}版心{% endblock %}{% block body %}<p class="plain">'
    folder = made_up.templates_with(folder, "grid.html.j2", template + text + "</p>{% endblock %}")
    with (folder / "page.css").open("a", encoding="utf-8") as css:
        css.write("p.plain { text-indent: 0 }")
    return Pages(render(made_up.of_kind("grid"), folder, made_up.font_set()))


def test_a_page_of_han_holds_22_lines_of_28_characters_inside_the_type_area(tmp_path: Path) -> None:
    pages = _text_page(tmp_path, HAN * 50)
    rows = pages.rows(0)
    assert pages.size(0) == pytest.approx((210, 297), abs=0.1)
    assert [len(row) for row in rows] == [28] * 22
    assert min(row[0].left for row in rows) == pytest.approx(28, abs=0.02)
    assert max(row[-1].right for row in rows) == pytest.approx(184, abs=0.1)
    assert rows[0][0].top >= 37
    assert rows[-1][0].bottom <= 37 + 225
    middles = [(row[0].top + row[0].bottom) / 2 for row in rows]
    assert (middles[-1] - middles[0]) / 21 == pytest.approx(225 / 22, abs=0.1)


def test_full_lines_end_at_the_edge_and_numbers_and_dashes_are_not_spread(tmp_path: Path) -> None:
    text = "国家（园圆2022年，团因12.5万元、35.06%）；围固——囚回，困囤GYB国。" * 14
    rows = _text_page(tmp_path, text).rows(0)
    rows = rows[: next(place for place, row in enumerate(rows) if row[-1].right < EDGE - 1) + 1]
    assert len(rows) > 12
    assert [row[-1].right for row in rows[:-1]] == pytest.approx([EDGE] * (len(rows) - 1), abs=AT_EDGE)
    gaps = [
        (left.text + right.text, right.left - left.right)
        for row in rows[:-1] for left, right in zip(row, row[1:], strict=False)
    ]
    whole = [gap for pair, gap in gaps if pair == "——" or pair.isascii() or pair == "万元"]
    assert len(whole) > 100
    assert max(map(abs, whole)) < 0.03
    assert max(gap for pair, gap in gaps if not pair.isascii()) > 0.3


@pytest.mark.parametrize(("text", "lines"), [
    (HAN * 2 + "国。", [27, 3]),
    (HAN * 2 + "国家。", [28, 3]),
    (HAN + HAN[:11] + "12.5万元", [25, 6]),
    (HAN + HAN[:10] + "12.5万元", [30]),
])
def test_no_paragraph_ends_in_one_character_and_no_amount_is_parted_from_its_unit(
    tmp_path: Path, text: str, lines: list[int]
) -> None:
    rows = _text_page(tmp_path, text).rows(0)
    assert [len(row) for row in rows[:len(lines)]] == lines
    assert "".join(char.text for row in rows[:len(lines)] for char in row) == text


def test_lines_of_the_report_end_at_the_edge_where_their_paragraph_goes_on() -> None:
    pages = Pages(made_up.rendered("annual"))
    first_annex = next(page for page in range(len(pages)) if pages.squeezed(page).startswith("附件1"))
    rows = [row for page in range(first_annex) for row in pages.rows(page) if len(row) > 1]
    goes_on = [row[-1].right for row, after in zip(rows, rows[1:], strict=False)
               if row[0].left < 40 and after[0].left < 29 and abs(row[-1].right - EDGE) < 15]
    assert len(goes_on) > 30
    assert goes_on == pytest.approx([EDGE] * len(goes_on), abs=AT_EDGE)


@pytest.mark.parametrize("piece", ["2022年", "燚垚国", "45.00%国", "GYB国", "12.5万国"])
def test_other_fonts_on_a_line_do_not_stretch_it(tmp_path: Path, piece: str) -> None:
    pages = _text_page(tmp_path, (piece + HAN[: 14 - len(piece)]) * 60)
    tops = sorted({round(char.top) for row in pages.rows(0) for char in row if char.text == "家" or char.text == "国"})
    lines = [top for place, top in enumerate(tops) if place == 0 or top - tops[place - 1] > 5]
    assert len(lines) == 22


def test_page_numbers_stand_outside_odd_right_even_left() -> None:
    pages = Pages(made_up.rendered("annual"))
    assert len(pages.upright()) > 8
    for page in pages.upright():
        foot = [char for char in pages.chars(page) if char.top > 262]
        assert "".join(char.text for char in foot) == f"—{page + 1}—"
        dash = foot[0]
        assert (dash.top + dash.bottom) / 2 == pytest.approx(262 + 7, abs=0.5)
        one_em = 14 / 72 * 25.4
        if page % 2 == 0:
            assert foot[-1].right == pytest.approx(184 - one_em, abs=0.6)
        else:
            assert foot[0].left == pytest.approx(28 + one_em, abs=0.6)


@pytest.mark.parametrize("kind", ["annual", "monthly"])
@pytest.mark.parametrize("size", SIZES)
def test_nothing_leaves_the_type_area_and_no_page_is_empty(kind: str, size: int) -> None:
    _check_area(Pages(made_up.rendered(kind, size)))


@pytest.mark.parametrize("make", [made_up.annual, made_up.monthly])
def test_the_longest_names_stay_inside_too(make: Callable[..., Content]) -> None:
    content = make(1000, made_of=made_up.with_long_names())
    pages = Pages(render(content, made_up.TEMPLATES, made_up.font_set()))
    _check_area(pages, fewest=20)
    assert sum("大学生青年群体" + made_up.LONG in pages.squeezed(page) for page in range(len(pages))) >= 1


def _check_area(pages: Pages, fewest: int = 60) -> None:
    assert len(pages.upright()) > 2
    for page in pages.upright():
        body = [char for char in pages.chars(page) if char.top < 262]
        assert len(body) > fewest
        assert min(char.ink_left for char in body) >= 27.9
        assert max(char.ink_right for char in body) <= 184.1
        assert min(char.top for char in body) >= 37
        assert max(char.bottom for char in body) <= 262.2


@pytest.mark.parametrize("size", SIZES)
def test_lines_break_as_chinese_wants_and_never_inside_a_number(size: int) -> None:
    pages = Pages(made_up.rendered("annual", size))
    first_annex = next(page for page in range(len(pages)) if pages.squeezed(page).startswith("附件1"))
    lines = [row for page in range(first_annex) for row in pages.rows(page)]
    texts = ["".join(char.text for char in row) for row in lines if len(row) > 1]
    assert len(texts) > 30
    assert [text for text in texts if text[0] in NO_LINE_START or text[-1] in NO_LINE_END] == []
    pairs = list(zip(texts, texts[1:], strict=False))
    listed = re.compile(r"(附件：)?\d．")  # the list of annexes
    assert [
        (text, following) for text, following in pairs
        if re.search(r"[\d.,]$", text) and re.match(r"[\d.,%万亿]", following) and not listed.match(following)
    ] == []


def _long_awardees() -> list[dict[str, str]]:
    long = "甘肃兰州黄河上游生态循环农业科技创新创业发展有限责任公司西固分公司"
    return [
        {"level": "rising_star", "category": "women", "name": f"张*{place}", "venture": f"{long}{place}",
         "project": f"{long}项目{place}"}
        for place in range(1000, 1060)
    ]


def test_a_long_table_repeats_its_head_and_cuts_no_row() -> None:
    rows = _long_awardees()
    pages = Pages(render(made_up.annual(lists=Lists(awardees=rows)), made_up.TEMPLATES, made_up.font_set()))
    annex = [page for page in range(len(pages)) if "序号姓名创业主体项目名称称号" in pages.squeezed(page)]
    assert len(annex) >= 3
    assert annex == list(range(annex[0], len(pages)))
    for place, row in enumerate(rows, start=1):
        printed = f"{place}{row['name']}{row['venture']}{row['project']}创业新秀"
        assert sum(printed in pages.squeezed(page) for page in annex) == 1


def test_the_criteria_table_repeats_its_head() -> None:
    pages = Pages(made_up.rendered("annual"))
    assert sum("依据条款标准内容要求" in pages.squeezed(page) for page in range(len(pages))) == 2


@pytest.mark.parametrize("kind", ["annual", "monthly"])
@pytest.mark.parametrize("size", SIZES)
def test_no_heading_is_left_at_the_foot_of_a_page(kind: str, size: int) -> None:
    pages = Pages(made_up.rendered(kind, size))
    heading = re.compile(r"^(（[一二三四五]）|[一二三四五六]、)\S{2,14}$|^注|^单位：")
    for page in pages.upright():
        last = ["".join(char.text for char in row) for row in pages.rows(page)][-1]
        assert not heading.match(last) or last.startswith("注")


def test_what_is_too_wide_for_its_cell_is_drawn_smaller(tmp_path: Path) -> None:
    cells = "".join(f"<td>{number}</td>" for number in ("1234", "123,456,789,012", "1234", "1234"))
    table = f'<table><colgroup>{"<col style=width:14mm>" * 3}<col></colgroup><tbody><tr>{cells}</tr></tbody></table>'
    chars = _text_page(tmp_path, f"国</p>{table}<p>").chars(0)
    row = next(row for row in (chars[place:place + 27] for place in range(len(chars))) if row[0].text == "1")
    small = row[4:19]
    assert "".join(char.text for char in row) == "1234" + "123,456,789,012" + "1234" * 2
    heights = [char.bottom - char.top for char in (row[0], small[0])]
    assert heights[1] < heights[0] * 0.7
    assert small[0].left > row[3].right and small[-1].right < row[19].left
