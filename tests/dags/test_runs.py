"""The DAGs really run: on a real PostgreSQL, over real sample files, with nothing replaced but a person's answer."""

from __future__ import annotations

import json
import mailbox
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Mailbox

from zhibao.programme.models import Programme
from zhibao.store import database

UNITS, MONTH = "chengguan,veterans_bureau", "2022-03"
BY_FILE = {"received": "file", "receipts_since": None}  # in full: a DAG keeps what an earlier test() was given
PERSONAL = re.compile(r"[1-9]\d{5}(?:19|20)\d{9}[\dX]|(?<![\w.])1[3-9]\d{9}(?!\w)")


@pytest.fixture(scope="module")
def inbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The returns of two units for one month, with the mess and the errors that samples have."""
    folder = tmp_path_factory.mktemp("samples") / "inbox"
    program = "from zhibao.cli import main; main()"
    options = ["--seed", "7", "--units", UNITS, "--from", MONTH, "--to", MONTH, "-o", str(folder)]
    subprocess.run([sys.executable, "-c", program, "sample", *options], check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory, server: str, inbox: Path) -> Iterator[Path]:
    """A state folder and a database of their own, named by the environment as for any task."""
    with pytest.MonkeyPatch.context() as patch:
        var = tmp_path_factory.mktemp("state")
        patch.setenv("ZHIBAO_VAR", str(var))
        patch.setenv("ZHIBAO_INBOX", str(inbox))
        patch.setenv("ZHIBAO_DATABASE_URL", database.ensure_database(server, "dag_runs"))
        yield var


@pytest.fixture(scope="module")
def collected(bag: Any, metadata: None, state: Path) -> dict[str, int]:
    return run(bag, "collect_returns", BY_FILE)["summarise"]


def run(bag: Any, dag_id: str, conf: dict[str, Any], *, answered_outside: str | None = None) -> dict[str, Any]:
    """Run a DAG in this process and give what its tasks returned."""
    dag_run = bag.dags[dag_id].test(
        logical_date=None, run_after=datetime.now(UTC), run_conf=conf, mark_success_pattern=answered_outside
    )
    assert dag_run.state == "success"
    return {ti.task_id: ti.xcom_pull(task_ids=ti.task_id) for ti in dag_run.get_task_instances()}


def test_every_file_of_the_inbox_is_accounted_for(collected: dict[str, int], inbox: Path) -> None:
    files = [path for path in inbox.glob("*/*") if path.is_file()]
    assert len(files) >= 4
    assert sum(collected.values()) == len(files)
    assert collected["accepted"] >= 1


def test_a_second_run_takes_nothing_twice(collected: dict[str, int], bag: Any) -> None:
    assert run(bag, "collect_returns", BY_FILE)["summarise"] == {}


def test_each_office_is_answered_once(
    collected: dict[str, int], bag: Any, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The past writes to nobody, unless a run is told from when on; a second run then writes to nobody again."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(Mailbox(str(state / "mail")), hostname="127.0.0.1", port=port)
    controller.start()
    monkeypatch.setenv("ZHIBAO_SMTP_PORT", str(port))
    asked = {**BY_FILE, "receipts_since": "2022-03-01T00:00:00+08:00"}
    answered = [run(bag, "collect_returns", conf)["send_receipts"] for conf in (BY_FILE, asked, asked)]
    controller.stop()
    submissions = sum(count for status, count in collected.items() if status != "duplicate")
    assert answered == [{}, {"sent": submissions}, {}]
    addressees = {message["To"] for message in mailbox.Maildir(state / "mail")}
    assert len(mailbox.Maildir(state / "mail")) == submissions and len(addressees) == len(UNITS.split(","))


def test_a_source_that_fails_stops_no_other_and_fails_the_run(
    bag: Any, metadata: None, state: Path, server: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    own = tmp_path / "sources.yaml"
    own.write_text(
        "sources:\n  - {kind: mailbox, name: mail, connection: nowhere}\n  - {kind: folder, name: inbox}\n", "utf-8"
    )
    monkeypatch.setenv("ZHIBAO_SOURCES", str(own))
    monkeypatch.setenv("ZHIBAO_DATABASE_URL", database.ensure_database(server, "dag_runs_down"))
    dag_run = bag.dags["collect_returns"].test(
        logical_date=None, run_after=datetime.now(UTC), run_conf=BY_FILE
    )
    states = {(ti.task_id, ti.map_index): ti.state for ti in dag_run.get_task_instances()}
    assert dag_run.state == "failed"
    assert (states["stage", 0], states["stage", 1]) == ("failed", "success")
    assert states["add_up_sources", -1] == "upstream_failed"
    assert states["take", 0] == states["cross_check", -1] == states["summarise", -1] == "success"


def test_connections_are_those_of_airflow(
    bag: Any, metadata: None, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from zhibao.errors import OperatorError
    from zhibao.sources.endpoint import Endpoint
    from zhibao_airflow.connections import find_endpoint

    monkeypatch.setenv("AIRFLOW_CONN_ZHIBAO_MAIL", '{"host": "imap.example.org", "port": 993, "login": "a",'
                       ' "password": "b", "extra": {"ca_file": "/etc/ca.pem"}}')
    assert find_endpoint("zhibao_mail") == Endpoint("imap.example.org", 993, "a", "b", {"ca_file": "/etc/ca.pem"})
    with pytest.raises(OperatorError, match="there is no connection nowhere"):
        find_endpoint("nowhere")


def test_a_report_is_drafted_from_what_was_collected(collected: dict[str, int], bag: Any, state: Path) -> None:
    by_people = "wait_for_answers|approve|record_decision|approve_second|record_second|deliver"
    values = run(bag, "monthly_report", {"period": MONTH}, answered_outside=by_people)
    assert values["resolve_period"] == MONTH
    assert values["draft"] == values["redraft"]
    assert [path for path in (state / "documents").rglob("*") if path.is_file()]


def test_the_data_quality_report_is_kept(collected: dict[str, int], bag: Any, state: Path) -> None:
    values = run(bag, "data_quality_report", {"period": MONTH, "as_of": None})
    assert values["keep_report"] > 0
    kept = {path.suffix or path.name for path in (state / "quality" / MONTH).iterdir()}
    assert kept == {".pdf", ".html", ".xlsx", "data-docs"}
    assert run(bag, "data_quality_report", {"period": MONTH, "as_of": None})["resolve_period"] == MONTH


def test_each_night_what_was_kept_is_held_against_itself(
    collected: dict[str, int], bag: Any, state: Path, server: str, programme: Programme
) -> None:
    run(bag, "data_quality_report", {"period": MONTH, "as_of": None})
    assert run(bag, "nightly_recompute", {})["refresh"]["computed"] == 0
    with database.connect(database.ensure_database(server, "dag_runs"), programme, autocommit=True) as connection:
        changed = "update figure set value = value + 1 where id = 'first_try_count'"
        assert connection.execute(changed).rowcount
        result = bag.dags["nightly_recompute"].test(run_after=datetime.now(UTC), logical_date=None)
        connection.execute(changed.replace("+", "-"))
    states = sorted((task.task_id, task.state) for task in result.get_task_instances())
    assert ("compare", "failed") in states and ("refresh", "upstream_failed") in states


def test_nothing_personal_reaches_airflow(
    bag: Any, metadata: None, state: Path, server: str, monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Neither the logs of a whole intake nor what its tasks return hold an identifier or a telephone number."""
    monkeypatch.setenv("ZHIBAO_DATABASE_URL", database.ensure_database(server, "dag_runs_again"))
    values = run(bag, "collect_returns", BY_FILE)
    log = "".join(capfd.readouterr()) + str(values | {"take": list(values["take"])})
    assert "take" in log and "'accepted'" in log
    assert PERSONAL.findall(log) == []


def test_an_engine_error_becomes_airflows_own(state: Path, bag: Any) -> None:
    from airflow.sdk.exceptions import AirflowException, AirflowFailException

    from zhibao.errors import OperatorError, TransientError
    from zhibao_airflow.engine import engine

    with pytest.raises(AirflowFailException, match=r"(?s)请修.*mend it"), engine():
        raise OperatorError("请修好", "mend it")
    with pytest.raises(AirflowException, match=r"(?s)稍后再试.*try later") as caught, engine():
        raise TransientError("稍后再试", "try later")
    assert not isinstance(caught.value, AirflowFailException)
    with pytest.raises(AirflowException, match="ValueError \\(test_runs.py:") as caught, engine():
        raise ValueError("620102199001011234")
    assert "620102" not in str(caught.value) and caught.value.__suppress_context__


@pytest.mark.parametrize(("option", "comment", "expected"), [
    ("Approve", "", {"decision": "approve", "comment": "", "actor": "wang"}),
    ("Reject", " 数据有误 ", {"decision": "reject", "comment": "数据有误", "actor": "wang"}),
])
def test_an_answer_is_passed_on_with_its_name_time_and_comment(
    bag: Any, option: str, comment: str, expected: dict[str, str]
) -> None:
    task = bag.dags["annual_report"].get_task("approve")
    event = {
        "chosen_options": [option], "params_input": {"comment": comment}, "timedout": False,
        "responded_by_user": {"id": "1", "name": "wang"}, "responded_at": datetime(2022, 11, 30, 9, tzinfo=UTC),
    }
    answer = task.execute_complete({}, event)
    assert answer == {**expected, "answered_at": "2022-11-30T09:00:00+00:00"}


def test_the_period_must_fit_the_report(bag: Any) -> None:
    from airflow.sdk.exceptions import ParamValidationError

    for dag_id, good, bad in (("monthly_report", "2022-10", "2022"), ("annual_report", "2022", "2022-10")):
        params = bag.dags[dag_id].params
        assert json.dumps(params.get_param("period").resolve(value=good)) == f'"{good}"'
        with pytest.raises(ParamValidationError):
            params.get_param("period").resolve(value=bad)


