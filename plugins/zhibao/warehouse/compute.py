"""Computes the figures of one report from the returns that counted at an instant, and keeps them as rows."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from psycopg.types.json import Jsonb

from zhibao.errors import RefusedError
from zhibao.figures import Figure, Labels, digest_of
from zhibao.intake import record_programme
from zhibao.period import CADENCES, Period
from zhibao.programme.calendar import ExpectedReturn, expected_returns
from zhibao.programme.models import Programme
from zhibao.settings import load_settings
from zhibao.store.database import Connection
from zhibao.store.locks import wait_for_intake
from zhibao.warehouse.catalogue import computed_for, figure_kinds, load_catalogue
from zhibao.warehouse.completeness import column_filled
from zhibao.warehouse.criteria import criterion_relations
from zhibao.warehouse.indicators import indicator_relations
from zhibao.warehouse.reference import Question, load_reference, results_of
from zhibao.warehouse.relations import (
    VALUES,
    Relation,
    build,
    build_values,
    digest_of_sql,
    load_relations,
    needed_for,
    run_invariants,
)
from zhibao.warehouse.standard_forms import standard_forms


@dataclass(frozen=True, slots=True)
class FigureSet:
    """The figures of one report, in the official order, and what they were computed from.

    `is_intact` says of a kept set that its figures are those that its digest names: nobody changed them since.
    """

    kind: str
    period: Period
    as_of: datetime
    known_at: datetime
    input_digest: str
    programme_digest: str
    figures: tuple[Figure, ...]
    is_intact: bool = field(default=True, compare=False)

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
    question = question_of(connection, programme, kind, period, as_of, known_at)
    relations = relations_for(programme, kind)
    load_reference(connection, programme, question)
    build(connection, relations.values())
    build_values(connection, relations.values())
    run_invariants(connection, load_settings().sql_dir, {*relations, VALUES})
    inputs = input_digest_of(connection, relations)
    figures = figures_of(connection, programme, question)
    return FigureSet(kind, period, as_of, question.known_at, inputs, programme.digest, figures)


def build_for(
    connection: Connection, programme: Programme, kind: str, period: Period, as_of: datetime,
    expected: Sequence[ExpectedReturn], targets: Sequence[str], known_at: datetime | None = None,
) -> None:
    """Build only `targets` and what they rest on, held against `expected` returns; no figures."""
    wait_for_intake(connection)
    question = Question(kind, period, as_of, known_at or _clock(connection), tuple(expected))
    load_reference(connection, programme, question)
    build(connection, needed_for(relations_of(programme), targets))


def store(connection: Connection, programme: Programme, computed: FigureSet) -> int:
    """Keep the set and give its id. An equal one of the same instant is used again."""
    key = (programme.code, computed.kind, str(computed.period))
    record_programme(connection, programme)  # before the lock, as whoever drafts does: two orders would deadlock
    connection.execute("select pg_advisory_xact_lock(hashtext(%s))", ("figures/" + "/".join(key),))
    identity = (*key, computed.as_of, computed.input_digest, computed.programme_digest, computed.figures_digest)
    equal = connection.execute(
        "select figure_set_id from figure_set where programme = %s and kind = %s and period = %s and as_of = %s"
        " and input_digest = %s and programme_digest = %s and figures_digest = %s order by figure_set_id limit 1",
        identity,
    ).fetchone()
    if equal is not None:
        return equal["figure_set_id"]
    row = connection.execute(
        "insert into figure_set (programme, kind, period, as_of, input_digest, programme_digest, figures_digest,"
        " known_at) values (%s, %s, %s, %s, %s, %s, %s, %s) returning figure_set_id",
        (*identity, computed.known_at),
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
    found = tuple(_figure(item, period, row["as_of"]) for item in figures)
    return FigureSet(
        row["kind"], period, row["as_of"], row["known_at"], row["input_digest"], row["programme_digest"], found,
        digest_of(found) == row["figures_digest"],
    )


def last_set(connection: Connection, programme: Programme, kind: str, period: Period) -> FigureSet | None:
    """The set of a report that was kept last."""
    row = connection.execute(
        "select max(figure_set_id) as number from figure_set where programme = %s and kind = %s and period = %s",
        (programme.code, kind, str(period)),
    ).fetchone()
    return None if row["number"] is None else load_set(connection, row["number"])


def is_fresh(connection: Connection, programme: Programme, kind: str, period: Period, as_of: datetime) -> bool:
    """Whether the last kept set of this report was computed from just what would be read now."""
    last = last_set(connection, programme, kind, period)
    if last is None or last.programme_digest != programme.digest:
        return False
    question = question_of(connection, programme, kind, period, as_of, None)
    relations = relations_for(programme, kind)
    load_reference(connection, programme, question)
    build(connection, needed_for(relations, ["input_digest"]))
    return last.input_digest == input_digest_of(connection, relations)


@cache
def relations_of(programme: Programme) -> dict[str, Relation]:
    """All relations of a programme by name, each after what it reads."""
    return load_relations(
        load_settings().sql_dir, frozenset(programme.forms) | frozenset(standard_forms()),
        (column_filled(programme), *criterion_relations(programme), *indicator_relations(programme)),
    )


def relations_for(programme: Programme, kind: str) -> dict[str, Relation]:
    """What a report of this kind computes, in order, with all that it rests on."""
    targets = [*computed_for(programme, kind), "input_digest"]
    return {item.name: item for item in needed_for(relations_of(programme), targets)}


def question_of(
    connection: Connection, programme: Programme, kind: str, period: Period, as_of: datetime,
    known_at: datetime | None,
) -> Question:
    """What a report asks. Waits for returns that are being taken in, and keeps new ones out until the transaction ends.

    Raises RefusedError for a period that the kind does not fit.
    """
    _require_fit(programme, kind, period)
    wait_for_intake(connection)
    expected = tuple(expected_returns(programme, kind, period))
    return Question(kind, period, as_of, known_at or _clock(connection), expected)


def _require_fit(programme: Programme, kind: str, period: Period) -> None:
    if kind not in programme.reports:
        known = "、".join(programme.reports)
        raise RefusedError(f"没有“{kind}”这种报告，可选：{known}", f"no report {kind!r}; known: {known}")
    if kind in CADENCES and kind != period.cadence:  # a report called after a cadence is of its periods alone
        raise RefusedError(f"{period} 不是 {kind} 报告的报告期", f"{period} is no period of the {kind} report")
    span = programme.span
    if period.ends_on < span.starts_on or period.starts_on > span.ends_on:
        raise RefusedError(
            f"{period} 不在工程期间（{span.starts_on} 至 {span.ends_on}）内",
            f"{period} lies outside the programme ({span.starts_on} to {span.ends_on})",
        )


def input_digest_of(connection: Connection, relations: dict[str, Relation]) -> str:
    """Names what was read (the relation `input_digest`), and by which text of the relations."""
    rows = connection.execute("select digest from input_digest", prepare=False).fetchone()
    return hashlib.sha256(f"{rows['digest']} {digest_of_sql(relations.values())}".encode()).hexdigest()


def figures_of(connection: Connection, programme: Programme, question: Question) -> tuple[Figure, ...]:
    """All of `figure_value` in the official order: by name as in the catalogue, totals first, then as the programme
    lists."""
    kinds = figure_kinds(programme)
    rows = connection.execute("select name, labels, value from figure_value", prepare=False).fetchall()
    figures = [
        _figure(row | {"unit": kinds[row["name"]].unit}, question.period, question.as_of) for row in rows
    ]
    names, places = {name: place for place, name in enumerate(kinds)}, _official_places(programme)
    return tuple(sorted(figures, key=lambda item: (names[item.name], *_place(item.labels, places))))


def _place(labels: Labels, places: dict[str, dict[str, int]]) -> tuple[Any, ...]:
    """By level, then totals before their parts, then by the programme's lists; what is on no list by the alphabet."""
    given = dict(labels)
    order = [key for key in places if key in given]
    official = [(places[key].get(given[key], len(places[key])), given[key]) for key in order]
    level = places["level"].get(given.get("level", ""), -1)
    return level, len(labels), order, official, labels


def _official_places(programme: Programme) -> dict[str, dict[str, int]]:
    words = load_catalogue().labels
    criteria = [item.code for level in programme.levels for item in level.criteria]
    lists = {
        "level": [item.code for item in programme.levels],
        "category": [item.code for item in programme.categories],
        "unit": [item.code for item in programme.units],
        "criterion": list(dict.fromkeys(criteria)),
        "competition": [item.code for item in programme.competitions],
        "cadence": [item.code for item in programme.cadences],
        "form": list(programme.forms),
        "step": list(results_of(programme)),
        "column": [column.code for form in programme.forms.values() for column in form.columns],
        **{key: list(words[key]) for key in ("verdict", "state", "severity", "decision", "reason")},
    }
    for item in programme.indicators:
        for key in item.by:
            if key not in lists:
                lists[key] = list(programme.choices_of(programme.forms[item.form].column(key)))
    return {key: {code: place for place, code in enumerate(codes)} for key, codes in lists.items()}


def _clock(connection: Connection) -> datetime:
    return connection.execute("select clock_timestamp() as now").fetchone()["now"]


def _figure(row: dict[str, Any], period: Period, as_of: datetime) -> Figure:
    return Figure(row["name"], tuple(sorted(row["labels"].items())), row["value"], row["unit"], str(period), as_of)
