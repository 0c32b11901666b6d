"""Nil returns by mail: whoever answers a reminder with 零报告 has reported, for the forms that the reminder asked for.

The mail is kept as it came and is the evidence. Each nil return that it stands for becomes a small file of its own,
which goes the way of every return: admitted, checked, recorded, and able to be taken back.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from psycopg.types.json import Jsonb

from zhibao.intake import Arrival, Intake, record_arrivals
from zhibao.period import Period
from zhibao.programme.models import Form, Programme
from zhibao.receipts import ANSWERED_APART
from zhibao.reminders import returns_near
from zhibao.sources.letters import parse
from zhibao.sources.replies import named_nil
from zhibao.store import landing
from zhibao.store.database import Connection

Outcome = Literal["nil", "already_in", "may_not_be_nil", "not_asked_for", "no_reminder"]


@dataclass(frozen=True, slots=True)
class Line:
    """What an answer says about one form, or about a word (`word`) that names none."""

    outcome: Outcome
    form: str | None = None
    period: str | None = None
    word: str | None = None


def expand(connection: Connection, intake: Intake, now: datetime) -> int:
    """Turn each answer that has come into the nil returns that it stands for; gives their number. Safe to run twice."""
    count = 0
    replies = connection.execute(
        "select * from nil_reply where programme = %s and outcome is null order by nil_reply_id for update skip locked",
        (intake.programme.code,),
    ).fetchall()
    for reply in replies:
        message = parse(landing.read(intake.landing_dir, reply["sha256"]))
        lines = list(_lines(connection, intake.programme, reply, named_nil(message) or []))
        arrivals = [_arrival(intake, reply, line) for line in lines if line.outcome == "nil"]
        count += record_arrivals(connection, intake.programme, arrivals, f"reply-{reply['nil_reply_id']}")
        connection.execute(
            "update nil_reply set outcome = %s where nil_reply_id = %s",
            (Jsonb([{"outcome": line.outcome, "form": line.form, "period": line.period, "word": line.word}
                    for line in lines]), reply["nil_reply_id"]),
        )
    return count


def lines_of(reply: dict[str, Any]) -> list[Line]:
    """What was found out about a reply that has been looked at."""
    return [Line(**item) for item in reply["outcome"]]


def _lines(
    connection: Connection, programme: Programme, reply: dict[str, Any], named: Sequence[str]
) -> Iterator[Line]:
    """All that the reminder asked for, or what the answer names of it; who may not be nil is told so."""
    letter = connection.execute(
        "select subject from letter where programme = %s and kind = 'reminder' and recipient = %s"
        " and message_id = any(%s) order by array_position(%s, message_id) limit 1",
        (programme.code, reply["unit"], reply["answers"], reply["answers"]),
    ).fetchone()
    if letter is None or letter["subject"].endswith(".escalation"):
        yield Line("no_reminder")
        return
    asked = _asked(programme, reply["unit"], date.fromisoformat(letter["subject"]))
    known = {word: form.code for form in programme.forms.values() for word in (form.name.zh, form.code)}
    wanted = {known.get(word) for word in named}
    for word in named:
        if known.get(word) not in {form for form, _ in asked}:
            yield Line("not_asked_for", word=word)
    for form, period in asked:
        if not named or form in wanted:
            yield _line(connection, programme, reply["unit"], programme.forms[form], period)


def _asked(programme: Programme, unit: str, day: date) -> list[tuple[str, str]]:
    rules = programme.calendar.reminders
    near = returns_near(programme, day, set(rules.days) if rules else set())
    return [(item.form, item.period) for item, _ in near if item.unit == unit]


def _line(connection: Connection, programme: Programme, unit: str, form: Form, period: str) -> Line:
    known = connection.execute(
        "select 1 as found from acceptance where (programme, unit, form, period) = (%s, %s, %s, %s) limit 1",
        (programme.code, unit, form.code, period),
    ).fetchone()
    if known is not None:
        return Line("already_in", form.code, period)
    return Line("nil" if form.may_be_nil else "may_not_be_nil", form.code, period)


def _arrival(intake: Intake, reply: dict[str, Any], line: Line) -> Arrival:
    programme, form = intake.programme, intake.programme.forms[str(line.form)]
    content = nil_return(programme, form, reply, Period.parse(str(line.period)))
    return Arrival(
        landing.land(intake.landing_dir, content), len(content), ANSWERED_APART,
        f"零报告_{form.name.zh}_{line.period}.csv",
        reply["received_at"], reply["unit"], reply["sender"], f"{reply['nil_reply_id']}/{form.code}/{line.period}",
        reply["message_id"],
    )


def nil_return(programme: Programme, form: Form, reply: dict[str, Any], period: Period) -> bytes:
    """The return that the answer stands for: the head with 零报告, the form's columns, no record."""
    day = reply["received_at"].astimezone(ZoneInfo(programme.timezone)).date()
    values = {
        "unit": programme.unit(reply["unit"]).name.zh, "period": period.zh(), "filled_on": day.isoformat(),
        "template_version": programme.template_version, "remark": f"邮件答复催报，原件 {reply['sha256'][:16]}",
    }
    out = io.StringIO()
    writer = csv.writer(out)
    for column in programme.head:
        word = values.get(column.code)
        if column.type == "choice":
            choices = programme.choices_of(column)
            word = choices["yes" if column.code == "nil_return" else next(iter(choices))][0]
        if word is not None:
            writer.writerow([column.header, word])
    writer.writerow([])
    writer.writerow([column.header for column in form.columns])
    return out.getvalue().encode("utf-8-sig")
