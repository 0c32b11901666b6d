"""Conflicts of titles: listed for a person, decided by name, and what a clerk is told of one candidate."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from click.testing import CliRunner
from warehouse.loading import candidate, instant, opened_case, submit, usual_receipt

from zhibao.candidates import lines, why
from zhibao.cli import main
from zhibao.conflicts import Contender, list_conflicts, rule
from zhibao.errors import RefusedError
from zhibao.period import Period
from zhibao.programme.models import Programme
from zhibao.store.database import Connection
from zhibao.warehouse.compute import compute

NOW = instant("2022-06-01T09:00:00")
LEVEL = "emerging_maker"


@pytest.fixture
def connection(empty_database: str, programme: Programme) -> Iterator[Connection]:
    with opened_case(empty_database, programme, "same_person") as connection:
        yield connection


def of(found: list[Contender], unit: str) -> Contender:
    (item,) = [item for item in found if item.unit == unit and item.conflict == "person" and item.level == LEVEL
               and item.candidate_no in ("C1", "Q1")]
    return item


def test_a_conflict_lists_who_counts_and_who_does_not(connection: Connection, programme: Programme) -> None:
    found = list_conflicts(connection, programme, NOW)
    assert {item.group for item in found if item.conflict == "person"} == {1, 2, 3}
    first, second = of(found, "qilihe"), of(found, "chengguan")
    assert (first.is_counted, first.reason, second.is_counted, second.reason) == (True, None, False, "same_person")
    assert first.group == second.group and not first.is_ruled
    assert {item.person for item in found} == {"示*某"}


def test_a_ruling_moves_the_figures_from_its_instant_on(connection: Connection, programme: Programme) -> None:
    def count(unit: str, as_of: datetime) -> Decimal | None:
        figures = compute(connection, programme, "annual", Period.parse("2022"), as_of).figures
        return next(item.value for item in figures if item.id == f'awarded_count{{level="{LEVEL}",unit="{unit}"}}')

    before = (count("chengguan", NOW), count("qilihe", NOW))
    rule(connection, programme, LEVEL, "chengguan", "C1", "count", "某某", "以首次申报单位为准", NOW)
    after = (count("chengguan", NOW), count("qilihe", NOW))
    assert (before, after) == ((0, 2), (1, 1))
    earlier = NOW - timedelta(seconds=1)
    assert (count("chengguan", earlier), count("qilihe", earlier)) == before
    found = list_conflicts(connection, programme, NOW)
    assert of(found, "chengguan").is_ruled and of(found, "qilihe").is_ruled
    kept = connection.execute("select actor, reason, ruling from title_ruling").fetchall()
    assert [tuple(row.values()) for row in kept] == [("某某", "以首次申报单位为准", "count")]
    rule(connection, programme, LEVEL, "chengguan", "C1", "withdraw", "某某", "误录", NOW)
    assert (count("chengguan", NOW), count("qilihe", NOW)) == before
    with pytest.raises(RefusedError, match="no ruling"):
        rule(connection, programme, LEVEL, "chengguan", "C1", "withdraw", "某某", "误录", NOW)


def test_only_what_conflicts_is_ruled_on(connection: Connection, programme: Programme) -> None:
    with pytest.raises(RefusedError, match="no conflict"):
        rule(connection, programme, LEVEL, "honggu", "C1", "count", "某某", "无", NOW)


def test_a_clerk_is_told_what_is_short(connection: Connection, programme: Programme) -> None:
    rows = [candidate(candidate_no="S", id_number="sofie", uscc="U9", jobs_created_count=18, expert_opinion=None,
                      annual_revenue_yuan=1999999.5, established_on="2019-03-29", person_name="甲乙丙")]
    submit(connection, programme, form="candidate", unit="womens_federation", period="2022-03",
           received_at=usual_receipt("2022-03"), rows=rows)
    told = why(connection, programme, "womens_federation", "S", NOW)
    verdicts = {item.criterion: (item.verdict, item.margin) for item in told.judged}
    assert verdicts["jobs_created"] == ("fail", -2) and verdicts["annual_revenue"] == ("fail", Decimal("-0.50"))
    said = "\n".join(lines(programme, told))
    assert "带动就业人数\t不符合\t18（要求20人以上）\t差2人\twomens_federation-candidate-2022-03.xlsx T5" in said
    assert "差2天" in said and "差0.5元" in said and "专家意见待定" in said
    assert "甲乙丙" not in said and "sofie" not in said
    assert "名册\t2022-03" in said and told.title is None
    with pytest.raises(RefusedError, match="no candidate"):
        why(connection, programme, "womens_federation", "nobody", NOW)


def test_a_title_that_does_not_count_says_why(connection: Connection, programme: Programme) -> None:
    assert "称号\t未计入：同一人重复授予" in lines(programme, why(connection, programme, "chengguan", "C1", NOW))
    assert "称号\t计入" in lines(programme, why(connection, programme, "qilihe", "Q1", NOW))


def test_the_commands(connection: Connection, empty_database: str, monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    connection.commit()
    monkeypatch.setenv("ZHIBAO_DATABASE_URL", empty_database)
    monkeypatch.setenv("ZHIBAO_VAR", str(tmp_path))
    run = CliRunner().invoke
    listed = run(main, ["conflicts", "--json"])
    assert listed.exit_code == 1 and len(json.loads(listed.stdout)) == 6
    assert "同一人1\t" in run(main, ["conflicts"]).stdout
    decided = run(main, ["rule", LEVEL, "chengguan", "C1", "--count", "--by", "某某", "--reason", "以首次申报为准"])
    assert decided.exit_code == 0 and "裁定计入" in decided.stdout
    assert run(main, ["rule", LEVEL, "chengguan", "C1", "--by", "某某", "--reason", "无"]).exit_code == 2
    told = run(main, ["why", "chengguan", "C1", "--json"])
    assert told.exit_code == 0 and json.loads(told.stdout)["title"] == "counted"
