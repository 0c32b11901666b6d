"""Approval and sending: what a person decides on a document, and to whom it then goes."""

from __future__ import annotations

from datetime import datetime

import yaml

from zhibao import approving, dispatch, issuing
from zhibao.checklist import Checklist, read_checklist
from zhibao.delivery import ledger
from zhibao.delivery.message import minute_zh
from zhibao.errors import ConfigurationError, Problem, RefusedError
from zhibao.explanations import open_queries
from zhibao.operating.core import final_counts
from zhibao.operating.drafting import Drafting
from zhibao.period import Period
from zhibao.programme.calendar import due_at
from zhibao.programme.models import Recipient
from zhibao.text import Text


class Deciding(Drafting):
    """What becomes of a document."""

    def open_queries(self, document_id: int) -> int:
        """How many queries, of the returns that the document counts, still wait for an explanation."""
        with self.connection() as connection:
            issuing.document(connection, self.programme, document_id)
            return len(open_queries(connection, self.programme))

    def checklist(self, document_id: int, now: datetime | None = None) -> Checklist:
        """What whoever approves a document reads."""
        with self.connection() as connection:
            row = issuing.document(connection, self.programme, document_id)
        is_reproduced = self.compare_kept(row["figure_set_id"])["state"] != "differs"
        with self.connection() as connection:
            today = (now or datetime.now(self.zone)).astimezone(self.zone).date()
            listed = [item for item in self.recipients(row["kind"]) if item.in_force(today)]
            left = dispatch.leavers_of(connection, self, row, listed)
            return read_checklist(connection, self.programme, row, left, is_reproduced=is_reproduced)

    def approval_request(self, document_id: int) -> dict[str, str]:
        found = self.checklist(document_id)
        return {"subject": f"请审批：{found.title}", "body": found.text(document_id)}

    def missing_approvals(self, document_id: int) -> int:
        """How many persons are still to approve a document."""
        with self.connection() as connection:
            row = issuing.document(connection, self.programme, document_id)
            return approving.missing_approvals(connection, self.programme, row)

    def record_decision(
        self, document_id: int, decision: approving.Decision, actor: str, comment: str, now: datetime
    ) -> int:
        """Keep a person's decision; gives how many are still to approve.

        Raises RefusedError for a stale document (whose approvals are void then), for what stands in the way, for a
        rejection without a reason, and for a second approval by the same person.
        """
        with self.connection() as connection:
            row = issuing.document(connection, self.programme, document_id)
        if decision == "approve":
            self.recheck(now)
            self.void_when_stale(row, now)
            self.checklist(document_id, now).require(comment)
        with self.connection() as connection:
            approving.record(connection, self.programme, row, decision, actor, comment)
            return approving.missing_approvals(connection, self.programme, row)

    def approved(self, kind: str, period: str) -> int | None:
        """The number of the newest document of a kind and period, if it is approved; a replay counts where it is."""
        with self.connection() as connection:
            rows = connection.execute(
                "select * from document where programme = %s and kind = %s and period = %s order by document_id desc",
                (self.programme.code, kind, period),
            ).fetchall()
            for row in rows:
                if approving.is_approved(connection, self.programme, row):
                    return row["document_id"]
                if not row["is_replay"]:
                    return None
        return None

    def unapproved_words(self, period: str) -> Text:
        """What to tell the operator of an annual report that nobody has approved yet."""
        due = due_at(self.programme, "annual", Period.parse(period))
        days = self.programme.calendar.annual_approved_working_days_before
        return Text(
            zh=f"{period}年度报告应于{minute_zh(due)}报出，按日历应提前{days}个工作日批准。目前最新一稿尚未批准（或批准后指标变动，"
               "批准已失效），请在 Airflow 的待办（Required actions）中审批，或用 zhibao approve 审批",
            en=f"The annual report of {period} is due at {due:%Y-%m-%d %H:%M}, and should be approved {days} working"
               " days ahead. Its newest draft is not (or a figure moved since). Please decide in Airflow's Required"
               " actions, or by zhibao approve",
        )

    def deliver(self, document_id: int, now: datetime, *, waits: bool = False) -> dict[str, int]:
        """Send an approved document to whom it is due, once each; the operator is told of what failed.

        Raises TransientError to be called again, unless the caller `waits` and does so by itself.
        """
        with self._telling(now):
            outcomes = dispatch.deliver(self, document_id, now)
        return dict(+outcomes) if waits else final_counts(outcomes)

    def resend(self, document_id: int, recipient: str, actor: str, reason: str, now: datetime) -> dict[str, int]:
        """One more letter to one recipient of an issued document, by name and with a reason."""
        with self._telling(now):
            return final_counts(dispatch.resend(self, document_id, recipient, actor, reason, now))

    def previews(self, document_id: int, now: datetime) -> dict[str, bytes]:
        """The mails of a document by file name, written and not sent."""
        return dispatch.previews(self, document_id, now)

    def send_test(self, document_id: int, address: str | None, now: datetime) -> dict[str, int]:
        """The mail of a document to oneself, marked as a test."""
        return final_counts(dispatch.send_test(self, document_id, address, now))

    def settle(self, document_id: int, recipient: str, *, was_sent: bool, actor: str) -> None:
        """A person's word on a doubtful delivery. Raises RefusedError when there is none."""
        with self.connection(autocommit=True) as connection:
            if not ledger.settle(connection, document_id, recipient, was_sent=was_sent, actor=actor):
                raise RefusedError(f"{recipient} 没有存疑的投递", f"no doubtful delivery to {recipient}")

    def recipients(self, kind: str) -> list[Recipient]:
        """Who receives this kind of report: the programme's list, with the installation's own addresses."""
        addresses = self._own_addresses()
        return [
            recipient.model_copy(update={"address": addresses.get(recipient.code, recipient.address)})
            for recipient in self.programme.recipients if kind in recipient.receives
        ]

    def _own_addresses(self) -> dict[str, str]:
        path = self.settings.recipients_file
        if path is None:
            return {}
        try:
            loaded = yaml.safe_load(path.read_text("utf-8"))
            return {str(code): Recipient(code=code, name={"zh": "-", "en": "-"}, address=address, receives=[]).address
                    for code, address in loaded.items()}
        except (OSError, ValueError, AttributeError, yaml.YAMLError) as error:
            problem = Problem(path.name, 1, f"expected `code: address` lines ({type(error).__name__})")
            raise ConfigurationError([problem]) from None
