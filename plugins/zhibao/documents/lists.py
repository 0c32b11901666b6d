"""What a document prints beside its figures: names, waivers and the units' own words, as of the figures' instants."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from psycopg import sql

from zhibao.documents.corrections import Corrected, Correction, corrected, corrections
from zhibao.documents.issue import Issue
from zhibao.documents.masks import mask_name
from zhibao.documents.numbers import date_zh
from zhibao.programme.calendar import expected_returns
from zhibao.programme.models import NarrativeSections, Programme, ReportKind
from zhibao.store.database import Connection
from zhibao.text import Text
from zhibao.warehouse.compute import FigureSet, build_for

LISTED = ("awardee", "current_candidate", "current_return")

BASES = """select base_row.unit, kept.{name} as name,
    jsonb_object_agg(criterion_result.criterion, criterion_result.verdict) as verdicts
from base_row
join {form} as kept using (row_id)
join ref_unit on ref_unit.code = base_row.unit
join criterion_result using (row_id, level)
where base_row.level = {level}
group by base_row.row_id, base_row.unit, ref_unit.ordinal, kept.{name}
order by ref_unit.ordinal, name, base_row.row_id"""


@dataclass(frozen=True, slots=True)
class Said:
    """What one unit wrote for one section: a paragraph a text."""

    unit: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lists:
    """Rows of text, masked where they name a person, in the official order.

    `awardees` have the keys `level`, `category`, `unit`, `name`, `venture`, `project`, `granted_on`,
    `document_number`; `waivers` have `unit`, `level`, `name`, `criterion`, `reason`, `actor`, `on`. `narratives` are
    by section; `silent` are the units that owe words and gave none. `corrections` tell what moved in issued figures.
    `enclosed` is the sha256 of the approved document that a letter forwards. `bases` have `level`, `unit`, `name` and
    `verdicts` by criterion; `months` have `unit`, `month` and the `state` of what was due in it. `issues` are
    the numbers that the office has given; `corrected` is the issued version that this one takes the place of.
    """

    awardees: Sequence[dict[str, str]] = ()
    waivers: Sequence[dict[str, str]] = ()
    corrections: Sequence[Correction] = ()
    narratives: dict[str, list[Said]] | None = None
    silent: Sequence[str] = ()
    enclosed: str | None = None
    bases: Sequence[dict[str, Any]] = ()
    months: Sequence[dict[str, str]] = ()
    issues: Sequence[Issue] = ()
    corrected: Corrected | None = None

    @property
    def all_corrections(self) -> Sequence[Correction]:
        """Those of the issued version of this very report, then those of earlier periods."""
        return [*(self.corrected.moved if self.corrected else ()), *self.corrections]

    @property
    def digest(self) -> str:
        told = asdict(self) | {"issues": [item.model_dump(mode="json") for item in self.issues]}
        return hashlib.sha256(json.dumps(told, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def read_lists(connection: Connection, programme: Programme, figure_set: FigureSet) -> Lists:
    """All that the report of this kind lists."""
    kind = programme.reports[figure_set.kind]
    before = corrected(connection, programme, figure_set) if kind.is_approved else None
    return replace(_lists(connection, programme, figure_set, kind), corrected=before)


def _lists(connection: Connection, programme: Programme, figure_set: FigureSet, kind: ReportKind) -> Lists:
    told = tuple(corrections(connection, programme, figure_set)) if kind.lists_corrections else ()
    if kind.forwards:
        return Lists(corrections=told, enclosed=_enclosed(connection, programme, figure_set, kind.forwards))
    if not (kind.lists_levels or kind.lists_waivers or kind.narrative or kind.lists_bases or kind.lists_months):
        return Lists(corrections=told)
    build_for(
        connection, programme, figure_set.kind, figure_set.period, figure_set.as_of,
        expected_returns(programme, figure_set.kind, figure_set.period), _listed(kind), figure_set.known_at,
    )
    narratives = _narratives(connection, programme, figure_set, kind.narrative) if kind.narrative else {}
    return Lists(
        _awardees(connection, programme, kind) if kind.lists_levels else (),
        _waivers(connection, programme) if kind.lists_waivers else (),
        told,
        narratives or None,
        _silent(programme, kind.narrative, narratives) if kind.narrative else (),
        bases=_bases(connection, programme) if kind.lists_bases else (),
        months=_months(connection, programme) if kind.lists_months else (),
    )


def _awardees(connection: Connection, programme: Programme, kind: ReportKind) -> list[dict[str, str]]:
    masking = programme.masking
    rows = connection.execute(
        "select awardee.* from awardee join ref_level using (level)"
        " join ref_unit on ref_unit.code = awardee.unit where level = any(%s)"
        " order by ref_level.ordinal, ref_unit.ordinal, counted_on, candidate_no",
        (kind.lists_levels,),
    )
    return [
        {
            "level": row["level"], "category": row["category"] or "", "unit": programme.unit(row["unit"]).name.zh,
            "name": mask_name(row["person_name"], masking.name) if kind.names == "masked" else row["person_name"],
            "venture": row["venture_name"] or "", "project": row["project_name"] or "",
            "granted_on": row["counted_on"].isoformat(), "document_number": row["document_no"] or "",
        }
        for row in rows
    ]


def _enclosed(connection: Connection, programme: Programme, figure_set: FigureSet, kind: str) -> str | None:
    """The document of this period whose last decision, as was known, approved it."""
    rows = connection.execute(
        "select distinct on (document.document_id) document.document_id, document.pdf_sha256, approval.decision"
        " from document join figure_set using (figure_set_id) join approval using (document_id)"
        " where document.programme = %s and document.kind = %s and document.period = %s and figure_set.as_of <= %s"
        " and approval.recorded_at <= %s order by document.document_id desc, approval_id desc",
        (programme.code, kind, str(figure_set.period), figure_set.as_of, figure_set.known_at),
    )
    return next((row["pdf_sha256"] for row in rows if row["decision"] == "approve"), None)


def _waivers(connection: Connection, programme: Programme) -> list[dict[str, str]]:
    rows = connection.execute(
        "select distinct on (unit.ordinal, level.ordinal, waiver.candidate_no, waiver.criterion)"
        " waiver.*, candidate.person_name, candidate.category from waiver cross join param"
        " join ref_unit as unit on unit.code = waiver.unit join ref_level as level on level.level = waiver.level"
        " join current_candidate as latest on (latest.unit, latest.level, latest.candidate_no)"
        "   = (waiver.unit, waiver.level, waiver.candidate_no)"
        " join candidate on candidate.row_id = latest.row_id"
        " where waiver.programme = param.programme and waiver.effective_at <= param.as_of"
        " and waiver.recorded_at <= param.known_at"
        " order by unit.ordinal, level.ordinal, waiver.candidate_no, waiver.criterion, waiver_id desc"
    )
    return [
        {
            "unit": programme.unit(row["unit"]).name.zh, "level": programme.level(row["level"]).name.zh,
            "category": row["category"] or "", "name": mask_name(row["person_name"], programme.masking.name),
            "criterion": _criterion(programme, row).zh, "reason": row["reason"], "actor": row["actor"],
            "on": date_zh(row["effective_at"].date()),
        }
        for row in rows
    ]


def _listed(kind: ReportKind) -> tuple[str, ...]:
    bases = ("criterion_result", "base_row") if kind.lists_bases else ()
    return (*LISTED, *bases, *(("return_month",) if kind.lists_months else ()))


def _bases(connection: Connection, programme: Programme) -> list[dict[str, Any]]:
    return [
        {
            "level": level.code, "unit": programme.unit(row["unit"]).name.zh, "name": row["name"],
            "verdicts": row["verdicts"],
        }
        for level in programme.levels if level.subject != "person"
        for row in connection.execute(sql.SQL(BASES).format(
            form=sql.Identifier(level.roster), level=sql.Literal(level.code),
            name=sql.Identifier(level.named_by or programme.forms[level.roster].key[0]),
        ))
    ]


def _months(connection: Connection, programme: Programme) -> list[dict[str, str]]:
    rows = connection.execute(
        "select unit, month, state from return_month join ref_unit on ref_unit.code = unit order by ordinal, month"
    )
    return [row | {"unit": programme.unit(row["unit"]).name.zh} for row in rows]


def _criterion(programme: Programme, row: dict[str, Any]) -> Text:
    criteria = programme.level(row["level"]).criteria
    return next(item.name for item in criteria if item.code == row["criterion"])


def _narratives(
    connection: Connection, programme: Programme, figure_set: FigureSet, wanted: NarrativeSections
) -> dict[str, list[Said]]:
    """Section → what each unit said, in the order of the programme's units."""
    query = sql.SQL(
        "select current_return.unit, told.* from current_return join {} as told using (submission_id)"
        " join ref_unit on ref_unit.code = current_return.unit where form = %s and period = %s order by ordinal"
    ).format(sql.Identifier(wanted.form))
    rows = connection.execute(query, (wanted.form, str(figure_set.period))).fetchall()
    told = {
        section: [Said(programme.unit(row["unit"]).name.zh, paragraphs) for row in rows
                  if (paragraphs := _paragraphs(row, columns))]
        for section, columns in wanted.sections.items()
    }
    return told if rows else {}


def _paragraphs(row: dict[str, Any], columns: list[str]) -> tuple[str, ...]:
    lines = (line.strip() for column in columns for line in (row[column] or "").splitlines())
    return tuple(line for line in lines if line)


def _silent(programme: Programme, wanted: NarrativeSections, told: dict[str, list[Said]]) -> list[str]:
    form, given = programme.forms[wanted.form], {said.unit for texts in told.values() for said in texts}
    return [unit.name.zh for unit in programme.units if form.is_owed_by(unit) and unit.name.zh not in given]
