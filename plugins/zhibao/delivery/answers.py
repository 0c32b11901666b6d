"""Sends the receipts that are owed, each once, through the ledger of letters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from functools import partial

from zhibao.delivery import letters
from zhibao.delivery.smtp import Sent, send_by
from zhibao.delivery.terms import terms_of
from zhibao.exporting import record_workbook
from zhibao.intake import findings_of
from zhibao.programme.models import Programme
from zhibao.receipts import list_receipts, owed_since, posting_of
from zhibao.settings import Settings
from zhibao.store.database import Connection


def send_receipts(
    connection: Connection, programme: Programme, settings: Settings, now: datetime, since: datetime | None
) -> Counter[str]:
    """Answer what was received from `since` on (default: lately). Counts of `letters.post`, and `nobody` to send to.

    `connection` must be in autocommit.
    """
    from zhibao.delivery.receipt import compose_receipt

    listed = list_receipts(connection, programme, since or owed_since(programme, now))
    due = {str(receipt.submission_id): receipt for receipt in listed if receipt.is_due}

    def prepare(posting: letters.Posting) -> Callable[[], Sent]:
        receipt = due[posting.subject]
        findings = findings_of(connection, [receipt.assessment_id]).get(receipt.assessment_id, [])
        message = compose_receipt(programme, settings, receipt, posting, findings, now)
        if any(message.iter_attachments()):
            record_workbook(connection, programme, receipt.submission_id, "zhibao", f"退回{receipt.to_unit}", now)
        return partial(send_by, settings, message, posting.address)

    postings = [posting_of(programme, receipt) for receipt in due.values()]
    outcomes = letters.post(connection, postings, prepare, settings.mail_journal, terms_of(programme, settings, now))
    outcomes["nobody"] = sum(receipt.address is None for receipt in listed)
    return outcomes
