from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

import pytest

from zhibao.programme.models import Column, Programme
from zhibao.reading.bulk import plain_codes, plain_counts, plain_dates, plain_money, plain_phones, plain_texts
from zhibao.reading.clean import (
    Memo,
    Setting,
    choice_cleaner,
    clean_code,
    clean_phone,
    clean_prose,
    clean_text,
    cleaner_for,
)
from zhibao.reading.dates import clean_date
from zhibao.reading.numbers import clean_money, clean_number
from zhibao.reading.text_rules import DIRTY_ANYWHERE, ERROR_CELL, ERROR_WORDS, PRINTABLE_DIRT

ID_AS_NUMBER = "reading.id_number_as_number"


def test_an_id_number_stored_as_a_number_is_refused_and_a_text_is_not() -> None:
    assert clean_code(620102199001010019.0) == (None, None, ID_AS_NUMBER, None)
    assert clean_code("6.20102E+17").doubt == ID_AS_NUMBER
    assert clean_code("620102199001010019").value == "620102199001010019"
    assert clean_code(620102900101001.0).value == "620102900101001"


@pytest.mark.parametrize(("raw", "value", "rule"), [
    ("一是办赛。\r\n\n　二是 培训。\n", "一是办赛。\n二是培训。", "tidied"), ("一。\n二。", "一。\n二。", None),
    ("只有一段", "只有一段", None), ("\n \n", None, None), ("无\n", None, "empty_mark"),
])
def test_prose_keeps_its_paragraphs(raw: str, value: str | None, rule: str | None) -> None:
    assert clean_prose(raw)[:3] == (value, rule, None)


@pytest.mark.parametrize(("raw", "value"), [
    ("62010219900101001x", "62010219900101001X"), (" 620102 19900101 0019", "620102199001010019"),
    ("６２０１０２１９９００１０１００１９", "620102199001010019"), ("无", None), ("", None),
])
def test_codes(raw: str, value: str | None) -> None:
    assert clean_code(raw)[::2] == (value, None)


@pytest.mark.parametrize(("raw", "value"), [
    ("13800000000", "13800000000"), ("+86 138-0000-0000", "13800000000"), ("8613800000000", "13800000000"),
    ("138 0000 0000", "13800000000"), (13800000000.0, "13800000000"), ("８６", "86"), ("0931-8800000", "09318800000"),
])
def test_phones(raw: Any, value: str) -> None:
    assert clean_phone(raw)[::2] == (value, None)


def test_texts_of_other_types() -> None:
    assert clean_text(1001.0)[:2] == ("1001", "number_as_text")
    assert clean_text(date(2021, 6, 1)).value == "2021-06-01"
    assert clean_text(1e18).doubt == ID_AS_NUMBER
    assert clean_text("无")[:2] == (None, "empty_mark")


@pytest.mark.parametrize("word", sorted(ERROR_WORDS))
def test_an_error_that_came_as_a_word_is_named(programme: Programme, word: str) -> None:
    checked = 0
    for column in programme.forms["candidate"].columns:
        for raw in (word, f" {word.lower()} "):
            cleaned = cleaner_for(column, programme)(raw)
            assert (cleaned.value, cleaned.doubt) == (None, ERROR_CELL), column.code
            checked += 1
    assert checked > 40


@pytest.mark.parametrize(("raw", "doubt"), [
    ("1.38E+10", ID_AS_NUMBER), ("6.20102e+17", ID_AS_NUMBER), ("1.5E+3", None),
])
def test_powers_of_ten_that_a_text_file_shows(raw: str, doubt: str | None) -> None:
    assert [clean(raw).doubt for clean in (clean_code, clean_phone, clean_text)] == [doubt] * 3


@pytest.mark.parametrize(("raw", "code"), [
    ("巾帼创业群体", "women"), ("巾帼", "women"), ("妇女", "women"), ("women", "women"), ("WOMEN", "women"),
    (" 巾 帼 ", "women"), ("高素质农民", "farmers"), ("新型职业农民", "farmers"),
])
def test_a_category_by_any_of_its_words(programme: Programme, raw: str, code: str) -> None:
    column = programme.forms["candidate"].column("category")
    assert cleaner_for(column, programme)(raw)[::2] == (code, None)


@pytest.mark.parametrize("raw", ["巾帼群", "群体", "12", True])
def test_a_word_that_is_no_choice(programme: Programme, raw: Any) -> None:
    column = programme.forms["candidate"].column("category")
    assert cleaner_for(column, programme)(raw)[::2] == (None, "reading.unreadable_choice")


@pytest.mark.parametrize("raw", [2.0, "2", "“巾帼建功”创业创新比赛", '"巾帼建功"创业创新比赛', "women"])
def test_a_competition_by_number_or_name(programme: Programme, raw: Any) -> None:
    column = programme.forms["event"].column("competition")
    assert cleaner_for(column, programme)(raw).value == "women"


def test_无_is_a_choice_where_the_form_says_so(programme: Programme) -> None:
    form = programme.forms["candidate"]
    assert cleaner_for(form.column("credit_check"), programme)("无").value == "none"
    assert cleaner_for(form.column("level"), programme)("无")[::2] == (None, None)
    assert cleaner_for(form.column("level"), programme)("/")[::2] == (None, None)


def test_a_word_of_two_codes_is_neither() -> None:
    clean = choice_cleaner({"a": ["甲", "同"], "b": ["乙", "同"]})
    assert clean("同").doubt == "reading.unreadable_choice"
    assert clean("甲").value == "a"


def test_the_memo_keeps_values_and_says_what_happened_to_them() -> None:
    memo = Memo(clean_text)
    assert [memo[raw] for raw in ("城关区", " 城关区", "城关区")] == ["城关区"] * 3
    assert (memo.changes, memo.notes) == ({" 城关区": (" 城关区", "tidied")}, {})
    dates = Memo(clean_date)
    assert [dates[raw] for raw in ("2021.6", "2021-06-05", "六月", "2021/6/5")] == [
        date(2021, 6, 1), date(2021, 6, 5), None, date(2021, 6, 5)]
    assert (set(dates.notes), set(dates.changes)) == ({"2021.6", "六月"}, {"2021/6/5"})


TEXTS = [f"测试{number}" for number in range(40)]
CODES = [f"62010219900101{number:04d}" for number in range(40)]
PHONES = [f"138{number:08d}" for number in range(40)]


@pytest.mark.parametrize(("bulk", "single", "cells"), [
    (plain_texts, clean_text, [*TEXTS, ""]),
    (plain_codes, clean_code, [*CODES, "", "91620102MA0000000X"]),
    (plain_phones, clean_phone, [*PHONES, ""]),
    (plain_dates, clean_date, [date(2021, 6, day) for day in range(1, 31)]),
    (plain_counts, partial(clean_number, whole=True), [0.0, -0.0, 1.0, -7.0, 999_999_999_999_999.0]),
])
def test_a_clean_batch_is_taken_whole_as_each_cell_would_be(bulk: Any, single: Any, cells: list[Any]) -> None:
    taken = bulk(cells, set(map(type, cells)))
    assert taken is not None
    assert taken.values == [single(cell).value for cell in cells]
    assert not taken.joined or [text or None for text in taken.joined.split(taken.joined[0])[1:]] == taken.values
    assert all(single(cell).rule is None for cell in cells)


@pytest.mark.parametrize(("bulk", "cells"), [
    (plain_texts, [*TEXTS, " 脏"]), (plain_texts, [*TEXTS, "无"]), (plain_texts, [*TEXTS, "'1"]),
    (plain_texts, [*TEXTS, 5.0]), (plain_texts, [*TEXTS, "Ａ"]), (plain_texts, [*TEXTS, "n/a"]),
    (plain_texts, [*TEXTS, "\u200b"]),
    (plain_codes, [*CODES, "62010219900101001x"]), (plain_codes, [*CODES, "6.2E+17"]), (plain_codes, [*CODES, "1-2"]),
    (plain_phones, [*PHONES, "8613800000000"]), (plain_phones, [*PHONES, "138-0000"]),
    (plain_texts, [*TEXTS, "a\xa0b"]), (plain_texts, [*TEXTS, "a b"]), (plain_texts, [*TEXTS, "＇"]),
    (plain_dates, [date(1899, 1, 1)]), (plain_dates, [date(2021, 6, 1), ""]),
    (plain_counts, [1.0, 1.5]), (plain_counts, [1.0, 1e15]), (plain_counts, [-1e15]), (plain_counts, [1.0, ""]),
    (plain_counts, [float("nan")]), (plain_counts, [float("inf")]),
])
def test_one_unclean_cell_sends_the_batch_the_slow_way(bulk: Any, cells: list[Any]) -> None:
    assert bulk(cells, set(map(type, cells))) is None


def test_a_batch_that_holds_the_sign_between_is_not_joined() -> None:
    taken = plain_texts([*TEXTS, "甲|乙"], {str})
    assert (taken.values[-1], taken.joined) == ("甲|乙", "")
    assert plain_texts(TEXTS, {str}).joined.count("|") == len(TEXTS)


def test_what_is_printable_and_dirty_is_known_by_name() -> None:
    dirty = {chr(code) for code in range(0x110000) if chr(code).isprintable() and DIRTY_ANYWHERE.search(chr(code))}
    assert dirty == set(PRINTABLE_DIRT)


def test_money_taken_whole_is_the_same_money() -> None:
    cells = [0.1 + 0.2, 50.0, 0.0, -3.25]
    values, texts = plain_money(cells, {float}, Setting(header_unit=10_000)) or ([], [])
    assert values == [clean_money(cell, header_unit=10_000, head_unit=None).value for cell in cells]
    assert texts == ["0.3", "50", "0", "-3.25"]
    assert plain_money([1e15], {float}, Setting()) is None
    assert plain_money([float("nan"), 1.0], {float}, Setting()) is None
    assert plain_money([1.0, ""], {float, str}, Setting()) is None


def test_every_type_of_every_form_has_a_cleaner_that_takes_anything(programme: Programme) -> None:
    columns: list[Column] = [*programme.head, *(column for form in programme.forms.values() for column in form.columns)]
    cells = ["", "x", 1.5, True, date(2021, 6, 1), float("nan"), float("-inf"), "9" * 400, "\x00", "一" * 50]
    assert len(columns) > 60
    for column in columns:
        clean = cleaner_for(column, programme, Setting(10_000, 1, True))
        for cell in cells:
            cleaned = clean(cell)
            assert cleaned.doubt is None or cleaned.value is None
