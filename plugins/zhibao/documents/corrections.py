"""更正: what moved in figures that were already issued, told in the next report with the old value and the new one.

An issued document never changes. Whatever comes after it is told by the next one of its kind: for each period that was
issued, what its figures were when the last document was approved, and what they are now.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from zhibao.documents.numbers import date_zh, number
from zhibao.figures import Figure, differences
from zhibao.issued import last_issued
from zhibao.period import Period
from zhibao.programme.calendar import window
from zhibao.programme.models import Programme
from zhibao.store.database import Connection
from zhibao.warehouse.catalogue import figure_kinds
from zhibao.warehouse.compute import FigureSet, compute, load_set, relations_of
from zhibao.warehouse.labels import label

SAID_MOVES = 6
# What is summed up since the programme began is told for the last issued period alone: it moves in all later ones.
CUMULATIVE = ("awarded_count", "candidate_count", "criterion_verdict_count", "promoted_count", "award_excluded_count")


@dataclass(frozen=True, slots=True)
class Correction:
    """One figure of one issued period. `old` and `new` are as printed."""

    period: str
    label: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Corrected:
    """The issued version that a document corrects and takes the place of, and what moved in it."""

    issued_on: str
    moved: tuple[Correction, ...]

    @property
    def words(self) -> str:
        """In one sentence or two, for the document's first lines and for the mail.

        Versions count drafts that nobody outside the office has seen, so that the date alone names the one before.
        """
        said = f"本稿更正并取代{self.issued_on}印发的前一稿"
        lines = [f"{item.label}由{item.old}更正为{item.new}" for item in self.moved[:SAID_MOVES]]
        more = f"等{len(self.moved)}项" if len(self.moved) > SAID_MOVES else ""
        return f"{said}：{'；'.join(lines)}{more}。" if lines else f"{said}，各项指标未变。"


def corrected(connection: Connection, programme: Programme, figure_set: FigureSet) -> Corrected | None:
    """What a document of these figures corrects, by what was known of letters when they were computed."""
    last = last_issued(connection, programme, figure_set.kind, str(figure_set.period), figure_set.known_at)
    return None if last is None else held_against(connection, programme, last, figure_set)


def held_against(
    connection: Connection, programme: Programme, issued: dict[str, Any], figure_set: FigureSet
) -> Corrected:
    """`figure_set` as a correction of one issued document (a row of `last_issued`)."""
    old = load_set(connection, issued["figure_set_id"]).figures
    moved = tuple(
        Correction(figure_set.period.zh(), label(programme, one, "zh"), number(one), number(other))
        for _, one, other in differences(old, figure_set.figures)
        if one is not None and other is not None and _is_told(programme, one, is_last=True)
    )
    day = issued["issued_at"].astimezone(ZoneInfo(programme.timezone)).date()
    return Corrected(date_zh(day), moved)


def corrections(connection: Connection, programme: Programme, figure_set: FigureSet) -> list[Correction]:
    """What this report tells of those before it, by period and in the official order of figures.

    The relations of `figure_set` are gone afterwards: others were computed over them.
    """
    issued = _issued(connection, programme, figure_set)
    if not issued:
        return []
    last = max(issued, key=lambda row: Period.parse(row["period"]))
    found = []
    for code in sorted({row["period"] for row in issued}, key=Period.parse):
        if not _touched(connection, programme, Period.parse(code), last, figure_set):
            continue
        old, new = (
            compute(connection, programme, figure_set.kind, Period.parse(code), as_of, known_at).figures
            for as_of, known_at in ((last["as_of"], last["known_at"]), (figure_set.as_of, figure_set.known_at))
        )
        found += [
            Correction(Period.parse(code).zh(), label(programme, one or other, "zh"), number(one), number(other))
            for _, one, other in differences(old, new)
            if one is not None and other is not None and _is_told(programme, one, code == last["period"])
        ]
    return found


def _issued(connection: Connection, programme: Programme, figure_set: FigureSet) -> list[dict[str, Any]]:
    """The approved documents of this kind and of earlier periods, as was known: period, as_of, known_at."""
    rows = connection.execute(
        "select distinct on (document.document_id) document.period, figure_set.as_of, figure_set.known_at,"
        " approval.decision from document join figure_set using (figure_set_id) join approval using (document_id)"
        " where document.programme = %s and document.kind = %s and not is_replay and approval.recorded_at <= %s"
        " order by document.document_id, approval_id desc",
        (programme.code, figure_set.kind, figure_set.known_at),
    ).fetchall()
    return [
        row for row in rows
        if row["decision"] == "approve" and Period.parse(row["period"]) < figure_set.period
        and row["as_of"] <= figure_set.as_of
    ]


def _touched(
    connection: Connection, programme: Programme, period: Period, last: dict[str, Any], figure_set: FigureSet
) -> bool:
    """Whether anything of this period's window has been accepted, ruled or waived since the last document."""
    bounds = (last["as_of"], last["known_at"], figure_set.as_of, figure_set.known_at)
    since = ("programme = %s and (effective_at > %s or recorded_at > %s) and effective_at <= %s and recorded_at <= %s")
    first, end = window(programme, period)
    accepted = connection.execute(
        f"select distinct period from acceptance where {since}", (programme.code, *bounds)
    ).fetchall()
    if any(_meets(Period.parse(row["period"]), first, end) for row in accepted):
        return True
    decided = connection.execute(
        f"select exists (select from waiver where {since}) or exists (select from title_ruling where {since}) as found",
        (programme.code, *bounds, programme.code, *bounds),
    ).fetchone()
    return decided["found"]


def _meets(period: Period, first: Any, end: Any) -> bool:
    return period.starts_on <= end and period.ends_on >= first


def _is_told(programme: Programme, figure: Figure, is_last: bool) -> bool:
    """Counts and sums of the programme; rates follow from them, and the state of returns is told beside."""
    is_fact = relations_of(programme)[figure.name].folder == "marts/facts"
    told = is_fact and figure_kinds(programme)[figure.name].group == "programme"
    return told and (is_last or (figure.name not in CUMULATIVE and not figure.name.endswith("_to_date")))
