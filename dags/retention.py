"""### Retention: personal values are not kept longer than the programme's term

Once the term of `retention` in the programme has ended, blanks out names, numbers, telephones and addresses and deletes
the files as they were received; what figures are counted from stays. Who purged what is kept (`zhibao purge --list`).

* **When:** at three on the first of each month (`RetentionTimetable`); before the end of the term nothing happens.
* **Look first:** `zhibao purge --dry-run` says what would go, and from which day on.
* **Cannot be undone**, but from a backup. Issued documents stay as they were issued.
* **Run twice:** nothing is left to purge.

中文：保存期限届满后清除个人信息和原始报表，统计所需数据保留；每次清除均留记录，不可恢复。
"""

from __future__ import annotations

from airflow.sdk import DAG, task
from airflow.sdk.timezone import utcnow

from zhibao_airflow.engine import RETRIES, engine
from zhibao_airflow.timetables import RetentionTimetable

BY, REASON = "DAG retention", "保存期限届满 / the term of retention has ended"

with DAG(
    dag_id="retention",
    schedule=RetentionTimetable(),
    catchup=False,
    max_active_runs=1,
    doc_md=__doc__,
    tags=["zhibao", "privacy"],
    default_args={"owner": "zhibao", "retries": RETRIES},
) as dag:

    @task.short_circuit
    def term_has_ended() -> bool:
        """Whether the programme's term is over."""
        with engine() as operations:
            return operations.may_purge(utcnow())

    @task
    def count() -> dict[str, int]:
        """What there is to purge: rows by form, and files."""
        with engine() as operations:
            return operations.purgeable()

    @task
    def purge() -> dict[str, int]:
        """Purge it; gives what was purged."""
        with engine() as operations:
            return operations.purge(BY, REASON, utcnow())

    term_has_ended() >> count() >> purge()
