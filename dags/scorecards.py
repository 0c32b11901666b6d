"""### Scorecards: a page for each unit

Makes the card of each unit for a quarter: what it selects, the contests that it owes, its tasks and its returns, beside
the whole city's. They are for the office and the unit itself: nobody approves them, and they go out to nobody.

* **When:** an hour after the quarter's returns were due, by the 调休 calendar (`QuarterlyReturnTimetable`).
* **Replay:** trigger it with `period` (2022-10, 2022Q3 or 2022), and with `as_of` for what was known at an instant.
* **Where:** in `scorecards/<period>/` below the installation's state.
* **Run twice:** the period's folder is replaced whole.

中文：每季报送截止后为每个单位生成一页工作情况一览，供本单位和主管部门使用，不对外发送。
"""

from zhibao_airflow.office_dag import office_dag
from zhibao_airflow.timetables import QuarterlyReturnTimetable

dag = office_dag(
    "scorecards",
    "quarterly",
    lambda operations, period, as_of: operations.keep_scorecards(period, as_of),
    keeps="keep_cards",
    schedule=QuarterlyReturnTimetable(),
    doc_md=__doc__,
    tags=["quarterly"],
)
