"""What a person frees a unit of, and takes again after it was closed: by name, with a reason and an end, as of then."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from tests.warehouse.loading import instant, opened_case, submit

from zhibao.errors import OperatorError, RefusedError
from zhibao.exempting import decide, history, standing, withdraw
from zhibao.period import Period
from zhibao.programme.models import Programme
from zhibao.store.database import Connection
from zhibao.warehouse.compute import compute
from zhibao.warehouse.status import rates, return_status

SEPTEMBER, QUARTER = Period.parse("2022-09"), Period.parse("2022Q3")
BEFORE, DECIDED, AFTER = instant("2022-10-04T10:00:00"), instant("2022-10-05T09:00:00"), instant("2022-10-20T10:00:00")


@pytest.fixture
def known(empty_database: str, programme: Programme) -> Iterator[Connection]:
    """The case `returns`: 城关区, 七里河区 and 西固区 have sent some of September's returns, due on 8 October."""
    with opened_case(empty_database, programme, "returns") as connection:
        yield connection


def exempt(connection: Connection, programme: Programme, **given: Any) -> list[tuple[str, str, str]]:
    values = {"unit": "xigu", "period": SEPTEMBER, "form": None, "ends_at": None, "now": DECIDED} | given
    return decide(
        connection, programme, "exempt", values["unit"], values["period"], values["form"], "某某", "受灾停工",
        values["ends_at"], values["now"],
    )


def told(
    connection: Connection, programme: Programme, as_of: datetime, unit: str = "xigu"
) -> dict[str, tuple[str, str | None]]:
    rows = return_status(connection, programme, SEPTEMBER, as_of)
    return {row["form"]: (row["state"], row["timeliness"]) for row in rows if row["unit"] == unit}


def test_what_is_exempt_is_owed_by_nobody(known: Connection, programme: Programme) -> None:
    slots = exempt(known, programme)
    assert {slot[1] for slot in slots} == {
        "candidate", "selection_result", "event", "training_class", "forum", "finance",
    }
    assert set(told(known, programme, AFTER).values()) == {("awaited", "exempt"), ("returned", "exempt")}
    assert told(known, programme, AFTER, "honggu")["event"] == ("awaited", "missing")
    assert told(known, programme, BEFORE)["event"] == ("not_due", None), "it holds from its own instant on"


def test_reports_count_it_apart(known: Connection, programme: Programme) -> None:
    def counts(as_of: datetime) -> dict[str, int]:
        figures = compute(known, programme, "monthly", SEPTEMBER, as_of).figures
        return {dict(item.labels)["state"]: int(item.value or 0) for item in figures
                if item.name == "return_count" and dict(item.labels).get("unit") == "xigu"}

    before = counts(AFTER)
    assert (before["expected"], before["exempt"], before["missing"]) == (6, 0, 5)
    exempt(known, programme, form="event", now=instant("2022-10-12T09:00:00"))
    after = counts(AFTER)
    assert (after["expected"], after["exempt"], after["missing"], after["received"]) == (5, 1, 4, before["received"])
    assert counts(instant("2022-10-11T09:00:00"))["exempt"] == 0


def test_it_ends_and_can_be_taken_back(known: Connection, programme: Programme) -> None:
    exempt(known, programme, form="event", ends_at=instant("2022-10-15T00:00:00"))
    assert told(known, programme, instant("2022-10-14T23:59:59"))["event"] == ("awaited", "exempt")
    assert told(known, programme, instant("2022-10-15T00:00:00"))["event"] == ("awaited", "missing")
    exempt(known, programme, form="forum")
    withdraw(known, programme, "exempt", "xigu", SEPTEMBER, "forum", "某某", "已恢复", instant("2022-10-16T09:00:00"))
    assert told(known, programme, instant("2022-10-16T08:59:59"))["forum"] == ("awaited", "exempt")
    assert told(known, programme, AFTER)["forum"] == ("awaited", "missing")
    with pytest.raises(RefusedError, match="xigu has no exemption"):
        withdraw(known, programme, "exempt", "xigu", SEPTEMBER, "forum", "某某", "再次", AFTER)
    assert [(row["form"], row["is_withdrawn"], row["actor"], row["reason"]) for row in history(known, programme)] == [
        ("forum", True, "某某", "已恢复"), ("forum", False, "某某", "受灾停工"), ("event", False, "某某", "受灾停工"),
    ]


def test_a_quarter_takes_its_months_with_it(known: Connection, programme: Programme) -> None:
    slots = exempt(known, programme, period=QUARTER)
    assert {period for _, _, period in slots} == {"2022-07", "2022-08", "2022-09", "2022Q3"}
    assert len(slots) == 3 * 6 + 2
    assert set(standing(known, programme, "exempt", AFTER)) == set(slots)


@pytest.mark.parametrize(("given", "error"), [
    ({"unit": "nowhere"}, OperatorError), ({"form": "nothing"}, OperatorError), ({"unit": "jingkai"}, RefusedError),
    ({"unit": "xigu", "form": "narrative"}, RefusedError), ({"ends_at": BEFORE}, RefusedError),
    ({"period": Period.parse("2021-06")}, RefusedError),
])
def test_what_cannot_be_exempt_is_refused(
    known: Connection, programme: Programme, given: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        exempt(known, programme, **given)


@pytest.mark.parametrize(("as_of", "is_overdue"), [("2022-10-10T23:59:59", False), ("2022-10-11T00:00:00", True)])
def test_what_was_sent_back_must_come_again_within_two_working_days(
    known: Connection, programme: Programme, as_of: str, is_overdue: bool
) -> None:
    """Sent back on Saturday the 8th, which was worked, as was the 9th: due again on Monday the 10th."""
    submit(known, programme, form="event", unit="gaolan", period="2022-09", status="returned",
           received_at=instant("2022-10-08T10:00:00"))
    row = next(row for row in return_status(known, programme, SEPTEMBER, instant(as_of))
               if (row["unit"], row["form"]) == ("gaolan", "event"))
    assert (row["state"], row["return_by"], row["is_overdue"]) == ("returned", "2022-10-10", is_overdue)
    figures = compute(known, programme, "monthly", SEPTEMBER, instant(as_of)).figures
    assert [int(item.value or 0) for item in figures
            if item.id == 'return_count{state="overdue",unit="gaolan"}'] == [int(is_overdue)]


@pytest.mark.parametrize(("received_at", "timeliness"), [
    ("2022-10-08T17:30:00", "on_time"), ("2022-10-08T17:30:01", "late"), ("2022-10-13T17:30:00", "late"),
    ("2022-10-13T17:30:01", "made_up"),
])
def test_timeliness_is_by_the_first_acceptable_receipt(
    known: Connection, programme: Programme, received_at: str, timeliness: str
) -> None:
    for hours, status in ((0, "returned"), (1, "accepted"), (48, "accepted")):
        day = instant(received_at) if hours == 1 else instant(f"2022-10-{'06' if not hours else '19'}T09:00:00")
        submit(known, programme, form="event", unit="gaolan", period="2022-09", status=status, received_at=day,
               content=f"gaolan {hours}")
    assert told(known, programme, AFTER, "gaolan")["event"] == ("accepted", timeliness)


def test_rates_leave_the_exempt_out(known: Connection, programme: Programme) -> None:
    rows = return_status(known, programme, SEPTEMBER, AFTER)
    mine = [row for row in rows if row["unit"] == "xigu"]
    assert rates(mine, AFTER) == {"on_time_pct": "0.00", "complete_pct": "0.00", "first_pass_pct": "0.00"}
    assert rates(mine, BEFORE) == {"on_time_pct": None, "complete_pct": None, "first_pass_pct": "0.00"}
    exempt(known, programme)
    mine = [row for row in return_status(known, programme, SEPTEMBER, AFTER) if row["unit"] == "xigu"]
    assert set(rates(mine, AFTER).values()) == {None}
