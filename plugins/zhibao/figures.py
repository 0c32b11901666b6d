"""A figure is a row: everything printed comes from one of these, and its id reads like a metric."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

Labels = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """One value of one set. `labels` are sorted pairs; `value` is exact, None where there is nothing to say."""

    name: str
    labels: Labels
    value: Decimal | None
    unit: str
    period: str
    as_of: datetime

    @property
    def id(self) -> str:
        return figure_id(self.name, self.labels)


def figure_id(name: str, labels: Labels) -> str:
    """`awarded_count{category="women",level="rising_star"}`; without labels the name alone."""
    inner = ",".join(f'{key}="{value}"' for key, value in sorted(labels))
    return f"{name}{{{inner}}}" if inner else name


def digest_of(figures: Iterable[Figure]) -> str:
    """What an approval binds to: ids, values and units, whatever the instant they were computed at."""
    lines = sorted(f"{figure.id}\t{plain(figure.value)}\t{figure.unit}" for figure in figures)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def plain(value: Decimal | None) -> str:
    """A decimal as people write it: no exponent, no lost zero of money or percent; empty for None."""
    return "" if value is None else format(value, "f")


def differences(
    one: Iterable[Figure], other: Iterable[Figure]
) -> list[tuple[str, Figure | None, Figure | None]]:
    """(id, figure of `one`, figure of `other`) where the values differ or one side has none; in the order of `one`."""
    left, right = ({figure.id: figure for figure in figures} for figures in (one, other))
    return [
        (key, left.get(key), right.get(key)) for key in dict.fromkeys([*left, *right])
        if key not in left or key not in right or left[key].value != right[key].value
    ]
