"""What Airflow calls when a deadline has passed: the words go to the callback's log, and by mail to the operator."""

from __future__ import annotations

import logging
from typing import Any

from airflow.sdk.timezone import utcnow

from zhibao_airflow.engine import engine


def annual_not_approved(**kwargs: Any) -> None:
    """The annual report of the year is not approved, and it is due in a few working days."""
    from zhibao_airflow.firings import year_at

    period = year_at(utcnow())
    with engine() as operations:
        words = operations.unapproved_words(str(period))
        outcome = operations.tell_operator(f"annual.{period}", f"{period}年度报告尚未批准", words, utcnow())
    logging.getLogger(__name__).error("%s\n%s", words.zh, words.en)
    print(f"告知负责人 / told the operator: {outcome}")
