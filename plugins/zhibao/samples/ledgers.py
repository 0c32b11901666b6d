"""The rows of the forms that stand beside the contests, for every unit that owes them and every period."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

from zhibao.period import Cadence, Period
from zhibao.programme.models import Form, Programme, Unit
from zhibao.samples import accounts, activities, narratives
from zhibao.samples.activities import Rows
from zhibao.samples.records import Line

Teller = Callable[[Programme, Random, Unit, Sequence[Period]], Rows]
TELLERS: dict[str, Teller] = {
    "training_class": activities.classes,
    "forum": activities.forums,
    "finance": accounts.loans,
    "investment_link": activities.investments,
    "incubator": accounts.bases,
    "funding": accounts.funds,
    "narrative": narratives.narratives,
}
Slot = tuple[str, str, Period]  # unit, form, period


def periods_of(cadence: Cadence, months: Sequence[Period]) -> list[Period]:
    """The months, quarters or years that `months` lie in."""
    found = {
        "monthly": months,
        "quarterly": [Period(month.year, "quarterly", (month.part + 2) // 3) for month in months],
        "annual": [Period(month.year, "annual") for month in months],
    }
    return list(dict.fromkeys(found[cadence]))


def tell_ledgers(programme: Programme, seed: int, months: Sequence[Period]) -> dict[Slot, list[Line]]:
    """All rows of these forms. Each unit's course is its own, so that a part of the units gives the same rows."""
    return {
        (unit.code, form.code, period): [Line(row) for row in rows]
        for form in ledger_forms(programme)
        for unit in programme.units
        if form.is_owed_by(unit)
        for period, rows in TELLERS[form.code](
            programme, Random(f"{seed}:{form.code}:{unit.code}"), unit, periods_of(form.cadence, months)
        ).items()
    }


def ledger_forms(programme: Programme) -> list[Form]:
    return [form for form in programme.forms.values() if form.code in TELLERS]
