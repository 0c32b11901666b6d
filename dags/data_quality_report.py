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

from zhibao_airflow.office_dag import office_dag
from zhibao_airflow.timetables import MonthlyReturnTimetable

dag = office_dag(
    "data_quality_report",
    "monthly",
    lambda operations, period, as_of: operations.keep_quality_report(period, as_of),
    keeps="keep_report",
    schedule=MonthlyReturnTimetable(),
    doc_md=__doc__,
    tags=["quality"],
)
