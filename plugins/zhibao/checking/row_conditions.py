"""Which rows a rule looks at, by the `row_condition` of its suite: the meaning that pandas' `query` gives it in GX."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from zhibao.checking.core import in_set
from zhibao.checking.frame import Frame
from zhibao.checking.groups import is_empty

COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}


def rows_where(condition: dict[str, Any] | None, frame: Frame) -> np.ndarray:
    """One bool a row. An empty cell equals nothing: no comparison holds for it but `!=` and `NOT_IN`."""
    if condition is None:
        return np.ones(len(frame["_row"]), dtype=bool)
    match condition["type"]:
        case "and":
            return np.logical_and.reduce([rows_where(part, frame) for part in condition["conditions"]])
        case "or":
            return np.logical_or.reduce([rows_where(part, frame) for part in condition["conditions"]])
        case "nullity":
            return is_empty(frame[condition["column"]["name"]]) == condition["is_null"]
        case "comparison":
            return _compared(frame[condition["column"]["name"]], condition["operator"], condition["parameter"])
        case other:
            raise ValueError(f"unknown condition {other!r}")


def _compared(values: np.ndarray, word: str, parameter: Any) -> np.ndarray:
    if word in ("IN", "NOT_IN"):
        return in_set(values, value_set=parameter) == (word == "IN")
    return np.asarray(COMPARISONS[word](values, parameter), dtype=bool)
