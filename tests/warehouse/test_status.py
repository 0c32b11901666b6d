"""Who has reported: the states of one month's returns as the deadline passes."""

from __future__ import annotations

import pytest
from tests.warehouse.loading import CASES, instant, load_case

from zhibao.period import Period
from zhibao.programme.models import Programme
from zhibao.store.database import Connection
from zhibao.warehouse.status import return_status

MONTH = Period.parse("2022-09")  # due Saturday 8 October 2022, 17:30, by 调休; missing from 13 October


@pytest.mark.parametrize(("as_of", "state"), [
    ("2022-10-08T17:30:00", "not_due"),
    ("2022-10-08T17:30:01", "awaited"),
    ("2022-10-13T17:30:00", "awaited"),
    ("2022-10-13T17:30:01", "missing"),
])
def test_nothing_has_come(connection: Connection, programme: Programme, as_of: str, state: str) -> None:
    rows = return_status(connection, programme, MONTH, instant(as_of))
    assert len(rows) == 57
    assert {row["state"] for row in rows} == {state}
    assert {row["due_at"] for row in rows} == {"2022-10-08T17:30:00+08:00"}


def test_states(connection: Connection, programme: Programme) -> None:
    load_case(connection, programme, CASES / "returns")
    rows = return_status(connection, programme, MONTH, instant("2022-10-31T00:00:00"))
    told = {(row["unit"], row["form"]): (row["state"], row["timeliness"]) for row in rows}
    assert told["chengguan", "candidate"] == ("accepted", "on_time")
    assert told["chengguan", "event"] == ("accepted", "late")
    assert told["chengguan", "selection_result"] == ("nil", "on_time")
    assert told["qilihe", "event"] == ("accepted", "on_time")
    assert told["xigu", "candidate"] == ("returned", None)
    assert told["xigu", "event"] == ("missing", None)
    assert [row["name"] for row in rows[:3]] == ["城关区"] * 3


def test_a_year_tells_of_all_its_months(connection: Connection, programme: Programme) -> None:
    rows = return_status(connection, programme, Period.parse("2022"), instant("2022-10-31T00:00:00"))
    assert len(rows) == 57 * 12
