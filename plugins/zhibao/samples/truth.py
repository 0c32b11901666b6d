"""What a correct system must conclude, counted from the story's own records and not from the files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from zhibao.period import Period
from zhibao.programme.models import Programme
from zhibao.samples.records import Decision, Event

NOTES = {
    "duplicate_person": "the same person at the same level in two units: one title, for the unit of the first decision",
    "promotion": "the same person and venture at two levels: one title at each",
    "two_founders": "two founders of one venture at one level: one title, for the first decision",
    "revoked": "granted and later revoked: no title",
    "granted_again": "one candidate granted twice: one title, at the first decision date",
}
STATES = ("expected", "received", "accepted", "returned", "missing", "nil", "late")


@dataclass(frozen=True, slots=True)
class SlotOutcome:
    """How one owed return ended. `acceptable_at` is the first receipt of a file that is accepted."""

    due_at: datetime
    received: bool
    accepted: bool
    nil: bool
    acceptable_at: datetime | None


@dataclass(frozen=True, slots=True)
class Award:
    """One title that counts, at the unit and category of its first decision."""

    unit: str
    level: str
    category: str
    decided_on: date


def count_awards(decisions: Iterable[Decision]) -> list[Award]:
    """Distinct persons by level at the first decision that was not revoked, then one awardee by venture and level."""
    rows = list(decisions)
    revoked = {
        (row.candidate.unit, row.candidate.level, row.candidate.number) for row in rows if row.result == "revoked"
    }
    granted = sorted(
        (row for row in rows if row.result == "granted" and _key(row) not in revoked),
        key=lambda row: (row.decided_on, row.candidate.unit, row.candidate.number),
    )
    awards, persons, ventures = [], set(), set()
    for row in granted:
        candidate, level = row.candidate, row.candidate.level
        person = level, candidate.person.id_number
        venture = level, candidate.venture.uscc or candidate.venture.name
        if row.decided_on and person not in persons and venture not in ventures:
            awards.append(Award(candidate.unit, level, candidate.category, row.decided_on))
        persons.add(person)
        ventures.add(venture)
    return awards


def _key(row: Decision) -> tuple[str, str, str]:
    return row.candidate.unit, row.candidate.level, row.candidate.number


def conclude(
    programme: Programme,
    decisions: Sequence[Decision],
    events: Sequence[Event],
    outcomes: Sequence[SlotOutcome],
    specials: Iterable[dict[str, str]],
    last: Period,
) -> list[dict[str, Any]]:
    """The list `truth`: figures by id for the year of `last` up to its end, then what the specials come to."""
    window = date(last.year, 1, 1), last.ends_on
    awards = [award for award in count_awards(decisions) if award.decided_on <= last.ends_on]
    truth = [
        *_award_figures(programme, awards, window),
        *_event_figures(events, window),
        *_return_figures(outcomes, window),
    ]
    there = {(row.candidate.unit, row.candidate.number, str(row.decided_on)) for row in decisions if row.decided_on}
    for special in specials:
        ends = [
            (special[f"{at}_unit"], special[f"{at}_candidate_no"], special[f"{at}_decided_on"])
            for at in ("first", "second")
        ]
        if all(end in there for end in ends):
            truth.append({**special, "conclusion": NOTES[special["kind"]]})
    return truth


def _award_figures(programme: Programme, awards: list[Award], window: tuple[date, date]) -> list[dict[str, Any]]:
    figures = []
    inside = [award for award in awards if window[0] <= award.decided_on <= window[1]]
    for labels, quota in _quota_labels(programme):

        def fits(award: Award, labels: dict[str, str] = labels) -> bool:
            return all(getattr(award, name) == value for name, value in labels.items())

        count = sum(map(fits, awards))
        figures.append(_figure("awarded_count", labels, count))
        figures.append(_figure("awarded_in_period_count", labels, sum(map(fits, inside))))
        if quota:
            pct = (Decimal(count * 100) / quota).quantize(Decimal("0.01"), ROUND_HALF_UP)
            figures += [_figure("quota", labels, quota), _figure("completion_pct", labels, str(pct))]
    return figures


def _quota_labels(programme: Programme) -> list[tuple[dict[str, str], int]]:
    labels: list[tuple[dict[str, str], int]] = []
    limited = {table.level for table in programme.quotas}
    for table in programme.quotas:
        labels.append(({"level": table.level}, table.total))
        labels += [({"level": table.level, table.by: code}, target) for code, target in table.targets.items()]
    others = [level.code for level in programme.levels if level.subject == "person" and level.code not in limited]
    return labels + [({"level": code}, 0) for code in others]


def _event_figures(events: Sequence[Event], window: tuple[date, date]) -> list[dict[str, Any]]:
    counts = Counter(
        (event.details["cadence"], event.competition) for event in events if window[0] <= event.held_on <= window[1]
    )
    return [
        _figure("event_count", {"cadence": cadence, "competition": competition}, count)
        for (cadence, competition), count in sorted(counts.items())
    ]


def _return_figures(outcomes: Sequence[SlotOutcome], window: tuple[date, date]) -> list[dict[str, Any]]:
    """Returns due in the window. A file that was refused or names no unit belongs to nobody: it is no receipt."""
    due = [item for item in outcomes if window[0] <= item.due_at.date() <= window[1]]
    counts = {
        "expected": len(due),
        "received": sum(item.received for item in due),
        "accepted": sum(item.accepted for item in due),
        "returned": sum(item.received and not item.accepted for item in due),
        "missing": sum(not item.received for item in due),
        "nil": sum(item.accepted and item.nil for item in due),
        "late": sum(item.acceptable_at is not None and item.acceptable_at > item.due_at for item in due),
    }
    return [_figure("return_count", {"state": state}, counts[state]) for state in STATES]


def _figure(name: str, labels: dict[str, str], value: int | str) -> dict[str, Any]:
    """A figure with the id that DESIGN gives it: labels sorted by name."""
    text = ",".join(f'{key}="{labels[key]}"' for key in sorted(labels))
    return {"id": f"{name}{{{text}}}", "value": value}
