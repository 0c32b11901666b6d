"""Every figure that a kind of document promises stands in the text of its PDF, written as the one place of rules writes
it: each has a value of its own here, so that none can be taken for another."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from zhibao.documents import Content, Figures, render
from zhibao.documents.model import Copy
from zhibao.documents.numbers import number
from zhibao.figures import Figure

from . import made_up
from .pages import Pages

QUOTAS = {"quota", "awarded_count", "awarded_in_period_count", "completion_pct", "completion_rank"}
RETURNS = {"return_count", "contest_due_count", "contest_met_count"}
TASKS = {item.code for item in made_up.programme().indicators}
# The indicators that the made-up content has by unit.
UNIT_TASKS = {item.name for item in made_up.annual().figures if item.name in TASKS and dict(item.labels).get("unit")}
UNIT = "chengguan"
# Names of figures, all of whose labels a document prints.
PROMISED = {
    "annual": QUOTAS | RETURNS - {"contest_due_count", "contest_met_count"} | TASKS | {
        "time_elapsed_pct", "event_count", "event_by_month_count", "awarded_by_month_count", "awarded_to_month_count",
        "candidate_count", "criterion_verdict_count", "award_excluded_count", "query_open_count",
        "return_on_time_count", "first_pass_pct", "on_time_pct", "complete_pct", "contest_due_count",
        "contest_met_count",
    },
    "monthly": QUOTAS | {"time_elapsed_pct", "event_count", "criterion_verdict_count", "return_count"},
    "quarterly": QUOTAS | {"time_elapsed_pct", "event_count", "criterion_verdict_count", "return_count"},
    "transmittal": {"completion_pct", "awarded_count", "quota"},
    "public-list": {"awarded_in_period_count"},
    "scorecard": QUOTAS | {"return_count"} | UNIT_TASKS,
}
# Awards are told of the levels that have targets.
TARGETED = {table.level for table in made_up.programme().quotas}
# Of these the letter and the list name the levels' totals alone.
TOTALS_ALONE = ("transmittal", "public-list")


def told_apart(kind: str) -> Content:
    """The made-up content with a value of its own for each figure, by the unit that it counts."""
    content = made_up.made(kind, lists=made_up.lists(made_up.programme()))
    figures = [replace(item, value=_value(item, place)) for place, item in enumerate(content.figures)]
    assert len({(item.unit, number(item)) for item in figures}) == len(figures)
    addressee = made_up.programme().reports["annual"].addressees[0] if kind == "transmittal" else None
    copy = Copy(addressee=addressee, unit=UNIT if kind == "scorecard" else None)
    return replace(content, figures=Figures(figures), copy=copy)


def _value(item: Figure, place: int) -> Decimal:
    if item.unit == "pct":
        return Decimal(300_000 + place) / 100
    return Decimal(1_000 + place) * 10_000 if item.unit == "yuan" else Decimal(20_000 + place)


def promised(kind: str, content: Content) -> list[Figure]:
    found = [item for item in content.figures if item.name in PROMISED[kind]]
    if kind == "scorecard":
        return [item for item in found if dict(item.labels).get("unit") == UNIT]
    if kind in TOTALS_ALONE:
        return [item for item in found if [key for key, _ in item.labels] == ["level"]]
    return [item for item in found if item.name not in QUOTAS or dict(item.labels)["level"] in TARGETED]


@pytest.mark.parametrize("kind", PROMISED)
def test_every_promised_figure_is_in_the_text(kind: str) -> None:
    content = told_apart(kind)
    pages = Pages(render(content, made_up.TEMPLATES, made_up.font_set()))
    text = "".join("".join(pages.text(page).split()) for page in range(len(pages)))
    wanted = promised(kind, content)
    assert {item.name for item in wanted} == PROMISED[kind]
    assert len(wanted) >= 2
    assert [item.id for item in wanted if number(item) not in text] == []


def test_a_figure_that_is_not_printed_would_be_missed() -> None:
    content = told_apart("transmittal")
    text = "".join(Pages(render(content, made_up.TEMPLATES, made_up.font_set())).text(page) for page in range(1))
    absent = [item for item in content.figures if item.name == "event_count"]
    assert absent and all(number(item) not in text for item in absent)
