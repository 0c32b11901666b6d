"""Reads the suites in `expectations/` as rules, so that they stay readable in git and GX never writes to them.

An entry with `for_each` stands for one rule a column: what the form says (required, max_length, …) is not repeated.
Where it lists columns, "*" in the entry's kwargs stands for each of them. `every_form.json` holds what is checked of
every form that does not say it in words of its own, so that a new column is a change of its form alone.
Nothing here imports Great Expectations, so versions and rules can be listed at no cost.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from string import Formatter
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from zhibao.errors import ConfigurationError, Problem
from zhibao.findings import Severity
from zhibao.programme.models import Condition, Form
from zhibao.text import Text

ForEach = Literal[
    "required", "required_when", "min_length", "max_length", "key", "running_total_of", "integer", "money"
]
GxSeverity = Literal["critical", "warning", "info"]

SHARED = "every_form"
GX_SEVERITY: dict[Severity, GxSeverity] = {"error": "critical", "query": "warning", "warning": "info"}
# What a form states and a suite must therefore check.
OWED: tuple[ForEach, ...] = ("required", "required_when", "min_length", "max_length", "key", "running_total_of")
# Columns that the frame has beside the form's own (checking/frame.py).
DATES = frozenset({"_period_start", "_period_end", "_latest_on", "_span_start", "_span_end"})
FRAME_COLUMNS = DATES | {"_return", "_row", "_last_fiscal_year"}
# What a message may name. A cell's value is not among them.
PLACEHOLDERS = frozenset({
    "header", "other", "first_row", "period_start", "period_end", "latest_on", "span_start", "span_end",
    "last_fiscal_year",
})


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Meta(Strict):
    rule: str
    severity: Severity
    message: Text
    next_step: Text
    clause: str | None = None
    reason: str | None = None
    for_each: ForEach | list[str] | None = None
    except_: list[str] = Field(default=[], alias="except")
    at: str | None = None


class Entry(Strict):
    type: str = Field(pattern=r"^expect_[a-z_]+$")
    kwargs: dict[str, Any]
    severity: GxSeverity
    meta: Meta


class SuiteFile(Strict):
    name: str
    expectations: list[Entry] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class Rule:
    """One expectation on one form: `at` is the column whose cell a finding names, `columns` all that it reads."""

    entry: Entry
    kwargs: dict[str, Any]
    at: str
    columns: tuple[str, ...]

    @property
    def code(self) -> str:
        return self.entry.meta.rule


@dataclass(frozen=True, slots=True)
class Suite:
    """The rules of one form. `version` changes with the suite's file, `every_form.json` and the form's definition."""

    form: Form
    version: str
    rules: tuple[Rule, ...]


def load_suite(expectations_dir: Path, form: Form) -> Suite:
    """Read `<form>.json` and expand it. Raises ConfigurationError with every problem, by file and line."""
    path = expectations_dir / f"{form.code}.json"
    if not path.is_file():
        raise ConfigurationError([Problem(path.name, 1, f"the form {form.code!r} has no suite")])
    raw, shared_raw = path.read_bytes(), _read_shared(expectations_dir)
    own = _parse(path.name, raw)
    shared = list(_shared_entries(shared_raw, own, form))
    source = own.model_copy(update={"expectations": [*(entry for _, entry in shared), *own.expectations]})
    rules, faults = [], list(_faults(source, form))
    for index, entry in enumerate(source.expectations):
        expanded = [_rule(entry, kwargs, form) for kwargs in _expand(entry, form)]
        faults += [(index, message) for rule in expanded for message in _column_faults(rule, form)]
        rules += expanded
    if faults:
        places = [*((f"{SHARED}.json", line) for line, _ in shared),
                  *((path.name, line) for line in _entry_lines(raw).values())]
        raise ConfigurationError([
            Problem(*(places[index] if index >= 0 else (path.name, 1)), message) for index, message in faults
        ])
    parts = (raw, shared_raw, form.model_dump_json(by_alias=True).encode())
    return Suite(form=form, version=hashlib.sha256(b"\0".join(parts)).hexdigest(), rules=tuple(rules))


def _read_shared(expectations_dir: Path) -> bytes:
    """Nothing where the file is absent: a form then says all by itself, or is refused."""
    path = expectations_dir / f"{SHARED}.json"
    return path.read_bytes() if path.is_file() else b""


def _shared_entries(raw: bytes, own: SuiteFile, form: Form) -> Iterator[tuple[int, Entry]]:
    """(line, entry) of what the form's own suite leaves to all, under the form's name."""
    if not raw:
        return
    stated = [entry.meta.for_each for entry in own.expectations]
    entries = _parse(f"{SHARED}.json", raw).expectations
    for line, entry in zip(_entry_lines(raw).values(), entries, strict=True):
        if entry.meta.for_each not in stated:
            rule = entry.meta.rule.replace(f"{SHARED}.", f"{form.code}.", 1)
            yield line, entry.model_copy(update={"meta": entry.meta.model_copy(update={"rule": rule})})


def _parse(name: str, raw: bytes) -> SuiteFile:
    try:
        return SuiteFile.model_validate(json.loads(raw))
    except json.JSONDecodeError as error:
        raise ConfigurationError([Problem(name, error.lineno, error.msg)]) from None
    except ValidationError as error:
        lines = _entry_lines(raw)
        raise ConfigurationError([
            Problem(
                name,
                lines.get(next((part for part in item["loc"] if isinstance(part, int)), -1), 1),
                f"{'.'.join(map(str, item['loc']))}: {item['msg']}",
            )
            for item in error.errors()
        ]) from None


def _entry_lines(raw: bytes) -> dict[int, int]:
    """Line of each expectation, taken from its `"type": "expect_…"`."""
    found = re.finditer(rb'"type"\s*:\s*"expect_', raw)
    return {place: raw.count(b"\n", 0, match.start()) + 1 for place, match in enumerate(found)}


def _expand(entry: Entry, form: Form) -> Iterator[dict[str, Any]]:
    """The kwargs of each rule that an entry stands for."""
    kind, base = entry.meta.for_each, entry.kwargs
    if kind is None:
        yield base
    elif isinstance(kind, list):
        yield from (_filled(base, code) for code in kind)
    elif kind == "key":
        # A form without a key has one row a return: its period is its key. (GX asks for two columns.)
        yield {**base, "column_list": ["_return", *(form.key or ["_period_start"])]}
    else:
        for column in form.columns:
            if column.code in entry.meta.except_:
                continue
            if kind == "required_when":
                if column.required_when:
                    yield {**base, "column": column.code, "row_condition": row_condition(column.required_when)}
            elif kind == "min_length":
                if column.min_length is not None:
                    yield {**base, "column": column.code, "min_value": column.min_length}
            elif kind == "max_length":
                if column.max_length is not None:
                    yield {**base, "column": column.code, "max_value": column.max_length}
            elif kind == "running_total_of":
                if column.running_total_of is not None:
                    yield {**base, "column_A": column.code, "column_B": column.running_total_of}
            elif column.required if kind == "required" else column.type == kind:
                yield {**base, "column": column.code}


def _filled(value: Any, code: str) -> Any:
    """`value` with each "*" in it replaced by the code of a column."""
    if isinstance(value, dict):
        return {key: _filled(item, code) for key, item in value.items()}
    return code if value == "*" else value


def row_condition(condition: Condition) -> dict[str, Any]:
    """A form's condition as GX writes it. Where the deciding cell is empty nothing is required: that cell is."""
    column = {"name": condition.column}
    parts: list[dict[str, Any]] = [{"type": "nullity", "column": column, "is_null": False}]
    for operator, codes in (("IN", condition.in_), ("NOT_IN", condition.not_in)):
        if codes:
            parts.append({"type": "comparison", "column": column, "operator": operator, "parameter": codes})
    return {"type": "and", "conditions": parts}


def _rule(entry: Entry, kwargs: dict[str, Any], form: Form) -> Rule:
    columns = tuple(dict.fromkeys(_columns_in(kwargs)))
    own = [column for column in columns if not column.startswith("_")]
    at = entry.meta.at or next(iter(own), "")
    # `at` names a column, or the argument that holds one.
    return Rule(entry=entry, kwargs=kwargs, at=kwargs.get(at, at), columns=columns)


def _columns_in(kwargs: dict[str, Any]) -> Iterator[str]:
    yield from (kwargs[key] for key in ("column", "column_A", "column_B") if key in kwargs)
    yield from kwargs.get("column_list", [])
    yield from (condition["column"]["name"] for condition in _simple_conditions(kwargs))


def _simple_conditions(kwargs: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What a row_condition is put together from."""
    pending = [kwargs.get("row_condition")]
    while pending:
        condition = pending.pop(0) or {}
        if "column" in condition:
            yield condition
        pending += condition.get("conditions", [])


def _column_faults(rule: Rule, form: Form) -> Iterator[str]:
    known = {column.code for column in form.columns}
    for column in rule.columns:
        if column not in known | FRAME_COLUMNS:
            yield f"{rule.code}: {column!r} is no column of the form {form.code!r}"
    dates = {column.code for column in form.columns if column.type == "date"} | DATES
    for condition in _simple_conditions(rule.kwargs):
        if condition["type"] == "comparison" and condition["column"]["name"] in dates:
            # pandas finds no date equal to a text, and says nothing.
            yield f"{rule.code}: a row_condition cannot compare dates; an expectation of two columns can"
    if rule.at not in known:
        yield f"{rule.code}: a finding must be at a column of the form, not at {rule.at!r}"


def _faults(source: SuiteFile, form: Form) -> Iterator[tuple[int, str]]:
    """What is wrong with the file beyond its shape: (index of the entry, message)."""
    if source.name != form.code:
        yield -1, f"the suite's name {source.name!r} is not its file's"
    seen: set[str] = set()
    for index, entry in enumerate(source.expectations):
        meta = entry.meta
        if meta.rule in seen:
            yield index, f"{meta.rule}: the rule is given twice"
        seen.add(meta.rule)
        yield from ((index, f"{meta.rule}: {message}") for message in _entry_faults(entry, form))
    stated = [entry.meta.for_each for entry in source.expectations]
    for kind in OWED:
        probe = source.expectations[0].model_copy(update={"meta": Meta.model_construct(for_each=kind, except_=[])})
        if kind not in stated and any(True for _ in _expand(probe, form)):
            yield -1, f"the form states {kind!r}, and no expectation checks it"


def _entry_faults(entry: Entry, form: Form) -> Iterator[str]:
    meta = entry.meta
    if not meta.rule.startswith(f"{form.code}."):
        yield f"the rule's id must begin with {form.code!r} and a dot"
    if not (meta.clause or meta.reason):
        yield "a clause or a reason must be given"
    if entry.severity != GX_SEVERITY[meta.severity]:
        yield f"severity {meta.severity!r} is {GX_SEVERITY[meta.severity]!r} in Great Expectations"
    if "mostly" in entry.kwargs:
        yield "'mostly' would let bad rows pass"
    if meta.severity == "query" and not ("说明" in meta.next_step.zh and "explanation" in meta.next_step.en):
        yield "the next step of a query must ask for a written explanation (说明)"
    plain = {key for key, value in entry.kwargs.items() if not _is_container(value)}
    allowed = PLACEHOLDERS | {"min_value", "max_value"} | plain
    for text in (meta.message.zh, meta.message.en, meta.next_step.zh, meta.next_step.en):
        try:
            names = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
        except ValueError as error:
            yield f"a placeholder is not closed: {error}"
        else:
            yield from (f"unknown placeholder {{{name}}}" for name in sorted(names - allowed))


def _is_container(value: Any) -> bool:
    return isinstance(value, dict | list)
