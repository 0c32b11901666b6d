"""### The quarterly report, from the returns to the mailbox

As the monthly bulletin, for a quarter: drafted, cleared of open queries, drafted again, approved by a person, mailed
once to each recipient.

* **When:** an hour after the quarter's returns were due, by the 调休 calendar (`QuarterlyReturnTimetable`).
* **Replay:** trigger it with `period` (2022Q1), and with `as_of` to make it with what was known at an instant.
* **Approve or reject:** in the run's *Required actions*, with the PDF behind a link. A rejection needs a
  comment, and so does an approval while returns are missing. `approve_second` asks another person where the
  programme wants two. If a figure moves after the approval, nothing is sent: clear the run
  from `redraft` on (docs/runbook/approval-stale.md).
* **Run twice:** an equal document is the same document, and nobody is sent it again.

中文：每季报送截止后起草季报，核实性问题全部说明后送人审批，批准后发送，每个收件人只收一次。
"""

from zhibao_airflow.report_dag import report_dag
from zhibao_airflow.timetables import QuarterlyReturnTimetable

dag = report_dag(
    "quarterly",
    schedule=QuarterlyReturnTimetable(),
    period_pattern=r"^\d{4}Q[1-4]$",
    doc_md=__doc__,
    tags=["quarterly"],
)
