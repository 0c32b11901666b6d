"""What units do beside their contests: classes that ended, forums held, and projects on their way to money."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from zhibao.period import Period
from zhibao.programme.models import Programme, Unit
from zhibao.samples.people import WORDS
from zhibao.samples.records import Row

SUBSIDY_YUAN = {"gyb": 300, "syb": 1200, "iyb": 1500, "online_business": 1400}
FORUM_TYPES = {"forum": "论坛", "salon": "沙龙", "showcase": "成果展示会"}
ORIGINS = ("省内示例市", "东部示例市", "西部示例市", "境外示例地")
# No name opens with 示例: in a row's first cells that word says that the row is the template's example.
SCHOOLS = ("金城示例职业培训学校", "黄河示例创业学院", "五泉示例技工学校")
Rows = dict[Period, list[Row]]


def classes(programme: Programme, rng: Random, unit: Unit, periods: Sequence[Period]) -> Rows:
    """培训台账: none to three classes that ended in each month."""
    return {
        period: [_class(rng, unit, period, number) for number in range(1, rng.choice((0, 1, 1, 2, 3)) + 1)]
        for period in periods
    }


def _class(rng: Random, unit: Unit, period: Period, number: int) -> Row:
    kind = rng.choice(list(SUBSIDY_YUAN))
    ended_on = date(period.year, period.part, rng.randint(3, 27))
    registered = rng.randint(28, 56)
    trained = registered if rng.random() < 0.2 else rng.randint(24, registered)
    qualified = trained if rng.random() < 0.2 else rng.randint(trained - 6, trained)
    groups = ("student", "migrant_worker", "veteran", "disabled", "women")
    return {
        "class_no": f"{unit.code[:2].upper()}-PX{period.year}{period.part:02d}-{number:02d}",
        "training_type": kind,
        "institution_name": rng.choice(SCHOOLS),
        "started_on": ended_on - timedelta(days=rng.randint(6, 11)),
        "ended_on": ended_on,
        "registered_count": registered,
        "trained_count": trained,
        "qualified_count": qualified,
        **{f"{group}_count": rng.randint(0, trained // 3) for group in groups},
        "started_business_count": rng.randint(0, qualified // 4),
        "subsidy_rate_yuan": Decimal(SUBSIDY_YUAN[kind]),
        "subsidy_yuan": Decimal(SUBSIDY_YUAN[kind] * qualified),
    }


def forums(programme: Programme, rng: Random, unit: Unit, periods: Sequence[Period]) -> Rows:
    """论坛沙龙: none to two occasions in each month."""
    return {
        period: [_forum(rng, unit, period, number) for number in range(1, rng.choice((0, 1, 1, 2)) + 1)]
        for period in periods
    }


def _forum(rng: Random, unit: Unit, period: Period, number: int) -> Row:
    kind, word = rng.choice(list(FORUM_TYPES.items()))
    return {
        "forum_name": f"{unit.name.zh}示例创业{word}{period.part}月第{number}场",
        "forum_type": kind,
        "held_on": date(period.year, period.part, rng.randint(3, 27)),
        "host": unit.name.zh,
        "attendee_count": rng.randint(30, 160),
        "mentor_count": rng.randint(2, 8),
        "intention_count": rng.randint(0, 12),
    }


def investments(programme: Programme, rng: Random, unit: Unit, periods: Sequence[Period]) -> Rows:
    """项目对接: each month's projects, new ones as 意向, then signed, then paid in; some end on the way."""
    rows: Rows = {period: [] for period in periods}
    number = 0
    for at in range(len(periods)):
        for _ in range(rng.randint(1, 2)):
            number += 1
            for period, row in zip(periods[at:], _project(rng, number, periods[at:]), strict=False):
                rows[period].append(row)
    return rows


def _project(rng: Random, number: int, periods: Sequence[Period]) -> list[Row]:
    """One project's rows, a month each."""
    signed_in = periods[min(1, len(periods) - 1)]
    intended = Decimal(rng.randint(50, 900) * 10_000)
    base: Row = {
        "project_name": f"{rng.choice(WORDS)}{rng.choice(WORDS)}示例产业项目{number:02d}",
        "investor_name": f"{rng.choice(WORDS)}{rng.choice(WORDS)}示例投资有限公司",
        "investor_origin": rng.choice(ORIGINS),
        "intended_yuan": intended,
        "status": "intended",
    }
    if rng.random() < 0.2:
        return [base, {**base, "status": "ended"}]
    signed = {**base, "status": "signed", "signed_on": date(signed_in.year, signed_in.part, rng.randint(3, 27))}
    share = rng.choice((4, 7, 10, 10))
    return [base, {**signed, "paid_in_yuan": Decimal(0)},
            {**signed, "status": "paid_in", "paid_in_yuan": intended * share / 10}]
