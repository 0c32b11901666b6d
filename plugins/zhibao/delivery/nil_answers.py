"""Answers whoever gave nil returns by mail: what was recorded, and what must be sent all the same. Once each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from zhibao.delivery import letters
from zhibao.delivery.message import Envelope, write
from zhibao.delivery.smtp import Sent, send_by
from zhibao.delivery.terms import terms_of
from zhibao.nil_replies import Line, lines_of
from zhibao.period import Period
from zhibao.programme.models import Programme
from zhibao.settings import Settings
from zhibao.store.database import Connection

WORDS = {
    "nil": "已按零报告登记", "already_in": "此前已收到，不再登记", "may_not_be_nil": "不能零报告，请按要求填写后报送",
    "not_asked_for": "不在所答复的催报之列，未登记",
    "no_reminder": "来信不是对催报的答复，无法登记；请直接回复催报邮件，或报送填好“零报告”的报表",
    "returned": "未能登记，请填写报表后报送",
}


def send_nil_answers(connection: Connection, programme: Programme, settings: Settings, now: datetime) -> Counter[str]:
    """Answer each that has been taken in. Counts of `letters.post`. `connection` must be in autocommit."""
    replies = {str(row["nil_reply_id"]): row for row in _answerable(connection, programme)}

    def prepare(posting: letters.Posting) -> Callable[[], Sent]:
        reply = replies[posting.subject]
        lines = [_told(connection, programme, reply, line) for line in lines_of(reply)]
        count = sum(outcome == "nil" for outcome, _ in lines)
        unit = programme.unit(reply["unit"]).name.zh
        envelope = Envelope(
            subject=f"【零报告已登记】{unit}{count}份" if count else f"【零报告未登记】{unit}", recipient_name=unit,
            address=posting.address, message_id=posting.message_id, sender=settings.mail_from,
            sender_name=programme.issuer.zh, written_at=now.astimezone(ZoneInfo(programme.timezone)),
            in_reply_to=reply["message_id"],
        )
        message = write(envelope, settings.templates_dir, "nil_reply", [], lines=[words for _, words in lines],
                        count=count, received_at=reply["received_at"].astimezone(ZoneInfo(programme.timezone)))
        return partial(send_by, settings, message, posting.address)

    postings = [
        letters.Posting(
            programme.code, "nil_reply", number, row["unit"], row["sender"],
            f"<{programme.code}.nil_reply.{number}.{row['unit']}@zhibao.invalid>",
        )
        for number, row in replies.items()
    ]
    return letters.post(connection, postings, prepare, settings.mail_journal, terms_of(programme, settings, now))


def _answerable(connection: Connection, programme: Programme) -> list[dict[str, Any]]:
    """Those whose nil returns have all been taken, and whose answer is not out."""
    return connection.execute(
        "select nil_reply.* from nil_reply left join letter on letter.programme = nil_reply.programme"
        " and letter.kind = 'nil_reply' and letter.subject = nil_reply.nil_reply_id::text"
        " where nil_reply.programme = %s and outcome is not null and letter.state is distinct from 'sent'"
        " and not exists (select from arrival where arrival.programme = nil_reply.programme"
        "   and arrival.batch = 'reply-' || nil_reply.nil_reply_id and not exists (select from submission"
        "     where submission.programme = arrival.programme and submission.sha256 = arrival.sha256))"
        " order by nil_reply_id",
        (programme.code,),
    ).fetchall()


def _told(connection: Connection, programme: Programme, reply: dict[str, Any], line: Line) -> tuple[str, str]:
    """What became of it, and the sentence that says so."""
    if line.form is None:
        return line.outcome, f"“{line.word}”：{WORDS[line.outcome]}" if line.word else WORDS[line.outcome]
    name = f"{programme.forms[line.form].name.zh}（{Period.parse(str(line.period)).zh()}）"
    outcome: str = line.outcome
    if outcome == "nil" and not _stands(connection, programme, reply["unit"], line):
        outcome = "returned"
    return outcome, f"{name}：{WORDS[outcome]}"


def _stands(connection: Connection, programme: Programme, unit: str, line: Line) -> bool:
    return connection.execute(
        "select 1 as found from acceptance where (programme, unit, form, period) = (%s, %s, %s, %s) limit 1",
        (programme.code, unit, line.form, line.period),
    ).fetchone() is not None
