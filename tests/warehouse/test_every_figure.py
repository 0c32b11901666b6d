"""What holds for all figures of one report with something of everything in it: zeros, sums, places, names."""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import product

import pytest
from tests.warehouse.loading import CASES, instant, load_case

from zhibao.period import Period
from zhibao.programme.models import Programme
from zhibao.store.database import Connection
from zhibao.text import Language
from zhibao.warehouse.catalogue import load_catalogue
from zhibao.warehouse.compute import FigureSet, compute
from zhibao.warehouse.labels import label
from zhibao.warehouse.trace import Part, trace_in


@pytest.fixture
def full(connection: Connection, programme: Programme) -> FigureSet:
    load_case(connection, programme, CASES / "full")
    return compute(connection, programme, "annual", Period.parse("2022"), instant("2023-02-01T00:00:00"))


def test_every_trace_adds_up_to_its_figure(connection: Connection, programme: Programme, full: FigureSet) -> None:
    sums = ranks = 0
    for figure in full.figures:
        found = trace_in(connection, programme, full, figure.id)
        assert found.value == figure.value
        assert all(_is_placed(part) for part in found.parts), figure.id
        if figure.name == "completion_rank":
            ahead = [value for _, value in found.sides if value > dict(found.sides)[_rated(figure.id)]]
            assert figure.value == len(ahead) + 1
            ranks += 1
            continue
        sides = dict(found.sides) or {figure.id: figure.value}
        added = {
            side: sum((part.contribution for part in found.parts if part.side == side), Decimal(0)) for side in sides
        }
        assert added == sides, figure.id
        sums += 1
    assert (sums, ranks) >= (400, 19)


def test_every_trace_of_the_quality_figures_adds_up(connection: Connection, programme: Programme) -> None:
    load_case(connection, programme, CASES / "quality")
    found = compute(connection, programme, "data-quality", Period.parse("2022-03"), instant("2022-05-01T00:00:00"))
    followed = 0
    for figure in found.figures:
        if figure.name == "cell_count" or not figure.value:
            continue
        trace = trace_in(connection, programme, found, figure.id)
        sides = dict(trace.sides) or {figure.id: figure.value}
        added = {
            side: sum((part.contribution for part in trace.parts if part.side == side), Decimal(0)) for side in sides
        }
        assert added == sides, figure.id
        assert all(part.reason for part in trace.parts if not part.counted), figure.id
        followed += 1
    assert followed > 60


def test_quality_figures_have_names_of_their_own(connection: Connection, programme: Programme) -> None:
    load_case(connection, programme, CASES / "full")
    found = compute(connection, programme, "data-quality", Period.parse("2022"), instant("2023-02-01T00:00:00"))
    words = {figure.id: label(programme, figure, "zh") for figure in found.figures}
    assert len(words) > 500 and len(set(words.values())) == len(words)
    assert words['filled_pct{column="person_name",form="candidate"}'] == "候选人名册“姓名”填报率"
    assert words['finding_count{period="2021",severity="error"}'] == "2021年错误问题数"


def test_excluded_rows_have_a_reason_in_words(connection: Connection, programme: Programme, full: FigureSet) -> None:
    parts = [
        part for figure in full.figures if figure.name in ("awarded_count", "event_count", "criterion_verdict_count")
        for part in trace_in(connection, programme, full, figure.id).parts
    ]
    assert len(parts) > 90
    assert all(part.reason for part in parts if not part.counted)
    said = {part.reason for part in parts if part.reason}
    assert any("约数或范围" in reason for reason in said)
    assert not [reason for reason in said if re.search(r"reading\.|_", reason)]


def test_nobody_is_named_in_full(connection: Connection, programme: Programme, full: FigureSet) -> None:
    names = {row["person_name"] for row in connection.execute("select person_name from candidate")}
    figures = [figure for figure in full.figures if figure.name in ("awarded_count", "candidate_count")]
    text = str([trace_in(connection, programme, full, figure.id) for figure in figures])
    assert "甲**" in text
    assert not [name for name in names if name in text]


def test_zeros_stand_for_every_code(programme: Programme, full: FigureSet) -> None:
    ids = {figure.id for figure in full.figures}
    districts = [unit.code for unit in programme.units if unit.kind == "district"]
    categories = [item.code for item in programme.categories]
    for name in ("quota", "awarded_count", "awarded_in_period_count", "completion_pct", "completion_rank"):
        assert {f'{name}{{level="emerging_maker",unit="{unit}"}}' for unit in districts} <= ids
        assert {f'{name}{{category="{code}",level="rising_star"}}' for code in categories} <= ids
    contests = product([item.code for item in programme.cadences], [item.code for item in programme.competitions])
    assert {f'event_count{{cadence="{one}",competition="{other}"}}' for one, other in contests} <= ids
    words = load_catalogue().labels
    verdicts = {
        f'criterion_verdict_count{{criterion="{item.code}",level="{level.code}",verdict="{verdict}"}}'
        for level in programme.levels for item in level.criteria for verdict in words["verdict"]
    }
    assert len(verdicts) == (28 + 15) * 5
    assert verdicts <= ids
    assert {f'return_count{{state="{state}"}}' for state in words["state"]} <= ids
    assert {f'award_excluded_count{{reason="{reason}"}}' for reason in words["reason"]} <= ids


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_code_where_there_is_a_name(programme: Programme, full: FigureSet, language: Language) -> None:
    words = {figure.id: label(programme, figure, language) for figure in full.figures}
    assert len(set(words.values())) == len(words)
    strange = r"[A-Za-z_]" if language == "zh" else r"_|[a-z]{3,}[A-Z]|[\u4e00-\u9fff]"
    brands = r"GYB|SYB|IYB"  # the courses have no other name
    assert [text for text in words.values() if re.search(strange, re.sub(brands, "", text))] == []


def _is_placed(part: Part) -> bool:
    """A row of a file has its sheet, row and column; a return its file, unless none came; a target its clause."""
    if part.file_name.startswith("programmes/"):
        return part.subject is not None and part.row is None
    if part.side.startswith(("return_", "first_")):
        return part.row is None and (part.sha256 != "") == (part.file_name != "")
    return bool(part.sha256 and part.sheet and part.row and (part.column or "compliant_operation" in part.side))


def _rated(id: str) -> str:
    return id.replace("completion_rank", "completion_pct")
