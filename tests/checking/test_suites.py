"""The suites as files: readable, complete beside their forms, versioned, and refused by file and line when wrong."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from zhibao.checking.suites import load_suite
from zhibao.errors import ConfigurationError
from zhibao.programme.models import Column, Form

from .returns import EXPECTATIONS, PROGRAMME

SHARED = EXPECTATIONS / "every_form.json"
FORMS = list(PROGRAMME.forms.values())
EVENT = PROGRAMME.forms["event"]


def alone() -> dict[str, Any]:
    """A suite of EVENT that says all by itself: what is the same for every form as its first entries but one."""
    suite = json.loads((EXPECTATIONS / "event.json").read_text("utf-8"))
    text = SHARED.read_text("utf-8").replace("every_form.", "event.")
    required, count, amount = (
        entry for entry in json.loads(text)["expectations"]
        if entry["meta"]["for_each"] in {"required", "integer", "money"}
    )
    key, *others = suite["expectations"]
    return {**suite, "expectations": [required, key, count, amount, *others]}


def written(suite: dict[str, Any], folder: Path) -> str:
    text = json.dumps(suite, ensure_ascii=False, indent=2)
    (folder / f"{EVENT.code}.json").write_text(text, "utf-8")
    return text


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.code)
def test_files_are_read_by_people(form: Form) -> None:
    text = (EXPECTATIONS / f"{form.code}.json").read_text("utf-8")
    assert "\\u" not in text
    assert '"id":' not in text
    assert max(map(len, text.splitlines())) <= 130
    assert "next_step" in text


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.code)
def test_what_the_form_states_is_expanded_by_column(form: Form) -> None:
    rules = load_suite(EXPECTATIONS, form).rules
    required = {rule.at for rule in rules if rule.code == f"{form.code}.required"}
    assert required == {column.code for column in form.columns if column.required}
    conditional = {rule.at for rule in rules if rule.code == f"{form.code}.required_when"}
    assert conditional == {column.code for column in form.columns if column.required_when}
    limited = {rule.at: rule.kwargs["max_value"] for rule in rules if rule.code == f"{form.code}.max_length"}
    assert limited == {column.code: column.max_length for column in form.columns if column.max_length is not None}
    least = {rule.at: rule.kwargs["min_value"] for rule in rules if rule.code == f"{form.code}.min_length"}
    assert least == {column.code: column.min_length for column in form.columns if column.min_length is not None}
    totals = {(rule.at, rule.kwargs["column_B"]) for rule in rules if rule.entry.meta.for_each == "running_total_of"}
    assert totals == {(column.code, column.running_total_of) for column in form.columns if column.running_total_of}
    key = next(rule for rule in rules if rule.code == f"{form.code}.key_unique")
    assert key.kwargs["column_list"] == ["_return", *(form.key or ["_period_start"])]


def test_the_version_follows_the_file_and_the_form(tmp_path: Path) -> None:
    version = load_suite(EXPECTATIONS, EVENT).version
    assert version == load_suite(EXPECTATIONS, EVENT).version
    assert len(version) == 64
    shutil.copytree(EXPECTATIONS, tmp_path, dirs_exist_ok=True)
    assert load_suite(tmp_path, EVENT).version == version
    (tmp_path / "event.json").write_bytes((EXPECTATIONS / "event.json").read_bytes() + b"\n")
    assert load_suite(tmp_path, EVENT).version != version
    column = EVENT.columns[0].model_copy(update={"required": False})
    other = EVENT.model_copy(update={"columns": [column, *EVENT.columns[1:]]})
    assert load_suite(EXPECTATIONS, other).version != version


def problems(tmp_path: Path, change: Callable[[dict[str, Any]], None]) -> list[str]:
    suite = alone()
    change(suite)
    lines = written(suite, tmp_path).splitlines()
    with pytest.raises(ConfigurationError) as raised:
        load_suite(tmp_path, EVENT)
    for problem in raised.value.problems:
        assert problem.file == "event.json"
        assert problem.line == 1 or '"type": "expect_' in lines[problem.line - 1]
    return [problem.message for problem in raised.value.problems]


def meta(**changes: Any) -> Callable[[dict[str, Any]], None]:
    return lambda suite: suite["expectations"][2]["meta"].update(changes)


def entry(**changes: Any) -> Callable[[dict[str, Any]], None]:
    return lambda suite: suite["expectations"][2].update(changes)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (meta(notes="x"), "Extra inputs are not permitted"),
        (entry(id="0a1b"), "Extra inputs are not permitted"),
        (meta(severity="fatal"), "'error', 'query' or 'warning'"),
        (meta(rule="event.required"), "given twice"),
        (meta(rule="candidate.count_not_negative"), "must begin with 'event'"),
        (meta(reason=None), "a clause or a reason"),
        (entry(severity="info"), "'critical' in Great Expectations"),
        (entry(kwargs={"min_value": 0, "mostly": 0.9}), "'mostly'"),
        (meta(message={"zh": "{value}", "en": ""}), "unknown placeholder {value}"),
        (meta(message={"zh": "{", "en": ""}), "placeholder"),
        (meta(message={"zh": "只有中文"}), "Field required"),
        (entry(type="ExpectThings"), "String should match pattern"),
        (lambda suite: suite["expectations"][6]["kwargs"].update(column_list=["held_at", "_row"]), "'held_at'"),
        (lambda suite: suite["expectations"][6]["meta"].update(at="_row"), "not at '_row'"),
        (lambda suite: suite["expectations"][6]["kwargs"].update(row_condition={
            "type": "comparison", "column": {"name": "held_on"}, "operator": "==", "parameter": "2022-10-01"}),
         "cannot compare dates"),
        (lambda suite: suite["expectations"].pop(0), "the form states 'required'"),
        (lambda suite: suite["expectations"].pop(1), "the form states 'key'"),
        (lambda suite: suite.update(name="other"), "not its file's"),
        (lambda suite: suite.update(expectations=[]), "at least 1 item"),
    ],
)
def test_a_wrong_suite_is_refused_by_file_and_line(
    tmp_path: Path, change: Callable[[dict[str, Any]], None], message: str
) -> None:
    assert any(message in problem for problem in problems(tmp_path, change))


def test_a_query_without_an_explanation_is_refused(tmp_path: Path) -> None:
    def change(suite: dict[str, Any]) -> None:
        suite["expectations"][2].update(severity="warning")
        suite["expectations"][2]["meta"].update(severity="query")

    assert any("written explanation" in problem for problem in problems(tmp_path, change))


def test_the_line_of_a_fault_is_that_of_its_expectation(tmp_path: Path) -> None:
    suite = alone()
    suite["expectations"][0]["meta"]["x"] = 1
    written(suite, tmp_path)
    with pytest.raises(ConfigurationError) as raised:
        load_suite(tmp_path, EVENT)
    assert [(problem.file, problem.line) for problem in raised.value.problems] == [("event.json", 5)]


def test_broken_json_and_a_missing_file_are_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no suite"):
        load_suite(tmp_path, EVENT)
    (tmp_path / "event.json").write_text('{\n  "name": "event",\n}', "utf-8")
    with pytest.raises(ConfigurationError) as raised:
        load_suite(tmp_path, EVENT)
    assert raised.value.problems[0].line >= 2


def test_what_every_form_is_checked_for_follows_it(tmp_path: Path) -> None:
    shutil.copytree(EXPECTATIONS, tmp_path, dirs_exist_ok=True)
    forum = PROGRAMME.forms["forum"]
    version = load_suite(tmp_path, forum).version
    (tmp_path / SHARED.name).write_bytes(SHARED.read_bytes() + b"\n")
    assert load_suite(tmp_path, forum).version != version
    columns = [
        Column(code="seats_yuan", header="场租", type="money"),
        Column(code="abstract", header="摘要", type="text", min_length=5, max_length=9),
        Column(code="reason", header="原因", type="text", required_when={"column": "host", "in": ["x"]}),
    ]
    wider = forum.model_copy(update={"columns": [*forum.columns, *columns]})
    codes = {(rule.code, rule.at) for rule in load_suite(tmp_path, wider).rules}
    assert codes >= {
        ("forum.amount_not_negative", "seats_yuan"), ("forum.min_length", "abstract"), ("forum.max_length", "abstract"),
        ("forum.required_when", "reason"),
    }


def test_a_suites_own_words_replace_those_of_every_form() -> None:
    for form, words in (("candidate", "不是利润"), ("event", "不小于 {min_value} 的金额")):
        rules = load_suite(EXPECTATIONS, PROGRAMME.forms[form]).rules
        said = {rule.entry.meta.next_step.zh for rule in rules if rule.code == f"{form}.amount_not_negative"}
        assert len(said) == 1
        assert words in said.pop()


def test_a_suite_may_leave_columns_out_that_every_form_is_checked_for() -> None:
    rules = load_suite(EXPECTATIONS, PROGRAMME.forms["candidate"]).rules
    counted = {rule.at for rule in rules if rule.code == "candidate.count_not_negative"}
    assert "jobs_created_count" in counted
    assert "revenue_year" not in counted


def test_a_fault_in_what_every_form_is_checked_for_is_named_there(tmp_path: Path) -> None:
    shutil.copytree(EXPECTATIONS, tmp_path, dirs_exist_ok=True)
    text = SHARED.read_text("utf-8").replace('"min_value": 0}', '"min_value": 0, "mostly": 0.9}', 1)
    (tmp_path / SHARED.name).write_text(text, "utf-8")
    with pytest.raises(ConfigurationError) as raised:
        load_suite(tmp_path, PROGRAMME.forms["forum"])
    problem = raised.value.problems[0]
    assert (problem.file, problem.message) == (
        "every_form.json", "forum.count_not_negative: 'mostly' would let bad rows pass",
    )
    assert '"type": "expect_' in text.splitlines()[problem.line - 1]


def test_without_it_a_form_that_says_nothing_itself_is_refused(tmp_path: Path) -> None:
    shutil.copy(EXPECTATIONS / "forum.json", tmp_path)
    with pytest.raises(ConfigurationError, match="'required', and no expectation checks it"):
        load_suite(tmp_path, PROGRAMME.forms["forum"])
