"""Lays the records of many returns of one form into one frame of numpy columns, which both evaluators read.

Only the columns that rules read are laid out: Great Expectations copies what the frame holds at each step.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain, repeat
from typing import Any

import numpy as np

from zhibao.checking.faults import unfit
from zhibao.checking.suites import Suite
from zhibao.period import Period
from zhibao.programme.models import Programme
from zhibao.reading.model import ReadReturn

# Column code → one value a row: float64 for numbers and datetime64[s] for dates, NaN and NaT where empty; an object,
# None where empty, for all else.
Frame = dict[str, np.ndarray]
NUMBERS = frozenset({"integer", "decimal", "money"})


@dataclass(frozen=True, slots=True)
class Facts:
    """What holds for every row of one return. Dates of a return without a readable period fall back to open."""

    period_start: date | None
    period_end: date | None
    latest_on: date
    span_start: date
    span_end: date
    last_fiscal_year: int | None


def facts_of(programme: Programme, item: ReadReturn, today: date) -> Facts:
    """`latest_on` is the last day that a date in the return may name: the period's end, or today before it."""
    try:
        period = Period.parse(item.period or "")
    except ValueError:
        period = None
    return Facts(
        period_start=period.starts_on if period else None,
        period_end=period.ends_on if period else None,
        latest_on=min(period.ends_on, today) if period else today,
        span_start=programme.span.starts_on,
        span_end=programme.span.ends_on,
        last_fiscal_year=period.year - 1 if period else None,
    )


def build_frame(suite: Suite, returns: Sequence[ReadReturn], facts: Sequence[Facts]) -> Frame:
    """One row a record, in the order of `returns`; `_return` is the position in `returns`, `_row` the sheet's row."""
    counts = [len(item.rows) for item in returns]
    frame: Frame = {
        "_return": np.repeat(np.arange(len(returns)), counts),
        "_row": np.fromiter(chain.from_iterable(item.rows for item in returns), dtype=np.int64),
    }
    for code in sorted({column for rule in suite.rules for column in rule.columns} - set(frame)):
        if code.startswith("_"):
            values = [getattr(fact, code[1:]) for fact in facts]
            frame[code] = np.repeat(_typed(values, "integer" if code == "_last_fiscal_year" else "date"), counts)
        else:
            try:
                frame[code] = _typed(_gather(code, returns), suite.form.column(code).type)
            except (TypeError, ValueError) as error:
                raise unfit(f"{suite.form.code}.{code}", type(error).__name__) from None
    return frame


def _gather(code: str, returns: Sequence[ReadReturn]) -> list[Any]:
    def values(item: ReadReturn) -> Iterable[Any]:
        column = item.columns.get(code)
        return repeat(None, len(item.rows)) if column is None else column

    return list(chain.from_iterable(map(values, returns)))


def _typed(values: list[Any], kind: str) -> np.ndarray:
    if kind in NUMBERS:
        return np.fromiter((np.nan if value is None else value for value in values), np.float64, len(values))
    if kind == "date":
        return np.array(values, dtype="datetime64[D]").astype("datetime64[s]")
    column = np.empty(len(values), dtype=object)
    column[:] = values
    return column
