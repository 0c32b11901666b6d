"""Describes one nominee and the venture, age, jobs and revenue on both sides of the level's thresholds and on them."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from zhibao.period import Period
from zhibao.programme.models import Level, Programme, Unit
from zhibao.samples.people import People
from zhibao.samples.records import Candidate

KINDS = ("enterprise",) * 6 + ("self_employed",) * 3 + ("cooperative", "private_nonprofit", "team")
TOWNS = ("示例街道办事处", "示例镇人民政府", "示例创业孵化园", "示例社区")
PROJECTS = ("智慧服务平台", "特色产品开发", "连锁门店", "社区服务站", "直播推广", "体验馆", "订单种植", "手作工坊")


def describe_venture(
    programme: Programme,
    rng: Random,
    people: People,
    number: str,
    unit: Unit,
    level: Level,
    category: str,
    period: Period,
) -> Candidate:
    """A candidate nominated by `unit` in `period`."""
    regions = [item.division for item in programme.units if item.division]
    region = unit.division or (regions[0] if unit.kind == "district" else rng.choice(regions))
    kind = "cooperative" if category == "farmers" and rng.random() < 0.5 else rng.choice(KINDS)
    created, stable = _jobs(rng, level)
    venture = people.venture(region, category, kind, _established_on(rng, level, period))
    return Candidate(
        number=number,
        unit=unit.code,
        level=level.code,
        category=category,
        nominated_in=period,
        person=people.person(region, category, period.ends_on),
        venture=venture,
        project=f"示例{venture.name[2:5]}{rng.choice(PROJECTS)}",
        jobs_created=created,
        jobs_stable=stable,
        revenue_yuan=_revenue_yuan(rng, level),
        checks=_checks(rng, period),
        nominated_by=rng.choice(TOWNS) if unit.kind == "district" else unit.name.zh,
        ip_count=rng.choice((None, None, 0, 1, 2, 3)) if level.code != "pacesetter" else rng.choice((1, 2, 2, 4)),
    )


def threshold(level: Level, code: str) -> Decimal:
    """The number that the level's criterion `code` asks for."""
    return Decimal(next(item.threshold for item in level.criteria if item.code == code))


def _established_on(rng: Random, level: Level, period: Period) -> date:
    years = int(threshold(level, "venture_age"))
    limit = period.ends_on.replace(year=period.ends_on.year - years, day=min(period.ends_on.day, 28))
    lot = rng.random()
    if lot < 0.06:
        return limit
    if lot < 0.16:
        return limit + timedelta(days=rng.randint(-20, 20))
    if lot < 0.22:
        return limit - timedelta(days=rng.randint(30, 300))
    return limit + timedelta(days=rng.randint(25, max(60, years * 365 - 400)))


def _jobs(rng: Random, level: Level) -> tuple[int, int]:
    """Jobs created, and those stable for a year: never more than the first."""
    wanted = int(threshold(level, "jobs_created"))
    lot = rng.random()
    if lot < 0.05:
        created = wanted - 1
    elif lot < 0.12:
        created = rng.randint(max(1, wanted // 2), wanted - 1)
    elif lot < 0.3:
        created = wanted
    else:
        created = wanted + 1 + int(rng.expovariate(2 / wanted))
    lot = rng.random()
    if lot < 0.5:
        return created, created
    if lot < 0.6:
        return created, min(created, wanted)
    return created, rng.randint(min(created, wanted - (lot > 0.93)), created)


def _revenue_yuan(rng: Random, level: Level) -> Decimal:
    wanted = threshold(level, "annual_revenue")
    lot = rng.random()
    if lot < 0.12:
        return wanted
    if lot < 0.17:
        return wanted - 100
    factor = Decimal(rng.randint(40, 99) if lot < 0.26 else rng.randint(102, 380)) / 100
    step = 10_000 if rng.random() < 0.6 else 100
    return (wanted * factor / step).to_integral_value() * step + (0 if step == 10_000 else rng.randrange(90) * 100)


def _checks(rng: Random, period: Period) -> dict[str, Any]:
    def outcome() -> str:
        return rng.choices(("none", "found", "unchecked"), (92, 2, 6))[0]

    credit = outcome()
    return {
        "credit_check": credit,
        "checked_on": None if credit == "unchecked" else period.ends_on - timedelta(days=rng.randint(1, 25)),
        "labour_check": outcome() if rng.random() < 0.8 else None,
        "business_record_check": outcome() if rng.random() < 0.8 else None,
        "expert_opinion": rng.choices(("pass", "pending", "fail"), (80, 13, 7))[0],
    }
