"""Who has reported: the states of one month's returns as the deadline passes."""

from __future__ import annotations

import pytest
from tests.warehouse.loading import CASES, instant, load_case

from zhibao.period import Period
from zhibao.programme.models import Programme
from zhibao.store.database import Connection
from zhibao.warehouse.status import return_status

MONTH = Period.parse("2022-09")  # due Saturday 8 October 2022, 17:30, by 调休; missing from 13 October


@pytest.mark.parametrize(("as_of", "state", "timeliness"), [
    ("2022-10-08T17:30:00", "not_due", None),
    ("2022-10-08T17:30:01", "awaited", None),
    ("2022-10-13T17:30:00", "awaited", None),
    ("2022-10-13T17:30:01", "awaited", "missing"),
])
def test_nothing_has_come(
    connection: Connection, programme: Programme, as_of: str, state: str, timeliness: str | None
) -> None:
    rows = return_status(connection, programme, MONTH, instant(as_of))
    assert len(rows) == 87
    assert {(row["state"], row["timeliness"]) for row in rows} == {(state, timeliness)}
    assert {row["due_at"] for row in rows} == {"2022-10-08T17:30:00+08:00"}


def test_states(connection: Connection, programme: Programme) -> None:
    load_case(connection, programme, CASES / "returns")
    rows = return_status(connection, programme, MONTH, instant("2022-10-31T00:00:00"))
    told = {(row["unit"], row["form"]): (row["state"], row["timeliness"]) for row in rows}
    assert told["chengguan", "candidate"] == ("accepted", "on_time")
    assert told["chengguan", "event"] == ("accepted", "late")
    assert told["chengguan", "selection_result"] == ("accepted", "on_time")
    assert [(row["unit"], row["form"]) for row in rows if row["is_nil"]] == [("chengguan", "selection_result")]
    assert told["qilihe", "event"] == ("accepted", "on_time")
    assert told["xigu", "candidate"] == ("returned", "missing")
    assert told["xigu", "event"] == ("awaited", "missing")
    assert [row["name"] for row in rows[:7]] == ["城关区"] * 6 + ["七里河区"]


def test_a_year_tells_of_its_months_its_quarters_and_itself(connection: Connection, programme: Programme) -> None:
    rows = return_status(connection, programme, Period.parse("2022"), instant("2022-10-31T00:00:00"))
    assert len(rows) == 87 * 12 + 20 * 4 + 19
    assert {row["period"] for row in rows if row["form"] in ("incubator", "funding")} == {
        "2022Q1", "2022Q2", "2022Q3", "2022Q4",
    }
    assert {(row["period"], row["due_at"]) for row in rows if row["form"] == "narrative"} == {
        ("2022", "2022-11-30T17:30:00+08:00"),
    }


@pytest.mark.parametrize(("form", "period", "as_of", "state"), [
    ("incubator", "2022Q3", "2022-10-08T17:30:00", "not_due"),
    ("incubator", "2022Q3", "2022-10-08T17:30:01", "awaited"),
    ("funding", "2022Q3", "2022-10-13T17:30:01", "awaited"),
    ("narrative", "2022", "2022-11-30T17:30:00", "not_due"),
    ("narrative", "2022", "2022-11-30T17:30:01", "awaited"),
    ("narrative", "2022", "2022-12-07T17:30:00", "awaited"),
    ("narrative", "2022", "2022-12-07T17:30:01", "awaited"),
])
def test_a_quarter_and_a_year_have_their_own_deadlines(
    connection: Connection, programme: Programme, form: str, period: str, as_of: str, state: str
) -> None:
    rows = return_status(connection, programme, Period.parse(period), instant(as_of))
    assert {row["state"] for row in rows if row["form"] == form and row["period"] == period} == {state}
