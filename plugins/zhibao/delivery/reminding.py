"""Sends the reminders of a day, each once, through the ledger of letters, with the blank returns that are asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from email.message import EmailMessage
from functools import partial
from zoneinfo import ZoneInfo

from zhibao.checking.suites import load_suite
from zhibao.delivery import letters
from zhibao.delivery.message import Attachment, Envelope, minute_zh, write
from zhibao.delivery.smtp import Sent, send_by
from zhibao.delivery.terms import terms_of
from zhibao.period import Period
from zhibao.programme.models import Programme
from zhibao.reminders import Owed, Reminder, list_reminders, posting_of
from zhibao.settings import Settings
from zhibao.sources.config import load_sources
from zhibao.store.database import Connection

XLSX = "vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def send_reminders(connection: Connection, programme: Programme, settings: Settings, now: datetime) -> Counter[str]:
    """Remind whom today is the day for. Counts of `letters.post`, and `nobody` to send to.

    `connection` must be in autocommit.
    """
    with connection.transaction():
        listed = list_reminders(connection, programme, now)
    due = {(item.subject, item.to_unit): item for item in listed if item.address is not None}

    def prepare(posting: letters.Posting) -> Callable[[], Sent]:
        message = compose_reminder(programme, settings, due[posting.subject, posting.recipient], posting, now)
        return partial(send_by, settings, message, posting.address)

    postings = [posting_of(programme, item) for item in due.values()]
    outcomes = letters.post(connection, postings, prepare, settings.mail_journal, terms_of(programme, settings, now))
    outcomes["nobody"] = len(listed) - len(due)
    return outcomes


def compose_reminder(
    programme: Programme, settings: Settings, reminder: Reminder, posting: letters.Posting, now: datetime
) -> EmailMessage:
    """The mail; a unit's has the template of each form that it owes."""
    zone = ZoneInfo(programme.timezone)
    attached = [] if reminder.is_escalation else [
        _template(programme, settings, item, now.astimezone(zone)) for item in reminder.owed
    ]
    envelope = Envelope(
        subject=_subject(reminder), recipient_name=programme.unit(reminder.to_unit).name.zh, address=posting.address,
        message_id=posting.message_id, sender=settings.mail_from, sender_name=programme.issuer.zh,
        written_at=now.astimezone(zone),
    )
    nil = next((column.header for column in programme.head if column.code == "nil_return"), None)
    sources = load_sources(programme, settings.programme_dir, settings.sources_file)
    by_reply = nil is not None and any(spec.kind == "mailbox" for spec in sources)
    never_nil = [
        programme.forms[form].name.zh for form in dict.fromkeys(item.form for item in reminder.owed)
        if not programme.forms[form].may_be_nil
    ]
    return write(
        envelope, settings.templates_dir, "reminder", attached, is_escalation=reminder.is_escalation, nil=nil,
        by_reply=by_reply, never_nil=never_nil,
        lines=_of_units(programme, reminder.owed) if reminder.is_escalation
        else [_line(programme, item, zone) for item in reminder.owed],
        opening=_opening(reminder),
    )


def _template(programme: Programme, settings: Settings, item: Owed, now: datetime) -> Attachment:
    from zhibao.workbooks.template import write_template

    form, unit = programme.forms[item.form], programme.unit(item.unit)
    suite = load_suite(settings.expectations_dir, form)
    content = write_template(programme, suite, unit, Period.parse(item.period), now)
    return Attachment(content, f"{form.name.zh}_{unit.name.zh}_{item.period}.xlsx", XLSX)


def _subject(reminder: Reminder) -> str:
    if reminder.is_escalation:
        return f"【逾期未报】{len({item.unit for item in reminder.owed})}个单位、{len(reminder.owed)}份报表"
    worst = max(item.days for item in reminder.owed)
    word = "逾期催报" if worst > 0 else "今日截止" if worst == 0 else "报送提醒"
    return f"【{word}】尚有{len(reminder.owed)}份报表未报"


def _opening(reminder: Reminder) -> str:
    worst = max(item.days for item in reminder.owed)
    if reminder.is_escalation:
        return f"下列单位的报表已过报送期限{worst}个工作日，仍未收到合格的报表。"
    if worst > 0:
        return f"下列报表已过报送期限{worst}个工作日，仍未收到合格的报表，请立即报送。"
    if worst == 0:
        return "下列报表今天到期，请在规定时间前报送。"
    return f"下列报表距报送期限还有{-worst}个工作日，尚未收到，请按时报送。"


def _line(programme: Programme, item: Owed, zone: ZoneInfo) -> str:
    state = "，已退回、尚未重报" if item.is_returned else ""
    return f"{_named(programme, item)}，期限{minute_zh(item.due_at.astimezone(zone))}{state}"


def _of_units(programme: Programme, owed: Sequence[Owed]) -> list[str]:
    """One line a unit: the lead asks whom, before what."""
    units: dict[str, list[str]] = {}
    for item in owed:
        units.setdefault(item.unit, []).append(_named(programme, item) + ("（已退回）" if item.is_returned else ""))
    return [f"{programme.unit(unit).name.zh}：{'、'.join(names)}，共{len(names)}份" for unit, names in units.items()]


def _named(programme: Programme, item: Owed) -> str:
    return f"{programme.forms[item.form].name.zh}（{Period.parse(item.period).zh()}）"
