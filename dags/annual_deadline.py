"""### Is the annual report approved in time?

Waits until the annual report of the year is approved, by whichever way (its own run, or `zhibao approve`). Where it is
not by `annual_approved_working_days_before` working days before it is due, a deadline of Airflow's passes: the operator
is told, by the log and by mail (`ZHIBAO_OPERATOR_MAIL`), and the run waits on.

* **When:** once a year, from thirteen days before that deadline on (`AnnualWatchTimetable`).
* **Run twice:** it looks and changes nothing; the operator is told once a year.

中文：年度报告在应报日前规定的工作日数内仍未批准的，告知负责人；批准后自动结束。
"""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import DAG, DeadlineAlert, DeadlineReference, PokeReturnValue, SyncCallback, get_current_context, task

from zhibao_airflow.alerts import annual_not_approved
from zhibao_airflow.engine import RETRIES, engine
from zhibao_airflow.timetables import WATCHED_FOR, AnnualWatchTimetable, period_of

ASKED_EVERY, ASKED_FOR = timedelta(minutes=30), timedelta(days=60)

with DAG(
    dag_id="annual_deadline",
    schedule=AnnualWatchTimetable(),
    catchup=False,
    max_active_runs=1,
    doc_md=__doc__,
    tags=["zhibao", "report", "annual"],
    default_args={"owner": "zhibao", "retries": RETRIES},
    deadline=DeadlineAlert(
        reference=DeadlineReference.DAGRUN_LOGICAL_DATE,
        interval=WATCHED_FOR,
        callback=SyncCallback(annual_not_approved),
    ),
) as dag:

    @task
    def resolve_period() -> str:
        """The year that is due."""
        return period_of("annual", get_current_context()["dag_run"])

    @task.sensor(mode="reschedule", poke_interval=ASKED_EVERY.total_seconds(), timeout=ASKED_FOR.total_seconds())
    def wait_for_approval(period: str) -> PokeReturnValue:
        """Whether somebody has approved it; gives the document's number."""
        with engine() as operations:
            document = operations.approved("annual", period)
        return PokeReturnValue(is_done=document is not None, xcom_value=document)

    @task
    def done(document: int) -> int:
        """The document that was approved."""
        return document

    done(wait_for_approval(resolve_period()))
