"""### Nightly: what was kept is computed anew, and must agree

Computes the last kept figures of every report again in full, as of their own instants, and fails with the figures that
differ; then brings every report's figures up to date.

* **When:** every night (`NightlyTimetable`).
* **A difference** is a defect or a changed database, never a late return: approve and send nothing until it is
  explained (docs/runbook/figures-differ.md).
* **Run twice:** nothing else happens.

中文：每晚按各指标集自身的时点全量重算，与已存指标逐项比对，有差异即告警；随后更新各报告的指标。
"""

from __future__ import annotations

from typing import Any

from airflow.sdk import DAG, task
from airflow.sdk.exceptions import AirflowFailException
from airflow.sdk.timezone import utcnow

from zhibao_airflow.engine import RETRIES, engine
from zhibao_airflow.timetables import NightlyTimetable

SHOWN = 20

with DAG(
    dag_id="nightly_recompute",
    schedule=NightlyTimetable(),
    catchup=False,
    max_active_runs=1,
    doc_md=__doc__,
    tags=["zhibao", "figures"],
    default_args={"owner": "zhibao", "retries": RETRIES},
) as dag:

    @task
    def list_kept() -> list[int]:
        """The numbers of the figure sets that are looked at."""
        with engine() as operations:
            return [row["figure_set_id"] for row in operations.kept_sets()]

    @task(map_index_template="{{ task.op_kwargs['figure_set_id'] }}", max_active_tis_per_dagrun=1)
    def compare(figure_set_id: int) -> str:
        """Hold one kept set against the same computed anew."""
        with engine() as operations:
            found = operations.compare_kept(figure_set_id)
        if found["state"] == "differs":
            moved = found["moved"]
            lines = "\n".join(f"{id_}: {kept} → {computed}" for id_, kept, computed in moved[:SHOWN])
            raise AirflowFailException(
                f"{found['kind']} {found['period']} 有 {len(moved)} 项指标与重算结果不一致 / figures differ:\n{lines}"
            )
        return found["state"]

    @task(trigger_rule="none_failed")
    def refresh() -> dict[str, int]:
        """Bring every report's figures up to date; counts by state."""
        with engine() as operations:
            rows: list[dict[str, Any]] = operations.compute_known(None, utcnow(), full=False)
        return {state: sum(row["state"] == state for row in rows) for state in ("computed", "unchanged")}

    compare.expand(figure_set_id=list_kept()) >> refresh()
