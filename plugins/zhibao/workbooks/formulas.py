"""The formula of each kind of rule on numbers, words, dates and keys: true where a row passes. Empty cells pass."""

from __future__ import annotations

from zhibao.checking.suites import Rule
from zhibao.workbooks.cells import Cells, all_of, unless_empty


def filled(rule: Rule, cells: Cells) -> str:
    """Where a condition asks for the value it is owed at once, otherwise as soon as the row is begun."""
    filled = f'{cells[rule.kwargs["column"]]}<>""'
    return filled if "row_condition" in rule.kwargs else f"OR(COUNTA({cells.row})=0,{filled})"


def _bounds(rule: Rule, subject: str) -> str:
    low, high = rule.kwargs.get("min_value"), rule.kwargs.get("max_value")
    parts = [] if low is None else [f"{subject}{'>' if rule.kwargs.get('strict_min') else '>='}{low}"]
    parts += [] if high is None else [f"{subject}{'<' if rule.kwargs.get('strict_max') else '<='}{high}"]
    return all_of("AND", parts)


def between(rule: Rule, cells: Cells) -> str:
    code = rule.kwargs["column"]
    return unless_empty(cells, [code], _bounds(rule, cells[code]))


def length(rule: Rule, cells: Cells) -> str:
    code = rule.kwargs["column"]
    return unless_empty(cells, [code], _bounds(rule, f"LEN({cells[code]})"))


def in_set(rule: Rule, cells: Cells) -> str:
    code = rule.kwargs["column"]
    words = [f"{cells[code]}={cells.literal(code, value)}" for value in rule.kwargs["value_set"]]
    return unless_empty(cells, [code], all_of("OR", words))


def not_in_set(rule: Rule, cells: Cells) -> str:
    code = rule.kwargs["column"]
    return all_of("AND", [f"{cells[code]}<>{cells.literal(code, value)}" for value in rule.kwargs["value_set"]])


def not_below(rule: Rule, cells: Cells) -> str:
    first, second = rule.kwargs["column_A"], rule.kwargs["column_B"]
    sign = ">=" if rule.kwargs.get("or_equal") else ">"
    return unless_empty(cells, [first, second], f"{cells[first]}{sign}{cells[second]}")


def equal(rule: Rule, cells: Cells) -> str:
    first, second = rule.kwargs["column_A"], rule.kwargs["column_B"]
    return unless_empty(cells, [first, second], f"{cells[first]}={cells[second]}")


def within(rule: Rule, cells: Cells) -> str:
    day, first, last = rule.kwargs["column_list"]
    inside = f"AND({cells[day]}>={cells[first]},{cells[day]}<={cells[last]})"
    return unless_empty(cells, [day, first, last], inside)


def unique(rule: Rule, cells: Cells) -> str:
    """Not COUNTIFS, which compares codes of digits as numbers, by their first 15. A form without a key has one row."""
    keys = [code for code in rule.kwargs["column_list"] if not code.startswith("_")]
    if not keys:
        return f"ROW({cells[rule.at]})={cells.first_row}"
    same = "*".join(f"({cells.all(code)}={cells[code]})" for code in keys)
    return unless_empty(cells, keys, f"SUMPRODUCT({same if len(keys) > 1 else f'--{same}'})<=1")
