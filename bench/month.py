"""What Airflow adds to a month's run: the same returns taken in and the same bulletin approved and sent, on Airflow and
in one process. Prints the share of the run that is not the engine's own; the start of the services is not counted.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from zhibao.explanations import explain, open_queries
from zhibao.operations import Operations
from zhibao.programme.load import load_programme
from zhibao.settings import ROOT, load_settings
from zhibao.store import database

sys.path.insert(0, str(ROOT / "scripts"))

from airflow_client import AirflowClient  # noqa: E402
from processes import wait_until  # noqa: E402
from services import BIN, Services  # noqa: E402

MONTH, WANTED_PCT, SECONDS = "2022-10", 50, 300


def on_airflow(client: AirflowClient, operations: Operations) -> None:
    """Collect, answer what the checks across returns ask, then the monthly report with its approval."""
    for dag_id, conf in (("collect_returns", {"received": "file"}), ("monthly_report", {"period": MONTH})):
        if dag_id == "monthly_report":
            answer_queries(operations)
        client.unpause(dag_id)
        client.trigger(dag_id, "bench", conf)
        if not wait_until(lambda dag=dag_id: _is_done(client, dag), SECONDS, poll=0.2):
            raise RuntimeError(f"{dag_id} did not end within {SECONDS} s")


def _is_done(client: AirflowClient, dag_id: str) -> bool:
    for question in client.questions(dag_id, "bench"):
        client.answer(dag_id, "bench", question["task_instance"]["task_id"], "Approve", "bench")
    state = client.run_state(dag_id, "bench")
    if state == "failed":
        raise RuntimeError(f"{dag_id} failed")
    return state == "success"


def in_one_process(operations: Operations) -> None:
    """The same steps by hand."""
    now = datetime.now(UTC)
    for batch in operations.stage_sources("file", now):
        operations.take_batch(batch, now)
    operations.cross_check(now)
    answer_queries(operations)
    document = operations.draft_document("monthly", MONTH, None, now)
    operations.record_decision(document, "approve", "bench", "bench", now)
    outcomes = operations.deliver(document, now)
    assert set(outcomes) == {"sent"}, outcomes


def answer_queries(operations: Operations) -> None:
    with operations.connection() as connection:
        for item in open_queries(connection, operations.programme):
            explain(connection, operations.programme, item.submission_id, item.code, "bench", "bench")


def seconds(action: Callable[[], None]) -> float:
    begun = time.perf_counter()
    action()
    return time.perf_counter() - begun


def main() -> None:
    (ROOT / "var").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=ROOT / "var", prefix="bench-") as folder:
        services = Services(Path(folder), alone=True)
        try:
            services.start_database()
            services.start_mail()
            write_returns(services, Path(folder) / "inbox")
            services.start_airflow()
            client = services.client()
            airflow = seconds(lambda: on_airflow(client, engine_of(services.environment["ZHIBAO_DATABASE_URL"])))
            alone = beside(services, Path(folder))
            engine = seconds(lambda: in_one_process(alone))
        finally:
            services.stop()
    share = (airflow - engine) / airflow * 100
    print(f"a month's run on Airflow {airflow:.1f} s, the engine alone {engine:.1f} s:"
          f" {share:.0f} % is not the engine's own (wanted at most {WANTED_PCT} %)")


def write_returns(services: Services, inbox: Path) -> None:
    """One month of all units; what a form's own rules would query is left out."""
    subprocess.run(
        [BIN / "zhibao", "sample", "--seed", "1", "--from", MONTH, "--to", MONTH, "-o", str(inbox)],
        env=services.environment, check=True, stdout=subprocess.DEVNULL,
    )
    for entry in json.loads((inbox / "planted.json").read_text("utf-8"))["files"]:
        if entry["expect_status"] == "accepted_with_queries":
            (inbox / entry["file"]).unlink()


def engine_of(url: str) -> Operations:
    settings = replace(load_settings(), database_url=url)
    return Operations(settings, load_programme(settings.programme_dir))


def beside(services: Services, folder: Path) -> Operations:
    """The engine on an empty database of the same server, with the same returns and the same mail server."""
    admin = services.environment["ZHIBAO_DATABASE_URL"].replace("/zhibao?", "/postgres?")
    url = database.ensure_database(admin, "alone")
    settings = replace(
        load_settings(), var=folder / "alone", inbox_dir=folder / "inbox", database_url=url,
        smtp_host=services.environment["ZHIBAO_SMTP_HOST"], smtp_port=int(services.environment["ZHIBAO_SMTP_PORT"]),
    )
    return Operations(settings, load_programme(settings.programme_dir))


if __name__ == "__main__":
    main()
