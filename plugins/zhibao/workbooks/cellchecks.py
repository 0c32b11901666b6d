"""Which rules of a suite a spreadsheet's own cells can check, and by which formula.

`CELL_CHECKS` is the whole mapping: an expectation type and what writes its formula, which is true where a row passes.
`WITHOUT_CELL_CHECK` says of each other type why not. The formulas keep to what Excel, WPS and LibreOffice share, and
to what data validation allows: no array constants, no other workbook, at most 255 characters.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from zhibao.checking.suites import Rule, Suite
from zhibao.errors import OperatorError
from zhibao.period import Period
from zhibao.programme.models import Form, Programme
from zhibao.reading.clean import printed_word
from zhibao.reading.sheetscan import column_letters

LONGEST_VALIDATION = 255
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


def check_formula(rule: Rule, cells: Cells) -> str | None:
    """The formula that is true where a row passes `rule`, without the leading "="; None if no cell can check it."""
    write = CELL_CHECKS.get(rule.entry.type)
    if write is None:
        return None
    formula, condition = write(rule, cells), rule.kwargs.get("row_condition")
    return f"OR(NOT({_condition(condition, cells)}),{formula})" if condition else formula


def _condition(condition: dict[str, Any], cells: Cells) -> str:
    """A row condition as GX writes it, as a formula."""
    if "conditions" in condition:
        return _all_of(condition["type"].upper(), [_condition(part, cells) for part in condition["conditions"]])
    code = condition["column"]["name"]
    cell = cells[code]
    if condition["type"] == "nullity":
        return f'{cell}=""' if condition["is_null"] else f'{cell}<>""'
    operator, parameter = condition["operator"], condition["parameter"]
    if operator in ("IN", "NOT_IN"):
        among = (f"COUNTIF({_set_name(code)},{cell})>0" if _is_long(condition, cells.form)
                 else _all_of("OR", [f"{cell}={cells.literal(code, value)}" for value in parameter]))
        return among if operator == "IN" else f"NOT({among})"
    return f"{cell}{OPERATORS[operator]}{cells.literal(code, parameter)}"


def long_sets(suite: Suite) -> dict[str, list[str]]:
    """Name → words of the long sets in conditions, which formulas name as ranges of the list sheet.

    Raises OperatorError where two conditions hold one column against two such sets.
    """
    found: dict[str, list[str]] = {}
    pending = [rule.kwargs.get("row_condition") or {} for rule in suite.rules]
    while pending:
        condition = pending.pop()
        pending += condition.get("conditions", [])
        if _is_long(condition, suite.form):
            code, words = condition["column"]["name"], condition["parameter"]
            if found.setdefault(_set_name(code), words) != words:
                raise OperatorError(f"{suite.form.code}.json：{code} 的条件用了两组不同的词，模板无法写入",
                                    f"{suite.form.code}.json: conditions on {code} name two different sets")
    return found


def _is_long(condition: dict[str, Any], form: Form) -> bool:
    words = condition.get("parameter")
    if not isinstance(words, list) or len(words) <= MOST_LISTED_WORDS:
        return False
    return form.column(condition["column"]["name"]).choices is None


def _set_name(code: str) -> str:
    return f"set_{code}"


def _all_of(function: str, parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{function}({','.join(parts)})"


def _unless_empty(cells: Cells, codes: list[str], formula: str) -> str:
    empties = [f'{cells[code]}=""' for code in codes if not code.startswith("_")]
    return f"OR({','.join([*empties, formula])})"


def _filled(rule: Rule, cells: Cells) -> str:
    """Where a condition asks for the value it is owed at once, otherwise as soon as the row is begun."""
    filled = f'{cells[rule.kwargs["column"]]}<>""'
    return filled if "row_condition" in rule.kwargs else f"OR(COUNTA({cells.row})=0,{filled})"


def _bounds(rule: Rule, subject: str) -> str:
    low, high = rule.kwargs.get("min_value"), rule.kwargs.get("max_value")
    parts = [] if low is None else [f"{subject}{'>' if rule.kwargs.get('strict_min') else '>='}{low}"]
    parts += [] if high is None else [f"{subject}{'<' if rule.kwargs.get('strict_max') else '<='}{high}"]
    return _all_of("AND", parts)


def _between(rule: Rule, cells: Cells) -> str:
    code = rule.kwargs["column"]
    return _unless_empty(cells, [code], _bounds(rule, cells[code]))


def _length(rule: Rule, cells: Cells) -> str:
    code = rule.kwargs["column"]
    return _unless_empty(cells, [code], _bounds(rule, f"LEN({cells[code]})"))


def _in_set(rule: Rule, cells: Cells) -> str:
    code = rule.kwargs["column"]
    words = [f"{cells[code]}={cells.literal(code, value)}" for value in rule.kwargs["value_set"]]
    return _unless_empty(cells, [code], _all_of("OR", words))


def _not_in_set(rule: Rule, cells: Cells) -> str:
    code = rule.kwargs["column"]
    return _all_of("AND", [f"{cells[code]}<>{cells.literal(code, value)}" for value in rule.kwargs["value_set"]])


def _not_below(rule: Rule, cells: Cells) -> str:
    first, second = rule.kwargs["column_A"], rule.kwargs["column_B"]
    sign = ">=" if rule.kwargs.get("or_equal") else ">"
    return _unless_empty(cells, [first, second], f"{cells[first]}{sign}{cells[second]}")


def _equal(rule: Rule, cells: Cells) -> str:
    first, second = rule.kwargs["column_A"], rule.kwargs["column_B"]
    return _unless_empty(cells, [first, second], f"{cells[first]}={cells[second]}")


def _within(rule: Rule, cells: Cells) -> str:
    day, first, last = rule.kwargs["column_list"]
    inside = f"AND({cells[day]}>={cells[first]},{cells[day]}<={cells[last]})"
    return _unless_empty(cells, [day, first, last], inside)


def _unique(rule: Rule, cells: Cells) -> str:
    """Not COUNTIFS, which compares codes of digits as numbers, by their first 15. A form without a key has one row."""
    keys = [code for code in rule.kwargs["column_list"] if not code.startswith("_")]
    if not keys:
        return f"ROW({cells[rule.at]})={cells.first_row}"
    same = "*".join(f"({cells.all(code)}={cells[code]})" for code in keys)
    return _unless_empty(cells, keys, f"SUMPRODUCT({same if len(keys) > 1 else f'--{same}'})<=1")


# Identifiers. at_…, …_w and …_abc are ranges of the list sheet: places in a number, weights, an alphabet.
# Their names are short because all formulas of a cell share 255 characters.


def _digits(cell: str, places: str) -> str:
    return f"ISNUMBER(SUMPRODUCT(-MID({cell},{places},1)))"


def _id_number(rule: Rule, cells: Cells) -> str:
    code = rule.kwargs["column"]
    cell = cells[code]
    if rule.kwargs["aspect"] == "format":
        digits, last = _digits(cell, "at_17"), f"ISNUMBER(FIND(RIGHT({cell}),id_abc))"
        return _unless_empty(cells, [code], f"AND(LEN({cell})=18,{digits},{last})")
    # The place of the last character in the alphabet is its value and one.
    total = f"SUMPRODUCT(MID({cell},at_17,1)*id_w)+SEARCH(RIGHT({cell}),id_abc)"
    return f"OR(LEN({cell})<>18,IFERROR(MOD({total},11),0)=2)"


def _born(cell: str) -> str:
    return f"DATE(MID({cell},7,4),MID({cell},11,2),MID({cell},13,2))"


def _birth_date(rule: Rule, cells: Cells) -> str:
    cell, born = cells[rule.kwargs["column_A"]], _born(cells[rule.kwargs["column_A"]])
    year = f"--MID({cell},7,4)>={rule.kwargs['earliest_year']}"
    is_day = f"MONTH({born})=--MID({cell},11,2)"
    return (f"OR(LEN({cell})<>18,IFERROR(AND({year},{is_day},{born}<={cells[rule.kwargs['column_B']]}),FALSE))")


def _age(rule: Rule, cells: Cells) -> str:
    cell, day = cells[rule.kwargs["column_A"]], cells[rule.kwargs["column_B"]]
    age = f'DATEDIF({_born(cell)},{day},"Y")'
    within = f"AND({age}>={rule.kwargs['min_age']},{age}<={rule.kwargs['max_age']})"
    return f"OR(LEN({cell})<>18,IFERROR({within},TRUE))"


def _gender(rule: Rule, cells: Cells) -> str:
    gender, cell = cells[rule.kwargs["column_A"]], cells[rule.kwargs["column_B"]]
    male, female = quoted(rule.kwargs["male"]), quoted(rule.kwargs["female"])
    agrees = f"IFERROR(IF(MOD(MID({cell},17,1),2)=1,{gender}<>{female},{gender}<>{male}),TRUE)"
    return f"OR(LEN({cell})<>18,{agrees})"


def _mobile(rule: Rule, cells: Cells) -> str:
    code = rule.kwargs["column"]
    cell = cells[code]
    digits = _digits(cell, "at_11")
    shape = f'AND(LEN({cell})=11,LEFT({cell})="1",MID({cell},2,1)>="3",{digits})'
    return _unless_empty(cells, [code], shape)


def _uscc(rule: Rule, cells: Cells) -> str:
    code = rule.kwargs["column"]
    cell = cells[code]
    values = f"FIND(MID(UPPER({cell}),at_18,1),uscc_abc)"
    if rule.kwargs["aspect"] == "format":
        division = _digits(cell, "at_3_8")
        shape = f"AND(LEN({cell})=18,ISNUMBER(SUMPRODUCT({values})),{division})"
        return _unless_empty(cells, [code], shape)
    return f"OR(LEN({cell})<>18,IFERROR(MOD(SUMPRODUCT(({values}-1)*uscc_w),31),1)=0)"


CELL_CHECKS: dict[str, Callable[[Rule, Cells], str]] = {
    "expect_column_values_to_not_be_null": _filled,
    "expect_column_values_to_be_between": _between,
    "expect_column_value_lengths_to_be_between": _length,
    "expect_column_values_to_be_in_set": _in_set,
    "expect_column_values_to_not_be_in_set": _not_in_set,
    "expect_column_pair_values_a_to_be_greater_than_b": _not_below,
    "expect_column_pair_values_to_be_equal": _equal,
    "expect_date_within": _within,
    "expect_key_unique_in_return": _unique,
    "expect_id_number": _id_number,
    "expect_id_birth_date_within": _birth_date,
    "expect_id_age_between": _age,
    "expect_gender_agrees_with_id": _gender,
    "expect_mobile": _mobile,
    "expect_uscc": _uscc,
}
# What a cell cannot know, or cannot say in a formula that all three programs understand.
WITHOUT_CELL_CHECK: dict[str, str] = {
    "expect_id_region_known": "needs the table of all divisions that ever were, thousands of them",
    "expect_within_times_of_peers": "compares a figure with those of the other offices, which no office has",
    "expect_column_values_to_match_regex": "no formula that the three programs share knows regular expressions",
    "expect_no_identifier": "looks for a number anywhere in thousands of characters",
}
# Rules that are seen in an empty cell, which data validation never looks at: shown by colour alone.
SEEN_IN_EMPTY_CELLS = frozenset({"expect_column_values_to_not_be_null"})
