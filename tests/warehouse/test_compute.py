"""A set of figures: the same as of the same instant, kept once, stale when a return moves it, whole or not at all."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from tests.warehouse.changing import changed
from tests.warehouse.loading import CASES, accept, candidate, decision, instant, load_case, submit, usual_receipt

from zhibao.errors import OperatorError, RefusedError
from zhibao.period import Period
from zhibao.programme.models import Programme
from zhibao.store import database
from zhibao.store.database import Connection
from zhibao.warehouse.compute import FigureSet, compute, is_fresh, load_set, store

YEAR = Period.parse("2022")
AS_OF = instant("2022-12-01T00:00:00")


def annual(connection: Connection, programme: Programme, as_of: datetime = AS_OF, **given: datetime) -> FigureSet:
    return compute(connection, programme, "annual", YEAR, as_of, **given)


def value(found: FigureSet, id: str) -> object:
    return next(figure.value for figure in found.figures if figure.id == id)


def send(connection: Connection, programme: Programme, number: str, received_at: datetime, **given: object) -> int:
    row = candidate(candidate_no=number, id_number=number, uscc=f"U-{number}", level="emerging_maker", **given)
    return submit(connection, programme, form="candidate", unit="chengguan", period="2022-03",
                  received_at=received_at, rows=[row], content=number)


def test_the_same_instant_gives_the_same_set(connection: Connection, programme: Programme) -> None:
    load_case(connection, programme, CASES / "progress")
    first, second = annual(connection, programme), annual(connection, programme)
    assert first.figures == second.figures
    assert first.input_digest == second.input_digest
    assert first.figures_digest == second.figures_digest
    assert len({figure.id for figure in first.figures}) == len(first.figures)


def test_figures_come_in_the_official_order(connection: Connection, programme: Programme) -> None:
    ids = [figure.id for figure in annual(connection, programme).figures]
    assert ids[:3] == [
        'quota{level="rising_star"}', 'quota{category="youth",level="rising_star"}',
        'quota{category="women",level="rising_star"}',
    ]
    awarded = [id for id in ids if id.startswith("awarded_count")]
    assert awarded[0] == 'awarded_count{level="pacesetter"}'
    assert awarded[-1] == 'awarded_count{level="emerging_maker",unit="gaoxin"}'
    events = [id for id in ids if id.startswith("event_count")]
    assert events[:2] == ["event_count", 'event_count{cadence="monthly_contest"}']
    assert events[5] == 'event_count{competition="youth"}'
    returns = [id for id in ids if id.startswith("return_count")]
    assert returns[:2] == ['return_count{state="expected"}', 'return_count{state="received"}']
    whole = [id for id in returns if "unit=" not in id]
    assert returns[: len(whole) + 2] == whole + [
        f'return_count{{state="{state}",unit="chengguan"}}' for state in ("expected", "received")
    ]


def test_a_past_instant_is_untouched_by_what_came_later(connection: Connection, programme: Programme) -> None:
    load_case(connection, programme, CASES / "progress")
    before = annual(connection, programme, instant("2022-04-15T00:00:00"))
    send(connection, programme, "late", instant("2022-11-30T00:00:00"))
    submit(connection, programme, form="event", unit="xigu", period="2022-02", status="returned",
           received_at=instant("2022-11-30T00:00:00"))
    again = annual(connection, programme, instant("2022-04-15T00:00:00"))
    assert again.figures == before.figures
    assert again.input_digest == before.input_digest
    assert annual(connection, programme).figures_digest != before.figures_digest


def test_known_at_leaves_out_what_was_learnt_afterwards(connection: Connection, programme: Programme) -> None:
    """A return with an old receipt that is taken in late does not move a set that was made before."""
    load_case(connection, programme, CASES / "progress")
    before = annual(connection, programme)
    send(connection, programme, "backdated", instant("2022-04-05T00:00:00"))
    assert annual(connection, programme, known_at=before.known_at).figures == before.figures
    after = annual(connection, programme)
    label = 'candidate_count{level="emerging_maker"}'
    assert value(after, label) == value(before, label) + 1


def test_going_back_to_an_earlier_version(connection: Connection, programme: Programme) -> None:
    first = send(connection, programme, "first", usual_receipt("2022-03"))
    send(connection, programme, "second", usual_receipt("2022-03") + timedelta(days=1), jobs_created_count=1)
    label = 'criterion_verdict_count{criterion="jobs_created",level="emerging_maker",verdict="pass"}'
    assert value(annual(connection, programme), label) == 0
    accept(connection, programme, first, usual_receipt("2022-03") + timedelta(days=2), kind="revert")
    assert value(annual(connection, programme), label) == 1
    assert value(annual(connection, programme, usual_receipt("2022-03") + timedelta(days=1)), label) == 0


def test_the_first_version_keeps_the_return_in_time(connection: Connection, programme: Programme) -> None:
    send(connection, programme, "first", usual_receipt("2022-03"))
    send(connection, programme, "second", usual_receipt("2022-03") + timedelta(days=40))
    assert value(annual(connection, programme), 'return_count{state="late"}') == 0


def test_a_kept_set_comes_back_and_is_kept_once(connection: Connection, programme: Programme) -> None:
    load_case(connection, programme, CASES / "progress")
    found = annual(connection, programme)
    kept = store(connection, programme, found)
    assert load_set(connection, kept) == found
    assert store(connection, programme, annual(connection, programme)) == kept
    later = annual(connection, programme, AS_OF + timedelta(days=1))
    assert later.figures_digest == found.figures_digest
    assert store(connection, programme, later) != kept, "the set of another instant prints another instant"
    with pytest.raises(RefusedError):
        load_set(connection, 0)


def test_fresh_until_something_comes(connection: Connection, programme: Programme) -> None:
    def fresh(told: Programme = programme) -> bool:
        return is_fresh(connection, told, "annual", YEAR, AS_OF)

    assert not fresh(), "nothing was kept yet"
    store(connection, programme, annual(connection, programme))
    assert fresh()
    assert not fresh(changed(programme, {"quotas.rising_star.targets.women": 17, "quotas.rising_star.total": 179}))
    submission = send(connection, programme, "C1", usual_receipt("2022-03"))
    assert not fresh()
    store(connection, programme, annual(connection, programme))
    assert fresh()
    connection.execute(
        "insert into waiver (programme, unit, level, candidate_no, criterion, actor, reason, effective_at)"
        " values (%s, 'chengguan', 'emerging_maker', 'C1', 'jobs_created', 'a', 'b', %s)", (programme.code, AS_OF),
    )
    assert not fresh()
    store(connection, programme, annual(connection, programme))
    accept(connection, programme, submission, AS_OF + timedelta(days=1), kind="revert")
    assert fresh(), "what counts from tomorrow moves nothing today"


@pytest.mark.parametrize(("kind", "period"), [
    ("weekly", "2022"), ("annual", "2022-03"), ("monthly", "2022"), ("annual", "2020"), ("annual", "2024"),
])
def test_what_no_report_is_made_for(connection: Connection, programme: Programme, kind: str, period: str) -> None:
    with pytest.raises(RefusedError):
        compute(connection, programme, kind, Period.parse(period), AS_OF)


def test_an_undated_grant_stops_the_figures(connection: Connection, programme: Programme) -> None:
    row = decision(candidate_no="C1", level="emerging_maker")
    submit(connection, programme, form="selection_result", unit="chengguan", period="2022-03",
           received_at=usual_receipt("2022-03"), rows=[row])
    with pytest.raises(OperatorError, match="decisions_are_dated"):
        annual(connection, programme)


def test_an_award_of_a_unit_without_target_is_not_lost(connection: Connection, programme: Programme) -> None:
    rows = [candidate(candidate_no="F1", level="emerging_maker", id_number="f", uscc="UF")]
    submit(connection, programme, form="candidate", unit="womens_federation", period="2022-03",
           received_at=usual_receipt("2022-03"), rows=rows)
    decided = [decision(candidate_no="F1", level="emerging_maker", decided_on="2022-03-10")]
    submit(connection, programme, form="selection_result", unit="womens_federation", period="2022-03",
           received_at=usual_receipt("2022-03"), rows=decided)
    found = annual(connection, programme)
    assert value(found, 'awarded_count{level="emerging_maker"}') == 1
    assert value(found, 'awarded_count{level="emerging_maker",unit="womens_federation"}') == 1


def test_computing_twice_at_once(warehouse_url: str, programme: Programme) -> None:
    """Each computes on its own; the second to keep waits for the first and finds its set."""
    with database.connect(warehouse_url, programme) as one, database.connect(warehouse_url, programme) as other:
        first, second = annual(one, programme), annual(other, programme)
        assert first.figures == second.figures
        kept = store(one, programme, first)
        one.commit()
        assert store(other, programme, second) == kept
        other.execute("delete from figure")
        other.execute("delete from figure_set")
