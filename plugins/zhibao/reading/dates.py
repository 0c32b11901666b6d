"""Dates and periods in the spellings that arrive, with how precise they are: 2021.6 is a month, not its first day."""

from __future__ import annotations

import math
import re
from datetime import date, datetime, timedelta
from typing import Any

from zhibao.period import Cadence, Period
from zhibao.reading.numbers import han_number
from zhibao.reading.text_rules import Cleaned, nothing_in, plain_number, squeeze

UNREADABLE = "reading.unreadable_date"
AMBIGUOUS = "reading.ambiguous_date"

_YEARS = range(1900, 2101)
_SEPARATED = re.compile(r"(\d{4}|\d{2})(?:年|[-./])(\d{1,2})(?:(?:月|[-./])(\d{1,2})[日号]?|月份?|)")
_YEAR_ALONE = re.compile(r"(\d{4})年?")
_YEAR_WORD = re.compile(r"(\d{4})年度?")
_PACKED = re.compile(r"((?:19|20)\d{2})(0[1-9]|1[0-2])(\d{2})?")
_TIME_OF_DAY = re.compile(r"(?<=\d)[ T]+\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?\s*$")
_HAN_DATE = re.compile(r"([〇零○一二三四五六七八九]{4}|[〇零○一二三四五六七八九]{2})年"
                       r"(?:([一二三四五六七八九十]{1,2})月份?)?(?:([一二三四五六七八九十]{1,3})[日号])?")
_MONTHS = re.compile(r"(\d{4})(?:年|-|/|\.)(\d{1,2})月?(?:份)?[-—–~～至到](\d{1,2})月(?:份)?")
_QUARTER = re.compile(r"(\d{4})(?:年|-|/|\.)?(?:第?([1-4一二三四])季度?|Q([1-4]))", re.IGNORECASE)
# Serials of 1927 to 2064: below lie years and counts, above lie packed dates.
_SERIALS = range(10_000, 60_000)
_EPOCH_1900, _EPOCH_1904 = date(1899, 12, 30), date(1904, 1, 1)


def clean_date(raw: Any, *, epoch_1904: bool = False) -> Cleaned:
    """The day, with precision. A month or year alone is its first day. Serials follow the workbook's epoch."""
    if isinstance(raw, datetime):
        return _in_range(raw.date(), "day", "time_dropped" if raw.time() != datetime.min.time() else None)
    if isinstance(raw, date):
        return _in_range(raw, "day", None)
    if isinstance(raw, float):
        return _from_number(raw, epoch_1904)
    if not isinstance(raw, str):
        return Cleaned(doubt=UNREADABLE)
    text = squeeze(_TIME_OF_DAY.sub("", raw.strip()))
    if (nothing := nothing_in(text)) is not None:
        return nothing
    cleaned = _from_text(text, epoch_1904)
    return cleaned._replace(rule=None) if cleaned.value and raw == cleaned.value.isoformat() else cleaned


def _from_text(text: str, epoch_1904: bool) -> Cleaned:
    if match := _SEPARATED.fullmatch(text):
        return _build(_four_digits(match[1]), match[2], match[3])
    if match := _PACKED.fullmatch(text):
        return _build(int(match[1]), match[2], match[3])
    if match := _YEAR_ALONE.fullmatch(text):
        return _build(int(match[1]), None, None)
    if match := _HAN_DATE.fullmatch(text):
        month, day = (str(han_number(part)) if part else None for part in (match[2], match[3]))
        year = "".join(str(han_number(char)) for char in match[1])
        return _build(_four_digits(year), month, day) if month or not day else Cleaned(doubt=UNREADABLE)
    if re.fullmatch(r"\d{5}(\.0+)?", text):
        return _from_number(float(text), epoch_1904)
    return Cleaned(doubt=UNREADABLE)


def _from_number(raw: float, epoch_1904: bool) -> Cleaned:
    if not math.isfinite(raw):
        return Cleaned(doubt=UNREADABLE)
    if int(raw) in _SERIALS:
        day = (_EPOCH_1904 if epoch_1904 else _EPOCH_1900) + timedelta(days=int(raw))
        return _in_range(day, "day", "date_serial")
    text = plain_number(raw)
    # 2021.10 typed as a number has become 2021.1: January or October, only its writer knows.
    if re.fullmatch(r"\d{4}\.1", text):
        return Cleaned(doubt=AMBIGUOUS)
    return Cleaned(doubt=UNREADABLE) if re.fullmatch(r"\d{1,2}\.\d+", text) else _from_text(text, epoch_1904)


def _four_digits(year: str) -> int:
    value = int(year)
    return value if len(year) == 4 else value + (2000 if value < 50 else 1900)


def _build(year: int, month: str | None, day: str | None) -> Cleaned:
    precision = "day" if day else "month" if month else "year"
    try:
        return _in_range(date(year, int(month or 1), int(day or 1)), precision, "date_text")
    except ValueError:
        return Cleaned(doubt=UNREADABLE)


def _in_range(day: date, precision: str, rule: str | None) -> Cleaned:
    if day.year not in _YEARS:
        return Cleaned(doubt=UNREADABLE)
    return Cleaned(day, rule, None, precision)


def clean_period(raw: Any, cadence: Cadence | None, *, epoch_1904: bool = False) -> Period | None:
    """The period that a head states, in the cadence of its form where the spelling leaves it open; None if unreadable.

    A day given for a monthly form means its month; a year or a quarter is never taken for a month.
    """
    if isinstance(raw, str):
        text = squeeze(raw).strip("()（）")
        if match := _QUARTER.fullmatch(text):
            part = match[2] or match[3]
            return Period(int(match[1]), "quarterly", han_number(part) if part in "一二三四" else int(part))
        if match := _MONTHS.fullmatch(text):
            return _of_months(*map(int, match.groups()), cadence)
        if match := _YEAR_WORD.fullmatch(text):
            return Period(int(match[1]), "annual") if int(match[1]) in _YEARS else None
        raw = text
    cleaned = clean_date(raw, epoch_1904=epoch_1904)
    if cleaned.value is None:
        return None
    if cleaned.precision == "year":
        return Period(cleaned.value.year, "annual")
    month = Period.month_of(cleaned.value)
    is_a_day = cleaned.precision == "day"
    if cadence == "annual" and is_a_day:
        return Period(month.year, "annual")
    return Period(month.year, "quarterly", (month.part + 2) // 3) if cadence == "quarterly" and is_a_day else month


def _of_months(year: int, first: int, last: int, cadence: Cadence | None) -> Period | None:
    """2022年7-9月 is a quarter. An annual form may stop short of December, as its window does."""
    if cadence == "annual":
        return Period(year, "annual") if first == 1 and 1 < last <= 12 else None
    is_quarter = first % 3 == 1 and last == first + 2 <= 12
    return Period(year, "quarterly", last // 3) if is_quarter else None
