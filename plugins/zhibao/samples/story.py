"""The programme's course: who is nominated, decided on and awarded, and when; the same for every span written."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from zhibao.period import Period, months_between
from zhibao.programme.models import Form, Programme, Unit
from zhibao.samples.events import Events, plan_events
from zhibao.samples.ledgers import ledger_forms, tell_ledgers
from zhibao.samples.people import People
from zhibao.samples.records import Candidate, Decision, Line
from zhibao.samples.ventures import describe_venture

PREFIXES = {
    "chengguan": "CG",
    "qilihe": "QL",
    "xigu": "XG",
    "anning": "AN",
    "honggu": "HG",
    "yongdeng": "YD",
    "yuzhong": "YZ",
    "gaolan": "GL",
    "gaoxin": "GX",
    "hrss_bureau": "RS",
    "womens_federation": "FL",
    "agriculture_bureau": "NY",
    "culture_tourism_bureau": "WL",
    "veterans_bureau": "TY",
    "disabled_federation": "CL",
    "commerce_bureau": "SW",
    "civil_affairs_bureau": "MZ",
    "health_commission": "WJ",
    "broadcasting_station": "GD",
}
PRIZES_YUAN = {"emerging_maker": 3000, "rising_star": 10000, "pacesetter": 50000}
UNLIMITED_TOTAL = 8  # titles granted over the whole programme at a level that has no quota
NOMINEES_PER_TITLE = 1.42
CONTEST_FORMS = ("candidate", "selection_result", "event")

Key = tuple[str, Period]
Present = Callable[[str, str, Period], bool]  # unit, form, period → does such a return arrive at all?


@dataclass(slots=True)
class Story:
    """Everything that happens, by unit and month. `specials` tells what is unusual; `protected` keeps it unspoilt."""

    periods: list[Period]
    candidates: dict[Key, list[Candidate]] = field(default_factory=lambda: defaultdict(list))
    decisions: dict[Key, list[Decision]] = field(default_factory=lambda: defaultdict(list))
    events: Events = field(default_factory=dict)
    ledgers: dict[tuple[str, str, Period], list[Line]] = field(default_factory=dict)
    specials: list[dict[str, str]] = field(default_factory=list)
    protected: set[tuple[str, str, Period]] = field(default_factory=set)


@dataclass(slots=True)
class Stream:
    """One unit's way to its share of one quota. `pool` holds the nominees of the last three months."""

    unit: Unit
    level: str
    category: str | None
    target: int
    pace: list[float]
    granted: int = 0
    nominated: int = 0
    pool: list[Candidate] = field(default_factory=list)


def owing_units(programme: Programme) -> list[Unit]:
    """The units that owe returns, in the official order."""
    return [unit for unit in programme.units if any(form.is_owed_by(unit) for form in told_forms(programme))]


def told_forms(programme: Programme) -> list[Form]:
    """The forms that the story has rows for."""
    ledgers = ledger_forms(programme)
    return [form for form in programme.forms.values() if form.code in CONTEST_FORMS or form in ledgers]


def programme_months(programme: Programme) -> list[Period]:
    last = Period.month_of(programme.span.ends_on)
    return months_between(Period.parse(programme.span.first_return_period), last)


def prefix_of(unit: Unit) -> str:
    return PREFIXES.get(unit.code, unit.code[:2].upper())


def tell_story(programme: Programme, seed: int, present: Present) -> Story:
    """The whole programme from its first return to its end; a shorter span writes a part of it."""
    rng = Random(f"{seed}:story")
    story = Story(programme_months(programme))
    story.ledgers = tell_ledgers(programme, seed, story.periods)
    units = owing_units(programme)
    prefixes = {unit.code: prefix_of(unit) for unit in units}
    story.events = plan_events(programme, Random(f"{seed}:events"), units, story.periods, prefixes)
    teller = _Teller(programme, rng, story, present)
    streams = _streams(programme, rng, len(story.periods))
    for month, period in enumerate(story.periods):
        for stream in streams:
            teller.tell_month(stream, month, period)
    return story


def _streams(programme: Programme, rng: Random, months: int) -> list[Stream]:
    streams = []
    for level in (level for level in programme.levels if level.subject == "person"):
        shares = _shares(programme, level.code) or [(level.nominated_by[0], None, UNLIMITED_TOTAL)]
        streams += [
            Stream(programme.unit(unit), level.code, category, target, _pace(rng, months))
            for unit, category, target in shares
        ]
    return streams


def _shares(programme: Programme, level: str) -> list[tuple[str, str | None, int]]:
    """(unit, category, titles): a quota by category is split among the leads of its competition."""
    shares: list[tuple[str, str | None, int]] = []
    for table in (table for table in programme.quotas if table.level == level):
        for code, target in table.targets.items():
            if table.by == "unit":
                shares.append((code, None, target))
                continue
            leads = next(item.leads for item in programme.competitions if item.category == code)
            parts = [target // len(leads) + (n < target % len(leads)) for n in range(len(leads))]
            shares += [(lead, code, part) for lead, part in zip(leads, parts, strict=True)]
    return shares


def _pace(rng: Random, months: int) -> list[float]:
    """The share of its titles that a stream has granted by the end of each month: near the time elapsed."""
    factor = rng.uniform(1.02, 1.05)
    return [min(1.0, factor * (month + 1 + rng.uniform(-0.3, 0.3)) / months) for month in range(months)]


class _Teller:
    def __init__(self, programme: Programme, rng: Random, story: Story, present: Present) -> None:
        self.programme, self.rng, self.story, self.present = programme, rng, story, present
        self.people = People(rng)
        self.numbers: dict[tuple[str, int], int] = defaultdict(int)
        self.documents: dict[tuple[str, int], int] = defaultdict(int)
        self.batches: dict[tuple[str, str, Period], list[tuple[date, str]]] = {}

    def tell_month(self, stream: Stream, month: int, period: Period) -> None:
        earliest = self.story.periods[max(0, month - 3)]
        if self.present(stream.unit.code, "selection_result", period):
            self._decide(stream, period, stream.pace[month], earliest)
        stream.pool = [candidate for candidate in stream.pool if candidate.nominated_in > earliest]
        if self.present(stream.unit.code, "candidate", period):
            ahead = min(1.0, stream.pace[month] + 1.2 / len(self.story.periods))
            due = math.ceil(stream.target * NOMINEES_PER_TITLE * ahead) - stream.nominated
            for _ in range(max(0, due)):
                self._nominate(stream, period)

    def _decide(self, stream: Stream, period: Period, pace: float, earliest: Period) -> None:
        due = min(len(stream.pool), max(0, round(stream.target * pace) - stream.granted))
        chosen = self.rng.sample(stream.pool, due)
        for candidate in chosen:
            self._grant(stream, candidate, period)
        stream.granted += due
        stream.pool = [candidate for candidate in stream.pool if candidate not in chosen]
        for candidate in stream.pool:
            if candidate.nominated_in <= earliest and self.rng.random() < 0.8:
                self._add(self._step(candidate, "rejected", period, scored=True))

    def _grant(self, stream: Stream, candidate: Candidate, period: Period) -> None:
        nominated_in = candidate.nominated_in
        if self.rng.random() < 0.4 and self.present(candidate.unit, "selection_result", nominated_in):
            self._add(self._step(candidate, "shortlisted", nominated_in, scored=True))
        if self.rng.random() < 0.35:
            self._add(self._step(candidate, "prize", period, scored=True))
        decided_on, document = self.rng.choice(self._batches_of(candidate, period))
        notice_to = decided_on - timedelta(days=self.rng.choice((0, 0, 1, 2, 3, 4)))
        notice = notice_to - timedelta(days=6), notice_to
        if self.rng.random() < 0.3:
            self._add(self._step(candidate, "proposed", period).again(notice=notice))
        self._add(
            self._step(candidate, "granted", period).again(
                notice=notice, decided_on=decided_on, document_no=document, prize_yuan=PRIZES_YUAN.get(candidate.level)
            )
        )

    def _batches_of(self, candidate: Candidate, period: Period) -> list[tuple[date, str]]:
        """One or two dates a month on which the granting body decides, each with its document."""
        key = candidate.unit, candidate.level, period
        if key not in self.batches:
            days = sorted(self.rng.sample(range(9, 28), self.rng.randint(1, 2)))
            self.batches[key] = [
                (date(period.year, period.part, day), self._document(candidate, period)) for day in days
            ]
        return self.batches[key]

    def _document(self, candidate: Candidate, period: Period) -> str:
        self.documents[candidate.unit, period.year] += 1
        number = self.documents[candidate.unit, period.year]
        return f"{prefix_of(self.programme.unit(candidate.unit))}示例办发〔{period.year}〕{number}号"

    def _step(self, candidate: Candidate, result: str, period: Period, *, scored: bool = False) -> Decision:
        unit, level = self.programme.unit(candidate.unit), self.programme.level(candidate.level)
        own = unit.kind == "district"
        granted_by = f"{unit.name.zh}就业工作领导小组" if own else level.granted_by.zh
        decision = Decision(candidate, result, period, granted_by, self._event_of(candidate, period))
        if scored:
            decision.score = (
                Decimal(self.rng.randint(550, 990) if result != "rejected" else self.rng.randint(300, 690)) / 10
            )
            decision.rank = self.rng.randint(1, 30)
        return decision

    def _event_of(self, candidate: Candidate, period: Period) -> str | None:
        held = [
            event
            for at in {candidate.nominated_in, period}
            for event in self.story.events.get((candidate.unit, at), [])
            if event.competition == candidate.category and self.present(candidate.unit, "event", at)
        ]
        return min(held, key=lambda event: event.number).number if held else None

    def _add(self, decision: Decision) -> None:
        self.story.decisions[decision.candidate.unit, decision.period].append(decision)

    def _nominate(self, stream: Stream, period: Period) -> None:
        stream.nominated += 1
        self.numbers[stream.unit.code, period.year] += 1
        number = f"{prefix_of(stream.unit)}-{period.year}-{self.numbers[stream.unit.code, period.year]:04d}"
        category = stream.category or self.rng.choice(self.programme.categories).code
        level = self.programme.level(stream.level)
        candidate = describe_venture(
            self.programme, self.rng, self.people, number, stream.unit, level, category, period
        )
        self.story.candidates[stream.unit.code, period].append(candidate)
        stream.pool.append(candidate)
