"""Carries a large ReadReturn over the child's pipe: one string a column costs a tenth of a hundred thousand strings.

Small returns go as they are. `pack` may spoil its argument: the child has no more use for it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import Any

from zhibao.reading.model import ReadReturn

_SMALL = 1_000
# Cleaned values hold no control characters, so this can stand between them; raw ones are looked at first.
_BETWEEN = "\x1f"


@dataclass(slots=True)
class _Nothing:
    count: int


@dataclass(slots=True)
class Strings:
    """A long column of texts. In a part each stands behind the part's first sign, which is in none; empty is None."""

    parts: list[str]

    def __len__(self) -> int:
        return sum(part.count(part[0]) for part in self.parts)


def strings_of(parts: Iterable[str]) -> list[str | None]:
    """The single texts."""
    values: list[str | None] = []
    for part in parts:
        texts = part[1:].split(part[0])
        values += texts if all(texts) else [text or None for text in texts]
    return values


@dataclass(slots=True)
class _Decimals:
    joined: str


@dataclass(slots=True)
class _Raw:
    indices: list[int]
    joined: str
    rules: list[str]


def pack(result: ReadReturn) -> ReadReturn:
    """Join what is long; `unpack` is its inverse."""
    if len(result.rows) < _SMALL:
        return result
    packed: dict[str, Any] = {code: _pack_column(values) for code, values in result.columns.items()}
    result.columns = packed
    kept: dict[str, Any] = {code: _pack_raw(cells) for code, cells in result.raw.items()}
    result.raw = kept
    return result


def unpack(result: ReadReturn) -> ReadReturn:
    """Restore a packed ReadReturn in place, with the precision of every date."""
    for code, column in result.columns.items():
        result.columns[code] = _unpack_column(column)
    for code, cells in result.precisions.items():
        result.precisions[code] = _days(result.columns[code]) | cells
    for code, raw in result.raw.items():
        result.raw[code] = _unpack_raw(raw)
    return result


def _pack_column(values: list[Any] | Strings) -> Any:
    """A column's values are of one type, or None."""
    if isinstance(values, Strings):
        return values
    first = next((value for value in values if value is not None), None)
    if first is None:
        return _Nothing(len(values))
    # Few different values are few objects already, and stay so.
    if not isinstance(first, str | Decimal) or _are_few(values[:_SMALL]):
        return values
    if isinstance(first, str):
        texts = values if all(values) else [value or "" for value in values]
        return Strings([_BETWEEN + _BETWEEN.join(texts)])
    return _Decimals(_BETWEEN.join(["" if value is None else str(value) for value in values]))


def _are_few(some: Collection[Any]) -> bool:
    return len(set(some)) * 8 <= len(some)


def _unpack_column(column: Any) -> list[Any]:
    match column:
        case _Nothing():
            return [None] * column.count
        case Strings():
            return strings_of(column.parts)
        case _Decimals():
            return [Decimal(value) if value else None for value in column.joined.split(_BETWEEN)]
        case _:
            return column


def _days(column: list[Any]) -> dict[int, str]:
    if all(column):
        return dict.fromkeys(range(len(column)), "day")
    return {index: "day" for index, value in enumerate(column) if value is not None}


def _pack_raw(cells: dict[int, tuple[str, str]]) -> Any:
    if len(cells) < _SMALL or _are_few(list(islice(cells.values(), _SMALL))):
        return cells
    texts = [text for text, _ in cells.values()]
    joined = _BETWEEN.join(texts)
    if joined.count(_BETWEEN) != len(texts) - 1:
        return cells
    return _Raw(list(cells), joined, [rule for _, rule in cells.values()])


def _unpack_raw(raw: Any) -> dict[int, tuple[str, str]]:
    if not isinstance(raw, _Raw):
        return raw
    return dict(zip(raw.indices, zip(raw.joined.split(_BETWEEN), raw.rules, strict=True), strict=True))
