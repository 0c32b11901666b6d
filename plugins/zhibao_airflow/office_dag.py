"""How what nobody approves is made: for the office's own use, of a period, as of an instant, and sent to nobody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from airflow.sdk import DAG, get_current_context, task
from airflow.sdk.timezone import utcnow

from zhibao_airflow.engine import engine
from zhibao_airflow.report_dag import period_dag, resolve_period
from zhibao_airflow.timetables import ProgrammeTimetable

if TYPE_CHECKING:
    from zhibao.operations import Operations

ANY_PERIOD = r"^\d{4}(-(0[1-9]|1[0-2])|Q[1-4])?$"


def office_dag(
    dag_id: str, cadence: str, keep: Callable[[Operations, str, datetime], int], *, keeps: str,
    schedule: ProgrammeTimetable, doc_md: str | None, tags: list[str],
) -> DAG:
    """The DAG `dag_id`, whose task `keeps` makes the thing of a period of `cadence`."""
    with period_dag(dag_id, schedule, ANY_PERIOD, doc_md, tags) as dag:

        @task(task_id=keeps)
        def keep_it(period: str, as_of: str) -> int:
            """Compute, write and keep it below the installation's state."""
            with engine() as operations:
                return keep(operations, period, datetime.fromisoformat(as_of))

        keep_it(resolve_period(cadence), resolve_instant())
    return dag


@task
def resolve_instant() -> str:
    """The instant as of which the whole run looks at the returns."""
    return get_current_context()["params"]["as_of"] or utcnow().isoformat()
