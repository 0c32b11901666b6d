"""A programme under other rules: what may be set, and what is refused in words."""

from __future__ import annotations

from decimal import Decimal

import pytest

from zhibao.errors import RefusedError
from zhibao.programme.models import Programme
from zhibao.programme.varying import vary


def threshold(programme: Programme, level: str, code: str) -> object:
    return next(item.threshold for item in programme.level(level).criteria if item.code == code)


def test_a_threshold_a_quota_and_a_switch_may_be_set(programme: Programme) -> None:
    varied = vary(programme, {
        "criteria.rising_star.jobs_created": "15", "quotas.rising_star.youth": "40", "switches.count_at": "notice_end",
        "switches.age.ref_date": "year_end",
    })
    assert threshold(varied, "rising_star", "jobs_created") == Decimal(15)
    table = next(table for table in varied.quotas if table.level == "rising_star")
    assert (table.targets["youth"], table.total) == (40, sum(table.targets.values()))
    assert (varied.switches.count_at, varied.switches.age.ref_date) == ("notice_end", "year_end")


def test_the_programme_itself_stays_as_it_is(programme: Programme) -> None:
    before = programme.model_dump()
    vary(programme, {"criteria.rising_star.jobs_created": "15"})
    assert programme.model_dump() == before


@pytest.mark.parametrize(("path", "value", "words"), [
    ("forms.candidate", "1", "criteria、quotas、switches"),
    ("criteria.rising_star", "1", "criteria.LEVEL.CRITERION"),
    ("criteria.star.jobs_created", "1", "rising_star"),
    ("criteria.rising_star.jobs", "1", "jobs_created"),
    ("quotas.pacesetter.youth", "1", "rising_star"),
    ("quotas.rising_star.young", "1", "youth"),
    ("quotas.rising_star.youth", "many", "不能成立"),
    ("switches.dedupes", "1", "dedupe"),
    ("switches.count_at", "whenever", "不能成立"),
    ("switches.count_at.more", "1", "没有"),
    ("criteria.rising_star.jobs_created", "[1, 2]", "不能成立"),
])
def test_what_cannot_be_is_refused_in_words(programme: Programme, path: str, value: str, words: str) -> None:
    with pytest.raises(RefusedError) as refused:
        vary(programme, {path: value})
    assert words in refused.value.text.zh
