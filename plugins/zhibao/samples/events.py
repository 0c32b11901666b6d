"""The contests of the story: the leads' monthly, quarterly and final ones (四（一）, 六（三）), and the districts'."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from random import Random

from zhibao.period import Period
from zhibao.programme.models import Programme, Unit
from zhibao.samples.records import Event, Row

QUARTER_ENDS = (3, 6, 9, 12)
FINAL_MONTH = 11  # the year's final lies inside the annual window
VENUES = ("示例大厦会议室", "示例创业园路演厅", "示例文化中心", "示例广场", "示例学院报告厅")
COVERAGE = ("示例日报报道1篇", "示例发布、示例在线", "微信公众号2篇")

Events = dict[tuple[str, Period], list[Event]]


def plan_events(
    programme: Programme,
    rng: Random,
    units: list[Unit],
    periods: list[Period],
    prefixes: dict[str, str],
) -> Events:
    """All events by unit and month; competitions and cadences are codes of the programme."""
    events: Events = {}
    for period in periods:
        for unit in units:
            kinds = _lead_kinds(programme, rng, unit, period) if unit.kind == "lead_department" else []
            if unit.kind == "district":
                kinds = _district_kinds(programme, rng, unit)
            events[unit.code, period] = [
                _event(
                    programme,
                    rng,
                    unit,
                    period,
                    f"{prefixes[unit.code]}-SS{period.year}{period.part:02d}-{n:02d}",
                    *kind,
                )
                for n, kind in enumerate(kinds, 1)
            ]
    return events


def _lead_kinds(programme: Programme, rng: Random, unit: Unit, period: Period) -> list[tuple[str, str]]:
    kinds = []
    for competition in programme.competitions:
        if unit.code not in competition.leads:
            continue
        if rng.random() < 0.88:
            kinds.append((competition.code, "monthly_contest"))
        if period.part in QUARTER_ENDS:
            kinds.append((competition.code, "quarterly_contest"))
        if period.part == FINAL_MONTH:
            kinds.append((competition.code, "final_contest"))
    return kinds


def _district_kinds(programme: Programme, rng: Random, unit: Unit) -> list[tuple[str, str]]:
    """About one event for every eight titles that the district may grant in a month, at least one most months."""
    target = next((table.targets[unit.code] for table in programme.quotas if unit.code in table.targets), 0)
    count = max(int(rng.random() < 0.85), round(target / 30 / 8 + rng.uniform(-0.4, 0.9)))
    codes = [competition.code for competition in programme.competitions]
    return [(code, "special_contest" if rng.random() < 0.3 else "monthly_contest") for code in rng.sample(codes, count)]


def _event(
    programme: Programme,
    rng: Random,
    unit: Unit,
    period: Period,
    number: str,
    competition: str,
    cadence: str,
) -> Event:
    held_on = date(period.year, period.part, rng.randint(4, 27))
    series = next(item for item in programme.competitions if item.code == competition)
    word = next(item for item in programme.cadences if item.code == cadence)
    registered = rng.randint(12, 90)
    entered = registered if rng.random() < 0.15 else rng.randint(max(6, registered // 2), registered)
    details: Row = {
        "event_name": f"{period.year}年{series.name.zh}{word.name.zh}（{period.part}月）",
        "cadence": cadence,
        "host": unit.name.zh,
        "organiser": f"示例创业服务中心{rng.randint(1, 9)}部",
        "co_organiser": "示例商会",
        "sponsor": "示例银行" if rng.random() < 0.2 else None,
        "venue": rng.choice(VENUES),
        "registered_project_count": registered,
        "entered_project_count": entered,
        "participant_count": entered * rng.randint(2, 5),
        "prize_count": rng.randint(2, max(3, entered // 3)),
        "online_view_count": rng.randint(800, 48_000) if rng.random() < 0.7 else None,
        "cost_yuan": Decimal(rng.randint(20, 600) * 100),
        "coverage": rng.choice(COVERAGE) if rng.random() < 0.6 else None,
        "remark": None,
    }
    return Event(number, unit.code, period, competition, held_on, details)
