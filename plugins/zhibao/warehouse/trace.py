"""Leads a figure back to its cells: every row that it adds up, and every row left out with the reason."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from psycopg import sql

from zhibao.errors import RefusedError
from zhibao.figures import Figure, figure_id
from zhibao.period import Period
from zhibao.programme.models import Column, Programme
from zhibao.store.database import Connection
from zhibao.warehouse.catalogue import figure_kinds, load_catalogue
from zhibao.warehouse.compute import FigureSet, compute, relations_of
from zhibao.warehouse.relations import facts_of

# Where the rows behind figures stand, by what they are rows of.
PLACES = {
    "submission": "select submission_id as id, unit, period, file_name, sha256 from submission"
    " where submission_id = any(%s)",
    "finding": "select finding_id as id, unit, period, file_name, sha256, finding.sheet, row_number, column_letters"
    " from finding join assessment using (assessment_id) join submission using (submission_id)"
    " where finding_id = any(%s)",
}
PLACE_OF_ROW = (
    "select item.row_id as id, submission.unit, period, file_name, sha256, item.sheet, item.row_number, layout"
    " from {form} as item join submission using (submission_id) where item.row_id = any(%s)"
)
PLACE_OF_PERSON = (
    "select item.row_id as id, submission.unit, period, file_name, sha256, item.sheet, item.row_number, layout,"
    " candidate.person_name from {form} as item join submission using (submission_id)"
    " left join nomination on (nomination.unit, nomination.level, nomination.candidate_no)"
    " = (item.unit, item.level, item.candidate_no)"
    " left join candidate on candidate.row_id = nomination.row_id where item.row_id = any(%s)"
)

# A criterion may measure any column; what is personal there is judged, and not printed.
SHOWN = ("none", "business")
HIDDEN = "***"

LABEL = re.compile(r'(\w+)="([^"]*)"')

Mask = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Part:
    """One row behind a figure. `who` is masked; `row` and `column` are those of the spreadsheet program.

    `side` is the id of the figure that the row adds up to: one of two for a ratio. `contribution` is 0 for what is
    not counted. `reason` says in words why a row was left out or judged as it was. A target of the programme has the
    programme's digest in place of a file's and its clause as subject.
    """

    side: str
    contribution: Decimal
    counted: bool
    reason: str | None
    subject: str | None
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
    """A figure, the relation it is a row of, the figures it is computed from, and the rows behind all of them."""

    figure_id: str
    value: Decimal | None
    relation: str
    sides: list[tuple[str, Decimal | None]]
    parts: list[Part]


def trace(
    connection: Connection, programme: Programme, wanted: str, kind: str, period: Period, as_of: datetime,
    known_at: datetime | None = None, mask: Mask | None = None,
) -> Trace:
    """Compute the report again and follow one of its figures. Raises RefusedError for an unknown one."""
    computed = compute(connection, programme, kind, period, as_of, known_at)
    return trace_in(connection, programme, computed, wanted, mask)


def trace_in(
    connection: Connection, programme: Programme, computed: FigureSet, wanted: str, mask: Mask | None = None
) -> Trace:
    """As `trace`, of a set that this transaction has computed: its relations are still there."""
    figure = find(computed, wanted)
    sides = _sides(programme, computed, figure)
    followed = [item for side in sides or [figure] for item in (_sides(programme, computed, side) or [side])]
    parts = [part for item in followed for part in _parts(connection, programme, item, mask or mask_name)]
    folder = relations_of(programme)[figure.name].folder
    return Trace(
        figure.id, figure.value, f"sql/{folder}/{figure.name}.sql", [(item.id, item.value) for item in sides], parts
    )


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


def mask_name(name: str) -> str:
    """The first character and stars."""
    return name[:1] + "*" * (len(name) - 1)


def _sides(programme: Programme, computed: FigureSet, figure: Figure) -> list[Figure]:
    """What a computed figure is computed from: both sides of a ratio, all that it is ranked among."""
    kind = figure_kinds(programme)[figure.name]
    if kind.of:
        whole = (("level", dict(figure.labels).get("level", "")),)
        part, base = kind.of
        wanted = [(part, figure.labels), (base, whole if base == part else figure.labels)]
        return [item for side in wanted for item in computed.figures if (item.name, item.labels) == side]
    if kind.ranks:
        keys, level = [key for key, _ in figure.labels], dict(figure.labels)["level"]
        return [item for item in computed.figures if item.name == kind.ranks
                and [key for key, _ in item.labels] == keys and dict(item.labels)["level"] == level]
    return []


def _parts(connection: Connection, programme: Programme, figure: Figure, mask: Mask) -> list[Part]:
    facts = facts_of(connection, relations_of(programme)[figure.name], figure.labels)
    column = _column(programme, figure)
    places: dict[tuple[str, int], dict[str, Any]] = {}
    for form in {fact["form"] for fact in facts} - {"programme"}:
        ids = [fact["row_id"] for fact in facts if fact["form"] == form and fact["row_id"] is not None]
        places |= {(form, row["id"]): row for row in _places(connection, programme, form, ids)}
    verdicts = _verdicts(connection, programme, figure)
    return [
        _part(programme, figure, fact, places.get((fact["form"], fact["row_id"]), {}), column, verdicts, mask)
        for fact in facts
    ]


def _part(
    programme: Programme, figure: Figure, fact: dict[str, Any], place: dict[str, Any], column: str | None,
    verdicts: dict[int, str], mask: Mask,
) -> Part:
    of_programme = fact["form"] == "programme"
    layout = place.get("layout") or {}
    said = [_words(fact["reason"]), verdicts.get(fact["row_id"])]
    return Part(
        side=figure.id,
        contribution=fact["contribution"] if fact["is_counted"] else Decimal(0),
        counted=fact["is_counted"],
        reason="；".join(word for word in said if word) or None,
        subject=fact["subject"],
        who=mask(place["person_name"]) if place.get("person_name") else None,
        unit=place.get("unit"),
        period=place.get("period"),
        file_name=f"programmes/{programme.code}" if of_programme else place.get("file_name", ""),
        sha256=programme.digest if of_programme else place.get("sha256", ""),
        sheet=place.get("sheet"),
        row=place.get("row_number"),
        column=place.get("column_letters") or layout.get(column or ""),
    )


def _places(
    connection: Connection, programme: Programme, form: str, ids: Sequence[int]
) -> list[dict[str, Any]]:
    """Where each row stands: file, sheet, row, and the layout of its columns; and whom it is about."""
    query = PLACES.get(form, PLACE_OF_ROW)
    if form in programme.forms and {"candidate_no", "level"} <= {item.code for item in programme.forms[form].columns}:
        query = PLACE_OF_PERSON
    return connection.execute(
        sql.SQL(query).format(form=sql.Identifier(form)), (list(ids),), prepare=False
    ).fetchall()


def _column(programme: Programme, figure: Figure) -> str | None:
    """The column that decides: of the figure, or what the criterion measures."""
    given = dict(figure.labels)
    if "criterion" in given:
        level = programme.level(given["level"])
        measure = next((item.measure for item in level.criteria if item.code == given["criterion"]), None)
        derived = {item.code: item.columns[0] for item in programme.forms[level.roster].derived}
        return derived.get(measure or "", measure)
    return figure_kinds(programme)[figure.name].column


def _verdicts(connection: Connection, programme: Programme, figure: Figure) -> dict[int, str]:
    """Per candidate row what was measured against what: `18 / 20 (-2 people)`."""
    given = dict(figure.labels)
    if "criterion" not in given:
        return {}
    column = _measured(programme, figure)
    words = {} if column is None else {code: said[0] for code, said in programme.choices_of(column).items()}
    rows = connection.execute(
        "select row_id, case when measured ~ '^[0-9]+[.][0-9]{5,}$' then round(measured::numeric, 4)::text"
        " else measured end as measured, threshold, coalesce(' (' || case when margin >= 0 then '+' else '' end"
        " || trim_scale(round(margin, 4)) || coalesce(' ' || margin_unit, '') || ')', '') as margin"
        " from criterion_result where level = %s and criterion = %s and verdict = %s",
        (given["level"], given["criterion"], given["verdict"]), prepare=False,
    ).fetchall()
    if column is not None and column.privacy not in SHOWN:
        return {row["row_id"]: HIDDEN for row in rows}
    return {
        row["row_id"]: f"{words.get(row['measured'], row['measured']) or '—'} /"
        f" {words.get(row['threshold'], row['threshold'])}{row['margin']}"
        for row in rows
    }


def _measured(programme: Programme, figure: Figure) -> Column | None:
    """The column of the roster that the figure's criterion measures; none where no column gives evidence."""
    form, measure = programme.forms[programme.level(dict(figure.labels)["level"]).roster], _column(programme, figure)
    return next((item for item in form.columns if item.code == measure), None)


def _words(reason: str | None) -> str | None:
    known = load_catalogue().reason(reason) if reason else None
    return known.zh if known else reason
