"""A threshold, a target or a rule that is turned moves figures: nothing of the programme is written twice."""

from __future__ import annotations

from typing import Any

import pytest
from tests.warehouse.changing import changed
from tests.warehouse.loading import CASES, instant, load_case

from zhibao.period import Period
from zhibao.programme.models import Programme
from zhibao.store.database import Connection
from zhibao.warehouse.compute import compute

# Case, what is turned, and by how much which figure moves.
TURNS: list[tuple[str, dict[str, Any], dict[str, int]]] = [
    ("thresholds", {"levels.rising_star.criteria.jobs_created.threshold": 21},
     {'criterion_verdict_count{criterion="jobs_created",level="rising_star",verdict="pass"}': -1}),
    ("thresholds", {"levels.emerging_maker.criteria.annual_revenue.threshold": 499999},
     {'criterion_verdict_count{criterion="annual_revenue",level="emerging_maker",verdict="pass"}': 1}),
    ("age", {"levels.emerging_maker.criteria.venture_age.threshold": 1},
     {'criterion_verdict_count{criterion="venture_age",level="emerging_maker",verdict="pass"}': -1}),
    ("progress", {"quotas.rising_star.targets.women": 19, "quotas.rising_star.total": 181},
     {'quota{category="women",level="rising_star"}': 1, 'quota{level="rising_star"}': 1}),
    ("progress", {"quotas.emerging_maker.targets.chengguan": 599, "quotas.emerging_maker.total": 1799},
     {'quota{level="emerging_maker",unit="chengguan"}': -1, 'quota{level="emerging_maker"}': -1}),
    ("same_person", {"switches.dedupe.person": "manual"},
     {'awarded_count{level="emerging_maker"}': -2, 'award_excluded_count{reason="person_conflict"}': 6}),
    ("same_venture", {"switches.dedupe.entity": "none"},
     {'awarded_count{level="emerging_maker"}': 3, 'award_excluded_count{reason="same_venture"}': -3}),
    ("notice", {"switches.count_at": "notice_end"}, {'awarded_count{level="emerging_maker"}': 1}),
    ("returns", {"calendar.due.monthly.time": "17:31"}, {'return_count{state="late"}': -1}),
    ("events", {"annual.window.to": "12-01"}, {"event_count": 1, "elapsed_day_count": 1}),
]


def values(connection: Connection, programme: Programme) -> dict[str, Any]:
    found = compute(connection, programme, "annual", Period.parse("2022"), instant("2023-02-01T00:00:00"))
    return {figure.id: figure.value for figure in found.figures}


@pytest.mark.parametrize(("case", "turn", "moves"), TURNS, ids=lambda item: next(iter(item), "") if item else "")
def test_turning(
    connection: Connection, programme: Programme, case: str, turn: dict[str, Any], moves: dict[str, int]
) -> None:
    load_case(connection, programme, CASES / case)
    before, after = values(connection, programme), values(connection, changed(programme, turn))
    assert {id: after[id] - before[id] for id in moves} == moves
