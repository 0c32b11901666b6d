from __future__ import annotations

import pytest

from zhibao.reading.text_rules import EMPTY, choice_key, nothing_in, plain_number, raw_text, squeeze, tidy


@pytest.mark.parametrize(("raw", "kept"), [
    ("城关区", "城关区"),
    ("ＡＢＣ１２３", "ABC123"),
    ("测试　某", "测试某"),
    (" 测\u200b试\xa0某 ", "测试某"),
    ("'CG-001", "CG-001"),
    ("Lan  Zhou", "Lan Zhou"),
    ("a\x00b", "ab"),
    ("第一行\n第二行", "第一行第二行"),
    ("测试（集团）１号，㎡", "测试（集团）1号，㎡"),
])
def test_tidy_keeps_words_and_drops_what_nobody_typed_on_purpose(raw: str, kept: str) -> None:
    assert tidy(raw) == kept


def test_squeeze_removes_all_white_space_and_widths() -> None:
    assert squeeze(" 填 报\u3000单 位（ 盖章 ）\n：") == "填报单位(盖章):"


def test_choice_key_ignores_quotes_and_case() -> None:
    assert choice_key("“巾帼建功”创业 创新比赛") == choice_key('"巾帼建功"创业创新比赛')
    assert choice_key("Women") == choice_key("women")
    assert choice_key("月赛") != choice_key("季赛")


@pytest.mark.parametrize("text", ["", "无", "/", "／", "—", "——", "-", "－", " n/a ", "暂无"])
def test_empty_marks(text: str) -> None:
    assert nothing_in(squeeze(text)) in (EMPTY, EMPTY._replace(rule="empty_mark"))


@pytest.mark.parametrize("text", ["0", "无锡", "1/2", "-1", "未核查"])
def test_what_only_looks_like_an_empty_mark(text: str) -> None:
    assert nothing_in(squeeze(text)) is None


@pytest.mark.parametrize(("value", "text"), [(5.0, "5"), (5.5, "5.5"), (0.1 + 0.2, "0.3"), (2021.1, "2021.1")])
def test_a_number_reads_as_a_person_sees_it(value: float, text: str) -> None:
    assert plain_number(value) == text


def test_raw_text_never_holds_nul() -> None:
    assert raw_text("a\x00b") == "ab"
    assert raw_text(True) == "TRUE"
