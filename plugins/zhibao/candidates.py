"""Why one candidate stands where it does: every criterion with its value, and every title with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from zhibao.conflicts import reached
from zhibao.documents.words import requirement
from zhibao.errors import RefusedError
from zhibao.programme.models import Criterion, Programme
from zhibao.store.database import Connection
from zhibao.warehouse.catalogue import load_catalogue
from zhibao.warehouse.compute import build_for
from zhibao.warehouse.trace import HIDDEN, SHOWN


@dataclass(frozen=True, slots=True)
class Judged:
    """One criterion of one candidate. `measured` and `threshold` are as people write them, `margin` in `margin_unit`
    (below zero: short by so much). The cell is where the value stands."""

    level: str
    criterion: str
    verdict: str
    reason: str | None
    measured: str | None
    threshold: str | None
    margin: Decimal | None
    file_name: str
    sheet: str | None
    row: int | None
    column: str | None


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of a candidate at one level: the row that counts and those before it, the verdicts, the title."""

    unit: str
    candidate_no: str
    judged: list[Judged]
    rows: list[tuple[str, str, int, bool]]
    title: str | None


def why(connection: Connection, programme: Programme, unit: str, candidate_no: str, as_of: datetime) -> Told:
    """All that was decided on a candidate as of an instant. Raises RefusedError for one that stands in no roster."""
    build_for(connection, programme, "monthly", reached(programme, as_of), as_of, (), ["criterion_result", "award"])
    judged = [
        Judged(
            row["level"], row["criterion"], row["verdict"], row["reason"], *_values(programme, row), row["margin"],
            row["file_name"], row["sheet"], row["row_number"], row["layout"].get(_criterion(programme, row).measure),
        )
        for row in connection.execute(
            "select criterion_result.*, submission.file_name, submission.layout, place.sheet, place.row_number"
            " from criterion_result join ref_criterion using (level, criterion)"
            " join (select row_id, sheet, row_number, submission_id, 'candidate' as roster from candidate) as place"
            "   using (row_id, roster) join submission using (submission_id)"
            " where criterion_result.unit = %s and candidate_no = %s order by level, ref_criterion.ordinal",
            (unit, candidate_no), prepare=False,
        )
    ]
    rows = connection.execute(
        "select submission.period, submission.file_name, candidate.row_number,"
        " nomination.row_id is not null as is_counted"
        " from candidate_row join candidate using (row_id) join submission on"
        " submission.submission_id = candidate.submission_id left join nomination using (row_id)"
        " where candidate_row.unit = %s and candidate_row.candidate_no = %s order by candidate_row.period_starts_on",
        (unit, candidate_no), prepare=False,
    ).fetchall()
    if not rows:
        raise RefusedError(
            f"{unit} 没有编号为 {candidate_no} 的候选人", f"{unit} has no candidate {candidate_no}"
        )
    title = connection.execute(
        "select awarded_on, is_counted, reason from award where unit = %s and candidate_no = %s order by awarded_on"
        " limit 1", (unit, candidate_no), prepare=False,
    ).fetchone()
    return Told(
        unit, candidate_no, judged,
        [(row["period"], row["file_name"], row["row_number"], row["is_counted"]) for row in rows],
        None if title is None else title["reason"] or "counted",
    )


def lines(programme: Programme, told: Told) -> list[str]:
    """What a clerk reads: each criterion with what is short, the rows, the title."""
    catalogue = load_catalogue()
    said = []
    for item in told.judged:
        criterion = _criterion(programme, {"level": item.level, "criterion": item.criterion})
        words = [criterion.name.zh, catalogue.labels["verdict"][item.verdict].zh]
        if item.measured is not None:
            wanted = HIDDEN if item.threshold == HIDDEN else requirement(criterion)
            words.append(f"{item.measured}（要求{wanted}）")
        if item.margin is not None and item.margin < 0:
            words.append(f"差{_number(-item.margin)}{_unit(criterion)}")
        elif item.reason and (reason := catalogue.reason(item.reason)):
            words.append(reason.zh)
        if item.column:
            words.append(f"{item.file_name} {item.column}{item.row}")
        said.append("\t".join(words))
    for period, name, row, is_counted in told.rows:
        state = "计入" if is_counted else "已由后期报表更新"
        said.append(f"名册\t{period}\t{name} 第{row}行\t{state}")
    if told.title is not None:
        reason = catalogue.reason(told.title)
        word = "计入" if told.title == "counted" else f"未计入：{reason.zh if reason else told.title}"
        said.append(f"称号\t{word}")
    return said


def _values(programme: Programme, row: dict[str, Any]) -> tuple[str | None, str | None]:
    measure = _criterion(programme, row).measure
    column = next((item for item in programme.forms["candidate"].columns if item.code == measure), None)
    if column is not None and column.privacy not in SHOWN:
        return HIDDEN, HIDDEN
    words = {} if column is None else {code: said[0] for code, said in programme.choices_of(column).items()}
    return words.get(row["measured"], row["measured"]), words.get(row["threshold"], row["threshold"])


def _criterion(programme: Programme, row: dict[str, Any]) -> Criterion:
    return next(item for item in programme.level(row["level"]).criteria if item.code == row["criterion"])


def _unit(criterion: Criterion) -> str:
    if criterion.op.endswith("_years"):
        return "天"
    return criterion.unit.zh if criterion.unit else ""


def _number(value: Decimal) -> str:
    return f"{value.normalize():f}"
