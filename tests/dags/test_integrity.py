"""Every DAG loads, is one of those listed here, and says what it is for; parsing stays cheap."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from zhibao.settings import ROOT

LISTED = {
    "annual_deadline", "annual_report", "collect_returns", "data_quality_report", "monthly_report",
    "nightly_recompute", "quarterly_report", "remind_units", "retention", "scorecards",
}
HEAVY = ("great_expectations", "pandas", "weasyprint", "zhibao.intake", "zhibao.operations", "zhibao.reading")
PARSE_CPU_SECONDS = 0.3


def test_exactly_the_listed_dags_load(bag: Any) -> None:
    assert bag.import_errors == {}
    assert set(bag.dag_ids) == LISTED


def test_a_file_bears_the_name_of_its_dag(bag: Any) -> None:
    assert {path.stem for path in (ROOT / "dags").glob("*.py")} == LISTED
    assert {Path(dag.fileloc).stem for dag in bag.dags.values()} == LISTED


@pytest.mark.parametrize("dag_id", sorted(LISTED))
def test_a_dag_says_what_it_is_and_how_it_runs(bag: Any, dag_id: str) -> None:
    dag = bag.dags[dag_id]
    assert dag.doc_md.startswith("### ") and "中文：" in dag.doc_md
    assert "zhibao" in dag.tags
    assert dag.max_active_runs == 1 and not dag.catchup
    assert len(dag.tasks) >= 3
    for task in dag.tasks:
        assert task.owner == "zhibao"
        assert task.retries >= 1


def test_dag_files_only_wire() -> None:
    files = list((ROOT / "dags").glob("*.py"))
    assert files
    for path in files:
        assert len(path.read_text().splitlines()) <= 130, path.name


def test_the_report_dags_read_as_one_process(bag: Any) -> None:
    for dag_id in ("monthly_report", "quarterly_report", "annual_report"):
        assert [task.task_id for task in bag.dags[dag_id].topological_sort()] == [
            "resolve_period", "draft", "wait_for_answers", "redraft", "approve", "record_decision", "approve_second",
            "record_second", "deliver",
        ]


def test_mail_that_cannot_be_sent_stops_nothing_but_itself(bag: Any) -> None:
    dag = bag.dags["collect_returns"]
    answering = dag.get_task("send_receipts")
    assert answering.upstream_task_ids == {"cross_check"} and answering.trigger_rule == "all_done"
    assert answering.downstream_task_ids == set() and answering.retries >= 1
    assert "send_receipts" not in dag.get_task("summarise").upstream_task_ids


def test_parsing_imports_nothing_heavy(airflow_home: Path) -> None:
    code = (
        "import json, sys, time, airflow\n"
        "from airflow.models import DagBag\n"
        "begun = time.process_time()\n"
        f"bag = DagBag({str(ROOT / 'dags')!r})\n"
        "spent = time.process_time() - begun\n"
        "print(json.dumps({'dags': bag.dag_ids, 'seconds': spent, 'modules': list(sys.modules)}))\n"
    )
    argv = [sys.executable, "-c", code]
    done = subprocess.run(argv, env=dict(os.environ), capture_output=True, text=True, check=True)
    parsed = json.loads(done.stdout.splitlines()[-1])
    assert set(parsed["dags"]) == LISTED
    assert [name for name in parsed["modules"] if name.startswith(HEAVY)] == []
    assert parsed["seconds"] < PARSE_CPU_SECONDS


def test_airflow_runs_only_the_plugin_file_of_the_plugins_folder(airflow_home: Path) -> None:
    from airflow._shared.module_loading import find_path_from_directory

    found = {Path(path).relative_to(ROOT / "plugins") for path in find_path_from_directory(
        str(ROOT / "plugins"), ".airflowignore", "glob"
    ) if path.endswith(".py")}
    assert found == {Path("zhibao_plugin.py")}


def test_the_timetables_are_registered_under_the_names_that_dags_use(bag: Any) -> None:
    from airflow import plugins_manager
    from airflow._shared.module_loading import qualname

    registered = plugins_manager.get_timetables_plugins()
    used = {qualname(type(dag.timetable)) for dag in bag.dags.values()}
    assert used and used <= set(registered)
