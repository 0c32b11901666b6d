"""A figure leads back to its cells: the parts add up, what was left out says why, and nobody is named."""

from __future__ import annotations

from decimal import Decimal
from random import Random

import pytest
from tests.warehouse.changing import changed
from tests.warehouse.loading import CASES, candidate, instant, load_case, submit, usual_receipt

from zhibao.errors import RefusedError
from zhibao.period import Period
from zhibao.programme.models import Programme
from zhibao.store.database import Connection
from zhibao.warehouse.compute import compute
from zhibao.warehouse.trace import Part, Trace, mask_name, trace

YEAR = Period.parse("2022")
AS_OF = instant("2023-02-01T00:00:00")


def follow(connection: Connection, programme: Programme, id: str) -> Trace:
    return trace(connection, programme, id, "annual", YEAR, AS_OF)


def total(parts: list[Part], side: str) -> Decimal:
    return sum((part.contribution for part in parts if part.side == side), Decimal(0))


@pytest.mark.parametrize("case", ["progress", "events", "returns", "queries", "thresholds", "same_venture"])
def test_parts_add_up(connection: Connection, programme: Programme, case: str) -> None:
    load_case(connection, programme, CASES / case)
    figures = compute(connection, programme, "annual", YEAR, AS_OF).figures
    sums = [figure for figure in figures if figure.name != "completion_rank"]
    drawn = [*Random(case).sample(sums, 4), *Random(case).sample([item for item in sums if item.value], 3)]
    for figure in drawn:
        found = follow(connection, programme, figure.id)
        assert found.value == figure.value
        sides = dict(found.sides) or {figure.id: figure.value}
        assert {side: total(found.parts, side) for side in sides} == sides


def test_an_award_leads_to_its_cell(connection: Connection, programme: Programme) -> None:
    load_case(connection, programme, CASES / "same_person")
    found = follow(connection, programme, 'awarded_count{level="emerging_maker",unit="chengguan"}')
    assert found.relation == "sql/marts/facts/awarded_count.sql"
    assert found.value == 0
    (part,) = found.parts
    assert (part.counted, part.contribution, part.reason) == (False, 0, "同一人重复授予")
    assert (part.subject, part.who, part.unit, part.period) == ("C1", "示**", "chengguan", "2022-03")
    assert (part.file_name, part.sheet, part.row, part.column) == (
        "chengguan-selection_result-2022-03.xlsx", "Sheet1", 5, "L",
    )
    assert len(part.sha256) == 64


def test_a_ratio_shows_both_sides(connection: Connection, programme: Programme) -> None:
    load_case(connection, programme, CASES / "progress")
    found = follow(connection, programme, 'completion_pct{level="rising_star",category="women"}')
    awarded, quota = (f'{name}{{category="women",level="rising_star"}}' for name in ("awarded_count", "quota"))
    assert found.figure_id == 'completion_pct{category="women",level="rising_star"}'
    assert found.sides == [(awarded, Decimal(2)), (quota, Decimal(18))]
    target = next(part for part in found.parts if part.side == quota)
    assert (target.subject, target.file_name, target.sha256) == ("附件2", "programmes/lanzhou-bqw", programme.digest)


def test_a_rank_shows_whom_it_is_ranked_among(connection: Connection, programme: Programme) -> None:
    load_case(connection, programme, CASES / "progress")
    found = follow(connection, programme, 'completion_rank{level="emerging_maker",unit="chengguan"}')
    assert len(found.sides) == 9
    assert all(id.startswith('completion_pct{level="emerging_maker",unit=') for id, _ in found.sides)


def test_a_verdict_says_how_far(connection: Connection, programme: Programme) -> None:
    load_case(connection, programme, CASES / "thresholds")
    labels = '{criterion="jobs_created",level="rising_star",verdict="fail"}'
    parts = follow(connection, programme, f"criterion_verdict_count{labels}").parts
    said = {part.subject: part.reason for part in parts}
    assert said == {"below": "未达标准；19 / 20 (-1 people)", "zero": "未达标准；0 / 20 (-20 people)"}
    letters = {part.column for part in parts}
    assert letters == {"T"}, "the column that the criterion measures"


def test_a_verdict_speaks_in_the_words_of_the_form(connection: Connection, programme: Programme) -> None:
    load_case(connection, programme, CASES / "stated")
    labels = '{criterion="no_dishonesty_record",level="rising_star",verdict="fail"}'
    (part,) = follow(connection, programme, f"criterion_verdict_count{labels}").parts
    assert (part.subject, part.reason, part.column) == ("found", "与标准不符；有 / 无", "AA")


@pytest.mark.parametrize(("measure", "secret"), [
    ("person_name", "示例某"), ("category", "farmers"), ("business_address", "示例路1号"), ("gender", "女"),
])
def test_a_personal_measure_is_judged_and_not_printed(
    connection: Connection, programme: Programme, measure: str, secret: str
) -> None:
    given = {"candidate_no": "C1", "id_number": "one", "category": "farmers", "gender": "女",
             "business_address": "示例路1号"}
    submit(connection, programme, form="candidate", unit="womens_federation", period="2022-03",
           received_at=usual_receipt("2022-03"), rows=[candidate(**given)])
    told = changed(programme, {"levels.rising_star.criteria.project_standing.measure": measure})
    labels = '{criterion="project_standing",level="rising_star",verdict="fail"}'
    found = trace(connection, told, f"criterion_verdict_count{labels}", "annual", YEAR, AS_OF)
    assert [part.reason for part in found.parts] == ["与标准不符；***"]
    assert secret not in str(found)


def test_a_missing_return_has_no_file(connection: Connection, programme: Programme) -> None:
    load_case(connection, programme, CASES / "returns")
    parts = trace(connection, programme, 'return_count{state="missing",unit="xigu"}', "monthly",
                  Period.parse("2022-09"), AS_OF).parts
    assert [(part.subject, part.file_name) for part in parts] == [
        (f"xigu {form} 2022-09", "") for form in ("event", "finance", "forum", "selection_result", "training_class")
    ]


def test_a_query_leads_to_its_finding(connection: Connection, programme: Programme) -> None:
    load_case(connection, programme, CASES / "queries")
    parts = follow(connection, programme, "query_open_count").parts
    assert [(part.row, part.column) for part in parts if part.counted] == [(5, "B"), (6, "B")]
    assert {part.reason for part in parts if not part.counted} == {"已书面说明"}


def test_unknown_figures_are_refused(connection: Connection, programme: Programme) -> None:
    for id in ("nothing", 'awarded_count{level="hero"}', "awarded_count"):
        with pytest.raises(RefusedError):
            follow(connection, programme, id)


def test_names_are_masked() -> None:
    assert mask_name("示例某") == "示**"
    assert mask_name("示") == "示"
    assert mask_name("") == ""
