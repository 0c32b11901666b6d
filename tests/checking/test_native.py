"""The offline evaluator against Great Expectations: over every rule of every suite, the same rows are unexpected."""

from __future__ import annotations

import json
import random
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from zhibao.checking import gx, native
from zhibao.checking.frame import Frame, build_frame, facts_of
from zhibao.checking.run import check_returns
from zhibao.checking.suites import Suite, load_suite
from zhibao.errors import OperatorError
from zhibao.period import Period
from zhibao.programme.models import Column
from zhibao.reading.model import ReadReturn
from zhibao.reading.read import read_many

from .planted import MORE, PLANTED
from .returns import EXPECTATIONS, PERIODS, PROGRAMME, SOUND, TODAY, make_return
from .test_rules import planted_return

FORMS = tuple(PROGRAMME.forms)
EDGES: dict[str, list[Any]] = {
    "integer": [-1, 0, 1, 5, 2020, 2021, 2022],
    "decimal": [Decimal("-0.01"), Decimal(0), Decimal("99.99"), Decimal(100), Decimal("100.01")],
    "money": [Decimal("-0.01"), Decimal(0), Decimal("999.99"), Decimal(1000), Decimal("0.1"), Decimal("60000000")],
    "date": [date(2020, 12, 31), date(2021, 1, 1), date(2022, 9, 30), date(2022, 10, 1), date(2022, 10, 31),
             date(2022, 11, 1), date(2023, 12, 31), date(2024, 1, 1)],
}
WORDS = ["", "其他", "测试", "测" * 501, " x ", "10", "é\n", "ſ", "１３８００００００００"]


@cache
def suite_of(form: str) -> Suite:
    return load_suite(EXPECTATIONS, PROGRAMME.forms[form])


def frame_of(suite: Suite, returns: list[ReadReturn]) -> Frame:
    return build_frame(suite, returns, [facts_of(PROGRAMME, item, TODAY) for item in returns])


def pool(column: Column) -> list[Any]:
    """What a cell of the column may hold: nothing, what the planted errors and their neighbours hold, and edges."""
    cases = [case for case in [*PLANTED.values(), *MORE] if column.code in SOUND[case.form](1)]
    records = [SOUND[case.form](2, **change) for case in cases for change in (case.bad, *case.inside)]
    kind = column.type
    fitting = {
        value for record in records if (value := record.get(column.code)) is not None
        and (isinstance(value, str) if kind not in EDGES else type(value) is type(EDGES[kind][-1]))
    }
    return [None, *sorted(fitting), *EDGES.get(kind, WORDS)]


def random_return(form: str, draw: random.Random, count: int) -> ReadReturn:
    """Mostly sound records in which some cells, and some keys, are drawn from their pools."""
    pools = {column.code: pool(column) for column in PROGRAMME.forms[form].columns}
    records = []
    for number in range(count):
        record = SOUND[form](number % 97)
        for code, values in pools.items():
            if draw.random() < 0.3:
                record[code] = draw.choice(values)
        records.append(record)
    return make_return(form, records, period=draw.choice([PERIODS[PROGRAMME.forms[form].cadence], None]))


def test_every_suite_is_covered() -> None:
    """Where one is not, the offline check waits seconds for Great Expectations."""
    assert len(FORMS) == 10
    assert [form for form in FORMS if not native.covers(suite_of(form))] == []


@pytest.mark.parametrize("form", FORMS)
def test_random_frames(form: str) -> None:
    draw, suite = random.Random(form), suite_of(form)
    frame = frame_of(suite, [random_return(form, draw, count) for count in (300, 1, 200, 99)])
    theirs, ours = gx.evaluate(suite, frame), native.evaluate(suite, frame)
    for rule, expected, found in zip(suite.rules, theirs, ours, strict=True):
        assert found == expected, (rule.code, rule.at)
    # Both sides of each rule were looked at.
    silent = {rule.code for rule in suite.rules} - {
        rule.code for rule, places in zip(suite.rules, ours, strict=True) if places
    }
    assert silent == set()
    assert all(len(places) < 600 for places in ours)


@pytest.mark.parametrize("form", FORMS)
def test_an_empty_return_and_empty_columns(form: str) -> None:
    suite = suite_of(form)
    frame = frame_of(suite, [make_return(form, [{}, {}]), make_return(form, [])])
    assert native.evaluate(suite, frame) == gx.evaluate(suite, frame)


def test_planted_errors_give_the_same_findings() -> None:
    changes = [(case, change) for case in [*PLANTED.values(), *MORE] for change in (case.bad, *case.inside)]
    returns = [planted_return(case, change) for case, change in changes]
    theirs = check_returns(PROGRAMME, returns, EXPECTATIONS, TODAY, engine="gx")
    ours = check_returns(PROGRAMME, returns, EXPECTATIONS, TODAY, engine="native")
    assert sum(map(len, ours)) > 100
    for (case, _), expected, found in zip(changes, theirs, ours, strict=True):
        assert found == expected, case.rule


def test_messy_samples_read_from_their_files_give_the_same_findings(tmp_path: Path) -> None:
    from zhibao.samples import write_samples

    write_samples(PROGRAMME, 7, None, Period.parse("2022-01"), Period.parse("2022-03"), tmp_path)
    files = sorted(path for path in tmp_path.rglob("*") if path.is_file() and path.suffix not in (".json", ".md"))
    returns = list(read_many([(path, path.name) for path in files], PROGRAMME))
    today = datetime(2026, 1, 1, tzinfo=UTC).date()
    theirs = check_returns(PROGRAMME, returns, EXPECTATIONS, today, engine="gx")
    ours = check_returns(PROGRAMME, returns, EXPECTATIONS, today, engine="native")
    assert len({finding.code.partition(".")[0] for found in ours for finding in found} & {*FORMS, "reading"}) >= 4
    for path, expected, found in zip(files, theirs, ours, strict=True):
        assert found == expected, path.name


def comparison(column: str, operator: str, parameter: Any) -> dict[str, Any]:
    return {"type": "comparison", "column": {"name": column}, "operator": operator, "parameter": parameter}


def nullity(column: str, *, is_null: bool) -> dict[str, Any]:
    return {"type": "nullity", "column": {"name": column}, "is_null": is_null}


ROW_CONDITIONS = [
    *(comparison("jobs_created_count", operator, 5) for operator in ("==", "!=", "<", "<=", ">", ">=")),
    *(comparison("level", operator, "emerging_maker") for operator in ("==", "!=")),
    *(comparison("jobs_created_count", operator, [0, 5]) for operator in ("IN", "NOT_IN")),
    *(comparison("gender", operator, ["男", "测试"]) for operator in ("IN", "NOT_IN")),
    *(nullity(column, is_null=is_null) for column in ("gender", "jobs_created_count", "established_on")
      for is_null in (True, False)),
    {"type": "and", "conditions": [nullity("gender", is_null=False), comparison("level", "==", "emerging_maker")]},
    {"type": "or", "conditions": [
        nullity("gender", is_null=True),
        {"type": "and", "conditions": [comparison("ip_count", ">", 0), comparison("level", "!=", "emerging_maker")]},
    ]},
]
OTHER_KWARGS: list[tuple[str, dict[str, Any]]] = [
    # Nearly every row is another one's, so what is found is what the condition lets through.
    *(("expect_column_values_to_be_in_set",
       {"column": "candidate_no", "value_set": ["CS-0001"], "row_condition": item}) for item in ROW_CONDITIONS),
    *(("expect_column_values_to_be_between", {"column": "ip_count", **bounds}) for bounds in (
        {"min_value": 0, "strict_min": True}, {"max_value": 5, "strict_max": True}, {"min_value": 0, "max_value": 5},
        {"min_value": 0, "max_value": 5, "strict_min": True, "strict_max": True},
    )),
    *(("expect_column_value_lengths_to_be_between", {"column": "project_name", **bounds}) for bounds in (
        {"min_value": 2}, {"min_value": 2, "max_value": 4, "strict_max": True}, {"max_value": 4},
    )),
    ("expect_column_values_to_be_in_set", {"column": "ip_count", "value_set": [0, 5]}),
    ("expect_column_values_to_not_be_in_set", {"column": "ip_count", "value_set": [0, 5]}),
    ("expect_column_values_to_match_regex", {"column": "ip_count", "regex": r"^\d\.0$"}),
    ("expect_column_values_to_match_regex", {"column": "project_name", "regex": r"^\w+$"}),
    *(("expect_column_pair_values_a_to_be_greater_than_b",
       {"column_A": "jobs_created_count", "column_B": "jobs_stable_count", **more}) for more in (
        {}, {"or_equal": True}, {"ignore_row_if": "either_value_is_missing"}, {"ignore_row_if": "neither"},
        {"ignore_row_if": "both_values_are_missing", "row_condition": comparison("level", "==", "emerging_maker")},
    )),
    *(("expect_column_pair_values_to_be_equal",
       {"column_A": "labour_check", "column_B": "credit_check", **more}) for more in (
        {}, {"ignore_row_if": "either_value_is_missing"}, {"ignore_row_if": "neither"},
    )),
]


def changed_suite(tmp_path: Path, entries: list[tuple[str, dict[str, Any]]], form: str = "candidate") -> Path:
    """The suites, with entries of these types and kwargs besides."""
    for path in EXPECTATIONS.glob("*.json"):
        suite = json.loads(path.read_text("utf-8"))
        if path.stem == form:
            meta = {key: value for key, value in suite["expectations"][-1]["meta"].items() if key != "for_each"}
            text = {"zh": "测试", "en": "a test"}
            suite["expectations"] += [
                {"type": kind, "kwargs": kwargs, "severity": "critical",
                 "meta": {**meta, "rule": f"{form}.test_{number}", "severity": "error", "message": text,
                          "next_step": text, "at": "phone"}}
                for number, (kind, kwargs) in enumerate(entries)
            ]
        (tmp_path / path.name).write_text(json.dumps(suite, ensure_ascii=False, indent=2), "utf-8")
    return tmp_path


def test_settings_and_row_conditions_that_no_suite_has_yet(tmp_path: Path) -> None:
    suite = load_suite(changed_suite(tmp_path, OTHER_KWARGS), PROGRAMME.forms["candidate"])
    frame = frame_of(suite, [random_return("candidate", random.Random(3), 400)])
    theirs, ours = gx.evaluate(suite, frame), native.evaluate(suite, frame)
    count = len(OTHER_KWARGS)
    for (kind, kwargs), expected, found in zip(OTHER_KWARGS, theirs[-count:], ours[-count:], strict=True):
        assert found == expected, (kind, kwargs)
        assert 0 < len(found) < 400, (kind, kwargs)


def test_an_expectation_that_is_unknown_here_is_not_passed_over(tmp_path: Path) -> None:
    """The suite is left to Great Expectations, which knows it."""
    entries = [("expect_column_values_to_not_match_regex", {"column": "phone", "regex": "^1380"})]
    folder = changed_suite(tmp_path, entries)
    assert not native.covers(load_suite(folder, PROGRAMME.forms["candidate"]))
    found = check_returns(PROGRAMME, [make_return("candidate", [SOUND["candidate"](1)])], folder, TODAY,
                          engine="native")
    assert [finding.code for finding in found[0]] == ["candidate.test_0"]


@pytest.mark.parametrize("engine", ["gx", "native"])
@pytest.mark.parametrize(
    ("kind", "kwargs"),
    [
        ("expect_column_values_to_be_between", {"column": "ip_count"}),
        ("expect_column_values_to_be_between", {"column": "ip_count", "min_value": 2, "max_value": 1}),
        ("expect_column_values_to_be_between", {"column": "phone", "min_value": 2}),
        ("expect_column_values_to_match_regex", {"column": "phone", "regex": "("}),
        ("expect_id_number", {"column": "id_number", "aspect": "colour"}),
        ("expect_id_number", {"column": "id_number"}),
        ("expect_mobile", {"column": "phone", "strict": True}),
        ("expect_column_pair_values_to_be_equal",
         {"column_A": "gender", "column_B": "phone", "ignore_row_if": "sometimes"}),
        ("expect_column_values_to_not_be_null", {"column": "phone", "row_condition": {"type": "xor"}}),
        ("expect_mobile", {"column": "phone", "row_condition": comparison("phone", ">", 5)}),
        ("expect_date_within", {"column_list": ["established_on", "_span_start"]}),
    ],
)
def test_a_rule_that_cannot_run_is_the_operators(
    tmp_path: Path, engine: Any, kind: str, kwargs: dict[str, Any]
) -> None:
    folder = changed_suite(tmp_path, [(kind, kwargs)])
    with pytest.raises(OperatorError) as raised:
        check_returns(PROGRAMME, [make_return("candidate", [SOUND["candidate"](1)])], folder, TODAY, engine=engine)
    assert "candidate.test_0" in raised.value.text.zh
    assert "13800000000" not in raised.value.text.zh + raised.value.text.en
