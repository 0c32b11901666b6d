"""Which rules of a suite a spreadsheet's own cells can check, and by which formula.

`CELL_CHECKS` is the whole mapping: an expectation type, and what writes the formula that is true where a row passes.
`WITHOUT_CELL_CHECK` says of each other type why not.
"""

from __future__ import annotations

from collections.abc import Callable

from zhibao.checking.suites import Rule, Suite
from zhibao.errors import OperatorError
from zhibao.workbooks import formulas, identifier_formulas
from zhibao.workbooks.cells import Cells, condition_formula, is_long_set, set_name

# What Excel takes in a data validation.
LONGEST_VALIDATION = 255

CELL_CHECKS: dict[str, Callable[[Rule, Cells], str]] = {
    "expect_column_values_to_not_be_null": formulas.filled,
    "expect_column_values_to_be_between": formulas.between,
    "expect_column_value_lengths_to_be_between": formulas.length,
    "expect_column_values_to_be_in_set": formulas.in_set,
    "expect_column_values_to_not_be_in_set": formulas.not_in_set,
    "expect_column_pair_values_a_to_be_greater_than_b": formulas.not_below,
    "expect_column_pair_values_to_be_equal": formulas.equal,
    "expect_date_within": formulas.within,
    "expect_key_unique_in_return": formulas.unique,
    "expect_id_number": identifier_formulas.id_number,
    "expect_id_birth_date_within": identifier_formulas.birth_date,
    "expect_id_age_between": identifier_formulas.age,
    "expect_gender_agrees_with_id": identifier_formulas.gender,
    "expect_mobile": identifier_formulas.mobile,
    "expect_uscc": identifier_formulas.uscc,
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


def check_formula(rule: Rule, cells: Cells) -> str | None:
    """The formula that is true where a row passes `rule`, without the leading "="; None if no cell can check it."""
    write = CELL_CHECKS.get(rule.entry.type)
    if write is None:
        return None
    formula, condition = write(rule, cells), rule.kwargs.get("row_condition")
    return f"OR(NOT({condition_formula(condition, cells)}),{formula})" if condition else formula


def long_sets(suite: Suite) -> dict[str, list[str]]:
    """Name → words of the long sets in conditions, which formulas name as ranges of the list sheet.

    Raises OperatorError where two conditions hold one column against two such sets.
    """
    found: dict[str, list[str]] = {}
    pending = [rule.kwargs.get("row_condition") or {} for rule in suite.rules]
    while pending:
        condition = pending.pop()
        pending += condition.get("conditions", [])
        if is_long_set(condition, suite.form):
            code, words = condition["column"]["name"], condition["parameter"]
            if found.setdefault(set_name(code), words) != words:
                raise OperatorError(f"{suite.form.code}.json：{code} 的条件用了两组不同的词，模板无法写入",
                                    f"{suite.form.code}.json: conditions on {code} name two different sets")
    return found
