"""Who is owed an answer: each submission has one receipt, for the office that sent it and for nobody else."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from zhibao.delivery.letters import Posting
from zhibao.findings import Status
from zhibao.programme.calendar import add_workdays
from zhibao.programme.models import Programme
from zhibao.store.database import Connection

ANSWERED_APART = "reply to the reminder"  # nil returns by mail: one answer for all of them (delivery/nil_answers.py)


@dataclass(frozen=True, slots=True)
class Receipt:
    """The answer to one submission. `to_unit` and `address` are None where nobody is known who might have it.

    `is_own`: the file says that it is of the unit that is answered; if not, its rows are not shown to that unit.
    `state` is the letter's own, None as long as there is no letter; `letter_address` is where that letter goes.
    """

    submission_id: int
    sha256: str
    file_name: str
    byte_count: int
    received_at: datetime
    form: str | None
    unit: str | None
    period: str | None
    is_nil: bool
    assessment_id: int
    status: Status
    row_count: int
    to_unit: str | None
    address: str | None
    in_reply_to: str | None
    is_own: bool
    state: str | None
    letter_address: str | None

    @property
    def is_due(self) -> bool:
        """Whether it is to be sent, or asked about again (one in doubt waits for a person's word)."""
        return self.address is not None and self.state in (None, "intended", "sending", "doubtful")


def list_receipts(connection: Connection, programme: Programme, since: datetime) -> list[Receipt]:
    """The receipts for what was received from `since` on, and the older ones that are still under way."""
    rows = connection.execute(
        "select submission.submission_id, sha256, submission.file_name, byte_count, submission.received_at, form, unit,"
        " period, is_nil, assessment_id, status, row_count, sent_for, sender, first.message_id as answered,"
        " letter.state, letter.address as letter_address from submission join landed_file using (sha256)"
        " join lateral (select assessment_id, status, row_count from assessment"
        "   where assessment.submission_id = submission.submission_id order by assessment_id desc limit 1"
        " ) as latest on true"
        " left join lateral (select sent_for, sender, message_id from arrival"
        "   where arrival.programme = submission.programme and arrival.sha256 = submission.sha256"
        "   and arrival.source = submission.source and arrival.received_at = submission.received_at"
        "   order by arrival_id limit 1) as first on true"
        " left join letter on letter.programme = submission.programme and letter.kind = 'receipt'"
        "   and letter.subject = submission.submission_id::text"
        " where submission.programme = %s and submission.source <> %s"
        " and (submission.received_at >= %s or letter.state in ('intended', 'sending'))"
        " order by submission.submission_id",
        (programme.code, ANSWERED_APART, since),
    ).fetchall()
    return [_receipt(programme, row) for row in rows]


def owed_since(programme: Programme, now: datetime) -> datetime:
    """From when on what came in is answered by itself: older files are history that is taken in again."""
    zone = ZoneInfo(programme.timezone)
    day = add_workdays(programme, now.astimezone(zone).date(), -programme.calendar.receipt_within_working_days)
    return datetime.combine(day, time(), zone)


def posting_of(programme: Programme, receipt: Receipt) -> Posting:
    """The letter of a receipt that has an address."""
    assert receipt.to_unit is not None and receipt.address is not None
    number = str(receipt.submission_id)
    name = f"<{programme.code}.receipt.{number}.{receipt.to_unit}.{receipt.sha256[:16]}@zhibao.invalid>"
    return Posting(programme.code, "receipt", number, receipt.to_unit, receipt.address, name)


def _receipt(programme: Programme, row: dict[str, Any]) -> Receipt:
    to_unit = row["sent_for"] or row["unit"]
    known = programme.addresses_of(to_unit) if to_unit else []
    sender = next((address for address in known if address.lower() == (row["sender"] or "").lower()), None)
    return Receipt(
        **{field.name: row[field.name] for field in fields(Receipt) if field.name in row},
        to_unit=to_unit,
        address=sender or next(iter(known), None),
        in_reply_to=row["answered"] if sender else None,
        is_own=to_unit is None or row["unit"] is None or programme.sends_for(to_unit, row["unit"]),
    )
