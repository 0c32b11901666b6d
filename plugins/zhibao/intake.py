"""Intake: files become submissions, each with its findings; accepted ones become rows of the warehouse.

Two steps, so that a crash loses nothing and doubles nothing: `land` keeps the bytes and notes their arrival;
`take` reads, checks and records a batch of arrivals in one transaction, and may be run again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from psycopg import sql
from psycopg.types.json import Json, Jsonb

from zhibao.admission import admit
from zhibao.checking import gx
from zhibao.checking.run import check_returns
from zhibao.checking.suites import load_suite
from zhibao.exempting import standing
from zhibao.explanations import record_answers
from zhibao.findings import Finding, Status, decide_status
from zhibao.programme.models import Column, Form, Programme
from zhibao.reading.model import ReadReturn
from zhibao.reading.read import read_many
from zhibao.store import landing
from zhibao.store.database import Connection, schema_of
from zhibao.store.form_tables import stored_columns
from zhibao.store.keys import FieldKeys
from zhibao.store.locks import hold_intake
from zhibao.text import Text


@dataclass(frozen=True, slots=True)
class IncomingFile:
    """A file as a source hands it over. `received_at` carries a time zone."""

    content: bytes
    file_name: str
    received_at: datetime
    source: str


@dataclass(frozen=True, slots=True)
class Arrival:
    """A landed file's coming. What a source fetched by itself bears the source's key for it (sources/model.py)."""

    sha256: str
    byte_count: int
    source: str
    file_name: str
    received_at: datetime
    sent_for: str | None = None
    sender: str | None = None
    item_key: str | None = None
    message_id: str | None = None


@dataclass(slots=True)
class SubmissionResult:
    """What became of one file. `is_duplicate` means that these bytes were taken before; its status is that one's."""

    submission_id: int
    file_name: str
    form: str | None
    unit: str | None
    period: str | None
    status: Status
    findings: list[Finding] = field(default_factory=list)
    is_duplicate: bool = False


@dataclass(frozen=True, slots=True)
class Intake:
    """What taking a batch needs: the rules, the keys and the places."""

    programme: Programme
    keys: FieldKeys
    landing_dir: Path
    expectations_dir: Path


def land(connection: Connection, intake: Intake, files: Iterable[IncomingFile], batch: str) -> int:
    """Keep the bytes and note each arrival under `batch`. Gives the number of files."""
    return record_arrivals(connection, intake.programme, (
        Arrival(landing.land(intake.landing_dir, file.content), len(file.content), file.source, file.file_name,
                file.received_at)
        for file in files
    ), batch)


def record_arrivals(connection: Connection, programme: Programme, arrivals: Iterable[Arrival], batch: str) -> int:
    """Note that these landed files came in. Gives how many are new: what its source has given before is not."""
    count = 0
    for item in arrivals:
        connection.execute(
            "insert into landed_file (sha256, byte_count) values (%s, %s) on conflict do nothing",
            (item.sha256, item.byte_count),
        )
        count += connection.execute(
            "insert into arrival (programme, sha256, source, file_name, received_at, batch, sent_for, sender, item_key,"
            " message_id) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) on conflict do nothing",
            (programme.code, item.sha256, item.source, item.file_name, item.received_at, batch, item.sent_for,
             item.sender, item.item_key, item.message_id),
        ).rowcount
    return count


def take(connection: Connection, intake: Intake, batch: str, now: datetime) -> list[SubmissionResult]:
    """Read, check and record the arrivals of `batch`; one bad file never stops the others.

    The same bytes, from any source, are one submission: the earliest arrival counts.
    """
    arrivals = _new_arrivals(connection, intake.programme, batch)
    files = ((landing.path_of(intake.landing_dir, item["sha256"]), item["file_name"]) for item in arrivals)
    reads = zip(arrivals, read_many(files, intake.programme), strict=True)
    if arrivals:
        gx.prepare()  # meanwhile the first files are read
    reopened = standing(connection, intake.programme, "reopen", now)
    returns = [admit(intake.programme, read, item["received_at"], item["sent_for"], reopened) for item, read in reads]
    findings = check_returns(intake.programme, returns, intake.expectations_dir, now.date())
    suites = _suite_versions(intake, returns)
    hold_intake(connection)
    record_programme(connection, intake.programme)
    for arrival, read, found in zip(arrivals, returns, findings, strict=True):
        _record(connection, intake, arrival, read, found, suites.get(read.form, "none"), now)
    return _results(connection, intake.programme, batch, {item["sha256"] for item in arrivals})


def record_programme(connection: Connection, programme: Programme) -> None:
    """Keep this text of the programme, so that results can be computed again under the rules of their day."""
    content = programme.model_dump(mode="json", by_alias=True, exclude={"contacts"})
    connection.execute(
        "insert into programme_version (digest, programme, content) values (%s, %s, %s) on conflict do nothing",
        (programme.digest, programme.code, Json(content)),
    )


def held_status(read: ReadReturn, findings: Sequence[Finding], acceptance: Literal["whole", "rows"]) -> Status:
    """The status under the switch `intake.acceptance`: `rows` holds back failing rows and takes the rest."""
    if acceptance == "rows" and not read.refused and read.rows:
        failing = failing_rows(findings)
        if all(finding.row in failing for finding in findings if finding.severity == "error"):
            return decide_status(finding for finding in findings if finding.severity != "error")
    return decide_status(findings, refused=read.refused)


def failing_rows(findings: Iterable[Finding]) -> set[int]:
    return {finding.row for finding in findings if finding.severity == "error" and finding.row is not None}


def _suite_versions(intake: Intake, returns: Iterable[ReadReturn]) -> dict[str | None, str]:
    forms = {read.form for read in returns if read.form is not None}
    return {form: load_suite(intake.expectations_dir, intake.programme.forms[form]).version for form in forms}


def _new_arrivals(connection: Connection, programme: Programme, batch: str) -> list[dict[str, Any]]:
    rows = connection.execute(
        "select distinct on (sha256) sha256, file_name, source, received_at, sent_for from arrival"
        " where programme = %(programme)s and batch = %(batch)s and not exists ("
        "   select from submission where submission.programme = arrival.programme"
        "   and submission.sha256 = arrival.sha256)"
        " order by sha256, received_at, arrival_id",
        {"programme": programme.code, "batch": batch},
    ).fetchall()
    return sorted(rows, key=lambda row: (row["received_at"], row["file_name"]))


def _record(
    connection: Connection, intake: Intake, arrival: dict[str, Any], read: ReadReturn,
    findings: list[Finding], suite: str, now: datetime,
) -> None:
    programme = intake.programme
    inserted = connection.execute(
        "insert into submission (programme, sha256, file_name, source, received_at, form, unit, period, is_nil, sheet,"
        " header_row, layout, totals, reader, reader_version, programme_digest)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
        " on conflict (programme, sha256) do nothing returning submission_id",
        (programme.code, arrival["sha256"], arrival["file_name"], arrival["source"], arrival["received_at"],
         read.form, read.unit, read.period, read.nil_return, read.sheet, read.header_row, Jsonb(read.layout),
         Jsonb(read.totals, dumps=_dumps), read.reader, read.reader_version, programme.digest),
    ).fetchone()
    if inserted is None:
        return  # another batch took the same bytes meanwhile
    submission_id = inserted["submission_id"]
    record_answers(connection, submission_id, read.unit, read.answers)
    record_check(connection, intake, submission_id, read, findings, suite, now, arrival["received_at"], "intake")


def record_check(
    connection: Connection, intake: Intake, submission_id: int, read: ReadReturn, findings: Sequence[Finding],
    suite: str, now: datetime, effective_at: datetime, actor: str,
) -> Status:
    """Write the check of one submission; what is accepted by it counts from `effective_at` on."""
    acceptance = intake.programme.switches.intake.acceptance
    status = held_status(read, findings, acceptance)
    record_assessment(connection, submission_id, status, suite, len(read.rows), findings, now)
    if status in ("accepted", "accepted_with_queries"):
        held = failing_rows(findings) if acceptance == "rows" else set()
        _copy_rows(connection, intake, submission_id, read, held)
        connection.execute(
            "insert into acceptance (programme, unit, form, period, submission_id, kind, actor, effective_at)"
            " values (%s, %s, %s, %s, %s, 'accept', %s, %s)",
            (intake.programme.code, read.unit, read.form, read.period, submission_id, actor, effective_at),
        )
    return status


def record_assessment(
    connection: Connection, submission_id: int, status: Status, suite: str, row_count: int,
    findings: Sequence[Finding], now: datetime,
) -> None:
    """Write one check of one submission with all its findings."""
    assessment = connection.execute(
        "insert into assessment (submission_id, suite_version, status, row_count, assessed_at)"
        " values (%s, %s, %s, %s, %s) returning assessment_id",
        (submission_id, suite, status, row_count, now),
    ).fetchone()
    if not findings:
        return
    statement = (
        "copy finding (assessment_id, code, severity, sheet, row_number, column_letters, header, field, message,"
        " next_step) from stdin"
    )
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for item in findings:
            copy.write_row((
                assessment["assessment_id"], item.code, item.severity, item.sheet, item.row, item.column, item.header,
                item.field, Jsonb(item.message.model_dump()), Jsonb(item.next_step.model_dump()),
            ))


def _copy_rows(connection: Connection, intake: Intake, submission_id: int, read: ReadReturn, held: set[int]) -> None:
    """COPY the records, in the columns that hold anything; the others keep their default."""
    count = len(read.rows)
    if not count:
        return
    form = intake.programme.forms[str(read.form)]
    columns: dict[str, Sequence[Any]] = {
        "submission_id": [submission_id] * count, "unit": [read.unit] * count, "sheet": [read.sheet] * count,
        "row_number": read.rows,
    }
    for name, by_row in (("doubts", _by_row(read.doubts)), ("raw", _raw_by_row(intake.keys, form, read))):
        if by_row:
            columns[name] = [_dumps(by_row[index]) if index in by_row else "{}" for index in range(count)]
    for column in form.columns:
        if any(value is not None for value in read.columns.get(column.code, ())):
            columns |= _stored_values(intake.keys, column, read)
    statement = sql.SQL("copy {} ({}) from stdin").format(
        sql.Identifier(schema_of(intake.programme), form.code), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row, values in zip(read.rows, zip(*columns.values(), strict=True), strict=True):
            if row not in held:
                copy.write_row(values)


def _stored_values(keys: FieldKeys, column: Column, read: ReadReturn) -> dict[str, list[Any]]:
    values = read.columns[column.code]
    stored: dict[str, list[Any]] = {}
    for name in stored_columns(column):
        if name.endswith("_cipher"):
            stored[name] = [None if value is None else keys.encrypt(column.code, value) for value in values]
        elif name.endswith("_hmac"):
            stored[name] = [None if value is None else keys.match(column.code, value) for value in values]
        elif name.endswith("_precision"):
            precisions = read.precisions.get(column.code, {})
            stored[name] = [precisions.get(index) for index in range(len(values))]
        else:
            stored[name] = values
    return stored


def _by_row(cells: dict[str, dict[int, Any]]) -> dict[int, dict[str, Any]]:
    rows: dict[int, dict[str, Any]] = {}
    for code, by_index in cells.items():
        for index, value in by_index.items():
            rows.setdefault(index, {})[code] = value
    return rows


def _raw_by_row(keys: FieldKeys, form: Form, read: ReadReturn) -> dict[int, dict[str, Any]]:
    """[raw text, rule] per changed cell; the raw text of a protected column is kept encrypted, as hex."""
    kept: dict[str, dict[int, Any]] = {}
    for code, by_index in read.raw.items():
        protected = form.column(code).protect == "encrypt"
        kept[code] = {
            index: [keys.encrypt(code, text).hex() if protected else text.replace("\0", ""), rule]
            for index, (text, rule) in by_index.items()
        }
    return _by_row(kept)


def _results(
    connection: Connection, programme: Programme, batch: str, new: set[str]
) -> list[SubmissionResult]:
    rows = connection.execute(
        "select arrival.file_name, submission.submission_id, submission.sha256, form, unit, period, status,"
        " assessment_id from arrival join submission using (programme, sha256)"
        " join lateral (select assessment_id, status from assessment"
        "   where assessment.submission_id = submission.submission_id"
        "   order by assessment_id desc limit 1) as latest on true"
        " where arrival.programme = %s and batch = %s order by arrival_id",
        (programme.code, batch),
    ).fetchall()
    found = findings_of(connection, [row["assessment_id"] for row in rows])
    results, seen = [], set()
    for row in rows:
        duplicate = row["sha256"] not in new or row["sha256"] in seen
        seen.add(row["sha256"])
        results.append(SubmissionResult(
            row["submission_id"], row["file_name"], row["form"], row["unit"], row["period"], row["status"],
            found.get(row["assessment_id"], []), duplicate,
        ))
    return results


def refreshed(connection: Connection, results: Sequence[SubmissionResult]) -> list[SubmissionResult]:
    """The same results by the latest assessment of each submission."""
    rows = connection.execute(
        "select distinct on (submission_id) submission_id, assessment_id, status from assessment"
        " where submission_id = any(%s) order by submission_id, assessment_id desc",
        ([item.submission_id for item in results],),
    ).fetchall()
    latest = {row["submission_id"]: row for row in rows}
    found = findings_of(connection, [row["assessment_id"] for row in rows])
    return [
        replace(item, status=latest[item.submission_id]["status"],
                findings=found.get(latest[item.submission_id]["assessment_id"], []))
        for item in results
    ]


def findings_of(connection: Connection, assessments: Sequence[int]) -> dict[int, list[Finding]]:
    """All findings of these assessments, in the order in which they were found."""
    found: dict[int, list[Finding]] = {}
    for row in connection.execute(
        "select * from finding where assessment_id = any(%s) order by finding_id", (list(assessments),)
    ):
        found.setdefault(row["assessment_id"], []).append(Finding(
            row["code"], row["severity"], Text(**row["message"]), Text(**row["next_step"]), row["sheet"],
            row["row_number"], row["column_letters"], row["header"], row["field"],
        ))
    return found


def _dumps(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
