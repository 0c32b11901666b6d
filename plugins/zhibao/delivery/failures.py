"""Tells the operator of every failure, once: letters refused, come back or in doubt, and approvals made void."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from zhibao import issuing
from zhibao.delivery import letters
from zhibao.delivery.message import Envelope, write
from zhibao.delivery.smtp import Sent, send_by
from zhibao.delivery.terms import terms_of
from zhibao.programme.models import Programme
from zhibao.settings import Settings
from zhibao.store.database import Connection

FAILURES = ("failed", "doubtful", "bounced")
STATES = {"failed": "被拒收", "doubtful": "存疑，须向收件人核实", "bounced": "被退信"}
KINDS = {
    "document": "报告", "receipt": "回执", "reminder": "催报", "nil_reply": "零报告答复", "test": "测试邮件",
}
TOLD_DAYS = 7


def send_failures(connection: Connection, programme: Programme, settings: Settings, now: datetime) -> Counter[str]:
    """One mail for all that failed since the last one, and one for each approval made void; counts of `letters.post`.

    Nobody is told where no operator is configured. `connection` must be in autocommit.
    """
    if settings.operator_mail is None:
        return Counter()
    _number(connection, programme)
    told = {**_failures(connection, programme), **_voidings(connection, programme)}

    def prepare(posting: letters.Posting) -> Callable[[], Sent]:
        title, lines = told[posting.subject]
        envelope = Envelope(
            subject=f"【告警】{title}", recipient_name="运维人员", address=posting.address,
            message_id=posting.message_id, sender=settings.mail_from, sender_name=programme.issuer.zh,
            written_at=now.astimezone(ZoneInfo(programme.timezone)),
        )
        message = write(envelope, settings.templates_dir, "failure", [], title=title, lines=lines)
        return partial(send_by, settings, message, posting.address)

    postings = [
        letters.Posting(programme.code, "notice", subject, "operator", settings.operator_mail,
                        f"<{programme.code}.notice.{subject}@zhibao.invalid>")
        for subject in told
    ]
    return letters.post(connection, postings, prepare, settings.mail_journal, terms_of(programme, settings, now))


def _number(connection: Connection, programme: Programme) -> None:
    """Put the failures that nobody was told of under one notice. A crash after this leaves a notice to be sent."""
    connection.execute(
        "with failed as (select letter_event_id from letter_event join letter using (letter_id)"
        "   where notice is null and letter_event.state = any(%s) and kind <> 'notice' and programme = %s)"
        " update letter_event set notice = (select max(letter_event_id) from failed)"
        " where letter_event_id in (select letter_event_id from failed) and notice is null",
        (list(FAILURES), programme.code),
    )


def _failures(connection: Connection, programme: Programme) -> dict[str, tuple[str, list[str]]]:
    """The notices that are not out, by number: title and lines."""
    rows = connection.execute(
        "select notice::text, kind, subject, recipient, address, letter_event.state, smtp_reply, happened_at"
        " from letter_event join letter using (letter_id) where notice > 0 and programme = %s and not exists ("
        "   select from letter as told where told.programme = letter.programme and told.kind = 'notice'"
        "   and told.subject = notice::text and told.state = any(%s)) order by letter_event_id",
        (programme.code, list(letters.ENDED)),
    ).fetchall()
    notices: dict[str, list[str]] = {}
    for row in rows:
        notices.setdefault(row["notice"], []).append(_line(connection, programme, row))
    return {number: (f"{len(lines)}封邮件未送达", lines) for number, lines in notices.items()}


def _line(connection: Connection, programme: Programme, row: dict[str, Any]) -> str:
    about = f"{KINDS[row['kind']]} {row['subject']}"
    if row["kind"] == "document":
        document = issuing.document(connection, programme, int(row["subject"]))
        about = f"《{issuing.title_of(programme, document)}》第{document['version']}稿（文件 {row['subject']}）"
    at = row["happened_at"].astimezone(ZoneInfo(programme.timezone))
    names = {item.code: item.name.zh for item in (*programme.units, *programme.recipients)}
    who = f"收件人 {names.get(row['recipient'], row['recipient'])}（{row['address']}）"
    return f"{about}，{who}：{STATES[row['state']]}，{at:%Y-%m-%d %H:%M}，{row['smtp_reply'] or '没有应答'}"


def _voidings(connection: Connection, programme: Programme) -> dict[str, tuple[str, Sequence[str]]]:
    """Approvals that were made void lately, and of which no notice is out."""
    rows = connection.execute(
        "select document.*, approval_id, comment from approval join document using (document_id)"
        " where programme = %s and decision = 'void'"
        " and approval.recorded_at > clock_timestamp() - %s * interval '1 day'"
        " and not exists (select from letter where letter.programme = document.programme and kind = 'notice'"
        "   and subject = 'void.' || approval_id and state = any(%s)) order by approval_id",
        (programme.code, TOLD_DAYS, list(letters.ENDED)),
    ).fetchall()
    return {
        f"void.{row['approval_id']}": (
            f"《{issuing.title_of(programme, row)}》第{row['version']}稿批准已失效，停止发送",
            row["comment"].splitlines(),
        )
        for row in rows
    }
