"""Bends the story where a count can go wrong: a person twice, founders of one venture, titles revoked or repeated."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from random import Random

from zhibao.period import Period
from zhibao.programme.models import Programme
from zhibao.samples.people import UNKNOWN_REGION, id_number
from zhibao.samples.records import Candidate, Decision
from zhibao.samples.story import Story

ROUND_MONTHS = 17  # each round of this many months has its own specials and faults
UPDATE_SHARE = 0.06
Present = Callable[[str, str, Period], bool]
Pair = tuple[Decision, Decision]


def rounds(story: Story) -> list[list[Period]]:
    return [story.periods[at : at + ROUND_MONTHS] for at in range(0, len(story.periods), ROUND_MONTHS)]


def _level_by(programme: Programme, by: str) -> str:
    """The level whose quotas are given by unit, or by category; no level's code where there is none."""
    return next((table.level for table in programme.quotas if table.by == by), "")


def bend(programme: Programme, seed: int, story: Story, present: Present) -> None:
    """Plants the specials of every round, and later updates of nominations, into `story`."""
    rng = Random(f"{seed}:specials")
    for months in rounds(story):
        _Bender(programme, rng, story, present, months).bend()
    _update(rng, story, present)


class _Bender:
    """One round. A decision that was used once is never used for another special."""

    def __init__(self, programme: Programme, rng: Random, story: Story, present: Present, months: list[Period]) -> None:
        self.programme, self.rng, self.story, self.present, self.months = programme, rng, story, present, months
        granted = [
            decision
            for (_, period), decisions in story.decisions.items()
            if period in months
            for decision in decisions
            if decision.result == "granted" and decision.candidate.nominated_in in months
        ]
        self.granted = rng.sample(granted, len(granted))
        self.used: set[int] = set()

    def bend(self) -> None:
        """Whatever finds nobody to happen to, in a small programme, does not happen."""
        local, city = (_level_by(self.programme, by) for by in ("unit", "category"))
        for _ in range(4):
            self._share_person("duplicate_person", local, local)
        self._share_person("duplicate_person", city, city)
        for _ in range(3):
            self._share_person("promotion", local, city)
        for _ in range(2):
            self._share_venture(local)
        for level in (local, local, city):
            self._revoke(level)
        self._grant_again(local, across_years=True)
        self._grant_again(local, across_years=False)
        for decision in list(self._free(local))[:3]:
            self._unknown_region(decision)

    def _share_person(self, kind: str, first_level: str, second_level: str) -> None:
        def fits(first: Decision, second: Decision) -> bool:
            one, two = first.candidate, second.candidate
            sexes = one.person.gender == two.person.gender and two.category != "youth"
            return sexes and one.unit != two.unit

        pair = self._pair(first_level, second_level, fits)
        if pair is None:
            return
        first, second = pair
        second.candidate.person = first.candidate.person
        if kind == "promotion":
            second.candidate.venture = first.candidate.venture
        self._tell(kind, first, second)

    def _share_venture(self, level: str) -> None:
        pair = self._pair(level, level, lambda one, two: one.candidate.unit == two.candidate.unit)
        if pair is None:
            return
        first, second = pair
        second.candidate.venture = first.candidate.venture
        self._tell("two_founders", first, second)

    def _revoke(self, level: str) -> None:
        found = next(self._with_later_return(level, 2, 6), None)
        if found is None:
            return
        decision, period = found
        decided_on = date(period.year, period.part, 22)
        notice = decided_on - timedelta(days=9), decided_on - timedelta(days=2)
        document = (
            (decision.document_no or "").replace("示例", "示例撤").replace(str(decision.period.year), str(period.year))
        )
        revoked = decision.again(
            result="revoked",
            period=period,
            notice=notice,
            decided_on=decided_on,
            document_no=document,
            prize_yuan=None,
            remark="经复核不符合条件，予以撤销",
        )
        self._follow("revoked", decision, revoked)

    def _grant_again(self, level: str, *, across_years: bool) -> None:
        found = next(
            (
                (decision, period)
                for decision, period in self._with_later_return(level, 1, 8)
                if (period.year > decision.period.year) == across_years
            ),
            None,
        )
        if found is None:  # such as a round that lies in one year
            return
        decision, period = found
        decided_on = date(period.year, period.part, 24)
        notice = decided_on - timedelta(days=10), decided_on - timedelta(days=3)
        document = (
            (decision.document_no or "").replace("示例", "示例补").replace(str(decision.period.year), str(period.year))
        )
        again = decision.again(
            period=period, notice=notice, decided_on=decided_on, document_no=document, prize_yuan=None
        )
        self._follow("granted_again", decision, again)

    def _unknown_region(self, decision: Decision) -> None:
        self.used.add(id(decision))
        candidate = decision.candidate
        old = candidate.person.id_number
        born = date(int(old[6:10]), int(old[10:12]), int(old[12:14]))
        number = id_number(UNKNOWN_REGION, born, int(old[14:17]))
        candidate.person = replace(candidate.person, id_number=number)
        self._protect(candidate, decision)

    def _free(self, level: str) -> Iterator[Decision]:
        return (item for item in self.granted if item.candidate.level == level and id(item) not in self.used)

    def _pair(self, first_level: str, second_level: str, fits: Callable[[Decision, Decision], bool]) -> Pair | None:
        """A free decision, and a free one of a later month of the same round, that fit together."""
        pairs = (
            (first, second)
            for first in self._free(first_level)
            for second in self._free(second_level)
            if first.period < second.period and fits(first, second)
        )
        return next(pairs, None)

    def _with_later_return(self, level: str, soonest: int, latest: int) -> Iterator[tuple[Decision, Period]]:
        for decision in self._free(level):
            at = self.months.index(decision.period)
            for period in self.months[at + soonest : at + latest]:
                if self.present(decision.candidate.unit, "selection_result", period):
                    yield decision, period

    def _follow(self, kind: str, decision: Decision, later: Decision) -> None:
        self.story.decisions[decision.candidate.unit, later.period].append(later)
        self._tell(kind, decision, later)

    def _tell(self, kind: str, first: Decision, second: Decision) -> None:
        self.used |= {id(first), id(second)}
        entry = {"kind": kind, "level": second.candidate.level}
        for place, decision in (("first", first), ("second", second)):
            entry |= {
                f"{place}_unit": decision.candidate.unit,
                f"{place}_candidate_no": decision.candidate.number,
                f"{place}_nominated_in": str(decision.candidate.nominated_in),
                f"{place}_decided_on": str(decision.decided_on),
                f"{place}_period": str(decision.period),
            }
            self._protect(decision.candidate, decision)
        self.story.specials.append(entry)

    def _protect(self, candidate: Candidate, decision: Decision) -> None:
        self.story.protected |= {
            (candidate.unit, "candidate", candidate.nominated_in),
            (candidate.unit, "selection_result", decision.period),
        }


def _update(rng: Random, story: Story, present: Present) -> None:
    """Some nominations are sent again a month or two later under the same number, with newer figures."""
    for (unit, period), nominated in list(story.candidates.items()):
        at = story.periods.index(period)
        for candidate in [item for item in nominated if item.nominated_in == period and rng.random() < UPDATE_SHARE]:
            later = story.periods[at + rng.randint(1, 2) : at + 3][:1]
            if candidate.person.has_unknown_region or not later or not present(unit, "candidate", later[0]):
                continue
            jobs = candidate.jobs_created + rng.randint(1, 4)
            candidate.updates[later[0]] = {"jobs_created_count": jobs, "remark": "数据更新"}
            story.candidates[unit, later[0]].append(candidate)
