"""A person's yes or no to one document, asked in Airflow's own way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from airflow.providers.common.compat.sdk import conf
from airflow.providers.standard.operators.hitl import ApprovalOperator, HITLOperator
from airflow.sdk import Context, Param
from airflow.sdk.exceptions import AirflowSkipException
from airflow.sdk.timezone import utcnow

from zhibao_airflow import URL_PREFIX
from zhibao_airflow.engine import engine
from zhibao_airflow.timetables import overtaken_at

COMMENT = Param(
    "", type="string", title="意见 / comment",
    description="驳回、有材料未报时必填 / required for a rejection, and where returns are missing",
)

OVERTAKEN = "由下一工作日上午的新稿接续 / the next morning's draft takes its place"


def pdf_url(document: Any) -> str:
    """Where the document's PDF can be read in Airflow, by who is logged in (zhibao_airflow/web.py)."""
    root = urlsplit(conf.get("api", "base_url", fallback="")).path.rstrip("/")
    return f"{root}{URL_PREFIX}/documents/{document}.pdf"


class DocumentApproval(ApprovalOperator):
    """Asks for the approval of `document` (its number), a report of `kind`; until the next draft is made, where one is.

    What the approver reads is fetched when asking, so that no text travels by XCom. The answer is given on, also a
    rejection (the stock operator would skip the task that records it), with who answered and when. Give it
    `params={"comment": COMMENT}`: Airflow tells a task's own params from its DAG's by how they are passed.
    """

    template_fields: Sequence[str] = (*ApprovalOperator.template_fields, "document")

    def __init__(self, *, kind: str, document: Any, **kwargs: Any) -> None:
        super().__init__(subject="", **kwargs)
        self.kind, self.document = kind, document

    def execute(self, context: Context) -> Any:
        """Ask, unless all who are to approve have done so (on the command line, say)."""
        with engine() as operations:
            if not operations.missing_approvals(int(self.document)):
                return None
            request = operations.approval_request(int(self.document))
        self.subject, self.body = request["subject"], f"[打开 PDF]({pdf_url(self.document)})\n\n{request['body']}"
        if again_at := overtaken_at(self.kind, context["dag_run"]):
            self.response_timeout = max(again_at - utcnow(), timedelta(seconds=1))
        return super().execute(context)

    def process_trigger_event_error(self, event: dict[str, Any]) -> None:
        if event["error_type"] == "timeout":
            raise AirflowSkipException(OVERTAKEN)
        super().process_trigger_event_error(event)

    def execute_complete(self, context: Context, event: dict[str, Any]) -> dict[str, Any]:
        answer = HITLOperator.execute_complete(self, context, event)
        return {
            "decision": "approve" if answer["chosen_options"] == [self.APPROVE] else "reject",
            "comment": (answer["params_input"].get("comment") or "").strip(),
            "actor": (answer["responded_by_user"] or {}).get("name", ""),
            "answered_at": answer["responded_at"].isoformat(),
        }
