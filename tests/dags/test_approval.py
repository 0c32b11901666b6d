"""Approval and sending on a real Airflow: what is approved goes out when it is due, and nothing that moved since."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from aiosmtpd.controller import Controller
from intake.workbooks import candidate, workbook

from zhibao.errors import RefusedError
from zhibao.operations import Operations, open_operations
from zhibao.programme.models import Programme
from zhibao.store import database

MONTH, YEAR = "2022-03", "2022"
SHANGHAI = ZoneInfo("Asia/Shanghai")
REASON = "缺报单位已另行催报"


class Post:
    """A mail server that takes what it is sent; first, as often as told, it puts the sender off and does something."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []
        self.before_refusals: list[Any] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.before_refusals:
            self.before_refusals.pop(0)()
            return "451 try later"
        self.taken.append(envelope.content)
        return "250 taken"


@pytest.fixture
def post(monkeypatch: pytest.MonkeyPatch) -> Iterator[Post]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    handler = Post()
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    monkeypatch.setenv("ZHIBAO_SMTP_PORT", str(port))
    yield handler
    controller.stop()


@pytest.fixture
def operations(
    bag: Any, metadata: None, server: str, tmp_path: Path, programme: Programme, post: Post,
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest,
) -> Operations:
    """The engine of this test's tasks, with one return of 城关区 in it."""
    monkeypatch.setenv("ZHIBAO_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("ZHIBAO_DATABASE_URL", database.ensure_database(server, request.node.name[:60]))
    opened = open_operations()
    hand_in(opened, tmp_path, workbook(programme, [candidate(1)]))
    return opened


def hand_in(operations: Operations, folder: Path, content: bytes) -> None:
    path = folder / "名册.xlsx"
    path.write_bytes(content)
    at = datetime.now(UTC)
    assert [result.status for result in operations.submit([path], at, at)] == ["accepted"]


def run(bag: Any, dag_id: str, period: str | None = None, day: datetime | None = None) -> Any:
    """One run: by hand about a period, or the one that the timetable plans for a morning."""
    planned = [item for item in firings() if item.run_after == day] if day else []
    logical_date = planned[0].start if planned else None
    return bag.dags[dag_id].test(
        logical_date=logical_date, run_after=day or datetime.now(UTC), run_conf={"period": period, "as_of": None},
    )


def firings() -> Any:
    from zhibao_airflow.firings import annual_firings

    return annual_firings()


def states(dag_run: Any) -> dict[str, str]:
    return {task.task_id: str(task.state) for task in dag_run.get_task_instances()}


def drafted(dag_run: Any) -> int:
    (task,) = (task for task in dag_run.get_task_instances() if task.task_id == "redraft")
    return task.xcom_pull(task_ids="redraft")


def test_a_late_return_stops_the_sending_of_what_was_approved(
    bag: Any, operations: Operations, programme: Programme, post: Post, tmp_path: Path, capfd: pytest.CaptureFixture
) -> None:
    """The mail server puts the sender off; meanwhile a return is accepted; at the next try nothing goes out any more,
    and whoever approves the next draft reads which figures moved, from what to what."""
    document = operations.draft_document("monthly", MONTH, None, datetime.now(UTC))
    operations.record_decision(document, "approve", "王主任", REASON, datetime.now(UTC))
    late = workbook(programme, [candidate(1), candidate(2)])
    post.before_refusals.append(lambda: hand_in(open_operations(), tmp_path, late))
    bag.dags["monthly_report"].get_task("deliver").poke_interval = 1
    stopped = run(bag, "monthly_report", MONTH)
    assert drafted(stopped) == document and post.before_refusals == [], "it was approved, and its sending had begun"
    assert (stopped.state, states(stopped)["deliver"]) == ("failed", "failed")
    assert post.taken == [], "nothing is sent"
    log = "".join(capfd.readouterr())
    moved = next(line for line in log.splitlines() if "candidate_count" in line and " → " in line)
    assert "：1 → 2（" in moved
    assert operations.documents()[0]["decision"] == "void"
    assert [item["state"] for item in operations.documents()[0]["deliveries"]] == ["withdrawn"]
    again = operations.draft_document("monthly", MONTH, None, datetime.now(UTC))
    body = operations.approval_request(again)["body"]
    assert again != document and "上一稿批准已失效：**第1稿" in body and moved.strip() in body


def test_what_is_approved_ahead_goes_out_on_the_due_day(
    bag: Any, operations: Operations, programme: Programme, post: Post, tmp_path: Path
) -> None:
    """15 November: to be read. 23: put up, approved, kept. 24: a return moved a figure, so it is not approved any more;
    it is approved again. 30: it goes out, and nobody is asked a third time."""
    def morning(day: int) -> datetime:
        return datetime(2022, 11, day, 8, 30, tzinfo=SHANGHAI)

    def on(day: int) -> Any:
        with time_machine.travel(morning(day) + timedelta(seconds=1), tick=True):
            return run(bag, "annual_report", day=morning(day))

    def draft(day: int) -> int:
        return operations.draft_document("annual", YEAR, None, morning(day))

    def approve(document: int, day: int) -> None:
        operations.record_decision(document, "approve", "王主任", REASON, morning(day))

    early = on(15)
    assert early.state == "success"
    assert {states(early)[name] for name in ("wait_for_answers", "redraft", "approve", "deliver")} == {"skipped"}
    first = draft(23)
    approve(first, 23)
    kept = on(23)
    assert drafted(kept) == first and states(kept)["approve"] == "success" and states(kept)["deliver"] == "skipped"
    with time_machine.travel(morning(23) + timedelta(hours=5), tick=True):
        hand_in(operations, tmp_path, workbook(programme, [candidate(1), candidate(2)]))
    second = draft(24)
    assert second != first and operations.approved("annual", YEAR) is None
    with pytest.raises(RefusedError, match="not approved"):
        operations.deliver(first, morning(24))
    approve(second, 24)
    assert operations.approved("annual", YEAR) == second and post.taken == []
    final = on(30)
    assert (drafted(final), states(final)["deliver"]) == (second, "success")
    assert len(post.taken) == 2, "one to each recipient"


def test_who_watches_the_deadline_is_content_with_what_is_approved_by_then(
    bag: Any, operations: Operations, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It looks in the last hour, at the newest draft; then its run ends, and with it the deadline (over which
    `dag.test` of Airflow 3.3 stumbles: test_backfill.py looks at it)."""
    from zhibao_airflow.timetables import WATCHED_FOR

    looks, due = datetime(2022, 11, 28, 17, tzinfo=SHANGHAI), datetime(2022, 11, 28, 17, 30, tzinfo=SHANGHAI)
    document = operations.draft_document("annual", YEAR, None, looks)
    operations.record_decision(document, "approve", "王主任", REASON, looks)
    with time_machine.travel(looks, tick=True):
        monkeypatch.setattr(bag.dags["annual_deadline"], "deadline", None)
        watched = bag.dags["annual_deadline"].test(run_after=looks, logical_date=due - WATCHED_FOR, run_conf={})
    assert watched.state == "success"
    (task,) = (item for item in watched.get_task_instances() if item.task_id == "done")
    assert task.xcom_pull(task_ids="done") == document


def test_a_question_is_open_until_the_next_draft_alone(
    bag: Any, operations: Operations, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody answers, and the scheduler's own sweep ends the run: no decision, no failure."""
    morning = datetime(2022, 11, 23, 8, 30, tzinfo=SHANGHAI)
    with time_machine.travel(morning + timedelta(hours=23, minutes=59, seconds=58), tick=True), sweeping():
        unanswered = run(bag, "annual_report", day=morning)
    assert unanswered.state == "success"
    assert {states(unanswered)[name] for name in ("approve", "record_decision", "deliver")} == {"skipped"}
    assert operations.documents()[0]["decision"] is None


@contextmanager
def sweeping() -> Iterator[None]:
    """What the scheduler does about questions whose time is over; under `dag.test` there is none."""
    from airflow.jobs.job import Job
    from airflow.jobs.scheduler_job_runner import SchedulerJobRunner

    scheduler, stopped = SchedulerJobRunner(job=Job()), threading.Event()

    def sweep() -> None:
        while not stopped.wait(0.2):
            scheduler.check_awaiting_input_timeouts()

    thread = threading.Thread(target=sweep)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join()
