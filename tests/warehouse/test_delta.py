"""What a change makes of a report is what a full compute makes of it: held against each other on random walks."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from tests.warehouse.changing import changed
from tests.warehouse.loading import CASES, accept, candidate, decision, instant, load_case, opened_case, submit

from zhibao.figures import differences
from zhibao.period import Period
from zhibao.programme.models import Programme
from zhibao.store.database import Connection
from zhibao.warehouse.compute import FigureSet, compute
from zhibao.warehouse.delta import from_kept, refresh

START = instant("2022-09-01T09:00:00")
YEAR = Period.parse("2022")
MONTHS = [f"2022-{month:02d}" for month in range(1, 9)]
UNITS = ["chengguan", "anning", "jingkai", "gaoxin", "hrss_bureau", "womens_federation"]
LEVELS = ["emerging_maker", "rising_star", "pacesetter"]
REPORTS = [("annual", "2022"), ("monthly", "2022-05"), ("quarterly", "2022Q2"), ("data-quality", "2022-05")]
SETTINGS: list[dict[str, Any]] = [
    {},
    {"switches.criteria.enforcement": "hard", "switches.dedupe.person": "manual", "switches.count_at": "notice_end"},
    {"switches.promotion.required": True, "switches.attribution": "address", "switches.age.ref_date": "award",
     "switches.quota.semantics": "floor"},
]
STEPS = 24


class Walk:
    """One history, a change a step: few names and numbers, so that much is tied to much."""

    def __init__(self, connection: Connection, programme: Programme, seed: int) -> None:
        self.connection, self.programme, self.random = connection, programme, Random(seed)
        self.now, self.sent = START, []

    def step(self) -> str:
        self.now += timedelta(hours=self.random.randint(1, 60))
        change = self.random.choice([
            self.candidates, self.candidates, self.decisions, self.decisions, self.events, self.classes, self.bases,
            self.nil, self.sent_back, self.revert, self.waiver, self.ruling,
        ])
        change()
        return change.__name__

    def candidates(self) -> None:
        self._send("candidate", [self._candidate(number) for number in self._numbers()])

    def decisions(self) -> None:
        self._send("selection_result", [
            decision(candidate_no=number, level=self._one(LEVELS), decided_on=f"{self._one(MONTHS)}-11",
                     result=self._one(["granted", "granted", "shortlisted", "revoked"]))
            for number in self._numbers()
        ])

    def events(self) -> None:
        self._send("event", [
            {"event_no": f"E{number}", "event_name": "示例赛", "competition": self._one(["youth", "women"]),
             "cadence": self._one(["monthly_contest", "quarterly_contest"]), "held_on": f"{self._one(MONTHS)}-09",
             "entered_project_count": 3}
            for number in self.random.sample(range(4), 2)
        ])

    def classes(self) -> None:
        self._send("training_class", [
            {"class_no": f"T{self.random.randint(1, 3)}", "training_type": self._one(["syb", "gyb"]),
             "organiser": "示例机构", "started_on": f"{self._one(MONTHS)}-01", "ended_on": f"{self._one(MONTHS)}-20",
             "trained_count": self.random.randint(1, 40), "qualified_count": 1}
        ])

    def bases(self) -> None:
        self._send("incubator", [
            {"incubator_name": "示例基地", "uscc": f"B{number}", "disposable_area_sqm": self._one([2999, 3000]),
             "incubating_count": self.random.randint(1, 60)}
            for number in range(self.random.randint(1, 3))
        ], self._one(["2022Q1", "2022Q2"]))

    def nil(self) -> None:
        self._send(self._one(["candidate", "event", "training_class"]), [], is_nil=True)

    def sent_back(self) -> None:
        self._send("candidate", [], status="returned", errors=2)

    def revert(self) -> None:
        if self.sent:
            accept(self.connection, self.programme, self._one(self.sent), self.now, kind="revert")

    def waiver(self) -> None:
        self._decide("waiver", "criterion", self._one(["jobs_created", "annual_revenue"]))

    def ruling(self) -> None:
        self._decide("title_ruling", "ruling", self._one(["count", "exclude", "withdraw"]))

    def _decide(self, table: str, column: str, value: str) -> None:
        self.connection.execute(
            f"insert into {table} (programme, unit, level, candidate_no, {column}, actor, reason, effective_at)"
            " values (%s, %s, %s, %s, %s, 'test', 'test', %s)",
            (self.programme.code, self._one(UNITS), self._one(LEVELS), self._one(self._numbers()), value, self.now),
        )

    def _candidate(self, number: str) -> dict[str, Any]:
        person = self.random.randint(1, 6)
        return candidate(
            candidate_no=number, level=self._one(LEVELS), category=self._one(["youth", "women", None]),
            id_number=f"P{person}", uscc=self._one([f"U{person}", f"U{self.random.randint(1, 6)}", None]),
            venture_name=f"示例{person}", registered_district=self._one(["安宁区", "城关区", None]),
            jobs_created_count=self._one([4, 5, 19, 20]), annual_revenue_yuan=self._one([499999, 5000000]),
        )

    def _send(self, form: str, rows: list[dict[str, Any]], period: str | None = None, **given: Any) -> None:
        number = submit(
            self.connection, self.programme, form=form, unit=self._one(UNITS), period=period or self._one(MONTHS),
            received_at=self.now, rows=rows, content=str(self.random.random()), **given,
        )
        if given.get("status") is None:
            self.sent.append(number)

    def _numbers(self) -> list[str]:
        return [f"N{number}" for number in self.random.sample(range(1, 6), self.random.randint(1, 3))]

    def _one(self, of: list[Any]) -> Any:
        return self.random.choice(of)


@pytest.mark.parametrize("seed", range(len(SETTINGS)))
def test_a_walk_of_changes(empty_database: str, programme: Programme, seed: int) -> None:
    """After each change a report is computed from what it was before, whenever that was, and in full."""
    told, found = changed(programme, SETTINGS[seed]), Counter[bool]()
    with opened_case(empty_database, told, "nothing") as connection:
        connection.commit()
        walk = Walk(connection, told, seed)
        kept = {report: computed(connection, told, *report, walk.now) for report in REPORTS}
        for _ in range(STEPS):
            change = walk.step()
            connection.commit()
            report = walk.random.choice(REPORTS)
            full = computed(connection, told, *report, walk.now)
            part = from_kept(connection, told, kept[report], walk.now)
            connection.rollback()
            found[part is not None] += 1
            kept[report] = part or full
            assert differences(full.figures, kept[report].figures) == [], (change, report)
            assert (kept[report].figures, kept[report].input_digest) == (full.figures, full.input_digest)
    assert found[True] > STEPS * 0.7, "hardly ever was a change enough"


def test_back_to_an_earlier_instant(empty_database: str, programme: Programme) -> None:
    with opened_case(empty_database, programme, "progress") as connection:
        connection.commit()
        early, late = instant("2022-03-20T00:00:00"), START
        before, after = (computed(connection, programme, "annual", "2022", at) for at in (early, late))
        assert before.figures != after.figures
        back = from_kept(connection, programme, after, early)
        assert back is not None and back.figures == before.figures


@pytest.mark.parametrize("turn", [
    {"switches.quota.semantics": "cap"}, {"levels.rising_star.criteria.jobs_created.threshold": 21},
])
def test_what_is_computed_in_full(connection: Connection, programme: Programme, turn: dict[str, Any]) -> None:
    """Where the first ones fill a target, or the rules are others."""
    load_case(connection, programme, CASES / "progress")
    told = changed(programme, turn)
    kept = compute(connection, told if "switches" in next(iter(turn)) else programme, "annual", YEAR, START)
    assert from_kept(connection, told, kept, START) is None
    assert refresh(connection, told, "annual", YEAR, START, kept).figures == compute(
        connection, told, "annual", YEAR, START).figures


def test_rows_that_went_behind_our_back(connection: Connection, programme: Programme) -> None:
    """A kept set whose returns are not there any more is no ground to build on."""
    load_case(connection, programme, CASES / "progress")
    kept = compute(connection, programme, "annual", YEAR, START)
    assert from_kept(connection, programme, kept, START) is not None
    connection.execute("delete from acceptance where acceptance_id = (select min(acceptance_id) from acceptance)")
    assert from_kept(connection, programme, kept, START) is None


def computed(connection: Connection, programme: Programme, kind: str, period: str, as_of: datetime) -> FigureSet:
    found = compute(connection, programme, kind, Period.parse(period), as_of)
    connection.rollback()
    return found
