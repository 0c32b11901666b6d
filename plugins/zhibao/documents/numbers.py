"""How a value is written, in one place: counts, percents, 万 and 亿, Chinese dates (GB/T 15835-2011)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import count as count_from

from zhibao.figures import Figure

ABSENT = "—"
WAN, YI = Decimal(10_000), Decimal(100_000_000)
NUMERALS = "〇一二三四五六七八九十"


def number(value: Figure | Decimal | int | None) -> str:
    """A figure as its unit wants it; a bare value as a count. Absent is a dash, never 0."""
    if isinstance(value, Figure):
        return BY_UNIT.get(value.unit, count)(value.value)
    return count(value)


def cell(value: Figure | Decimal | str) -> str:
    """What stands in a table's cell: words as they are, a figure as its unit wants it."""
    return value if isinstance(value, str) else number(value)


def count(value: Decimal | int | None) -> str:
    """Plain digits, with 千分撇 from five digits on (5.1.1); no needless decimals."""
    if value is None:
        return ABSENT
    value = Decimal(value)
    text = format(value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize(), "f")
    return f"{Decimal(text):,}" if abs(value) >= WAN else text


def pct(value: Decimal | None) -> str:
    return ABSENT if value is None else f"{round_half_up(value)}%"


def points(value: Decimal | None) -> str:
    """A difference of percentages; less is a minus sign, not a hyphen."""
    return ABSENT if value is None else f"{round_half_up(value)}个百分点".replace("-", "−")


def money(value: Decimal | None) -> str:
    """元 below ten thousand, then 万元 and 亿元 with at most two decimals."""
    if value is None:
        return ABSENT
    value = Decimal(value)
    if abs(value) < WAN:
        return f"{_short(value)}元"
    in_wan = round_half_up(value / WAN)
    return f"{_short(in_wan)}万元" if abs(in_wan) < WAN else f"{_short(value / YI)}亿元"


def round_half_up(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)


def _short(value: Decimal) -> str:
    text = format(round_half_up(value), "f")
    return text.rstrip("0").rstrip(".")


BY_UNIT: dict[str, Callable[[Decimal | None], str]] = {"pct": pct, "pp": points, "yuan": money}


def numeral(value: int) -> str:
    """一 to 九十九, for headings and for 三年."""
    tens, ones = divmod(value, 10)
    if tens == 0:
        return NUMERALS[ones]
    return ("" if tens == 1 else NUMERALS[tens]) + "十" + (NUMERALS[ones] if ones else "")


def numbering() -> Callable[[], str]:
    """Counts 一, 二, 三 for headings, some of which a report may lack."""
    places = count_from(1)
    return lambda: numeral(next(places))


def date_zh(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def instant_zh(instant: datetime) -> str:
    return f"{date_zh(instant.date())}{instant:%H:%M:%S}"


def as_at_zh(day: date) -> str:
    """2022年11月底 for the last day of a month, else the full date."""
    return f"{day.year}年{day.month}月底" if (day + timedelta(days=1)).day == 1 else date_zh(day)


def range_zh(window: tuple[date, date]) -> str:
    """Both ends in full; the year is not repeated inside one year."""
    first, last = window
    return f"{date_zh(first)}至{date_zh(last) if last.year != first.year else f'{last.month}月{last.day}日'}"


def month_zh(code: str) -> str:
    """`2022-03` → 3月."""
    return f"{int(code[5:7])}月"


def years_zh(first: date, last: date) -> str:
    """How long a span is, in words: 三年; where that is no whole number, the calendar years that it touches."""
    after = last + timedelta(days=1)
    is_whole = (after.month, after.day) == (first.month, first.day)
    years = after.year - first.year if is_whole else last.year - first.year + 1
    return "两年" if years == 2 else f"{numeral(years)}年"
