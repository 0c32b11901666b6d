"""Checks across forms, units and time: each is one select in `sql/checks`, and what it gives are findings of a return.

They are queries or warnings on returns that stand; what was accepted is never taken back by them. A return whose
findings of this kind changed gets a new assessment, so that everything that reads the latest one follows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

import yaml
from psycopg import sql
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from zhibao.errors import ConfigurationError, Problem
from zhibao.findings import Finding, decide_status
from zhibao.intake import findings_of, record_assessment
from zhibao.period import Period
from zhibao.programme.models import Form, Programme
from zhibao.settings import load_settings
from zhibao.store.database import Connection, schema_of
from zhibao.store.locks import hold_intake
from zhibao.text import Text
from zhibao.warehouse.compute import relations_of
from zhibao.warehouse.reference import TABLES, Question, load_reference
from zhibao.warehouse.relations import READS, build, needed_for

PREFIX = "across."
# Relations that this module makes itself, beside those of sql/ and of the reference.
OWN = ("form_number", "ref_checked", "ref_running_total")


class Words(BaseModel):
    """One entry of sql/checks.yaml: how serious a check is, what it says, and its settings."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    severity: Literal["query", "warning"]
    message: Text
    next_step: Text
    parameters: dict[str, int] = {}
    columns: dict[str, list[str]] = {}


@dataclass(frozen=True, slots=True)
class CrossCheck:
    """One file of sql/checks with its words."""

    name: str
    query: str
    reads: tuple[str, ...]
    words: Words

    @property
    def code(self) -> str:
        return PREFIX + self.name


@cache
def load_checks(sql_dir: Path) -> tuple[CrossCheck, ...]:
    """All checks by name. Raises ConfigurationError when files and words do not match."""
    path = sql_dir / "checks.yaml"
    try:
        words = TypeAdapter(dict[str, Words]).validate_python(yaml.safe_load(path.read_text("utf-8")))
    except ValidationError as error:
        raise ConfigurationError([
            Problem(path.name, 1, f"{'.'.join(map(str, item['loc']))}: {item['msg']}") for item in error.errors()
        ]) from None
    files = {file.stem: file for file in sorted((sql_dir / "checks").glob("*.sql"))}
    problems = [Problem(path.name, 1, f"{name!r} has no file or no words") for name in sorted(files.keys() ^ words)]
    problems += [
        Problem(path.name, 1, f"{name}: the next step of a query must ask for a written explanation (说明)")
        for name, item in words.items()
        if item.severity == "query" and not ("说明" in item.next_step.zh and "explanation" in item.next_step.en)
    ]
    if problems:
        raise ConfigurationError(problems)
    return tuple(_load(file, words[name]) for name, file in files.items())


def find_across(connection: Connection, programme: Programme, now: datetime) -> dict[int, list[Finding]]:
    """Submission id → what the checks across returns find in it, of all returns that stand at `now`."""
    checks = _applicable(programme)
    _prepare(connection, programme, checks, now)
    layouts: dict[int, dict[str, str]] = {}
    found: dict[int, list[Finding]] = {}
    for check in checks:
        rows = connection.execute(check.query, check.words.parameters or None, prepare=False).fetchall()
        _load_layouts(connection, layouts, {row["submission_id"] for row in rows})
        for row in rows:
            layout, form = layouts[row["submission_id"]]
            found.setdefault(row["submission_id"], []).append(_finding(programme, check, row, layout, form))
    return {key: sorted(items, key=_place) for key, items in found.items()}


def record_across(connection: Connection, programme: Programme, now: datetime) -> int:
    """Assess again each standing return whose findings across returns changed. Gives the number of returns."""
    hold_intake(connection)
    found = find_across(connection, programme, now)
    latest = {row["submission_id"]: row for row in connection.execute(
        "select current_return.submission_id, assessment.assessment_id, assessment.suite_version, assessment.row_count"
        " from current_return join assessment using (assessment_id)", prepare=False,
    )}
    known = findings_of(connection, [row["assessment_id"] for row in latest.values()])
    changed = 0
    for submission_id, row in latest.items():
        before = known.get(row["assessment_id"], [])
        own = [item for item in before if not item.code.startswith(PREFIX)]
        now_found = own + found.get(submission_id, [])
        if now_found == before:
            continue
        # What stands was accepted: rows that were held back for their errors do not make it returned now.
        status = decide_status(item for item in now_found if item.severity != "error")
        record_assessment(connection, submission_id, status, row["suite_version"], row["row_count"], now_found, now)
        changed += 1
    return changed


def _load(file: Path, words: Words) -> CrossCheck:
    query = file.read_text("utf-8")
    header = READS.search(query)
    if header is None:
        raise ConfigurationError([Problem(f"checks/{file.name}", 1, "the header has no `-- reads:` line")])
    return CrossCheck(file.stem, query, tuple(header[1].replace("\n--", " ").replace(",", " ").split()), words)


def _applicable(programme: Programme) -> list[CrossCheck]:
    """The checks whose forms this programme has."""
    known = {*relations_of(programme), *TABLES, *programme.forms, *OWN}
    return [check for check in load_checks(load_settings().sql_dir) if known.issuperset(check.reads)]


def _prepare(connection: Connection, programme: Programme, checks: Sequence[CrossCheck], now: datetime) -> None:
    """Lay down the reference and build what the checks read."""
    period = Period.month_of(now.astimezone(ZoneInfo(programme.timezone)).date())
    known_at = connection.execute("select clock_timestamp() as now").fetchone()["now"]
    load_reference(connection, programme, Question("checks", period, now, known_at, ()))
    reads = {"current_return", *(name for check in checks for name in check.reads)}
    build(connection, needed_for(relations_of(programme), reads))
    _lay_down(connection, "ref_checked", "rule text, form text, field text", [
        (check.name, form, field) for check in checks for form, fields in check.words.columns.items()
        if form in programme.forms for field in fields
    ])
    running = [
        (form.code, column.running_total_of, column.code)
        for form in programme.forms.values() for column in form.columns if column.running_total_of
    ]
    _lay_down(connection, "ref_running_total", "form text, month_column text, total_column text", running)
    _build_numbers(connection, programme, checks, running)


def _lay_down(connection: Connection, name: str, columns: str, rows: Iterable[tuple[str, ...]]) -> None:
    make = sql.SQL("drop table if exists pg_temp.{0}; create temporary table {0} ({1}) on commit drop")
    connection.execute(make.format(sql.Identifier(name), sql.SQL(columns)), prepare=False)
    with connection.cursor() as cursor, cursor.copy(sql.SQL("copy {} from stdin").format(sql.Identifier(name))) as copy:
        for row in rows:
            copy.write_row(row)


def _build_numbers(
    connection: Connection, programme: Programme, checks: Sequence[CrossCheck], running: Iterable[tuple[str, ...]]
) -> None:
    """`form_number`: the numbers that checks look at, one a row, with the record's key and its cell."""
    fields: dict[str, set[str]] = {}
    for check in checks:
        for form, columns in check.words.columns.items():
            fields.setdefault(form, set()).update(columns)
    for form, *columns in running:
        fields.setdefault(form, set()).update(columns)
    connection.execute(
        "drop table if exists pg_temp.form_number; create temporary table form_number (form text, unit text,"
        " submission_id bigint, row_id bigint, sheet text, row_number int, record text, field text, value numeric)"
        " on commit drop", prepare=False,
    )
    for code in sorted(fields.keys() & programme.forms.keys()):
        connection.execute(_numbers_of(programme, programme.forms[code], sorted(fields[code])), prepare=False)


def _numbers_of(programme: Programme, form: Form, fields: Sequence[str]) -> sql.Composable:
    values = sql.SQL(", ").join(
        sql.SQL("({}, f.{}::numeric)").format(sql.Literal(field), sql.Identifier(field)) for field in fields
    )
    keys = (sql.SQL("f.{}").format(sql.Identifier(key)) for key in form.key)
    record = sql.SQL(", ").join([sql.Literal(" "), sql.Literal(""), *keys])
    return sql.SQL(
        "insert into form_number select {form}, f.unit, f.submission_id, f.row_id, f.sheet, f.row_number,"
        " concat_ws({record}), number.field, number.value from {table} as f join current_return using (submission_id)"
        " cross join lateral (values {values}) as number (field, value) where number.value is not null"
    ).format(
        form=sql.Literal(form.code), record=record, values=values,
        table=sql.Identifier(schema_of(programme), form.code),
    )


def _load_layouts(connection: Connection, layouts: dict[int, Any], wanted: set[int]) -> None:
    rows = connection.execute(
        "select submission_id, layout, form from submission where submission_id = any(%s)",
        (sorted(wanted - layouts.keys()),),
    )
    layouts.update({row["submission_id"]: (row["layout"], row["form"]) for row in rows})


def _finding(
    programme: Programme, check: CrossCheck, row: dict[str, Any], layout: dict[str, str], form: str
) -> Finding:
    header = programme.forms[form].column(row["field"]).header
    words = {key: _named(programme, key, value) for key, value in row.items()} | check.words.parameters
    texts = [
        Text(**{language: getattr(text, language).format(**_in(words, language), header=header)
                for language in ("zh", "en")})
        for text in (check.words.message, check.words.next_step)
    ]
    return Finding(
        check.code, check.words.severity, *texts, row["sheet"], row["row_number"], layout.get(row["field"]), header,
        row["field"],
    )


def _named(programme: Programme, key: str, value: Any) -> Any:
    """A code as people know it."""
    if key.endswith("_unit"):
        return programme.unit(value).name
    if key.endswith("_level"):
        return programme.level(value).name
    if key.endswith("_period"):
        return Text(zh=Period.parse(value).zh(), en=value)
    return value


def _in(words: dict[str, Any], language: str) -> dict[str, Any]:
    return {key: getattr(value, language) if isinstance(value, Text) else value for key, value in words.items()}


def _place(finding: Finding) -> tuple[int, int, str, str]:
    letters = finding.column or ""
    return finding.row or 0, len(letters), letters, finding.code
