"""Checks kept files once more: to rehearse a rule before it is switched on, and when rules have changed."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from zhibao.admission import admit
from zhibao.checking.run import check_returns
from zhibao.checking.suites import load_suite
from zhibao.errors import RefusedError
from zhibao.exempting import Slot
from zhibao.findings import Finding, Severity, decide_status
from zhibao.intake import Intake, findings_of, record_assessment, record_check
from zhibao.period import Period
from zhibao.reading.read import read_many
from zhibao.store import landing
from zhibao.store.database import Connection
from zhibao.store.locks import hold_intake
from zhibao.warehouse.cross_checks import PREFIX

STANDING = (
    "select distinct on (acceptance.unit, acceptance.form, acceptance.period) submission.submission_id, sha256,"
    " file_name, submission.unit, submission.form, submission.period, latest.assessment_id, latest.suite_version,"
    " latest.row_count"
    " from acceptance join submission using (submission_id)"
    " join lateral (select assessment_id, suite_version, row_count from assessment"
    "   where assessment.submission_id = submission.submission_id order by assessment_id desc limit 1"
    " ) as latest on true"
    " where acceptance.programme = %s"
    " order by acceptance.unit, acceptance.form, acceptance.period, effective_at desc, acceptance_id desc"
)

# The last file of a return of which no version stands, where nothing but the closed period speaks against it.
ONLY_CLOSED = (
    "select distinct on (unit, form, period) submission.submission_id, sha256, file_name, received_at, unit, form,"
    " period, (select sent_for from arrival where arrival.programme = submission.programme"
    "   and arrival.sha256 = submission.sha256 order by received_at, arrival_id limit 1) as sent_for"
    " from submission join lateral (select assessment_id, status from assessment"
    "   where assessment.submission_id = submission.submission_id order by assessment_id desc limit 1"
    " ) as latest on true"
    " where programme = %s and latest.status = 'returned' and not exists (select from acceptance"
    "   where (acceptance.programme, acceptance.unit, acceptance.form, acceptance.period)"
    "   = (submission.programme, submission.unit, submission.form, submission.period))"
    " and not exists (select from finding where finding.assessment_id = latest.assessment_id and severity = 'error'"
    "   and code <> 'admission.period_closed')"
    " order by unit, form, period, received_at desc, submission.submission_id desc"
)


@dataclass(slots=True)
class Rehearsed:
    """What one rule would have said to one unit: the returns looked at, those it finds something in, and its cells."""

    unit: str
    form: str
    severity: Severity
    return_count: int = 0
    hit_count: int = 0
    cell_count: int = 0
    periods: list[str] = field(default_factory=list)


def rehearse(
    connection: Connection, intake: Intake, rule: str, first: Period, last: Period, expectations_dir: Path, today: date
) -> list[Rehearsed]:
    """Hold `rule` of the suites in `expectations_dir` against the standing returns of these periods; nothing is kept.

    Raises RefusedError for a rule that no suite there has.
    """
    form, severity = _form_of(intake, rule, expectations_dir)
    rows = [
        row for row in connection.execute(STANDING, (intake.programme.code,))
        if row["form"] == form and first.starts_on <= Period.parse(row["period"]).starts_on <= last.ends_on
    ]
    by_unit: dict[str, Rehearsed] = {}
    for row, found in zip(rows, _checked(intake, rows, expectations_dir, today), strict=True):
        item = by_unit.setdefault(row["unit"], Rehearsed(row["unit"], form, severity))
        cells = sum(finding.code == rule for finding in found)
        item.return_count += 1
        item.cell_count += cells
        if cells:
            item.hit_count += 1
            item.periods.append(row["period"])
    order = {unit.code: place for place, unit in enumerate(intake.programme.units)}
    return sorted(by_unit.values(), key=lambda item: order[item.unit])


def recheck(connection: Connection, intake: Intake, now: datetime) -> int:
    """Check again what stands and was checked under other rules than today's. Gives the number of returns.

    What was accepted is not taken back: an error of a rule that came later is a query, which waits for a correction
    or a written explanation before a report is approved.
    """
    hold_intake(connection)
    suites = {code: load_suite(intake.expectations_dir, form).version for code, form in intake.programme.forms.items()}
    rows = [
        row for row in connection.execute(STANDING, (intake.programme.code,)).fetchall()
        if row["suite_version"] != suites[row["form"]]
    ]
    known = findings_of(connection, [row["assessment_id"] for row in rows])
    for row, found in zip(rows, _checked(intake, rows, intake.expectations_dir, now.date()), strict=True):
        before = known.get(row["assessment_id"], [])
        findings = [
            *(_softened(item, before) for item in found),
            *(item for item in before if item.code.startswith((PREFIX, "admission."))),
        ]
        status = decide_status(item for item in findings if item.severity != "error")
        record_assessment(connection, row["submission_id"], status, suites[row["form"]], row["row_count"], findings,
                          now)
    return len(rows)


def take_reopened(
    connection: Connection, intake: Intake, slots: Container[Slot], now: datetime, actor: str
) -> list[dict[str, Any]]:
    """Take the returns that were sent back for nothing but a closed period, now that it is open again.

    The office need not send them once more (the same bytes would be the same submission). Gives submission and status.
    """
    hold_intake(connection)
    rows = [
        row for row in connection.execute(ONLY_CLOSED, (intake.programme.code,)).fetchall()
        if (row["unit"], row["form"], row["period"]) in slots
    ]
    files = [(landing.path_of(intake.landing_dir, row["sha256"]), row["file_name"]) for row in rows]
    reads = zip(rows, read_many(files, intake.programme), strict=True)
    returns = [admit(intake.programme, read, row["received_at"], row["sent_for"], slots) for row, read in reads]
    checked = check_returns(intake.programme, returns, intake.expectations_dir, now.date())
    taken = []
    for row, read, found in zip(rows, returns, checked, strict=True):
        suite = load_suite(intake.expectations_dir, intake.programme.forms[row["form"]]).version
        status = record_check(connection, intake, row["submission_id"], read, found, suite, now, now, actor)
        taken.append({"submission": row["submission_id"], "status": status})
    return taken


def _softened(finding: Finding, before: Iterable[Finding]) -> Finding:
    """An error that was known when the return was taken (its row was held back) stays one; a new one is a query."""
    if finding.severity != "error" or any((item.code, item.row) == (finding.code, finding.row) for item in before):
        return finding
    return replace(finding, severity="query")


def _form_of(intake: Intake, rule: str, expectations_dir: Path) -> tuple[str, Severity]:
    known = {
        entry.code: (form.code, entry.entry.meta.severity)
        for form in intake.programme.forms.values() for entry in load_suite(expectations_dir, form).rules
    }
    if rule not in known:
        raise RefusedError(
            f"没有规则 {rule}，可选：{'、'.join(sorted(known))}", f"no rule {rule!r}; known: {', '.join(sorted(known))}"
        )
    return known[rule]


def _checked(
    intake: Intake, rows: Iterable[dict[str, Any]], expectations_dir: Path, today: date
) -> list[list[Finding]]:
    """Reading's and the suites' findings of these kept files."""
    files = [(landing.path_of(intake.landing_dir, row["sha256"]), row["file_name"]) for row in rows]
    returns = list(read_many(files, intake.programme))
    return check_returns(intake.programme, returns, expectations_dir, today)
