"""### Reminders: who still owes, until when, and what to send

Writes to each unit that still owes a return on the days of `calendar.reminders`: what it owes and until when, with the
blank returns attached. Some working days later the lead is told of whoever is still behind.

* **When:** on the morning of each working day (`ReminderTimetable`); on most of them nobody is written to.
* **Never** to who has reported, be it a minute ago: what lies at the sources is taken in first. Once a unit and day,
  however often it runs. A source that is down holds the reminders up until it answers.
* **Run twice:** nothing is sent again.

中文：按日历在期限前后催报，附空白模板；逾期数日仍未报的，报告牵头单位。同一单位同一天只催一次。
"""

from __future__ import annotations

from airflow.sdk import DAG, task
from airflow.sdk.timezone import utcnow

from zhibao_airflow.engine import RETRIES, engine, require_all_sent
from zhibao_airflow.timetables import ReminderTimetable

with DAG(
    dag_id="remind_units",
    schedule=ReminderTimetable(),
    catchup=False,
    max_active_runs=1,
    doc_md=__doc__,
    tags=["zhibao", "returns"],
    default_args={"owner": "zhibao", "retries": RETRIES},
) as dag:

    @task
    def collect_first() -> dict[str, int]:
        """Take in what lies at the sources: who has sent something is not to be reminded of it. Counts by status."""
        with engine() as operations:
            return operations.collect("file", utcnow())

    @task
    def list_owing() -> list[str]:
        """The units that are to be written to today."""
        with engine() as operations:
            return [item.to_unit for item in operations.reminders(utcnow())]

    @task.short_circuit
    def somebody(units: list[str]) -> bool:
        """Whether there is anybody; on most days there is not."""
        return bool(units)

    @task
    def send() -> dict[str, int]:
        """Write to each once; counts by outcome."""
        with engine() as operations:
            counts = operations.remind(utcnow())
        require_all_sent(counts)
        return counts

    owing = list_owing()
    collect_first() >> owing
    somebody(owing) >> send()
