from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from zhibao.reading.numbers import clean_money, clean_number, han_number

APPROXIMATE, UNREADABLE = "reading.approximate_number", "reading.unreadable_number"
NOT_WHOLE, CONFLICT = "reading.not_whole_number", "reading.unit_conflict"
WAN = 10_000


@pytest.mark.parametrize(("raw", "value"), [
    (5.0, 5), (0.0, 0), (-3.0, -3), ("50", 50), ("５０", 50), ("1,200", 1200), ("１，２００", 1200), (" 5 0 ", 50),
    ("50人", 50), ("五十", 50), ("五十万", 500_000), ("50万", 500_000), ("0.5亿", 50_000_000), ("三万五千", 35_000),
    ("十二", 12), ("两千", 2000), ("5.0", 5), ("1,234,567", 1_234_567), ("0", 0), ("-5", -5),
])
def test_whole_numbers_that_can_be_read(raw: Any, value: int) -> None:
    cleaned = clean_number(raw, whole=True)
    assert (cleaned.value, cleaned.doubt) == (value, None)
    assert isinstance(cleaned.value, int)


@pytest.mark.parametrize(("raw", "doubt"), [
    ("约50", APPROXIMATE), ("50余", APPROXIMATE), ("50+", APPROXIMATE), ("20-30", APPROXIMATE), ("20～30", APPROXIMATE),
    ("50人左右", APPROXIMATE), ("50多人", APPROXIMATE), ("不足10", APPROXIMATE), ("十几人", APPROXIMATE),
    ("五十人", None), ("很好", UNREADABLE), ("1,20", UNREADABLE), ("5.5", NOT_WHOLE), (5.5, NOT_WHOLE),
    (True, UNREADABLE), ("1.2.3", UNREADABLE), ("50元", UNREADABLE), ("1E99", UNREADABLE), (1e18, UNREADABLE),
    ("12345678901234567", UNREADABLE), ("NaN", UNREADABLE), (float("inf"), UNREADABLE),
])
def test_numbers_that_go_to_a_person(raw: Any, doubt: str | None) -> None:
    cleaned = clean_number(raw, whole=True)
    assert cleaned.doubt == doubt
    assert (cleaned.value is None) == (doubt is not None)


@pytest.mark.parametrize("raw", ["", "  ", "无", "/", "—", "-", "／"])
def test_empty_numbers_are_no_doubt(raw: str) -> None:
    cleaned = clean_number(raw, whole=True)
    assert cleaned.value is None
    assert cleaned.doubt is None


@pytest.mark.parametrize(("raw", "value"), [(0.1 + 0.2, "0.3"), ("85%", "85"), ("96.5分", "96.5"), ("3000㎡", "3000")])
def test_decimals_are_exact(raw: Any, value: str) -> None:
    assert clean_number(raw, whole=False).value == Decimal(value)


@pytest.mark.parametrize(("raw", "header", "head", "yuan"), [
    (50.0, None, None, 50),
    (50.0, None, WAN, 500_000),
    (50.0, WAN, 1, 500_000),
    (50.0, 1, WAN, 50),
    (12.34, WAN, None, 123_400),
    ("50", WAN, 1, 500_000),
    ("50万元", None, 1, 500_000),
    ("50万元", None, 1000, 500_000),
    ("50万元", WAN, 1, 500_000),
    ("50万", WAN, 1, 500_000),
    ("50万", 1, None, 500_000),
    ("五十万", None, 1, 500_000),
    ("0.5亿", None, WAN, 50_000_000),
    ("500000元", None, WAN, 500_000),
    ("￥1,200元整", None, 1, 1200),
    ("人民币50万元", None, 1, 500_000),
    (0.0, WAN, None, 0),
])
def test_money_in_yuan(raw: Any, header: int | None, head: int | None, yuan: int) -> None:
    cleaned = clean_money(raw, header_unit=header, head_unit=head)
    assert (cleaned.value, cleaned.doubt) == (Decimal(yuan), None)


@pytest.mark.parametrize(("raw", "header", "doubt"), [
    ("50万元", 1, CONFLICT), ("500000元", WAN, CONFLICT), ("50万", 1000, CONFLICT), ("0.5亿", WAN, CONFLICT),
    ("50万元", WAN, None), ("约50万", None, APPROXIMATE), ("20-30万元", None, APPROXIMATE),
    ("50人", None, UNREADABLE), ("很多钱", None, APPROXIMATE), ("良好", None, UNREADABLE), (1e17, None, UNREADABLE),
])
def test_money_that_goes_to_a_person(raw: Any, header: int | None, doubt: str | None) -> None:
    cleaned = clean_money(raw, header_unit=header, head_unit=1)
    assert cleaned.doubt == doubt
    assert (cleaned.value is None) == (doubt is not None)


@pytest.mark.parametrize(("text", "number"), [
    ("十", 10), ("二十一", 21), ("一百零五", 105), ("二〇二一", 2021), ("一亿二千万", 120_000_000),
    ("壹佰", 100), ("两万", 20_000),
    ("元", None), ("", None), ("1十", None),
])
def test_han_numerals(text: str, number: int | None) -> None:
    assert han_number(text) == number


def test_the_rule_is_kept_only_where_something_changed() -> None:
    assert clean_number("50", whole=True).rule is None
    assert clean_number("５０", whole=True).rule == "number_text"
    assert clean_number("50人", whole=True).rule == "number_words"
    assert clean_money(50.0, header_unit=WAN, head_unit=None).rule == "money_unit"
    assert clean_money(50.0, header_unit=None, head_unit=1).rule is None
