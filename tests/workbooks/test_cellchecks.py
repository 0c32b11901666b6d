"""Every rule of every suite: it has a cell check that LibreOffice finds true of what passes and false of what does not,
or its type is on the list of those that no cell can check."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from checking.planted import MORE, PLANTED, ROW_ABOVE, Planted
from checking.returns import PERIODS as PLANTED_PERIODS
from checking.returns import SOUND, Record
from openpyxl.formula.translate import Translator

from zhibao.checking.suites import Rule
from zhibao.reading.clean import printed_word
from zhibao.workbooks.cellchecks import (
    CELL_CHECKS,
    LONGEST_VALIDATION,
    SEEN_IN_EMPTY_CELLS,
    WITHOUT_CELL_CHECK,
    check_formula,
)
from zhibao.workbooks.cells import Cells
from zhibao.workbooks.columns import TYPE_CHECKS, plan_columns

from .blanks import FORMS, PROGRAMME, header_row, letters, opened, period_of, suite_of, template
from .office import Job, Office

RULES = [(form, rule) for form in FORMS for rule in suite_of(form).rules]
CASES = [*PLANTED.values(), *MORE]
# What the reader puts right before the suite sees it, and a cell check, which looks at what is typed, does not take.
TYPED_OTHERWISE = ("０", "+86")


def cells_of(form: str) -> Cells:
    period = period_of(form, PLANTED_PERIODS)
    first = header_row(opened(template(form, period)), form) + 1
    return Cells(PROGRAMME, PROGRAMME.forms[form], period, first, first + 199 if PROGRAMME.forms[form].key else first)


CELLS = {form: cells_of(form) for form in FORMS}
PLANS = {form: {plan.column.code: plan for plan in plan_columns(suite_of(form), CELLS[form])} for form in FORMS}


# The two lists.


def test_every_type_is_on_one_list_with_its_reason() -> None:
    assert len(RULES) > 150
    used = {rule.entry.type for _, rule in RULES}
    assert not set(CELL_CHECKS) & set(WITHOUT_CELL_CHECK)
    assert used == set(CELL_CHECKS) | set(WITHOUT_CELL_CHECK)
    assert all(len(reason) > 20 for reason in WITHOUT_CELL_CHECK.values())


@pytest.mark.parametrize("form", FORMS)
def test_every_rule_that_can_be_is_in_the_workbook(form: str) -> None:
    """As a colour of the column that it names, over all entry rows."""
    sheet = opened(template(form, CELLS[form].period))
    coloured = {
        (str(ranged.sqref), formula)
        for ranged in sheet.conditional_formatting for rule in ranged.rules for formula in rule.formula
    }
    expected = [
        (CELLS[form].all(rule.at).replace("$", ""), f"NOT({formula})") for rule in suite_of(form).rules
        if (formula := check_formula(rule, CELLS[form]))
    ]
    single = {place.split(":")[0] for place, _ in coloured}
    for place, formula in expected:
        first, _, last = place.partition(":")
        assert (place, formula) in coloured or (first == last and first in single), formula


@pytest.mark.parametrize("form", FORMS)
def test_every_type_of_number_is_checked_while_it_is_typed(form: str) -> None:
    cells = CELLS[form]
    for column in PROGRAMME.forms[form].columns:
        if column.type in TYPE_CHECKS:
            check = PLANS[form][column.code].validation
            assert check is not None
            assert check.severity == "error"
            assert TYPE_CHECKS[column.type][0].format(cells[column.code]) in str(check.formula)
            assert len(str(check.formula)) <= LONGEST_VALIDATION


def test_hardly_any_error_is_left_to_colours_alone() -> None:
    """Those whose formulas do not fit beside others into the one that a cell may have."""
    left = {
        rule.code for form in FORMS for plan in PLANS[form].values() for rule in suite_of(form).rules
        if rule.at == plan.column.code and rule.entry.meta.severity == "error"
        and rule.entry.type not in SEEN_IN_EMPTY_CELLS and not plan.validation.words
        and (formula := check_formula(rule, CELLS[form])) and formula not in plan.validation.formula
    }
    assert left == {"candidate.id_number_birth_date", "incubator.uscc_check_character"}


# What the formulas say, by LibreOffice.


@dataclass(frozen=True)
class Variant:
    """One record as typed, and the formulas of all rules of its form as they came out."""

    case: Planted
    kind: str
    changes: Record


def variants() -> list[Variant]:
    found = []
    for case in CASES:
        found.append(Variant(case, "bad", case.bad))
        found += [Variant(case, "inside", inside) for inside in case.inside]
        found += [Variant(case, "empty", case.empty)] if case.empty is not None else []
    return [item for item in found
            if not any(str(value).startswith(TYPED_OTHERWISE) or "０" in str(value) for value in item.changes.values())]


VARIANTS = variants()


def typed(form: str, code: str, value: Any) -> Any:
    """A value as it stands in a cell."""
    words = PROGRAMME.choices_of(PROGRAMME.forms[form].column(code))
    if value in words:
        return printed_word(words[value])
    return float(value) if isinstance(value, Decimal) else value


def place_of(variant: Variant) -> int:
    """The changed record stands in the first row, above a sound one, unless the case asks for another above it."""
    return CELLS[variant.case.form].first_row + bool(variant.changes.get(ROW_ABOVE))


def write_case(sheet: Any, variant: Variant, rules: list[tuple[Rule, str]], validation: str | None) -> None:
    form, cells, row = variant.case.form, CELLS[variant.case.form], place_of(variant)
    other = 2 * cells.first_row + 1 - row
    records = {row: SOUND[form](2, **variant.changes)}
    if cells.form.key or other < row:
        records[other] = SOUND[form](1)
    for number, record in records.items():
        for code, value in record.items():
            if not code.startswith("_") and value is not None:
                sheet[f"{letters(form, code)}{number}"] = typed(form, code, value)
    for index, formula in enumerate([*(formula for _, formula in rules), validation or "TRUE"]):
        if row != cells.first_row:
            formula = Translator(f"={formula}", origin=f"A{cells.first_row}").translate_formula(f"A{row}")[1:]
        sheet.cell(row, 101 + index, f"={formula}")


@pytest.fixture(scope="module")
def outcomes(office: Office, tmp_path_factory: pytest.TempPathFactory) -> dict[int, tuple[set[str], Any]]:
    """Variant → the rules whose cells are coloured, and whether the planted cell may be typed so."""
    folder = tmp_path_factory.mktemp("formulas")
    jobs, wanted = [], {}
    for form in FORMS:
        book = openpyxl.load_workbook(BytesIO(template(form, CELLS[form].period)))
        rules = [(rule, formula) for rule in suite_of(form).rules if (formula := check_formula(rule, CELLS[form]))]
        for number, variant in enumerate(VARIANTS):
            if variant.case.form == form:
                check = PLANS[form][variant.case.at].validation
                write_case(book.create_sheet(f"v{number}"), variant, rules, check.formula if check else None)
        wanted[form] = [rule.code for rule, _ in rules]
        source = folder / f"{form}.xlsx"
        book.save(source)
        jobs.append(Job(source, folder / f"{form}.out.xlsx"))
    office.do(jobs)
    return {number: outcome for job, form in zip(jobs, FORMS, strict=True)
            for number, outcome in calculated(job.target, form, wanted[form])}


def calculated(path: Path, form: str, codes: list[str]) -> list[tuple[int, tuple[set[str], Any]]]:
    book = openpyxl.load_workbook(path, data_only=True)
    found = []
    for number, variant in enumerate(VARIANTS):
        if variant.case.form == form:
            sheet, row = book[f"v{number}"], place_of(variant)
            values = [sheet.cell(row, 101 + index).value for index in range(len(codes) + 1)]
            assert all(isinstance(value, bool) for value in values), (variant, values)
            coloured = {code for code, value in zip(codes, values[:-1], strict=True) if not value}
            found.append((number, (coloured, values[-1])))
    return found


def test_there_is_a_good_and_a_bad_value_for_every_rule() -> None:
    kinds = {(variant.case.rule, variant.kind) for variant in VARIANTS}
    for rule in {rule.code for _, rule in RULES}:
        assert (rule, "bad") in kinds
        assert (rule, "inside") in kinds or rule == "candidate.id_number_format"


@pytest.mark.parametrize("number", range(len(VARIANTS)), ids=lambda number: f"{VARIANTS[number].case.rule}-{number}")
def test_a_cell_is_coloured_where_a_rule_is_broken_and_nowhere_else(
    outcomes: dict[int, tuple[set[str], Any]], number: int
) -> None:
    variant = VARIANTS[number]
    coloured, _ = outcomes[number]
    can_be = {rule.code for _, rule in RULES if rule.entry.type in CELL_CHECKS}
    broken = {variant.case.rule, *variant.case.also} if variant.kind == "bad" else set()
    assert (coloured & broken) == (broken & can_be)
    if variant.kind == "bad":
        # A number of 18 characters that are no digits has no right check character either.
        assert coloured <= broken | {variant.case.rule.replace("_format", "_check_character")}
    else:
        assert variant.case.rule not in coloured


@pytest.mark.parametrize("number", range(len(VARIANTS)), ids=lambda number: f"{VARIANTS[number].case.rule}-{number}")
def test_a_broken_rule_is_refused_while_it_is_typed(
    outcomes: dict[int, tuple[set[str], Any]], number: int
) -> None:
    variant = VARIANTS[number]
    form = variant.case.form
    plan = PLANS[form][variant.case.at]
    formulas = [check_formula(rule, CELLS[form]) for rule in suite_of(form).rules
                if rule.code == variant.case.rule and rule.at == variant.case.at]
    held = plan.validation is not None and any(formula and formula in str(plan.validation.formula)
                                               for formula in formulas)
    _, allowed = outcomes[number]
    if variant.kind == "bad" and held:
        assert allowed is False
    elif variant.kind == "inside":
        assert allowed is True


