"""The few expectations of Great Expectations itself that our suites use, a second time, for the offline check.

Importing Great Expectations takes seconds, which a clerk who checks one file should not wait. What is here must give
what it gives: tests/checking/test_native.py holds the two together, over every rule of every suite.
"""

from __future__ import annotations

import re
from functools import partial

import numpy as np

from zhibao.checking.conditions import Condition, condition
from zhibao.checking.groups import is_empty

Number = int | float

CORE: dict[str, Condition] = {}
_core = partial(condition, table=CORE)


@_core("expect_column_values_to_not_be_null", "column", ignores="none")
def not_null(values: np.ndarray) -> np.ndarray:
    return ~is_empty(values)


@_core("expect_column_values_to_be_between", "column")
def between(
    values: np.ndarray, *, min_value: Number | None = None, max_value: Number | None = None,
    strict_min: bool = False, strict_max: bool = False,
) -> np.ndarray:
    if min_value is None and max_value is None:
        raise ValueError("neither bound is given")
    if min_value is not None and max_value is not None and min_value > max_value:
        raise ValueError("the bounds are the wrong way round")
    holds = np.ones(len(values), dtype=bool)
    if min_value is not None:
        holds &= values > min_value if strict_min else values >= min_value
    if max_value is not None:
        holds &= values < max_value if strict_max else values <= max_value
    return holds


@_core("expect_column_value_lengths_to_be_between", "column")
def lengths_between(
    values: np.ndarray, *, min_value: int | None = None, max_value: int | None = None,
    strict_min: bool = False, strict_max: bool = False,
) -> np.ndarray:
    lengths = np.fromiter((len(str(value)) for value in values.tolist()), np.int64, len(values))
    return between(lengths, min_value=min_value, max_value=max_value, strict_min=strict_min, strict_max=strict_max)


@_core("expect_column_values_to_be_in_set", "column")
def in_set(values: np.ndarray, *, value_set: list[str] | list[Number]) -> np.ndarray:
    if values.dtype.kind == "M":
        raise TypeError("a set of dates is not compared")
    if values.dtype != object:
        return np.isin(values, value_set)
    members = frozenset(value_set)
    return np.fromiter((value in members for value in values), bool, len(values))


@_core("expect_column_values_to_not_be_in_set", "column")
def not_in_set(values: np.ndarray, *, value_set: list[str] | list[Number]) -> np.ndarray:
    return ~in_set(values, value_set=value_set)


@_core("expect_column_values_to_match_regex", "column")
def match_regex(values: np.ndarray, *, regex: str) -> np.ndarray:
    search = re.compile(regex).search
    return np.fromiter((search(str(value)) is not None for value in values.tolist()), bool, len(values))


@_core("expect_column_pair_values_a_to_be_greater_than_b", "pair", ignores="all")
def a_greater_than_b(a: np.ndarray, b: np.ndarray, *, or_equal: bool = False) -> np.ndarray:
    return a >= b if or_equal else a > b


@_core("expect_column_pair_values_to_be_equal", "pair", ignores="all")
def equal(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return a == b
