"""Intake and computations at once: nobody waits for ever, and what was known at an instant never grows afterwards."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillWaiting
from datetime import datetime

import pytest
from tests.warehouse.loading import candidate, instant, submit, usual_receipt

from zhibao.intake import record_programme
from zhibao.period import Period
from zhibao.programme.models import Programme
from zhibao.settings import load_settings
from zhibao.store import database
from zhibao.store.form_tables import ensure_form_tables
from zhibao.store.locks import hold_intake
from zhibao.warehouse.compute import FigureSet, compute, store

YEAR = Period.parse("2022")
AS_OF = instant("2022-12-01T00:00:00")
COUNT = 'candidate_count{level="emerging_maker"}'
ROUNDS = 4
PATIENCE_S = 60


@pytest.fixture
def url(empty_database: str, programme: Programme) -> str:
    """A database of its own: here transactions are committed."""
    database.migrate(empty_database, load_settings())
    with database.connect(empty_database, programme) as connection:
        ensure_form_tables(connection, programme)
        record_programme(connection, programme)
    return empty_database


def write(connection: database.Connection, programme: Programme, period: str) -> None:
    hold_intake(connection)
    rows = [candidate(candidate_no=period, id_number=period, uscc=period, level="emerging_maker")]
    submit(connection, programme, form="candidate", unit="chengguan", period=period,
           received_at=usual_receipt(period), rows=rows)


def count(found: FigureSet) -> int:
    return next(int(figure.value or 0) for figure in found.figures if figure.id == COUNT)


def computed(url: str, programme: Programme, known_at: datetime | None = None) -> FigureSet:
    with database.connect(url, programme) as connection:
        connection.execute("set statement_timeout = '60s'")
        found = compute(connection, programme, "annual", YEAR, AS_OF, known_at)
        store(connection, programme, found)
        return found


def test_computing_waits_for_the_write_under_way(url: str, programme: Programme) -> None:
    with ThreadPoolExecutor(1) as pool, database.connect(url, programme) as writer:
        write(writer, programme, "2022-01")
        waiting = pool.submit(computed, url, programme)
        with pytest.raises(StillWaiting):
            waiting.result(timeout=1)
        writer.commit()
        assert count(waiting.result(PATIENCE_S)) == 1


def test_two_computations_and_an_intake_at_once(url: str, programme: Programme) -> None:
    def write_all() -> None:
        for month in range(1, ROUNDS + 1):
            with database.connect(url, programme) as connection:
                write(connection, programme, f"2022-{month:02d}")

    def compute_all() -> list[FigureSet]:
        return [computed(url, programme) for _ in range(ROUNDS)]

    with ThreadPoolExecutor(3) as pool:
        running: list[Future[list[FigureSet]]] = [pool.submit(compute_all) for _ in range(2)]
        pool.submit(write_all).result(PATIENCE_S)
        found = [item for future in running for item in future.result(PATIENCE_S)]
    for item in found:
        assert computed(url, programme, item.known_at).figures == item.figures
    assert count(computed(url, programme)) == ROUNDS
    in_time = sorted(found, key=lambda item: item.known_at)
    assert [count(item) for item in in_time] == sorted(count(item) for item in found)
