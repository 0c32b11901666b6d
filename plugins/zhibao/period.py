"""Periods of reporting, written `2022-03`, `2022Q1` or `2022`."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

Cadence = Literal["monthly", "quarterly", "annual"]
CADENCES: tuple[Cadence, ...] = get_args(Cadence)


@dataclass(frozen=True, order=True, slots=True)
class Period:
    """A month (`part` 1-12), a quarter (1-4) or a year (0)."""

    year: int
    cadence: Cadence
    part: int = 0

    @classmethod
    def parse(cls, text: str) -> Period:
        """Read the code of a period. Raises ValueError on anything else."""
        if match := re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", text):
            return cls(int(match[1]), "monthly", int(match[2]))
        if match := re.fullmatch(r"(\d{4})Q([1-4])", text):
            return cls(int(match[1]), "quarterly", int(match[2]))
        if re.fullmatch(r"\d{4}", text):
            return cls(int(text), "annual")
        raise ValueError(f"not a period: {text!r} (write 2022-03, 2022Q1 or 2022)")

    @classmethod
    def month_of(cls, day: date) -> Period:
        return cls(day.year, "monthly", day.month)

    def __str__(self) -> str:
        if self.cadence == "monthly":
            return f"{self.year}-{self.part:02d}"
        return f"{self.year}Q{self.part}" if self.cadence == "quarterly" else str(self.year)

    @property
    def months(self) -> tuple[int, int]:
        """First and last month, 1-12."""
        if self.cadence == "monthly":
            return self.part, self.part
        return (self.part * 3 - 2, self.part * 3) if self.cadence == "quarterly" else (1, 12)

    @property
    def starts_on(self) -> date:
        return date(self.year, self.months[0], 1)

    @property
    def ends_on(self) -> date:
        month = self.months[1]
        return date(self.year, month, calendar.monthrange(self.year, month)[1])

    def next(self) -> Period:
        steps = {"monthly": 12, "quarterly": 4, "annual": 0}[self.cadence]
        if self.part >= steps:
            return Period(self.year + 1, self.cadence, min(steps, 1))
        return Period(self.year, self.cadence, self.part + 1)

    def previous(self) -> Period:
        steps = {"monthly": 12, "quarterly": 4, "annual": 0}[self.cadence]
        if self.part <= 1:
            return Period(self.year - 1, self.cadence, steps)
        return Period(self.year, self.cadence, self.part - 1)

    def zh(self) -> str:
        if self.cadence == "monthly":
            return f"{self.year}年{self.part}月"
        if self.cadence == "quarterly":
            return f"{self.year}年第{'一二三四'[self.part - 1]}季度"
        return f"{self.year}年"


def months_between(first: Period, last: Period) -> list[Period]:
    """All monthly periods from `first` to `last`, both included."""
    months = []
    while first <= last:
        months.append(first)
        first = first.next()
    return months
