from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

from zhibao.programme.models import Column
from zhibao.reading import messages
from zhibao.reading.messages import catalogue, finding, harmless, showable
from zhibao.text import Text

SOURCES = sorted(Path(messages.__file__).parent.glob("*.py"))
USED = {code for path in SOURCES for code in re.findall(r'"(reading\.[a-z_0-9]+)"', path.read_text(encoding="utf-8"))}
WORDS = {
    "limit": 1, "kind": ".x", "left_out": 2, "count": 3, "reason": Text(zh="原因", en="reason"), "current": "2021.1",
    "example": "2022-03", "allowed": "甲、乙", "unit": "万元", "detail": "", "rows": "5、8–10", "columns": "C、D",
    "word": "样例", "reader": "openpyxl",
}


def test_every_code_in_use_has_its_words_and_no_words_are_left_over() -> None:
    assert len(USED) > 30
    assert set(catalogue()) == USED


@pytest.mark.parametrize("code", sorted(catalogue()))
def test_every_finding_speaks_both_languages_and_says_what_to_do(code: str) -> None:
    made = finding(code, sheet="表", row=4, column="B", header="成立日期", shown="甲", **WORDS)
    assert made.severity in ("error", "query", "warning")
    for text in (made.message, made.next_step):
        assert text.zh
        assert text.en
        assert "{" not in text.zh + text.en
    assert re.search(r"[\u4e00-\u9fff]", made.message.zh)
    # Words that stand in the sheet itself stay as they are there.
    english = re.sub("成立日期|甲、乙|零报告|[是否]|样例|万?千?元|表|甲", "", made.message.en + made.next_step.en)
    assert not re.search(r"[\u4e00-\u9fff]", english)


@pytest.mark.parametrize("code", sorted(catalogue()))
def test_both_languages_tell_the_same_facts(code: str) -> None:
    entry = catalogue()[code]
    zh, en = ({name for _, name, _, _ in Formatter().parse(entry["message"][language])} for language in ("zh", "en"))
    assert zh - {None} == en - {None}


@pytest.mark.parametrize(("column", "shown"), [
    ({}, "甲"), ({"privacy": "business"}, "甲"), ({"privacy": "personal"}, None), ({"privacy": "sensitive"}, None),
    ({"privacy": "identifier"}, None), ({"protect": "encrypt"}, None), ({"match": True}, None),
])
def test_whose_values_may_be_shown(column: dict[str, object], shown: str | None) -> None:
    assert showable(Column.model_validate({"code": "a", "header": "a", "type": "text", **column}), "甲") == shown


def test_shown_values_are_short_and_hold_no_long_numbers() -> None:
    assert harmless("电话13800000000") == "电话…"
    assert harmless("12345") == "12345"
    assert len(harmless("长" * 50)) == 20
