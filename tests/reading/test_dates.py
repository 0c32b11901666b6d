from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from zhibao.period import Period
from zhibao.reading.dates import clean_date, clean_period

UNREADABLE, AMBIGUOUS = "reading.unreadable_date", "reading.ambiguous_date"


@pytest.mark.parametrize(("raw", "day", "precision"), [
    (date(2021, 6, 1), "2021-06-01", "day"),
    (datetime(2021, 6, 1, 9, 30), "2021-06-01", "day"),
    (44348.0, "2021-06-01", "day"),
    ("44348", "2021-06-01", "day"),
    (20210601.0, "2021-06-01", "day"),
    ("2021-06-01", "2021-06-01", "day"),
    ("2021-6-1", "2021-06-01", "day"),
    ("2021/06/01", "2021-06-01", "day"),
    ("2021.06.01", "2021-06-01", "day"),
    ("20210601", "2021-06-01", "day"),
    ("2021-06-01 00:00:00", "2021-06-01", "day"),
    ("２０２１年６月１日", "2021-06-01", "day"),
    ("2021 年 6 月 1 日", "2021-06-01", "day"),
    ("二〇二一年六月一日", "2021-06-01", "day"),
    ("二○二一年十二月三十一日", "2021-12-31", "day"),
    ("2021.6", "2021-06-01", "month"),
    (2021.6, "2021-06-01", "month"),
    (2021.12, "2021-12-01", "month"),
    ("2021.10", "2021-10-01", "month"),
    ("2021-6", "2021-06-01", "month"),
    ("2021年6月", "2021-06-01", "month"),
    ("2021年6月份", "2021-06-01", "month"),
    ("202106", "2021-06-01", "month"),
    ("二〇二一年六月", "2021-06-01", "month"),
    ("'21.6", "2021-06-01", "month"),
    ("21.6", "2021-06-01", "month"),
    ("98年5月3日", "1998-05-03", "day"),
    ("2021", "2021-01-01", "year"),
    (2021.0, "2021-01-01", "year"),
    ("2021年", "2021-01-01", "year"),
    ("2020-02-29", "2020-02-29", "day"),
])
def test_dates_that_can_be_read(raw: Any, day: str, precision: str) -> None:
    cleaned = clean_date(raw)
    assert (cleaned.value, cleaned.precision, cleaned.doubt) == (date.fromisoformat(day), precision, None)


@pytest.mark.parametrize(("raw", "doubt"), [
    ("2021-02-29", UNREADABLE), ("2021-13-01", UNREADABLE), ("六月", UNREADABLE), ("6月1日", UNREADABLE),
    ("6/1/2021", UNREADABLE), ("待定", UNREADABLE), (12.0, UNREADABLE), (21.6, UNREADABLE), (9999999.0, UNREADABLE),
    ("1899-01-01", UNREADABLE), ("2999-01-01", UNREADABLE), (time(3, 4), UNREADABLE), (timedelta(1), UNREADABLE),
    (float("nan"), UNREADABLE), (2021.1, AMBIGUOUS),
])
def test_dates_that_go_back(raw: Any, doubt: str) -> None:
    cleaned = clean_date(raw)
    assert (cleaned.value, cleaned.doubt) == (None, doubt)


@pytest.mark.parametrize("raw", ["", "无", "/", "—"])
def test_empty_dates(raw: str) -> None:
    assert clean_date(raw)[::2] == (None, None)


def test_the_epoch_of_1904() -> None:
    assert clean_date(42886.0, epoch_1904=True).value == date(2021, 6, 1)
    assert clean_date(42886.0).value == date(2017, 5, 31)


@pytest.mark.parametrize(("raw", "cadence", "period"), [
    ("2022-03", "monthly", "2022-03"), ("2022年3月", "monthly", "2022-03"), ("2022年03月份", "monthly", "2022-03"),
    ("2022.3", "monthly", "2022-03"), ("2022/03", "monthly", "2022-03"), ("２０２２．３", "monthly", "2022-03"),
    ("202203", "monthly", "2022-03"), (date(2022, 3, 1), "monthly", "2022-03"), (44621.0, "monthly", "2022-03"),
    (2022.3, "monthly", "2022-03"), ("二〇二二年三月", "monthly", "2022-03"), ("2022-03-31", "monthly", "2022-03"),
    ("2022Q1", "quarterly", "2022Q1"), ("2022年第一季度", "quarterly", "2022Q1"),
    ("2022年1季度", "quarterly", "2022Q1"), ("2022年7-9月", "quarterly", "2022Q3"),
    ("2022年10月至12月", None, "2022Q4"), ("2022年1—3月份", "quarterly", "2022Q1"), ("2022年1-11月", "annual", "2022"),
    ("2022年四季度", "quarterly", "2022Q4"), ("2022", "annual", "2022"), ("2022年度", "annual", "2022"),
    (2022.0, "annual", "2022"), ("2022年", "annual", "2022"),
    ("2022年", "monthly", "2022"), ("2022-03", "annual", "2022-03"),
])
def test_periods(raw: Any, cadence: Any, period: str) -> None:
    assert clean_period(raw, cadence) == Period.parse(period)


@pytest.mark.parametrize("raw", [
    "三月", "2022-13", "", "2022年2-4月", "2022年1-6月", "2022年10-13月", 2022.1, "2022年第五季度", "2022Q5", True,
])
def test_periods_that_cannot_be_read(raw: Any) -> None:
    assert clean_period(raw, "monthly") is None
