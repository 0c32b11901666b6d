"""Figures are found by name and labels, and a bulletin knows its number."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from zhibao.documents import words
from zhibao.errors import OperatorError
from zhibao.period import Period
from zhibao.programme.models import Programme

from . import made_up


def test_rows_have_exactly_the_labels_asked_for() -> None:
    figures = made_up.annual().figures
    assert len(figures.rows("event_count", "competition")) == 10
    assert len(figures.rows("event_count", "cadence", "competition")) == 40
    assert len(figures.rows("event_count")) == 1
    assert figures.values("quota", "category", level="rising_star")[:2] == ["youth", "women"]
    assert figures.rows("quota", "category", level="pacesetter") == []


def test_a_figure_is_got_by_its_labels_in_any_order() -> None:
    figures = made_up.annual().figures
    assert figures.get("quota", level="rising_star", category="women").value == Decimal(18)
    assert figures.find("quota", level="nobody") is None
    with pytest.raises(OperatorError, match=r'quota\{level="nobody"\}'):
        figures.get("quota", level="nobody")


@pytest.mark.parametrize(
    ("period", "in_year", "in_all"),
    [("2021-07", 1, 1), ("2021-12", 6, 6), ("2022-01", 1, 7), ("2022-10", 10, 16), ("2023-12", 12, 30)],
)
def test_bulletins_are_numbered_in_the_year_and_in_all(period: str, in_year: int, in_all: int) -> None:
    content = replace(made_up.monthly(), period=Period.parse(period))
    assert (content.issue_in_year, content.issue_in_all) == (in_year, in_all)


def test_requirements_in_words(programme: Programme) -> None:
    levels = {level.code: {c.code: words.requirement(c) for c in level.criteria} for level in programme.levels}
    assert levels["rising_star"]["annual_revenue"] == "200万元以上"
    assert levels["rising_star"]["jobs_created"] == "20人以上"
    assert levels["emerging_maker"]["venture_age"] == "不超过2年"
    assert levels["pacesetter"]["no_dishonesty_record"] == "无"
    assert levels["provincial_demo_incubator"]["utilisation"] == "85%以上"
    assert levels["provincial_demo_incubator"]["operating_years"] == "3年以上"


@pytest.mark.parametrize(
    ("done", "words_said"),
    [("63.83", "慢于序时进度"), ("63.84", "与序时进度持平"), ("63.85", "快于序时进度"), (None, "无法与序时进度比较")],
)
def test_pace_on_both_sides(done: str | None, words_said: str) -> None:
    elapsed = made_up.annual().figures.get("time_elapsed_pct")
    completion = replace(elapsed, name="completion_pct", value=None if done is None else Decimal(done))
    assert words.pace(completion, elapsed) == words_said


def test_who_signs(programme: Programme) -> None:
    assert words.signer(made_up.annual()) == "兰州市人力资源和社会保障局"
    assert words.signer(made_up.monthly()) == programme.issuer.zh
