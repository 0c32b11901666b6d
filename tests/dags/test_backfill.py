"""Airflow's own command makes the runs of past years; a deadline of Airflow's watches the annual approval."""

from __future__ import annotations

import mailbox
import socket
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Mailbox

from zhibao.programme.calendar import approve_by, programme_periods
from zhibao.programme.models import Programme
from zhibao.store import database

SHANGHAI = ZoneInfo("Asia/Shanghai")
FROM, TO = "2021-01-01T00:00:00+08:00", "2023-12-31T23:59:59+08:00"


@pytest.fixture(scope="module")
def backfill(bag: Any, metadata: None) -> Callable[[str], list[Any]]:
    """Runs `airflow backfill create` for 2021 to 2023 and gives the runs that it made; a day that has a run is left
    out by Airflow, so those of other tests are forgotten before."""
    from airflow.cli.cli_parser import get_parser
    from airflow.dag_processing.bundles.manager import DagBundlesManager
    from airflow.dag_processing.dagbag import sync_bag_to_db
    from airflow.models.dagrun import DagRun
    from airflow.utils.session import create_session
    from sqlalchemy import delete, select

    DagBundlesManager().sync_bundles_to_db()
    sync_bag_to_db(bag, "dags-folder", None)

    def create(dag_id: str) -> list[Any]:
        with create_session() as session:
            session.execute(delete(DagRun).where(DagRun.dag_id == dag_id))
        argv = ["backfill", "create", "--dag-id", dag_id, "--from-date", FROM, "--to-date", TO]
        arguments = get_parser().parse_args(argv)
        arguments.func(arguments)
        with create_session() as session:
            runs = session.scalars(select(DagRun).where(DagRun.dag_id == dag_id, DagRun.run_type == "backfill")).all()
            session.expunge_all()
        return sorted(runs, key=lambda run: run.logical_date)

    return create


def test_three_years_of_bulletins_and_quarters_are_made_by_airflows_own_command(
    backfill: Callable[[str], list[Any]], programme: Programme
) -> None:
    from zhibao_airflow.timetables import period_of

    for kind in ("monthly", "quarterly"):
        periods = [period_of(kind, run) for run in backfill(f"{kind}_report")]
        assert periods == [str(period) for period in programme_periods(programme, kind)]  # type: ignore[arg-type]
        assert len(periods) == {"monthly": 30, "quarterly": 10}[kind]


def test_each_year_has_a_deadline_two_working_days_before_it_is_due(
    backfill: Callable[[str], list[Any]], programme: Programme
) -> None:
    from airflow.models.deadline import Deadline
    from airflow.utils.session import create_session
    from sqlalchemy import select

    runs = {run.id for run in backfill("annual_deadline")}
    with create_session() as session:
        times = sorted(
            item.deadline_time for item in session.scalars(select(Deadline)) if item.dagrun_id in runs
        )
    wanted = [approve_by(programme, period) for period in programme_periods(programme, "annual")]
    assert len(wanted) == 3 and times == wanted


@pytest.fixture
def post(tmp_path: Path) -> Iterator[tuple[Path, int]]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(Mailbox(str(tmp_path / "mail")), hostname="127.0.0.1", port=port)
    controller.start()
    yield tmp_path / "mail", port
    controller.stop()


def test_the_operator_is_told_once(
    airflow_home: Path, server: str, tmp_path: Path, post: tuple[Path, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    from zhibao_airflow.alerts import annual_not_approved

    for name, value in (("VAR", str(tmp_path)), ("SMTP_PORT", str(post[1])), ("OPERATOR_MAIL", "operator@example.org"),
                        ("DATABASE_URL", database.ensure_database(server, "deadline"))):
        monkeypatch.setenv(f"ZHIBAO_{name}", value)
    with time_machine.travel(datetime(2022, 11, 28, 17, 30, tzinfo=SHANGHAI), tick=True):
        annual_not_approved()
        annual_not_approved(context={})
    (mail,) = mailbox.Maildir(post[0])
    text = mail.get_payload()[0].get_payload(decode=True).decode()
    assert mail["To"].endswith("<operator@example.org>")
    assert "2022年度报告应于2022年11月30日17:30报出，按日历应提前2个工作日批准。目前最新一稿尚未批准" in text
