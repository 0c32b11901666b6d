"""How formulas name what they speak of: the cells of a template, facts of the whole return, words, conditions.

Formulas keep to what Excel, WPS and LibreOffice share, and to what data validation allows: no array constants, no
other workbook.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from zhibao.period import Period
from zhibao.programme.models import Form, Programme
from zhibao.reading.clean import printed_word
from zhibao.reading.sheetscan import column_letters

MOST_LISTED_WORDS = 3
OPERATORS = {">": ">", ">=": ">=", "<": "<", "<=": "<=", "==": "=", "!=": "<>"}


@dataclass(frozen=True, slots=True)
class Cells:
    """Where the cells of a template are, as its formulas name them. `first_row` and `last_row` are 1-based."""

    programme: Programme
    form: Form
    period: Period
    first_row: int
    last_row: int

    def __getitem__(self, code: str) -> str:
        """The cell of a column in the row at hand, or the value of a fact that holds for the whole return."""
        if code.startswith("_"):
            return _FACTS[code](self)
        return f"${self.letters(code)}{self.first_row}"

    def letters(self, code: str) -> str:
        return column_letters(next(index for index, column in enumerate(self.form.columns) if column.code == code))

    def all(self, code: str) -> str:
        """The column's entry cells, all rows."""
        return f"${self.letters(code)}${self.first_row}:${self.letters(code)}${self.last_row}"

    @property
    def row(self) -> str:
        """The form's cells of the row at hand."""
        return f"$A{self.first_row}:${column_letters(len(self.form.columns) - 1)}{self.first_row}"

    def literal(self, code: str, value: Any) -> str:
        """`value` as it stands in a cell of that column: a choice by its printed word."""
        words = self.programme.choices_of(self.form.column(code))
        text = printed_word(words[value]) if value in words else value
        return quoted(text) if isinstance(text, str) else f"{text}"


def quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _day(value: date) -> str:
    return f"DATE({value.year},{value.month},{value.day})"


_FACTS: dict[str, Callable[[Cells], str]] = {
    "_period_start": lambda cells: _day(cells.period.starts_on),
    "_period_end": lambda cells: _day(cells.period.ends_on),
    "_latest_on": lambda cells: f"MIN({_day(cells.period.ends_on)},TODAY())",
    "_span_start": lambda cells: _day(cells.programme.span.starts_on),
    "_span_end": lambda cells: _day(cells.programme.span.ends_on),
    "_last_fiscal_year": lambda cells: str(cells.period.year - 1),
}


def condition_formula(condition: dict[str, Any], cells: Cells) -> str:
    """A row condition as GX writes it, as a formula."""
    if "conditions" in condition:
        return all_of(condition["type"].upper(), [condition_formula(part, cells) for part in condition["conditions"]])
    code = condition["column"]["name"]
    cell = cells[code]
    if condition["type"] == "nullity":
        return f'{cell}=""' if condition["is_null"] else f'{cell}<>""'
    operator, parameter = condition["operator"], condition["parameter"]
    if operator in ("IN", "NOT_IN"):
        among = (f"COUNTIF({set_name(code)},{cell})>0" if is_long_set(condition, cells.form)
                 else all_of("OR", [f"{cell}={cells.literal(code, value)}" for value in parameter]))
        return among if operator == "IN" else f"NOT({among})"
    return f"{cell}{OPERATORS[operator]}{cells.literal(code, parameter)}"


def is_long_set(condition: dict[str, Any], form: Form) -> bool:
    words = condition.get("parameter")
    if not isinstance(words, list) or len(words) <= MOST_LISTED_WORDS:
        return False
    return form.column(condition["column"]["name"]).choices is None


def set_name(code: str) -> str:
    return f"set_{code}"


def all_of(function: str, parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{function}({','.join(parts)})"


def unless_empty(cells: Cells, codes: list[str], formula: str) -> str:
    empties = [f'{cells[code]}=""' for code in codes if not code.startswith("_")]
    return f"OR({','.join([*empties, formula])})"
