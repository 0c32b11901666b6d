"""The State Council's notices of holidays (国务院办公厅关于放假安排的通知) for 2021 to 2026, written out by hand.

Of 2027 there is no notice yet: weekdays are all that anybody knows. What is expected of the calendar and of the
timetables is reckoned from here, not by the library under test.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

# Days off, from and to; and the Saturdays and Sundays that are worked for them.
NOTICES: dict[int, tuple[str, str]] = {
    2021: ("01-01/01-03 02-11/02-17 04-03/04-05 05-01/05-05 06-12/06-14 09-19/09-21 10-01/10-07",
           "02-07 02-20 04-25 05-08 09-18 09-26 10-09"),
    2022: ("01-01/01-03 01-31/02-06 04-03/04-05 04-30/05-04 06-03/06-05 09-10/09-12 10-01/10-07 12-31/12-31",
           "01-29 01-30 04-02 04-24 05-07 10-08 10-09"),
    2023: ("01-01/01-02 01-21/01-27 04-05/04-05 04-29/05-03 06-22/06-24 09-29/10-06",
           "01-28 01-29 04-23 05-06 06-25 10-07 10-08"),
    2024: ("01-01/01-01 02-10/02-17 04-04/04-06 05-01/05-05 06-10/06-10 09-15/09-17 10-01/10-07",
           "02-04 02-18 04-07 04-28 05-11 09-14 09-29 10-12"),
    2025: ("01-01/01-01 01-28/02-04 04-04/04-06 05-01/05-05 05-31/06-02 10-01/10-08",
           "01-26 02-08 04-27 09-28 10-11"),
    2026: ("01-01/01-03 02-15/02-23 04-04/04-06 05-01/05-05 06-19/06-21 09-25/09-27 10-01/10-07",
           "01-04 02-14 02-28 05-09 09-20 10-10"),
}


def _days(year: int, span: str) -> Iterator[date]:
    first, last = (date.fromisoformat(f"{year}-{day}") for day in span.split("/"))
    return (first + timedelta(days=count) for count in range((last - first).days + 1))


OFF = frozenset(day for year, (spans, _) in NOTICES.items() for span in spans.split() for day in _days(year, span))
WORKED = frozenset(date.fromisoformat(f"{year}-{day}") for year, (_, days) in NOTICES.items() for day in days.split())


def is_workday(day: date) -> bool:
    return day in WORKED or (day.weekday() < 5 and day not in OFF)
