"""What each mailbox must hold at the year's end, worked out from the story and from what was sent, by hand's rules.

A mailbox is a multiset of lines such as `reminder 2022-03-31 event 2022-03, forum 2022-03` or `receipt event 2022-03`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from year_story import DUE, LEAD_MAILBOX, OWED, QUARTERS, STORY, UNITS, ZONE

Slot = tuple[str, str, str]  # unit, form, period
OFFICE_OPENS = time(8, 30)


@dataclass(frozen=True)
class Sent:
    """One file that a unit sent (or one nil return that it gave by mail)."""

    unit: str
    form: str
    period: str
    at: datetime
    is_accepted: bool
    is_by_mail: bool = False


def mailboxes(sent: Sequence[Sent], first: date, last: date, units: Iterable[str] = UNITS) -> dict[str, Counter[str]]:
    """By unit or recipient, for what happens from `first` to `last`; without the documents (`documents`)."""
    boxes = {unit: Counter[str]() for unit in (*UNITS, LEAD_MAILBOX)}
    happened = [
        item for item in sent
        if item.unit in set(units) and item.at.date() <= last and (first <= item.at.date() or not item.is_by_mail)
    ]
    for item in happened:
        boxes[item.unit][f"receipt {item.form} {item.period}"] += not item.is_by_mail
    for unit, _ in {(item.unit, item.at) for item in happened if item.is_by_mail}:
        boxes[unit]["receipt of a nil return by mail"] += 1
    accepted = first_accepted(sent)
    for day in sorted({date.fromisoformat(text) for dates in DUE.values() for text in dates[1:]}):
        if first <= day <= last:
            for unit, line in reminders(day, accepted, set(units)):
                boxes[unit][line] += 1
    return boxes


def first_accepted(sent: Iterable[Sent]) -> dict[Slot, datetime]:
    found: dict[Slot, datetime] = {}
    for item in sorted(sent, key=lambda item: item.at):
        if item.is_accepted:
            found.setdefault((item.unit, item.form, item.period), item.at)
    return found


def reminders(day: date, accepted: Mapping[Slot, datetime], units: set[str]) -> list[tuple[str, str]]:
    """Who is written to on this morning, and about what; one letter each, and one to the lead."""
    opens = datetime.combine(day, OFFICE_OPENS, ZONE)
    letters: dict[str, list[str]] = {}
    late: list[Slot] = []
    for period, dates in DUE.items():
        if str(day) not in dates[1:]:
            continue
        for form, owing in OWED[cadence_of(period)].items():
            for unit in (unit for unit in owing if unit in units):
                slot = unit, form, period
                if accepted.get(slot, datetime.max.replace(tzinfo=ZONE)) <= opens or is_exempt(unit, period, opens):
                    continue
                if str(day) == dates[5]:
                    late.append(slot)
                else:
                    letters.setdefault(unit, []).append(f"{form} {period}")
    found = [(unit, f"reminder {day} {', '.join(sorted(owed))}") for unit, owed in letters.items()]
    if late:
        units_late = {slot[0] for slot in late}
        found.append((LEAD_MAILBOX, f"escalation {day} of {len(units_late)} units, {len(late)} returns"))
    return found


def is_exempt(unit: str, period: str, when: datetime) -> bool:
    return any(
        act.deed == "exempt" and (act.unit, act.period) == (unit, period) and act.at is not None and act.at <= when
        for act in STORY
    )


def documents(first: date, last: date) -> dict[str, Counter[str]]:
    """The reports that go out from `first` to `last`, each on its due day; and the year's once more, corrected."""
    boxes = {"superior": Counter[str](), "leading_group": Counter[str]()}
    for period, dates in DUE.items():
        if not first <= date.fromisoformat(dates[0]) <= last:
            continue
        if cadence_of(period) == "annual":
            for box in boxes.values():
                box[f"document {period}"] += 1 + any(
                    act.deed == "correct_after_issue" and act.at is not None and act.at.date() <= last for act in STORY
                )
        else:
            boxes["leading_group"][f"document {period}"] += 1
    return boxes


def cadence_of(period: str) -> str:
    return "annual" if len(period) == 4 else "quarterly" if period in QUARTERS else "monthly"
