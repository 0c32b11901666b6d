"""What is to come: days at the pace so far, and the last safe working day of what is owed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from warehouse.loading import instant, opened_case

from zhibao.cli import main
from zhibao.forecast import owing, paces
from zhibao.programme.models import Programme
from zhibao.store.database import Connection


@pytest.fixture
def connection(empty_database: str, programme: Programme) -> Iterator[Connection]:
    with opened_case(empty_database, programme, "progress") as connection:
        yield connection


def test_a_target_is_met_by_proportion(connection: Connection, programme: Programme) -> None:
    found = {(item.name, item.labels): item for item in paces(connection, programme, instant("2022-12-31T12:00:00"))}
    women = found["awarded_count", (("category", "women"), ("level", "rising_star"))]
    # 2 of 18 in 730 days: 6,570 days for all.
    assert (women.done, women.target, women.met_on, women.in_time) == (2, 18, date(2038, 12, 27), False)
    none = found["awarded_count", (("category", "youth"), ("level", "rising_star"))]
    assert (none.done, none.met_on, none.in_time) == (0, None, False)


def test_what_is_owed_has_a_last_safe_day(connection: Connection, programme: Programme) -> None:
    at = instant("2022-11-20T09:00:00")
    found = {(item.unit, item.form, item.period): item for item in owing(connection, programme, 2022, at)}
    narrative = found["chengguan", "narrative", "2022"]
    # Due on Wednesday 30 November: sent in by Monday, it can come back once and be in again in two working days.
    assert (narrative.state, narrative.safe_until) == ("missing", date(2022, 11, 28))
    late = found["chengguan", "event", "2022-03"]
    assert late.due_at < at and late.safe_until == date(2022, 11, 28), "late already, and still in time for the report"


def test_the_command(
    connection: Connection, empty_database: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    connection.commit()
    monkeypatch.setenv("ZHIBAO_DATABASE_URL", empty_database)
    monkeypatch.setenv("ZHIBAO_VAR", str(tmp_path))
    done = CliRunner().invoke(main, ["forecast", "--as-of", "2022-11-20T09:00:00", "--json"])
    told = json.loads(done.stdout)
    assert done.exit_code == 0 and len(told["targets"]) > 20 and len(told["owing"]) > 100
    assert "最迟于2022-11-28报送" in CliRunner().invoke(main, ["forecast", "--as-of", "2022-11-20T09:00:00"]).stdout
