"""### Is the annual report approved in time?

Asks whether the newest draft of the annual report is approved, by whichever way (its own run, or `zhibao approve`), in
the hour before it should be: an earlier approval may be void by then. Where it is not by
`annual_approved_working_days_before` working days before it is due, a deadline of Airflow's passes: the operator is
told, by the log and by mail (`ZHIBAO_OPERATOR_MAIL`), and the run waits on. `annual_report` puts it up for approval
from `annual_put_up_working_days_before` on.

* **When:** once a year, from thirteen days before that deadline on (`AnnualWatchTimetable`).
* **Run twice:** it looks and changes nothing; the operator is told once a year.

中文：年度报告最新一稿到应报日前规定的工作日仍未批准（或批准已失效）的，告知负责人；批准后自动结束。
"""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import DAG, DeadlineAlert, DeadlineReference, PokeReturnValue, SyncCallback, get_current_context, task
from airflow.sdk.timezone import utcnow

from zhibao_airflow.alerts import annual_not_approved
from zhibao_airflow.engine import RETRIES, engine
from zhibao_airflow.timetables import WATCHED_FOR, AnnualWatchTimetable, approve_by, period_of

ASKED_EVERY, ASKED_FOR, LAST_LOOK = timedelta(minutes=30), timedelta(days=60), timedelta(hours=1)

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
        """Whether the newest draft is approved when it should be; gives the document's number."""
        if utcnow() < approve_by(period) - LAST_LOOK:
            return PokeReturnValue(is_done=False)
        with engine() as operations:
            document = operations.approved("annual", period)
        return PokeReturnValue(is_done=document is not None, xcom_value=document)

    @task
    def done(document: int) -> int:
        """The document that was approved."""
        return document

    done(wait_for_approval(resolve_period()))
