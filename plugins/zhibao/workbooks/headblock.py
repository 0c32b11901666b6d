"""Where the head block's labels and values go above a table whose columns have the widths that its records need."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Place:
    """One pair: `label` is its column, `first` to `last` are those of its value; `row` counts from the block's top."""

    row: int
    label: int
    first: int
    last: int


def place_pairs(count: int, widths: Sequence[float], value_width: float, row_width: float) -> list[Place]:
    """Places for `count` pairs, as many in a row as `row_width` holds. Needs two columns or more.

    The last one, which is for remarks, goes on to the end of its row.
    """
    slots = list(_slots(widths, value_width, row_width))
    places = [Place(index // len(slots), *slots[index % len(slots)]) for index in range(count)]
    return [*places[:-1], replace(places[-1], last=slots[-1][-1])]


def _slots(widths: Sequence[float], value_width: float, row_width: float) -> Iterator[tuple[int, int, int]]:
    """(label, first, last) of the pairs that stand side by side: a column for the label, enough for the value."""
    label, used = 0, 0.0
    while label + 1 < len(widths):
        last = label + 1
        while sum(widths[label + 1 : last + 1]) < value_width and last + 1 < len(widths):
            last += 1
        used += sum(widths[label : last + 1])
        if label and used > row_width:
            return
        yield label, label + 1, last
        label = last + 1
