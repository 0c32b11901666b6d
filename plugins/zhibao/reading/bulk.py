"""Whole batches of one column that need no cleaning, told by one look at all of them: most cells are as they should be.

Each function gives the cleaned values of a batch, or None where the cells must be taken one by one. What it gives is
what the cell cleaners of `clean` would give; tests hold the two together.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from itertools import repeat
from typing import Any, NamedTuple
from unicodedata import is_normalized

from zhibao.programme.models import Column
from zhibao.reading.clean import Setting
from zhibao.reading.text_rules import DIRTY_ANYWHERE, EMPTY_MARKS, ERROR_WORDS, PRINTABLE_DIRT

# A batch of few different words, by a look at some, is cheaper by memory, which also makes equal words one object.
_FEW, _SOME = 8, 256
_EMPTY_SPELLINGS = frozenset(EMPTY_MARKS | {mark.lower() for mark in EMPTY_MARKS} | {"Null"} | ERROR_WORDS) - {""}
_LONGEST_EMPTY = max(map(len, _EMPTY_SPELLINGS))
_BETWEEN = "|"
_MARKS_IN_CODES = re.compile(r"[\-—–()（）.+]")
# Past this, format() turns to exponents and the spreadsheet has rounded.
_LARGEST = 1e15


class Plain(NamedTuple):
    """A batch's values; `joined` is all of them as one string, each behind its first sign, if they are texts."""

    values: Sequence[Any]
    joined: str = ""


Bulk = Callable[[Sequence[Any], set[type]], Plain | None]


def bulk_for(column: Column) -> Bulk | None:
    """The shortcut for a column's type, if there is one."""
    match column.type:
        case "text" | "unit" | "period":
            return plain_texts
        case "id_number" | "uscc":
            return plain_codes
        case "phone":
            return plain_phones
        case "date":
            return plain_dates
        case "integer":
            return plain_counts
        case _:
            return None


def plain_texts(cells: Sequence[Any], types: set[type]) -> Plain | None:
    joined = _joined(cells, types)
    return None if joined is None or "E+" in joined or "e+" in joined else _texts(cells, joined)


def plain_codes(cells: Sequence[Any], types: set[type]) -> Plain | None:
    joined = _joined(cells, types)
    if joined is None or not joined.isascii() or joined.upper() != joined or _MARKS_IN_CODES.search(joined):
        return None
    return _texts(cells, joined)


def plain_phones(cells: Sequence[Any], types: set[type]) -> Plain | None:
    joined = _joined(cells, types)
    if joined is None or not joined.isascii() or not joined.replace(_BETWEEN, "").isdigit():
        return None
    return None if "|86" in joined or "|0086" in joined else _texts(cells, joined)


def plain_dates(cells: Sequence[Any], types: set[type]) -> Plain | None:
    if types != {date} or min(cells).year < 1900 or max(cells).year > 2100:
        return None
    # The reader makes an object a cell; equal days become one, which is cheaper to keep and to carry.
    days = {day: day for day in set(cells)}
    return Plain(list(map(days.__getitem__, cells)))


def plain_counts(cells: Sequence[Any], types: set[type]) -> Plain | None:
    if types != {float} or min(cells) <= -_LARGEST or max(cells) >= _LARGEST or not all(map(float.is_integer, cells)):
        return None
    return Plain(list(map(int, cells)))


def plain_money(cells: Sequence[Any], types: set[type], setting: Setting) -> tuple[list[Decimal], list[str]] | None:
    """Numbers alone: their values in yuan, and, where these are others, what each was."""
    if types != {float} or min(cells) <= -_LARGEST or max(cells) >= _LARGEST:
        return None
    unit = setting.header_unit or setting.head_unit or 1
    if unit == 1 and all(map(float.is_integer, cells)):
        return list(map(Decimal, map(int, cells))), []
    texts = list(map(format, cells, repeat(".15g")))
    if any("e" in text or "n" in text for text in texts):
        return None
    return [Decimal(text) * unit for text in texts], texts


def _joined(cells: Sequence[Any], types: set[type]) -> str | None:
    """All cells in one string, each after a bar, if there are only texts that tidying would leave as they are."""
    if types != {str}:
        return None
    some = cells[:: len(cells) // _SOME + 1]
    if len(set(some)) * _FEW < len(some):
        return None
    if min(map(len, cells)) <= _LONGEST_EMPTY and not _EMPTY_SPELLINGS.isdisjoint(cells):
        return None
    joined = _BETWEEN + _BETWEEN.join(cells)
    return joined if _is_tidy(joined) and (joined.isascii() or is_normalized("NFKC", joined)) else None


def _is_tidy(text: str) -> bool:
    """Whether DIRTY_ANYWHERE finds nothing, which is soon seen if nothing but spaces can be invisible."""
    if text.isprintable():
        return not any(mark in text for mark in PRINTABLE_DIRT)
    return DIRTY_ANYWHERE.search(text) is None


def _texts(cells: Sequence[str], joined: str) -> Plain:
    values = cells if all(cells) else [cell or None for cell in cells]
    return Plain(values, joined if joined.count(_BETWEEN) == len(cells) else "")
