"""### The data-quality report: what the returns were like, and what their errors cost

Computes the quality figures of a month beside those of the months before, and keeps the report as PDF, as a page for a
browser and as a workbook, with Great Expectations' Data Docs of the returns. Nobody approves it, and it goes out to
nobody: it is for the office's own analysts.

* **When:** an hour after the month's returns were due, by the 调休 calendar (`MonthlyReturnTimetable`).
* **Replay:** trigger it with `period` (2022-10, 2022Q3 or 2022), and with `as_of` for what was known at an instant.
* **Where:** `quality/index.html` below the installation's state lists all that were kept.
* **Run twice:** the period's folder is replaced whole; the figures of each run stay in the database.

中文：每月报送截止后生成数据质量报告（PDF、网页、电子表格）和校验文档，历次结果均保留，供本单位分析使用，不对外发送。
"""

from __future__ import annotations

from datetime import datetime

from airflow.sdk import DAG, Param, get_current_context, task
from airflow.sdk.timezone import utcnow

from zhibao_airflow.engine import RETRIES, engine
from zhibao_airflow.timetables import MonthlyReturnTimetable, period_of

with DAG(
    dag_id="data_quality_report",
    schedule=MonthlyReturnTimetable(),
    catchup=False,
    max_active_runs=1,
    doc_md=__doc__,
    tags=["zhibao", "report", "quality"],
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
        """The period given by hand, or the month that the schedule stands for."""
        context = get_current_context()
        return context["params"]["period"] or period_of("monthly", context["dag_run"])

    @task
    def resolve_instant() -> str:
        """The instant as of which the whole run looks at the returns."""
        return get_current_context()["params"]["as_of"] or utcnow().isoformat()

    @task
    def keep_report(period: str, as_of: str) -> int:
        """Compute, keep and write the report and the Data Docs; gives the number of the figure set."""
        with engine() as operations:
            return operations.keep_quality_report(period, datetime.fromisoformat(as_of))

    keep_report(resolve_period(), resolve_instant())
