"""Leads a figure back to its cells: every row that it adds up, and every row left out with the reason."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from psycopg.types.json import Jsonb

from zhibao.documents.masks import mask_name
from zhibao.errors import RefusedError
from zhibao.figures import Figure, figure_id
from zhibao.period import Period
from zhibao.programme.models import Programme
from zhibao.store.database import Connection
from zhibao.warehouse.compute import FigureSet, compute

# Figures that are computed from others: the figures on both sides of the ratio or ranking.
SIDES = {"completion_pct": ("awarded_count", "quota"), "completion_rank": ("completion_pct",)}

LABEL = re.compile(r'(\w+)="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Part:
    """One row behind a figure. `who` is masked; `row` and `column` are those of the spreadsheet program."""

    contribution: Decimal
    counted: bool
    reason: str | None
    who: str | None
    unit: str | None
    period: str | None
    file_name: str
    sha256: str
    sheet: str | None
    row: int | None
    column: str | None


@dataclass(frozen=True, slots=True)
class Trace:
    """A figure, the relation it is a row of, the figures it is computed from, and the rows it adds up."""

    figure_id: str
    value: Decimal | None
    relation: str
    sides: list[tuple[str, Decimal | None]]
    parts: list[Part]


def trace(
    connection: Connection, programme: Programme, wanted: str, kind: str, period: Period, as_of: datetime,
    known_at: datetime | None = None,
) -> Trace:
    """Compute the report again and follow one of its figures. Raises RefusedError for an unknown one."""
    computed = compute(connection, programme, kind, period, as_of, known_at)
    figure = find(computed, wanted)
    sides = [
        (item.id, item.value)
        for name in SIDES.get(figure.name, ())
        for item in computed.figures if item.name == name and item.labels == figure.labels
    ]
    return Trace(figure.id, figure.value, "sql/marts/figure_value.sql", sides, _parts(connection, programme, figure))


def find(computed: FigureSet, wanted: str) -> Figure:
    """The figure of this id, whatever the order in which its labels were written."""
    name, _, rest = wanted.partition("{")
    exact = figure_id(name.strip(), tuple(sorted(LABEL.findall(rest))))
    for figure in computed.figures:
        if figure.id == exact:
            return figure
    raise RefusedError(
        f"{computed.kind} {computed.period} 没有指标 {wanted}，可用 zhibao figures 查看全部",
        f"{computed.kind} {computed.period} has no figure {wanted}; zhibao figures lists all",
    )


def _parts(connection: Connection, programme: Programme, figure: Figure) -> list[Part]:
    """The facts of the figure; a ratio shows those of what it divides."""
    name = {"completion_pct": "awarded_count", "completion_rank": "awarded_count"}.get(figure.name, figure.name)
    facts = connection.execute(
        "select fact.*, submission.unit, submission.period, submission.file_name, submission.sha256, submission.sheet,"
        " submission.layout ->> fact.field as column_letters, candidate.person_name"
        " from fact join zhibao.submission using (submission_id)"
        " left join candidate on candidate.row_id = fact.candidate_row_id"
        " where fact.name = %s and fact.labels = %s"
        " order by counted desc, submission.unit, submission.period, fact.form, fact.row_id",
        (name, Jsonb(dict(figure.labels))),
    ).fetchall()
    rows = _row_numbers(connection, facts)
    return [
        Part(
            fact["contribution"] if fact["counted"] else Decimal(0), fact["counted"], fact["reason"],
            mask_name(fact["person_name"], programme.masking.name) if fact["person_name"] else None,
            fact["unit"], fact["period"], fact["file_name"], fact["sha256"], fact["sheet"],
            rows.get((fact["form"], fact["row_id"])), fact["column_letters"],
        )
        for fact in facts
    ]


def _row_numbers(connection: Connection, facts: list[dict[str, Any]]) -> dict[tuple[str, int], int]:
    from psycopg import sql

    found: dict[tuple[str, int], int] = {}
    for form in {fact["form"] for fact in facts if fact["row_id"] is not None}:
        ids = [fact["row_id"] for fact in facts if fact["form"] == form and fact["row_id"] is not None]
        query = sql.SQL("select row_id, row_number from {} where row_id = any(%s)").format(sql.Identifier(form))
        found |= {(form, row["row_id"]): row["row_number"] for row in connection.execute(query, (ids,))}
    return found
