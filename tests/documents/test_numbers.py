"""How values are written (GB/T 15835-2011)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from zhibao.documents import numbers
from zhibao.figures import Figure


def _figure(value: str | None, unit: str) -> Figure:
    return Figure("x", (), None if value is None else Decimal(value), unit, "2022", datetime(2022, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (None, "person", "—"),
        (None, "pct", "—"),
        ("0", "person", "0"),
        ("0", "pct", "0.00%"),
        ("1800", "person", "1800"),
        ("9999", "person", "9999"),
        ("10000", "person", "10,000"),
        ("1234567", "person", "1,234,567"),
        ("12.50", "score", "12.5"),
        ("45", "pct", "45.00%"),
        ("66.665", "pct", "66.67%"),
        ("66.664", "pct", "66.66%"),
        ("120.1", "pct", "120.10%"),
        ("3.2", "pp", "3.20个百分点"),
        ("9999.99", "yuan", "9999.99元"),
        ("10000", "yuan", "1万元"),
        ("125000", "yuan", "12.5万元"),
        ("99999949", "yuan", "9999.99万元"),
        ("99999950", "yuan", "1亿元"),
        ("123456789", "yuan", "1.23亿元"),
        ("-20000", "yuan", "-2万元"),
    ],
)
def test_number_follows_the_unit(value: str | None, unit: str, text: str) -> None:
    assert numbers.number(_figure(value, unit)) == text


def test_bare_values_are_counts() -> None:
    assert [numbers.number(value) for value in (None, 0, 12345, Decimal("7.0"))] == ["—", "0", "12,345", "7"]


def test_dates() -> None:
    assert numbers.date_zh(date(2022, 3, 5)) == "2022年3月5日"
    assert numbers.as_at_zh(date(2022, 11, 30)) == "2022年11月底"
    assert numbers.as_at_zh(date(2024, 2, 28)) == "2024年2月28日"
    assert numbers.range_zh((date(2022, 1, 1), date(2022, 11, 30))) == "2022年1月1日至11月30日"
    assert numbers.range_zh((date(2021, 1, 1), date(2022, 11, 30))) == "2021年1月1日至2022年11月30日"
    assert numbers.month_zh("2022-03") == "3月"
    assert numbers.years_zh(date(2021, 1, 1), date(2023, 12, 31)) == "三年"
    assert numbers.years_zh(date(2023, 4, 1), date(2025, 3, 31)) == "两年"
    assert numbers.years_zh(date(2023, 4, 1), date(2025, 4, 1)) == "三年"  # the years that it touches


def test_numerals() -> None:
    assert [numbers.numeral(value) for value in (1, 9, 10, 11, 20, 35)] == ["一", "九", "十", "十一", "二十", "三十五"]
