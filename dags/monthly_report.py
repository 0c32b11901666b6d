"""### The monthly bulletin, from the returns to the mailbox

Drafts the bulletin of the month, waits until every query of its returns is explained in writing, drafts it again,
asks a person for approval, records the answer with its name, time and comment, and mails the PDF to the programme's
recipients, once each.

* **When:** an hour after the month's returns were due, by the 调休 calendar (`MonthlyReturnTimetable`).
* **Replay:** trigger it with `period` (2022-10), and with `as_of` to make it with what was known at an instant.
* **Approve or reject:** in the run's *Required actions*, with the PDF behind a link. A rejection needs a
  comment, and so does an approval while returns are missing. `approve_second` asks another person where the
  programme wants two. If a figure moves after the approval, nothing is sent: clear the run
  from `redraft` on (docs/runbook/approval-stale.md).
* **Run twice:** an equal document is the same document, and nobody is sent it again.

中文：每月报送截止后起草月报，核实性问题全部说明后送人审批，批准后发送，每个收件人只收一次。
"""

from zhibao_airflow.report_dag import report_dag
from zhibao_airflow.timetables import MonthlyReturnTimetable

dag = report_dag(
    "monthly",
    schedule=MonthlyReturnTimetable(),
    period_pattern=r"^\d{4}-(0[1-9]|1[0-2])$",
    doc_md=__doc__,
    tags=["monthly"],
)
