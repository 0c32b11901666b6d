"""### The annual summary, from the returns to the mailbox

Drafts the summary of the year each working morning. Some working days before it is due it is put up for approval: the
run waits until every query of its returns is explained in writing, drafts again, asks a person, and records the answer
with its name, time and comment. On the due day the PDF is mailed to the programme's recipients, once each.

* **When:** each working morning from the calendar's `annual_draft` on (the middle of November), by
  `AnnualReportTimetable`; the draft is the same document as long as no return changed. Until
  `annual_put_up_working_days_before` it is to be read only. From then on it is put up: what nobody has answered is
  overtaken by the next morning's draft; what is approved stays so while no figure moves, and nobody is asked again;
  when one moves the approval is void, and the next morning's question says which, from what to what. The last one, on
  the last working day up to 30 November (六（四）), is sent, at once if it is approved by then.
* **Replay:** trigger it with `period` (2022), and with `as_of` to make it with what was known at an instant.
* **Approve or reject:** in the run's *Required actions*, with the PDF behind a link. A rejection needs a
  comment, and so does an approval while returns are missing. `approve_second` asks another person where the
  programme wants two. If a figure moves after the approval, nothing is sent: clear the run
  from `redraft` on (docs/runbook/approval-stale.md).
* **Run twice:** an equal document is the same document, and nobody is sent it again.

中文：年度工作报告自11月中旬起每个工作日起草供审阅（数据未变则沿用原稿）；到应报日前规定的工作日起送审，指标变动则原批准失效、次日上午另送新稿；
11月最后一个工作日发送，每个收件人只收一次。
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
