"""Groups rows by the words and numbers in their columns, with numpy alone: pandas takes longer to import than to group.

Group numbers run from 0; a row with an empty cell among its columns is in no group, -1.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def is_empty(values: np.ndarray) -> np.ndarray:
    """None in a column of objects, NaN and NaT in one of numbers or dates."""
    if values.dtype == object:
        return np.equal(values, None)
    return np.zeros(len(values), dtype=bool) if values.dtype.kind == "i" else np.isnan(values)


def group_of_each(columns: Sequence[np.ndarray]) -> np.ndarray:
    """The group of each row: rows that are equal in all `columns` have the same."""
    groups, empty = np.zeros(len(columns[0]), dtype=np.int64), np.zeros(len(columns[0]), dtype=bool)
    for values in columns:
        numbers = _numbered(values)
        pairs = groups * (numbers.max(initial=0) + 1) + numbers
        groups = np.unique(pairs, return_inverse=True)[1]
        empty |= is_empty(values)
    return np.where(empty, -1, groups)


def first_places(groups: np.ndarray) -> np.ndarray:
    """For each row the place of its group's first row."""
    _, first, inverse = np.unique(groups, return_index=True, return_inverse=True)
    return first[inverse]


def medians(figures: np.ndarray, groups: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each row the median of its group's figures and how many they are; NaN and 0 outside any group."""
    median, sizes = np.full(len(figures), np.nan), np.zeros(len(figures), dtype=np.int64)
    inside = np.flatnonzero(groups >= 0)
    if not inside.size:
        return median, sizes
    order = inside[np.lexsort((figures[inside], groups[inside]))]
    _, start, inverse, count = np.unique(groups[order], return_index=True, return_inverse=True, return_counts=True)
    ranked = figures[order]
    middle = (ranked[start + (count - 1) // 2] + ranked[start + count // 2]) / 2
    median[order], sizes[order] = middle[inverse], count[inverse]
    return median, sizes


def _numbered(values: np.ndarray) -> np.ndarray:
    """Equal values get equal numbers, from 0."""
    if values.dtype != object:
        return np.unique(values, return_inverse=True)[1]
    numbers: dict[object, int] = {}
    return np.fromiter((numbers.setdefault(value, len(numbers)) for value in values), np.int64, len(values))
