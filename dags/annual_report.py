"""### The annual summary, from the returns to the mailbox

Drafts the summary of the year each working morning; on the due day it waits until every query of its returns is
explained in writing, drafts it again, asks a person for approval, records the answer with its name, time and comment,
and mails the PDF to the programme's recipients, once each.

* **When:** from the calendar's `annual_draft` on (the middle of November) each working morning an early draft to be
  read, which ends before the approval, and is the same document as long as no return changed; and the summary itself
  on the morning of the last working day up to 30 November (六（四）), by `AnnualReportTimetable`.
* **Replay:** trigger it with `period` (2022), and with `as_of` to make it with what was known at an instant.
* **Approve or reject:** in the run's *Required actions*, with the PDF behind a link. A rejection needs a
  comment, and so does an approval while returns are missing. `approve_second` asks another person where the
  programme wants two. If a figure moves after the approval, nothing is sent: clear the run
  from `redraft` on (docs/runbook/approval-stale.md).
* **Run twice:** an equal document is the same document, and nobody is sent it again.

中文：年度工作报告自11月中旬起每个工作日起草供审阅（数据未变则沿用原稿），11月最后一个工作日成文，核实性问题全部说明后送人审批，批准后发送，每个收件人只收一次。
"""

from zhibao_airflow.report_dag import report_dag
from zhibao_airflow.timetables import AnnualReportTimetable

dag = report_dag(
    "annual",
    schedule=AnnualReportTimetable(),
    period_pattern=r"^\d{4}$",
    doc_md=__doc__,
    tags=["annual"],
)
