"""Numbers and money as offices write them: 1,200, 50万元, 五十万, and what must go to a person (约50, 20-30)."""

from __future__ import annotations

import math
import re
from decimal import Decimal
from typing import Any

from zhibao.reading.text_rules import Cleaned, nothing_in, plain_number, raw_text, squeeze

APPROXIMATE = "reading.approximate_number"
UNREADABLE = "reading.unreadable_number"
NOT_WHOLE = "reading.not_whole_number"
CONFLICT = "reading.unit_conflict"

# Units of money, in yuan. 万 and 亿 alone are numerals as well as units.
YUAN: dict[str, int] = {
    "元": 1, "千元": 1_000, "万元": 10_000, "百万元": 1_000_000, "千万元": 10_000_000, "亿元": 100_000_000,
}
_NUMERALS = {"百": 100, "千": 1_000, "万": 10_000, "百万": 1_000_000, "千万": 10_000_000, "亿": 100_000_000}
_COUNTERS = "人次|人|名|家|个|项|件|次|场|户|笔|岁|分|期|平方米|平米|m2|%"
_PLAIN = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?(?:[eE][+-]?\d{1,2})?")
_PARTS = re.compile(rf"(?:人民币|¥|￥|RMB)?(.+?)(百万|千万|亿|万|千|百)?(元)?整?({_COUNTERS})?")
_APPROXIMATE = re.compile(
    r"约|大概|近|余|多|以上|以下|左右|上下|不足|超过|超|逾|将近|几|数|[+~≈><≥≤±]|\d[-–—至到]\d|\?"
)
_HAN_DIGITS = {
    char: digit
    for digit, chars in enumerate(("〇零○", "一壹", "二贰两", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖"))
    for char in chars
}
_HAN_STEPS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1_000, "仟": 1_000}
_HAN_NUMBER = re.compile("[〇零○一壹二贰两三叁四肆五伍六陆七柒八捌九玖十拾百佰千仟万亿]+")
# Digits before the decimal point that a column of the store holds.
_MOST_DIGITS = 16


def han_number(text: str) -> int | None:
    """五十 → 50, 三万五千 → 35000, 二〇二一 → 2021; None if it is no numeral."""
    if not _HAN_NUMBER.fullmatch(text):
        return None
    if all(char in _HAN_DIGITS for char in text):
        return int("".join(str(_HAN_DIGITS[char]) for char in text))
    total = section = digit = 0
    for char in text:
        if char in _HAN_DIGITS:
            digit = _HAN_DIGITS[char]
        elif char in _HAN_STEPS:
            section += (digit or (1 if section == 0 else 0)) * _HAN_STEPS[char]
            digit = 0
        else:
            step = _NUMERALS[char]
            total = (total + section + digit) * step if char == "亿" else total + (section + digit) * step
            section = digit = 0
    return total + section + digit


def _figure(text: str) -> Decimal | None:
    if _PLAIN.fullmatch(text):
        value = Decimal(text.replace(",", ""))
    elif (han := han_number(text)) is not None:
        value = Decimal(han)
    else:
        return None
    return value if not value or value.adjusted() < _MOST_DIGITS else None


def _whole(value: Decimal, rule: str | None) -> Cleaned:
    if value != value.to_integral_value():
        return Cleaned(doubt=NOT_WHOLE)
    return Cleaned(int(value), rule)


def _decimal_of(raw: float) -> Decimal | None:
    if not math.isfinite(raw) or abs(raw) >= 10.0**_MOST_DIGITS:
        return None
    return Decimal(plain_number(raw))


def _doubt_of(text: str) -> Cleaned:
    return Cleaned(doubt=APPROXIMATE if _APPROXIMATE.search(text) else UNREADABLE)


def clean_number(raw: Any, *, whole: bool) -> Cleaned:
    """A count or a decimal. A percent sign or a counter (人, 家, …) behind the number is dropped."""
    if isinstance(raw, float):
        value = _decimal_of(raw)
        if value is None:
            return Cleaned(doubt=UNREADABLE)
        return _whole(value, None) if whole else Cleaned(value)
    if not isinstance(raw, str):
        return Cleaned(doubt=UNREADABLE)
    text = squeeze(raw)
    if (nothing := nothing_in(text)) is not None:
        return nothing
    value, rule = _figure(text), "number_text"
    if value is None:
        parts = _PARTS.fullmatch(text)
        value = _figure(parts[1]) if parts and not parts[3] else None
        if parts is None or value is None:
            return _doubt_of(text)
        value, rule = value * _NUMERALS.get(parts[2] or "", 1), "number_words"
    rule_if_changed = None if _is_same(raw, value) else rule
    return _whole(value, rule_if_changed) if whole else Cleaned(value, rule_if_changed)


def _is_same(raw: str, value: Decimal) -> bool:
    return raw == str(value)


def clean_money(raw: Any, *, header_unit: int | None, head_unit: int | None) -> Cleaned:
    """Money in yuan. Units are given in yuan (万元 → 10000); the header's beats the cell's, the cell's the head's.

    A cell that names another unit than its header is a conflict for a person, and has no value.
    """
    if isinstance(raw, float):
        value = _decimal_of(raw)
        return Cleaned(doubt=UNREADABLE) if value is None else _in_yuan(value, header_unit or head_unit or 1, None)
    if not isinstance(raw, str):
        return Cleaned(doubt=UNREADABLE)
    text = squeeze(raw)
    if (nothing := nothing_in(text)) is not None:
        return nothing
    parts = _PARTS.fullmatch(text)
    figure = _figure(parts[1]) if parts and not parts[4] else None
    if parts is None or figure is None:
        return _doubt_of(text)
    if not parts[2] and not parts[3]:
        return _in_yuan(figure, header_unit or head_unit or 1, None if _is_same(raw, figure) else "number_text")
    cell_unit = _NUMERALS.get(parts[2] or "", 1)
    # 50万 under （元） is the numeral 500,000; 50万元 there is another unit than the header's.
    numeral_in_yuan = header_unit == 1 and not parts[3]
    if header_unit is not None and header_unit != cell_unit and not numeral_in_yuan:
        return Cleaned(doubt=CONFLICT)
    return Cleaned(figure * cell_unit, "cell_money_unit")


def _in_yuan(value: Decimal, unit: int, rule: str | None) -> Cleaned:
    return Cleaned(value * unit, "money_unit") if unit != 1 else Cleaned(value, rule)


def number_as_code(raw: float) -> str | None:
    """A number in a column of codes as its digits, or None where the spreadsheet has already lost some."""
    return None if not math.isfinite(raw) or abs(raw) >= 1e15 else raw_text(raw)
