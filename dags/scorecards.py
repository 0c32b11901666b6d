"""### Scorecards: a page for each unit

Makes the card of each unit for a quarter: what it selects, the contests that it owes, its tasks and its returns, beside
the whole city's. They are for the office and the unit itself: nobody approves them, and they go out to nobody.

* **When:** an hour after the quarter's returns were due, by the 调休 calendar (`QuarterlyReturnTimetable`).
* **Replay:** trigger it with `period` (2022-10, 2022Q3 or 2022), and with `as_of` for what was known at an instant.
* **Where:** in `scorecards/<period>/` below the installation's state.
* **Run twice:** the period's folder is replaced whole.

中文：每季报送截止后为每个单位生成一页工作情况一览，供本单位和主管部门使用，不对外发送。
"""

from __future__ import annotations

from datetime import datetime

from airflow.sdk import DAG, Param, get_current_context, task
from airflow.sdk.timezone import utcnow

from zhibao_airflow.engine import RETRIES, engine
from zhibao_airflow.timetables import QuarterlyReturnTimetable, period_of

with DAG(
    dag_id="scorecards",
    schedule=QuarterlyReturnTimetable(),
    catchup=False,
    max_active_runs=1,
    doc_md=__doc__,
    tags=["zhibao", "report", "quarterly"],
    default_args={"owner": "zhibao", "retries": RETRIES},
    params={
        "period": Param(
            None, type=["null", "string"], pattern=r"^\d{4}(-(0[1-9]|1[0-2])|Q[1-4])?$", title="报告期 / period",
            description="留空按计划 / empty: the period of the schedule",
        ),
        "as_of": Param(
            None, type=["null", "string"], format="date-time", title="数据截至 / as of",
            description="按当时已知的数据重做 / replay with what was known at this instant",
        ),
    },
) as dag:

    @task
    def resolve_period() -> str:
        """The period given by hand, or the quarter that the schedule stands for."""
        context = get_current_context()
        return context["params"]["period"] or period_of("quarterly", context["dag_run"])

    @task
    def resolve_instant() -> str:
        """The instant as of which the whole run looks at the returns."""
        return get_current_context()["params"]["as_of"] or utcnow().isoformat()

    @task
    def keep_cards(period: str, as_of: str) -> int:
        """Compute and write them; gives their number."""
        with engine() as operations:
            return operations.keep_scorecards(period, datetime.fromisoformat(as_of))

    keep_cards(resolve_period(), resolve_instant())
