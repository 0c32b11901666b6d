"""What each column of a template gets: its drop-down, its check while typing, its colours, its example."""

from __future__ import annotations

from dataclasses import dataclass

from zhibao.checking.suites import Rule, Suite
from zhibao.findings import Severity
from zhibao.programme.models import Column
from zhibao.reading.clean import printed_word
from zhibao.workbooks.cellchecks import LONGEST_VALIDATION, SEEN_IN_EMPTY_CELLS, check_formula
from zhibao.workbooks.cells import Cells
from zhibao.workbooks.examples import example_of
from zhibao.workbooks.words import LONGEST_MESSAGE, Wording, clipped, settings, word

# What the reader takes a cell of this type to be, as a formula on the cell, and what to say if it is not.
TYPE_CHECKS = {
    "integer": ("IFERROR({0}=INT({0}),FALSE)", "not_whole"),
    "decimal": ("ISNUMBER({0})", "not_a_number"),
    "money": ("ISNUMBER({0})", "not_a_number"),
    "date": ("ISNUMBER({0})", "not_a_date"),
}
WEIGHTS: dict[Severity, int] = {"error": 0, "query": 1, "warning": 2}


@dataclass(frozen=True, slots=True)
class Highlight:
    """Cells of the column at which `formula` is true are shown in the severity's colour. `rule` is None for types."""

    severity: Severity
    formula: str
    rule: str | None


@dataclass(frozen=True, slots=True)
class Validation:
    """A check while typing: a formula that must be true, or a list of words; `severity` says how firmly."""

    severity: Severity
    message: str
    formula: str | None = None
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that one column gets."""

    column: Column
    validation: Validation | None
    highlights: tuple[Highlight, ...]
    owed: str
    kind: str
    example: str
    faults: str
    note: str
    prompt: str


def plan_columns(suite: Suite, cells: Cells) -> list[Plan]:
    """One plan a column, in the form's order."""
    wording = Wording(cells.programme, suite, cells.period)
    return [_plan(column, [rule for rule in suite.rules if rule.at == column.code], cells, wording)
            for column in suite.form.columns]


def _plan(column: Column, rules: list[Rule], cells: Cells, wording: Wording) -> Plan:
    formulas = [(rule, formula) for rule in rules if (formula := check_formula(rule, cells))]
    validation = _drop_down(column, rules, cells, wording) or _validation(column, formulas, cells, wording)
    words = validation.words if validation else ()
    return Plan(
        column=column,
        validation=validation,
        highlights=tuple(_highlights(column, formulas, cells)),
        owed=wording.owed(column),
        kind=wording.kind(column, words),
        example=example_of(column, cells, words),
        faults=wording.faults(rules),
        note=wording.note(column, rules),
        prompt=wording.prompt(column, rules),
    )


def _highlights(column: Column, formulas: list[tuple[Rule, str]], cells: Cells) -> list[Highlight]:
    """Colours also what was pasted, which no spreadsheet program validates. Errors come first and win."""
    found = [Highlight(rule.entry.meta.severity, f"NOT({formula})", rule.code) for rule, formula in formulas]
    if column.type in TYPE_CHECKS:
        is_typed = TYPE_CHECKS[column.type][0].format(cells[column.code])
        found.insert(0, Highlight("error", f'AND({cells[column.code]}<>"",NOT({is_typed}))', None))
    return sorted(found, key=lambda item: WEIGHTS[item.severity])


def _drop_down(column: Column, rules: list[Rule], cells: Cells, wording: Wording) -> Validation | None:
    choices = cells.programme.choices_of(column)
    if choices:
        words = tuple(printed_word(known) for known in choices.values())
        return Validation("error", word("not_a_choice"), words=words)
    for rule in rules:
        if rule.entry.type == "expect_column_values_to_be_in_set":
            message = clipped(wording.remedy(rule), LONGEST_MESSAGE)
            return Validation(rule.entry.meta.severity, message, words=tuple(rule.kwargs["value_set"]))
    return None


def _validation(
    column: Column, formulas: list[tuple[Rule, str]], cells: Cells, wording: Wording
) -> Validation | None:
    """All of the gravest rules that fit into one formula; the others are still seen by their colour."""
    typed = [(rule, formula) for rule, formula in formulas if rule.entry.type not in SEEN_IN_EMPTY_CELLS]
    parts, remedies = [], []
    if column.type in TYPE_CHECKS:
        formula, name = TYPE_CHECKS[column.type]
        parts.append(f'OR({cells[column.code]}="",{formula.format(cells[column.code])})')
        remedies.append(word(name, day=cells.period.starts_on))
    severities = [rule.entry.meta.severity for rule, _ in typed]
    severity = "error" if parts else min(severities, key=lambda item: WEIGHTS[item], default="error")
    for rule, formula in typed:
        if rule.entry.meta.severity == severity and len(_joined([*parts, formula])) <= LONGEST_VALIDATION:
            parts.append(formula)
            remedies.append(wording.remedy(rule))
    message = clipped("".join(dict.fromkeys(remedies)), LONGEST_MESSAGE)
    return Validation(severity, message, formula=_joined(parts)) if parts else None


def _joined(parts: list[str]) -> str:
    return f"AND({','.join(parts)})" if len(parts) > 1 else "".join(parts)


def is_long(column: Column) -> bool:
    """Whether the column holds sentences rather than words."""
    return (column.max_length or 0) >= settings()["long_text"]["from_length"]


def width_of(column: Column, words: tuple[str, ...] = ()) -> float:
    """The column's width in characters of the sheet's font: what its type needs, and half of its header."""
    known = settings()
    if column.max_length is not None and column.max_length >= known["paragraph"]["from_length"]:
        return float(known["paragraph"]["width"])
    if is_long(column):
        return float(known["long_text"]["width"])
    longest = min(max((2 * len(item) + 3 for item in words), default=0), known["widest_choice"])
    return float(max(known["widths"].get(column.type, known["widths"]["text"]), len(column.header) + 3, longest))
