"""How a report is made, whichever it is: drafted, cleared of open questions, approved by a person, sent.

The monthly, the quarterly and the annual report share this one process; their files name what differs.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from airflow.sdk import DAG, Param, PokeReturnValue, get_current_context, task
from airflow.sdk.exceptions import AirflowSkipException
from airflow.sdk.timezone import utcnow

from zhibao_airflow.approval import COMMENT, OVERTAKEN, DocumentApproval
from zhibao_airflow.engine import RETRIES, engine, require_all_sent
from zhibao_airflow.timetables import ProgrammeTimetable, overtaken_at, period_of, stage_of

ASKED_EVERY = timedelta(minutes=5)
ASKED_FOR = timedelta(days=30)
SENT_EVERY = timedelta(minutes=1)
SENT_FOR = timedelta(days=3)
OPEN = ("try_again", "waiting", "in_progress", "settling")


def report_dag(
    kind: str, *, schedule: ProgrammeTimetable, period_pattern: str, doc_md: str | None, tags: list[str]
) -> DAG:
    """The DAG `<kind>_report`."""
    with period_dag(f"{kind}_report", schedule, period_pattern, doc_md, tags) as dag:
        period = resolve_period(kind)
        first = draft.override(task_id="draft")(kind, period)
        answered = wait_for_answers(kind, first)
        final = draft.override(task_id="redraft")(kind, period)
        answer = DocumentApproval(task_id="approve", kind=kind, document=final, params={"comment": COMMENT})
        approved = record_decision(final, answer.output)
        second = DocumentApproval(task_id="approve_second", kind=kind, document=final, params={"comment": COMMENT})
        both_approved = record_decision.override(task_id="record_second")(final, second.output)
        answered >> final
        approved >> second
        both_approved >> deliver(kind, final)
    return dag


def period_dag(
    dag_id: str, schedule: ProgrammeTimetable, period_pattern: str, doc_md: str | None, tags: list[str]
) -> DAG:
    """A DAG whose runs are each about one period, and exclude each other."""
    return DAG(
        dag_id=dag_id,
        schedule=schedule,
        catchup=False,
        max_active_runs=1,
        doc_md=doc_md,
        tags=["zhibao", "report", *tags],
        default_args={"owner": "zhibao", "retries": RETRIES},
        params=_params(period_pattern),
    )


@task
def resolve_period(kind: str) -> str:
    """The period given by hand, or the one that the schedule stands for."""
    context = get_current_context()
    return context["params"]["period"] or period_of(kind, context["dag_run"])


@task
def draft(kind: str, period: str) -> int:
    """Compute the figures, render the PDF, keep it; an equal document is used again. Gives its number."""
    given = get_current_context()["params"]["as_of"]
    as_of = datetime.fromisoformat(given) if given else None
    with engine() as operations:
        return operations.at(as_of).draft_document(kind, period, as_of=as_of, now=utcnow())


@task.sensor(mode="reschedule", poke_interval=ASKED_EVERY.total_seconds(), timeout=ASKED_FOR.total_seconds())
def wait_for_answers(kind: str, document: int) -> PokeReturnValue:
    """Wait until every query that the document counts is explained. An early draft ends here: it is only to be read."""
    dag_run = get_current_context()["dag_run"]
    if stage_of(kind, dag_run) == "early":
        raise AirflowSkipException("提前起草，不送审批 / an early draft is not put up for approval")
    again_at = overtaken_at(kind, dag_run)
    if again_at is not None and utcnow() >= again_at:
        raise AirflowSkipException(OVERTAKEN)
    with engine() as operations:
        waiting = operations.open_queries(document)
    print(f"待说明的核实性问题：{waiting} / queries without an explanation: {waiting}")
    return PokeReturnValue(is_done=waiting == 0)


@task.short_circuit
def record_decision(document: int, answer: dict[str, Any] | None) -> bool:
    """Keep who decided what, and why; a rejection ends the run here. No answer: nobody had to be asked."""
    if answer is None:
        return True
    with engine() as operations:
        operations.record_decision(
            document, decision=answer["decision"], actor=answer["actor"], comment=answer["comment"], now=utcnow()
        )
    return answer["decision"] == "approve"


@task.sensor(mode="reschedule", poke_interval=SENT_EVERY.total_seconds(), timeout=SENT_FOR.total_seconds())
def deliver(kind: str, document: int) -> PokeReturnValue:
    """Send it to each recipient once, the annual one on its due day. What a server refused for now goes out at its
    time; of what is in doubt the mail server's journal may tell."""
    if stage_of(kind, get_current_context()["dag_run"]) != "final":
        raise AirflowSkipException("已批准，应报日发送 / approved; it goes out on its due day")
    with engine() as operations:
        counts = operations.deliver(document, now=utcnow(), waits=True)
    print(f"投递 / delivery: {counts}")
    is_done = not any(counts.get(state) for state in OPEN)
    if is_done:
        require_all_sent(counts)
    return PokeReturnValue(is_done=is_done, xcom_value=counts)


def _params(period_pattern: str) -> dict[str, Param]:
    """What a person who starts a run may give: the period, and the instant to look from."""
    return {
        "period": Param(
            None, type=["null", "string"], pattern=period_pattern, title="报告期 / period",
            description="留空按计划 / empty: the period of the schedule",
        ),
        "as_of": Param(
            None, type=["null", "string"], format="date-time", title="数据截至 / as of",
            description="按当时已知的数据重做 / replay with what was known at this instant",
        ),
    }
