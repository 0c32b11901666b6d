"""Lays the records of many returns of one form into one pandas frame, because GX's cost is per validation, not per row.

Only the columns that rules read are laid out: each validation step copies what the frame holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain, repeat
from typing import TYPE_CHECKING, Any

from zhibao.checking.suites import Suite
from zhibao.errors import OperatorError
from zhibao.period import Period
from zhibao.programme.models import Programme
from zhibao.reading.model import ReadReturn

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

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


def build_frame(suite: Suite, returns: Sequence[ReadReturn], facts: Sequence[Facts]) -> pd.DataFrame:
    """One row a record, in the order of `returns`; `_return` is the position in `returns`, `_row` the sheet's row."""
    import numpy as np
    import pandas as pd

    counts = [len(item.rows) for item in returns]
    data: dict[str, Any] = {
        "_return": np.repeat(np.arange(len(returns)), counts),
        "_row": np.fromiter(chain.from_iterable(item.rows for item in returns), dtype=np.int64),
    }
    for code in sorted({column for rule in suite.rules for column in rule.columns} - set(data)):
        if code.startswith("_"):
            values = [getattr(fact, code[1:]) for fact in facts]
            data[code] = np.repeat(_typed(values, "integer" if code == "_last_fiscal_year" else "date"), counts)
        else:
            try:
                data[code] = _typed(_gather(code, returns), suite.form.column(code).type)
            except (TypeError, ValueError) as error:
                raise _unfit(suite, code, error) from None
    return pd.DataFrame(data, copy=False)


def _unfit(suite: Suite, code: str, error: Exception) -> OperatorError:
    # The exception's own text may quote a cell, so only its kind is told.
    kind, place = type(error).__name__, f"{suite.form.code}.{code}"
    return OperatorError(
        f"列 {place} 读入的值与其类型不符（{kind}），无法校验。这是程序错误，请联系运维人员。",
        f"The values read for column {place} do not fit its type ({kind}). This is a fault of the reader.",
    )


def _gather(code: str, returns: Sequence[ReadReturn]) -> list[Any]:
    def values(item: ReadReturn) -> Iterable[Any]:
        column = item.columns.get(code)
        return repeat(None, len(item.rows)) if column is None else column

    return list(chain.from_iterable(map(values, returns)))


def _typed(values: list[Any], kind: str) -> np.ndarray | pd.Series:
    """Numbers as float64 and dates as datetime64, compared in bulk; NaN and NaT where empty. Others as they are."""
    import numpy as np
    import pandas as pd

    if kind in NUMBERS:
        return np.fromiter((np.nan if value is None else value for value in values), dtype=np.float64)
    if kind == "date":
        return np.array(values, dtype="datetime64[D]").astype("datetime64[s]")
    # pandas would turn an array of objects into its text type, at the cost of a copy.
    return pd.Series(values, dtype=object)
