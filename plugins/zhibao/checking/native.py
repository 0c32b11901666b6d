"""Evaluates a suite without Great Expectations, for who checks one file and would wait seconds for its import.

It reads the same rules as checking/gx.py and gives the same places; tests hold the two together.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from zhibao.checking.conditions import CONDITIONS, Condition
from zhibao.checking.core import CORE
from zhibao.checking.faults import broken
from zhibao.checking.frame import Frame
from zhibao.checking.groups import is_empty
from zhibao.checking.row_conditions import rows_where
from zhibao.checking.suites import Rule, Suite

KNOWN: Mapping[str, Condition] = {**CORE, **CONDITIONS}
# What a suite may say in `ignore_row_if`, which Great Expectations spells differently for two columns and for more.
IGNORES = {
    "neither": "none", "both_values_are_missing": "all", "either_value_is_missing": "any",
    "never": "none", "all_values_are_missing": "all", "any_value_is_missing": "any",
}


def covers(suite: Suite) -> bool:
    """Whether every rule of the suite can be evaluated here; what cannot is Great Expectations' alone."""
    return all(rule.entry.type in KNOWN for rule in suite.rules)


def evaluate(suite: Suite, frame: Frame) -> list[list[int]]:
    """Places in `frame` of the rows that each rule of `suite` does not expect, in the order of its rules.

    Raises OperatorError for a rule that raises, by its code.
    """
    return [_places(rule, frame) for rule in suite.rules]


def _places(rule: Rule, frame: Frame) -> list[int]:
    try:
        return _unexpected(KNOWN[rule.entry.type], dict(rule.kwargs), frame).tolist()
    except Exception as error:  # noqa: BLE001  whatever a rule raises is the operator's
        raise broken(rule.code, type(error).__name__) from None


def _unexpected(condition: Condition, kwargs: dict[str, Any], frame: Frame) -> np.ndarray:
    columns = [frame[name] for name in _names(condition, kwargs)]
    asked = rows_where(kwargs.pop("row_condition", None), frame)
    stated = kwargs.pop("ignore_row_if", None)
    asked &= ~_ignored(columns, condition.ignores if stated is None else IGNORES[stated])
    settings = condition.validated(kwargs)
    places = np.flatnonzero(asked)
    if len(places) < len(asked):
        columns = [values[places] for values in columns]
    return places[~condition.holds(*columns, **settings)]


def _names(condition: Condition, kwargs: dict[str, Any]) -> list[str]:
    """The columns that a rule reads, taken out of its kwargs."""
    match condition.reads:
        case "column":
            return [kwargs.pop("column")]
        case "pair":
            return [kwargs.pop("column_A"), kwargs.pop("column_B")]
        case "columns":
            return list(kwargs.pop("column_list"))


def _ignored(columns: list[np.ndarray], ignores: str) -> np.ndarray:
    if ignores == "none":
        return np.zeros(len(columns[0]), dtype=bool)
    empty = [is_empty(values) for values in columns]
    return np.logical_or.reduce(empty) if ignores == "any" else np.logical_and.reduce(empty)
