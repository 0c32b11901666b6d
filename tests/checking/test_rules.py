"""Every rule: its planted error is found at its cell, once; what is just inside passes, and so does an empty cell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from zhibao.checking import run
from zhibao.checking.suites import Suite, load_suite
from zhibao.findings import Finding
from zhibao.programme.models import Form
from zhibao.reading.model import ReadReturn

from .planted import MORE, PLANTED, ROW_ABOVE, Planted
from .returns import EXPECTATIONS, FIRST_ROW, PROGRAMME, SOUND, TODAY, Record, letters, make_return, sound_records

FORMS = tuple(PROGRAMME.forms)
SUITES = {form: load_suite(EXPECTATIONS, PROGRAMME.forms[form]) for form in FORMS}
RULES = sorted({rule.code for suite in SUITES.values() for rule in suite.rules})
CASES = [*PLANTED.values(), *MORE]


def planted_return(case: Planted, changes: Record) -> ReadReturn:
    """Nine sound records with the changed one in the second row, so that there are peers and a first of each key.

    Where a return has one row, it is that second row alone, unless the case asks for another above it.
    """
    changed = SOUND[case.form](2, **changes)
    if PROGRAMME.forms[case.form].key:
        records = sound_records(case.form)
        return make_return(case.form, [records[0], changed, *records[2:]])
    if changes.get(ROW_ABOVE):
        return make_return(case.form, [*sound_records(case.form), changed])
    return make_return(case.form, [changed], rows=[FIRST_ROW + 1])


@cache
def findings_of_all() -> dict[tuple[int, str, int], list[Finding]]:
    """Findings of every variant of every case, from one run over all of them."""
    variants = {}
    for number, case in enumerate(CASES):
        variants[number, "bad", 0] = planted_return(case, case.bad)
        for index, inside in enumerate(case.inside):
            variants[number, "inside", index] = planted_return(case, inside)
        if case.empty is not None:
            variants[number, "empty", 0] = planted_return(case, case.empty)
    found = run.check_returns(PROGRAMME, list(variants.values()), EXPECTATIONS, TODAY)
    return dict(zip(variants, found, strict=True))


def test_sound_records_have_no_findings() -> None:
    returns = [make_return(form, sound_records(form)) for form in FORMS]
    assert len(returns) == 10
    assert run.check_returns(PROGRAMME, returns, EXPECTATIONS, TODAY) == [[]] * 10


def test_every_rule_has_a_planted_error_and_every_planted_error_a_rule() -> None:
    assert len(RULES) > 90
    assert sorted(PLANTED) == RULES


@pytest.mark.parametrize("number", range(len(CASES)), ids=lambda number: f"{CASES[number].rule}-{number}")
def test_planted_error_is_found_at_its_cell_and_once(number: int) -> None:
    case = CASES[number]
    found = findings_of_all()[number, "bad", 0]
    assert sorted(finding.code for finding in found) == sorted([case.rule, *case.also])
    finding = next(finding for finding in found if finding.code == case.rule)
    column = PROGRAMME.forms[case.form].column(case.at)
    assert (finding.sheet, finding.row, finding.field) == ("报表", FIRST_ROW + 1, case.at)
    assert (finding.column, finding.header) == (letters(PROGRAMME.forms[case.form], case.at), column.header)


@pytest.mark.parametrize("number", range(len(CASES)), ids=lambda number: f"{CASES[number].rule}-{number}")
def test_inside_and_empty_pass(number: int) -> None:
    case = CASES[number]
    for (owner, kind, index), found in findings_of_all().items():
        if owner == number and kind != "bad":
            assert case.rule not in {finding.code for finding in found}, (kind, index)


@pytest.mark.parametrize("rule", RULES)
def test_turning_a_rule_off_loses_its_finding(rule: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def load_without(folder: Path, form: Form) -> Suite:
        suite = load_suite(folder, form)
        return replace(suite, rules=tuple(kept for kept in suite.rules if kept.code != rule))

    case = PLANTED[rule]
    bad = planted_return(case, case.bad)
    monkeypatch.setattr(run, "load_suite", load_without)
    assert run.check_returns(PROGRAMME, [bad], EXPECTATIONS, TODAY, engine="native") == [[]]


def every_text() -> Iterator[str]:
    for found in findings_of_all().values():
        for finding in found:
            yield from (finding.message.zh, finding.message.en, finding.next_step.zh, finding.next_step.en)


def test_no_text_shows_a_cell_or_a_placeholder() -> None:
    texts = set(every_text())
    assert len(texts) > 100
    values = {
        str(value)
        for case in CASES
        for record in (SOUND[case.form](2), case.bad)
        for code, value in record.items()
        if isinstance(value, str) and PROGRAMME.forms[case.form].column(code).type in {"id_number", "phone", "uscc"}
    } | {"测试某甲", "CS-0001"}
    for text in texts:
        assert not any(value in text for value in values)
        assert not any(mark in text for mark in ("{", "}", "None", "nan", "NaT"))


def test_a_query_asks_for_an_explanation() -> None:
    queries = [finding for found in findings_of_all().values() for finding in found if finding.severity == "query"]
    assert len(queries) > 5
    assert all("说明" in finding.next_step.zh for finding in queries)
