"""Grouping without pandas, with pandas as the judge."""

from __future__ import annotations

import random

import numpy as np
import pandas as pd
import pytest

from zhibao.checking.groups import first_places, group_of_each, is_empty, medians


def objects(*values: object) -> np.ndarray:
    column = np.empty(len(values), dtype=object)
    column[:] = values
    return column


@pytest.mark.parametrize(
    ("values", "empty"),
    [
        (objects("", None, "x"), [False, True, False]),
        (np.array([0.0, np.nan]), [False, True]),
        (np.array(["2022-01-01", "NaT"], dtype="datetime64[s]"), [False, True]),
        (np.array([0, -1]), [False, False]),
        (objects(), []),
    ],
)
def test_empty_cells(values: np.ndarray, empty: list[bool]) -> None:
    assert is_empty(values).tolist() == empty


def test_rows_are_grouped_by_all_columns_and_not_by_an_empty_one() -> None:
    words = objects("a", "a", "b", None, "a", "b")
    numbers = np.array([1.0, 2.0, 1.0, 1.0, 1.0, np.nan])
    groups = group_of_each([words, numbers])
    assert groups.tolist() == [groups[0], groups[1], groups[2], -1, groups[0], -1]
    assert len(set(groups.tolist())) == 4
    assert first_places(groups).tolist() == [0, 1, 2, 3, 0, 3]


def test_no_rows_at_all() -> None:
    assert group_of_each([objects(), np.array([])]).size == 0
    assert first_places(np.array([], dtype=np.int64)).size == 0
    assert medians(np.array([]), np.array([], dtype=np.int64))[0].size == 0


def test_medians_are_those_of_pandas() -> None:
    draw = random.Random(1)
    words = objects(*(draw.choice(["a", "b", "c", "d", None]) for _ in range(999)))
    figures = np.array([draw.choice([1.0, 2.5, 7.0, draw.random()]) for _ in range(999)])
    median, sizes = medians(figures, group_of_each([words]))
    peers = pd.DataFrame({"word": words, "figure": figures}).groupby("word")["figure"]
    assert np.array_equal(median, peers.transform("median").to_numpy(), equal_nan=True)
    inside = ~is_empty(words)
    assert np.array_equal(sizes[inside], peers.transform("size").to_numpy()[inside])
    assert set(sizes[~inside].tolist()) == {0}


def test_a_group_of_one_and_of_two() -> None:
    median, sizes = medians(np.array([4.0, 1.0, 2.0]), np.array([0, 1, 1]))
    assert median.tolist() == [4.0, 1.5, 1.5]
    assert sizes.tolist() == [1, 2, 2]
