"""Puts a case folder into the database as intake would have: submissions, checks, acceptances and rows."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from psycopg import sql
from psycopg.types.json import Jsonb

from zhibao.intake import record_programme
from zhibao.period import Period
from zhibao.programme.models import Form, Programme
from zhibao.settings import load_settings
from zhibao.store import database
from zhibao.store.database import Connection
from zhibao.store.form_tables import ensure_form_tables
from zhibao.store.keys import FieldKeys

CASES = Path(__file__).with_name("cases")
KEYS = FieldKeys(b"f" * 32, b"m" * 32)
SHANGHAI = ZoneInfo("Asia/Shanghai")
SLOT = ("unit", "period", "version", "received_at")
FIRST_ROW = 5
SAID = Jsonb({"zh": "试", "en": "test"})

Row = dict[str, Any]


@cache
def defaults() -> dict[str, Row]:
    return yaml.safe_load((CASES / "defaults.yaml").read_text("utf-8"))


@contextmanager
def opened_case(url: str, programme: Programme, case: str) -> Iterator[Connection]:
    """A connection to an empty database that holds a case from now on."""
    database.migrate(url, load_settings())
    with database.connect(url, programme) as connection:
        ensure_form_tables(connection, programme)
        record_programme(connection, programme)
        load_case(connection, programme, CASES / case)
        yield connection


def load_case(connection: Connection, programme: Programme, folder: Path) -> None:
    """All files of the folder, in the order of receipt."""
    returns = [item for form in programme.forms.values() for item in _returns_of(form, folder / f"{form.code}.csv")]
    returns += [_bare(row) for row in _read(folder / "returns.csv")]
    for item in sorted(returns, key=lambda item: item["received_at"]):
        submit(connection, programme, **item)
    for row in _read(folder / "waiver.csv"):
        connection.execute(
            "insert into waiver (programme, unit, level, candidate_no, criterion, actor, reason, effective_at)"
            " values (%s, %s, %s, %s, %s, 'test', 'test', %s)",
            (programme.code, row["unit"], row["level"], row["candidate_no"], row["criterion"],
             instant(row["effective_at"])),
        )
    for row in _read(folder / "ruling.csv"):
        _rule(connection, programme, row)


def _rule(connection: Connection, programme: Programme, row: Row) -> None:
    connection.execute(
        "insert into title_ruling (programme, unit, level, candidate_no, ruling, actor, reason, effective_at)"
        " values (%s, %s, %s, %s, %s, 'test', 'test', %s)",
        (programme.code, row["unit"], row["level"], row["candidate_no"], row["ruling"], instant(row["effective_at"])),
    )


def submit(
    connection: Connection, programme: Programme, *, form: str, unit: str, period: str, received_at: datetime,
    rows: Iterable[Row] = (), status: str = "accepted", is_nil: bool = False, queries: int = 0, explained: bool = False,
    errors: int = 0, content: str = "", suite_version: str = "1",
) -> int:
    """One return; accepted unless `status` says otherwise. Gives its submission id."""
    rows = list(rows)
    definition = programme.forms[form]
    sha256 = hashlib.sha256(f"{form} {unit} {period} {received_at} {content}".encode()).hexdigest()
    connection.execute("insert into landed_file (sha256, byte_count) values (%s, 1) on conflict do nothing", (sha256,))
    submission_id = connection.execute(
        "insert into submission (programme, sha256, file_name, source, received_at, form, unit, period, is_nil, sheet,"
        " header_row, layout, reader, reader_version, programme_digest)"
        " values (%s, %s, %s, 'test', %s, %s, %s, %s, %s, 'Sheet1', 4, %s, 'test', '1', %s) returning submission_id",
        (programme.code, sha256, f"{unit}-{form}-{period}.xlsx", received_at, form, unit, period, is_nil,
         Jsonb(layout(definition)), programme.digest),
    ).fetchone()["submission_id"]
    found = {"query": queries, "error": errors}
    _assess(connection, submission_id, status, len(rows), found, explained, suite_version)
    if status in ("accepted", "accepted_with_queries"):
        _insert_rows(connection, definition, submission_id, unit, rows)
        accept(connection, programme, submission_id, received_at)
    return submission_id


def accept(
    connection: Connection, programme: Programme, submission_id: int, effective_at: datetime, kind: str = "accept"
) -> None:
    """The decision that a submission counts from an instant on."""
    connection.execute(
        "insert into acceptance (programme, unit, form, period, submission_id, kind, actor, effective_at)"
        " select programme, unit, form, period, submission_id, %s, 'test', %s from submission"
        " where submission_id = %s",
        (kind, effective_at, submission_id),
    )


def candidate(**given: Any) -> Row:
    return {**defaults()["candidate"], **given}


def decision(**given: Any) -> Row:
    return {**defaults()["selection_result"], **given}


def instant(text: str) -> datetime:
    value = datetime.fromisoformat(text)
    return value if value.tzinfo else value.replace(tzinfo=SHANGHAI)


def usual_receipt(period: str) -> datetime:
    day = Period.parse(period).ends_on + timedelta(days=3)
    return datetime(day.year, day.month, day.day, 9, tzinfo=SHANGHAI)


def layout(form: Form) -> dict[str, str]:
    """Columns in the form's order from A on; past Z as AA, AB."""
    return {
        column.code: (chr(64 + place // 26) if place >= 26 else "") + chr(65 + place % 26)
        for place, column in enumerate(form.columns)
    }


def _assess(
    connection: Connection, submission_id: int, status: str, row_count: int, found: dict[str, int], explained: bool,
    suite_version: str,
) -> None:
    assessment = connection.execute(
        "insert into assessment (submission_id, suite_version, status, row_count, assessed_at)"
        " values (%s, %s, %s, %s, clock_timestamp()) returning assessment_id",
        (submission_id, suite_version, status, row_count),
    ).fetchone()["assessment_id"]
    for severity, count in found.items():
        for place in range(count):
            connection.execute(
                "insert into finding (assessment_id, code, severity, sheet, row_number, column_letters, message,"
                " next_step) values (%s, %s, %s, 'Sheet1', %s, 'B', %s, %s)",
                (assessment, f"test.{severity}", severity, FIRST_ROW + place, SAID, SAID),
            )
    if explained:
        connection.execute(
            "with said as (insert into explanation (submission_id, code, explanation, actor)"
            " values (%s, 'test.query', 'as it is', 'test') returning explanation_id)"
            " insert into explanation_review (explanation_id, decision, actor) select explanation_id, 'accept', 'test'"
            " from said",
            (submission_id,),
        )


def _returns_of(form: Form, path: Path) -> list[Row]:
    """The returns that a file of rows holds, one for each unit, period, version and receipt."""
    found: dict[tuple[str, ...], Row] = {}
    for row in _read(path):
        slot = tuple(row.pop(name, None) or "" for name in SLOT)
        unit, period, version, received_at = slot
        item = found.setdefault(slot, {
            "form": form.code, "unit": unit, "period": period, "rows": [], "content": version,
            "received_at": instant(received_at) if received_at else usual_receipt(period),
        })
        item["rows"].append({**defaults().get(form.code, {}), **row})
    return list(found.values())


def _bare(row: Row) -> Row:
    received_at = row.get("received_at")
    return {
        "form": row["form"], "unit": row["unit"], "period": row["period"], "status": row.get("status") or "accepted",
        "received_at": instant(received_at) if received_at else usual_receipt(row["period"]),
        "is_nil": row.get("is_nil") == "yes", "queries": int(row.get("queries") or 0),
        "explained": row.get("explained") == "yes", "errors": int(row.get("errors") or 0), "content": "bare",
    }


def _insert_rows(connection: Connection, form: Form, submission_id: int, unit: str, rows: list[Row]) -> None:
    for place, row in enumerate(rows):
        values = _stored(form, row) | {
            "submission_id": submission_id, "unit": unit, "sheet": "Sheet1", "row_number": FIRST_ROW + place,
            "doubts": Jsonb(dict(item.split(":") for item in (row.get("doubts") or "").split())),
        }
        statement = sql.SQL("insert into {} ({}) values ({})").format(
            sql.Identifier(form.code), sql.SQL(", ").join(map(sql.Identifier, values)),
            sql.SQL(", ").join(sql.Placeholder() * len(values)),
        )
        connection.execute(statement, list(values.values()))


def _stored(form: Form, row: Row) -> Row:
    values: Row = {}
    for column in form.columns:
        value = row.get(column.code)
        if column.match and value is not None:
            values[f"{column.code}_hmac"] = KEYS.match(column.code, str(value))
        elif column.protect is None and value is not None:
            values[column.code] = value
        if column.type == "date":
            values[f"{column.code}_precision"] = row.get(f"{column.code}_precision")
    return values


def _read(path: Path) -> list[Row]:
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return [{key: value or None for key, value in row.items()} for row in csv.DictReader(file)]
