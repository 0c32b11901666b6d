"""Computes the figures of one report from the returns that counted at an instant, and keeps them as rows."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from zhibao.errors import RefusedError
from zhibao.figures import Figure, digest_of
from zhibao.period import Period
from zhibao.programme.models import Programme
from zhibao.settings import load_settings
from zhibao.store.database import Connection
from zhibao.store.locks import wait_for_intake
from zhibao.warehouse.reference import Question, load_reference
from zhibao.warehouse.relations import build, run_checks


@dataclass(frozen=True, slots=True)
class FigureSet:
    """The figures of one report, in the official order, and what they were computed from."""

    kind: str
    period: Period
    as_of: datetime
    known_at: datetime
    input_digest: str
    programme_digest: str
    figures: tuple[Figure, ...]

    @property
    def figures_digest(self) -> str:
        return digest_of(self.figures)


def compute(
    connection: Connection, programme: Programme, kind: str, period: Period, as_of: datetime,
    known_at: datetime | None = None,
) -> FigureSet:
    """The figures of report `kind` of `period`, as of an instant, with what was known at `known_at` (default: now).

    The relations stay behind as temporary tables until the transaction ends, for whoever wants to look further.
    Raises RefusedError for a period that the kind does not fit, OperatorError when an invariant is broken.
    """
    _require_fit(programme, kind, period)
    wait_for_intake(connection)
    question = Question(kind, period, as_of, known_at or _clock(connection))
    load_reference(connection, programme, question)
    sql_dir = load_settings().sql_dir
    build(connection, sql_dir)
    run_checks(connection, sql_dir)
    rows = connection.execute("select name, labels, value, unit from figure_value order by ordinal, labels::text")
    figures = tuple(_figure(row, period, as_of) for row in rows)
    inputs = _input_digest(connection, programme, question)
    return FigureSet(kind, period, as_of, question.known_at, inputs, programme.digest, figures)


def store(connection: Connection, programme: Programme, computed: FigureSet) -> int:
    """Keep the set and give its id; the programme's version must be recorded already."""
    row = connection.execute(
        "insert into figure_set (programme, kind, period, as_of, known_at, input_digest, programme_digest,"
        " figures_digest) values (%s, %s, %s, %s, %s, %s, %s, %s) returning figure_set_id",
        (programme.code, computed.kind, str(computed.period), computed.as_of, computed.known_at,
         computed.input_digest, computed.programme_digest, computed.figures_digest),
    ).fetchone()
    statement = "copy figure (figure_set_id, id, ordinal, name, labels, value, unit) from stdin"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for ordinal, item in enumerate(computed.figures):
            copy.write_row((row["figure_set_id"], item.id, ordinal, item.name, Jsonb(dict(item.labels)), item.value,
                            item.unit))
    return row["figure_set_id"]


def load_set(connection: Connection, figure_set_id: int) -> FigureSet:
    """A kept set again."""
    row = connection.execute("select * from figure_set where figure_set_id = %s", (figure_set_id,)).fetchone()
    if row is None:
        raise RefusedError(f"没有编号为 {figure_set_id} 的指标集", f"there is no figure set {figure_set_id}")
    period = Period.parse(row["period"])
    figures = connection.execute(
        "select name, labels, value, unit from figure where figure_set_id = %s order by ordinal", (figure_set_id,)
    )
    return FigureSet(
        row["kind"], period, row["as_of"], row["known_at"], row["input_digest"], row["programme_digest"],
        tuple(_figure(item, period, row["as_of"]) for item in figures),
    )


def is_fresh(connection: Connection, programme: Programme, kind: str, period: Period, as_of: datetime) -> bool:
    """Whether the last kept set of this report was computed from just what would be read now."""
    wait_for_intake(connection)
    last = connection.execute(
        "select input_digest, programme_digest from figure_set where programme = %s and kind = %s and period = %s"
        " order by figure_set_id desc limit 1",
        (programme.code, kind, str(period)),
    ).fetchone()
    question = Question(kind, period, as_of, _clock(connection))
    now = {"input_digest": _input_digest(connection, programme, question), "programme_digest": programme.digest}
    return last == now


def _require_fit(programme: Programme, kind: str, period: Period) -> None:
    if kind not in programme.reports:
        known = "、".join(programme.reports)
        raise RefusedError(f"没有“{kind}”这种报告，可选：{known}", f"no report {kind!r}; known: {known}")
    if kind != period.cadence:
        raise RefusedError(f"{period} 不是 {kind} 报告的报告期", f"{period} is no period of the {kind} report")
    span = programme.span
    if period.ends_on < span.starts_on or period.starts_on > span.ends_on:
        raise RefusedError(
            f"{period} 不在工程期间（{span.starts_on} 至 {span.ends_on}）内",
            f"{period} lies outside the programme ({span.starts_on} to {span.ends_on})",
        )


def _input_digest(connection: Connection, programme: Programme, question: Question) -> str:
    """Names what could be read: how many of each thing had come, and the last of them."""
    bounds = {"programme": programme.code, "as_of": question.as_of, "known_at": question.known_at}
    row = connection.execute(
        "select (select row(count(*), max(assessment_id)) from assessment join submission using (submission_id)"
        "  where programme = %(programme)s and received_at <= %(as_of)s and assessment.recorded_at <= %(known_at)s"
        ")::text as assessments, (select row(count(*), max(acceptance_id)) from acceptance"
        "  where programme = %(programme)s and effective_at <= %(as_of)s and recorded_at <= %(known_at)s"
        ")::text as acceptances, (select row(count(*), max(waiver_id)) from waiver"
        "  where programme = %(programme)s and effective_at <= %(as_of)s and recorded_at <= %(known_at)s"
        ")::text as waivers, (select row(count(*), max(explanation_id)) from explanation"
        "  join submission using (submission_id)"
        "  where programme = %(programme)s and explanation.recorded_at <= %(known_at)s)::text as explanations",
        bounds,
    ).fetchone()
    return hashlib.sha256("\n".join(row.values()).encode()).hexdigest()


def _clock(connection: Connection) -> datetime:
    return connection.execute("select clock_timestamp() as now").fetchone()["now"]


def _figure(row: dict[str, Any], period: Period, as_of: datetime) -> Figure:
    return Figure(row["name"], tuple(sorted(row["labels"].items())), row["value"], row["unit"], str(period), as_of)
