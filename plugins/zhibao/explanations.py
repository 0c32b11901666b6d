"""Queries and what was written in answer to them: asked by the checks, answered by an office, decided on by a person.

An explanation comes in the column of a form that explains, in the list of findings that was sent back, or by
`zhibao explain`. It closes a query once a person has accepted it; one that the office's own staff type in is accepted
by whoever types it. Everything appends, nothing edits.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from psycopg import sql

from zhibao.errors import RefusedError
from zhibao.findings import Finding
from zhibao.period import Period
from zhibao.programme.models import Programme
from zhibao.reading.answers import Answer
from zhibao.store.database import Connection, schema_of
from zhibao.store.locks import hold_intake
from zhibao.submissions import submission
from zhibao.text import Text

Decision = Literal["accept", "reject"]
State = Literal["unanswered", "waiting", "rejected"]
SHOWN_TEXTS = 5
STATES: dict[State, Text] = {
    "unanswered": Text(zh="待说明", en="unanswered"), "waiting": Text(zh="说明待审核", en="waits for a decision"),
    "rejected": Text(zh="说明未予认可", en="rejected"),
}

# Queries on the returns that stand now, each with its cell, and the decision on the explanation that answers it: the
# best one, if there are several. A decision of null waits for a person; no explanation at all is a null id.
ASKED = """
with standing as (
    select distinct on (unit, form, period) submission_id, unit, form, period from acceptance
    where programme = %(programme)s order by unit, form, period, effective_at desc, acceptance_id desc
), latest as (
    select distinct on (submission_id) submission_id, assessment_id from assessment
    join standing using (submission_id) order by submission_id, assessment_id desc
), asked as (
    select standing.*, finding.finding_id, finding.code, coalesce(finding.sheet, '') as sheet, finding.row_number,
        case when finding.row_number is null then ''
            else coalesce(finding.column_letters, '') || finding.row_number end as cell
    from standing join latest using (submission_id) join finding using (assessment_id)
    where finding.severity = 'query'
), answered as (
    select distinct on (finding_id) asked.*, explanation_id, explanation, review.decision, review.reason
    from asked
    left join explanation on explanation.submission_id = asked.submission_id and explanation.code = asked.code
        and (explanation.cell is null or (explanation.cell = asked.cell and asked.sheet in ('', explanation.sheet)))
    left join lateral (
        select decision, reason from explanation_review
        where explanation_review.explanation_id = explanation.explanation_id order by review_id desc limit 1
    ) as review on true
    order by finding_id, coalesce(review.decision = 'accept', false) desc, explanation_id desc
)
"""


@dataclass(frozen=True, slots=True)
class OpenQuery:
    """The queries of one rule in one return that stands, which no accepted explanation answers yet.

    `texts` are the explanations that wait for a decision, or the reasons why the last were rejected; `months` says how
    many periods running this rule has asked this unit; `offered` is the last explanation of it that was accepted.
    """

    submission_id: int
    unit: str
    form: str
    period: str
    code: str
    count: int
    state: State
    texts: tuple[str, ...]
    months: int
    offered: str | None


def open_queries(connection: Connection, programme: Programme) -> list[OpenQuery]:
    """What stands in the way of an approval, by period, unit, form and rule."""
    rows = connection.execute(
        ASKED + "select submission_id, unit, form, period, code, count(*) as count,"
        " bool_or(explanation_id is null) as unanswered, bool_or(decision = 'reject') as rejected,"
        " array_agg(distinct case when decision = 'reject' then reason else explanation end) as texts"
        " from answered where decision is distinct from 'accept' group by submission_id, unit, form, period, code"
        " order by period, unit, form, code",
        {"programme": programme.code},
    ).fetchall()
    seasons, accepted = _seasons(connection, programme), _accepted(connection, programme)
    return [
        OpenQuery(
            row["submission_id"], row["unit"], row["form"], row["period"], row["code"], row["count"],
            "unanswered" if row["unanswered"] else "rejected" if row["rejected"] else "waiting",
            tuple(text for text in row["texts"] if text)[:SHOWN_TEXTS],
            _running(seasons[row["unit"], row["form"], row["code"]], Period.parse(row["period"])),
            accepted.get((row["unit"], row["form"], row["code"])),
        )
        for row in rows
    ]


def explain(
    connection: Connection, programme: Programme, submission_id: int, code: str, text: str, actor: str
) -> None:
    """Keep a written answer to the queries of one rule, for which `actor` vouches.

    Raises RefusedError when there is no such query.
    """
    slot = submission(connection, programme, submission_id)
    asked = connection.execute(
        "select 1 from finding where assessment_id = %s and code = %s and severity = 'query' limit 1",
        (slot["assessment_id"], code),
    ).fetchone()
    if asked is None:
        raise RefusedError(
            f"报送 {submission_id} 没有规则 {code} 的核实性问题",
            f"submission {submission_id} has no query of rule {code}",
        )
    if not text.strip():
        raise RefusedError("说明不能为空", "an explanation cannot be empty")
    hold_intake(connection)
    row = connection.execute(
        "insert into explanation (submission_id, code, explanation, actor) values (%s, %s, %s, %s)"
        " returning explanation_id",
        (submission_id, code, text.strip(), actor),
    ).fetchone()
    _decide(connection, [row["explanation_id"]], "accept", actor, None)


def review(
    connection: Connection, programme: Programme, submission_id: int, code: str, decision: Decision, actor: str,
    reason: str | None,
) -> int:
    """Accept or reject what was written in answer to one rule of one submission. Gives how many explanations.

    Raises RefusedError when none waits, or for a rejection without a reason.
    """
    submission(connection, programme, submission_id)
    if decision == "reject" and not (reason or "").strip():
        raise RefusedError("不予认可须写明理由", "a rejection needs a reason")
    hold_intake(connection)
    waiting = connection.execute(
        "select explanation_id from explanation where submission_id = %s and code = %s and not exists ("
        " select from explanation_review where explanation_review.explanation_id = explanation.explanation_id)",
        (submission_id, code),
    ).fetchall()
    if not waiting:
        raise RefusedError(
            f"报送 {submission_id} 的规则 {code} 没有待审核的说明",
            f"no explanation of rule {code} in submission {submission_id} waits for a decision",
        )
    _decide(connection, [row["explanation_id"] for row in waiting], decision, actor, reason)
    return len(waiting)


def record_answers(connection: Connection, submission_id: int, unit: str | None, answers: Iterable[Answer]) -> None:
    """Keep what an office wrote into the list of findings; whether it answers a query is seen when one is asked."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "insert into explanation (submission_id, code, explanation, actor, source, sheet, cell)"
            " values (%s, %s, %s, %s, 'list', %s, %s)",
            [(submission_id, item.code, item.text, unit or "", item.sheet, item.cell) for item in answers],
        )


def note_remarks(connection: Connection, programme: Programme) -> None:
    """Keep as explanations what stands in a form's explaining column, in rows that are asked about."""
    for form in programme.forms.values():
        for column in (column for column in form.columns if column.explains):
            connection.execute(
                sql.SQL(
                    ASKED.replace("{", "{{").replace("}", "}}")
                    + "insert into explanation (submission_id, code, explanation, actor, source, sheet, cell)"
                    " select asked.submission_id, asked.code, kept.{column}, asked.unit, 'column', asked.sheet,"
                    " asked.cell from asked join {table} as kept"
                    " on kept.submission_id = asked.submission_id and kept.row_number = asked.row_number"
                    " and kept.sheet = asked.sheet"
                    " where asked.form = %(form)s and kept.{column} is not null and not exists (select from explanation"
                    "   where explanation.submission_id = asked.submission_id and explanation.code = asked.code"
                    "   and explanation.source = 'column' and explanation.cell = asked.cell)"
                ).format(
                    column=sql.Identifier(column.code), table=sql.Identifier(schema_of(programme), form.code)
                ),
                {"programme": programme.code, "form": form.code},
            )


def offered_to(connection: Connection, programme: Programme, submission_id: int) -> dict[str, str]:
    """Rule → the explanation of it that was last accepted from this unit in this form."""
    slot = submission(connection, programme, submission_id)
    return {
        code: text for (unit, form, code), text in _accepted(connection, programme).items()
        if (unit, form) == (slot["unit"], slot["form"])
    }


def rejected_in(connection: Connection, submission_id: int) -> dict[str, str]:
    """Rule → why what this submission said of it was last rejected."""
    rows = connection.execute(
        "select distinct on (code) code, decision, reason from explanation join explanation_review"
        " using (explanation_id) where submission_id = %s order by code, review_id desc",
        (submission_id,),
    ).fetchall()
    return {row["code"]: row["reason"] for row in rows if row["decision"] == "reject"}


def said_again(item: Finding, reason: str | None) -> Finding:
    """The finding, with why its last explanation was rejected; a query alone is ever explained."""
    if reason is None or item.severity != "query":
        return item
    said = Text(zh=f"上次的说明未予认可：{reason}。", en=f"The last explanation was not accepted: {reason}. ")
    return replace(item, next_step=Text(zh=said.zh + item.next_step.zh, en=said.en + item.next_step.en))


def _decide(
    connection: Connection, explanations: Iterable[int], decision: Decision, actor: str, reason: str | None
) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            "insert into explanation_review (explanation_id, decision, actor, reason) values (%s, %s, %s, %s)",
            [(number, decision, actor, reason) for number in explanations],
        )


def _seasons(connection: Connection, programme: Programme) -> dict[tuple[str, str, str], set[str]]:
    """Unit, form and rule → the periods whose standing return was asked."""
    rows = connection.execute(
        ASKED + "select unit, form, code, array_agg(distinct period) as periods from asked group by unit, form, code",
        {"programme": programme.code},
    )
    return {(row["unit"], row["form"], row["code"]): set(row["periods"]) for row in rows}


def _running(periods: set[str], last: Period) -> int:
    """How many periods running, up to and with `last`, are among `periods`."""
    count = 0
    while str(last) in periods:
        count, last = count + 1, last.previous()
    return count


def _accepted(connection: Connection, programme: Programme) -> dict[tuple[str, str, str], str]:
    rows = connection.execute(
        "select distinct on (unit, form, code) unit, form, code, explanation from explanation"
        " join explanation_review using (explanation_id) join submission using (submission_id)"
        " where programme = %s and decision = 'accept' order by unit, form, code, review_id desc",
        (programme.code,),
    )
    return {(row["unit"], row["form"], row["code"]): row["explanation"] for row in rows}
