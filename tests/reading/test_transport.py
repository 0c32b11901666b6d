from __future__ import annotations

import copy
import pickle
from datetime import date
from decimal import Decimal

import pytest

from zhibao.reading.model import ReadReturn
from zhibao.reading.transport import pack, unpack


def returned(count: int) -> ReadReturn:
    """A return of `count` records with every kind of column."""
    each = range(count)
    days: list[date | None] = [None if number % 7 == 0 else date(2021, 6, 1 + number % 28) for number in each]
    return ReadReturn(
        rows=list(each),
        columns={
            "text": [None if number % 5 == 0 else f"测试{number}" for number in each],
            "word": ["women" if number % 2 else None for number in each],
            "money": [None if number % 3 == 0 else Decimal(number).scaleb(-2) for number in each],
            "count": list(each), "day": days, "nothing": [None] * count,
        },
        precisions={"day": {i: "month" if i == 1 else "day" for i, day in enumerate(days) if day is not None}},
        raw={"text": {number: (f" 测试{number}", "tidied") for number in each}, "word": {0: ("\x1f", "tidied")},
             "odd": dict.fromkeys(each, ("a\x1fb", "tidied"))},
        doubts={"money": {3: "reading.approximate_number"}},
    )


@pytest.mark.parametrize("count", [0, 1, 999, 1000, 3000])
def test_what_is_packed_comes_out_equal(count: int) -> None:
    result = returned(count) if count > 1 else ReadReturn(rows=[1] * count, columns={"a": [None] * count})
    carried = pickle.loads(pickle.dumps(pack(copy.deepcopy(result))))
    assert unpack(carried) == result


def test_packing_makes_a_large_return_cheaper() -> None:
    result = returned(3000)
    plain = len(pickle.dumps(result))
    assert len(pickle.dumps(pack(result))) < plain
