"""The year 2022 as a table: which dates it had, who did what when. Written from the law and the story alone.

Nothing of the package is imported, so that what is expected of the mailboxes (`year_expected.py`) owes nothing to the
code that fills them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")

# Due day of the returns of each month, quarter and year that fall due in 2022, or that somebody is reminded of in it
# (DOMAIN §6, by the State Council's notices of holidays for 2022 and 2023), and the days on which whoever still owes is
# written to: T-3, T-1, T0, T+1; at T+3 the lead.
DUE: dict[str, tuple[str, ...]] = {
    "2021-12": ("2022-01-05", "2021-12-30", "2022-01-04", "2022-01-05", "2022-01-06", "2022-01-10"),
    "2022-01": ("2022-02-07", "2022-01-28", "2022-01-30", "2022-02-07", "2022-02-08", "2022-02-10"),  # 春节
    "2022-02": ("2022-03-07", "2022-03-02", "2022-03-04", "2022-03-07", "2022-03-08", "2022-03-10"),
    "2022-03": ("2022-04-06", "2022-03-31", "2022-04-02", "2022-04-06", "2022-04-07", "2022-04-11"),  # 清明
    "2022-04": ("2022-05-05", "2022-04-27", "2022-04-29", "2022-05-05", "2022-05-06", "2022-05-09"),  # 劳动节
    "2022-05": ("2022-06-06", "2022-05-31", "2022-06-02", "2022-06-06", "2022-06-07", "2022-06-09"),  # 端午
    "2022-06": ("2022-07-05", "2022-06-30", "2022-07-04", "2022-07-05", "2022-07-06", "2022-07-08"),
    "2022-07": ("2022-08-05", "2022-08-02", "2022-08-04", "2022-08-05", "2022-08-08", "2022-08-10"),
    "2022-08": ("2022-09-05", "2022-08-31", "2022-09-02", "2022-09-05", "2022-09-06", "2022-09-08"),
    "2022-09": ("2022-10-08", "2022-09-28", "2022-09-30", "2022-10-08", "2022-10-09", "2022-10-11"),  # 国庆
    "2022-10": ("2022-11-07", "2022-11-02", "2022-11-04", "2022-11-07", "2022-11-08", "2022-11-10"),
    "2022-11": ("2022-12-05", "2022-11-30", "2022-12-02", "2022-12-05", "2022-12-06", "2022-12-08"),
    "2022-12": ("2023-01-05", "2022-12-30", "2023-01-04", "2023-01-05", "2023-01-06", "2023-01-10"),  # 元旦
    "2022": ("2022-11-30", "2022-11-25", "2022-11-29", "2022-11-30", "2022-12-01", "2022-12-05"),
}
QUARTERS = {"2021Q4": "2021-12", "2022Q1": "2022-03", "2022Q2": "2022-06", "2022Q3": "2022-09", "2022Q4": "2022-12"}
DUE |= {quarter: DUE[month] for quarter, month in QUARTERS.items()}

DISTRICTS = ("chengguan", "qilihe", "xigu", "anning", "honggu", "yongdeng", "yuzhong", "gaolan", "gaoxin")
LEADS = (
    "hrss_bureau", "womens_federation", "agriculture_bureau", "culture_tourism_bureau", "veterans_bureau",
    "disabled_federation", "commerce_bureau", "civil_affairs_bureau", "health_commission", "broadcasting_station",
)
UNITS = (*DISTRICTS, *LEADS, "finance_office", "cooperation_office")
# Who plays in the year: enough of each kind of unit that it ends in minutes. The others are exempt, by a person's word.
CAST = (
    "chengguan", "honggu", "yongdeng", "gaolan", "hrss_bureau", "disabled_federation", "broadcasting_station",
    "finance_office", "cooperation_office",
)
# DOMAIN §3: who owes which form, month by month, quarter by quarter and once a year.
OWED: dict[str, dict[str, tuple[str, ...]]] = {
    "monthly": {
        "candidate": (*DISTRICTS, *LEADS), "selection_result": (*DISTRICTS, *LEADS), "event": (*DISTRICTS, *LEADS),
        "training_class": (*DISTRICTS, "hrss_bureau"), "forum": DISTRICTS, "finance": (*DISTRICTS, "finance_office"),
        "investment_link": ("cooperation_office",),
    },
    "quarterly": {"incubator": (*DISTRICTS, "hrss_bureau"), "funding": (*DISTRICTS, "hrss_bureau")},
    "annual": {"narrative": (*DISTRICTS, *LEADS)},
}
LEAD_MAILBOX = "hrss_bureau"  # the executor has no address of its own, so the overall lead is told

Deed = Literal["silent", "late", "exempt", "nil_by_mail", "correct_after_issue", "reject_first"]


@dataclass(frozen=True)
class Act:
    """One line of the story. `at` is when it happens; what is silent has no moment."""

    deed: Deed
    unit: str
    period: str
    at: datetime | None = None


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


# Beside what the sample returns do of themselves: some are late, missing, wrong, and corrected.
STORY = (
    Act("late", "gaolan", "2021-12", moment("2022-01-11 10:00")),             # after the lead was told on the 10th
    Act("silent", "yongdeng", "2022-03"),                                     # nothing for March
    Act("late", "gaolan", "2022-04", moment("2022-05-10 10:00")),
    Act("exempt", "honggu", "2022-05", moment("2022-05-30 09:30")),           # before the first reminder
    Act("nil_by_mail", "disabled_federation", "2022-06", moment("2022-06-30 10:00")),  # answers the first reminder
    Act("reject_first", "", "2022-07", moment("2022-08-09 10:00")),           # its bulletin is sent back first
    Act("silent", "broadcasting_station", "2022"),                            # no text for the year
    Act("correct_after_issue", "", "2022", moment("2022-12-07 10:00")),       # the annual report is out
)
APPROVED_BY = moment("2022-11-28 17:30")  # two working days before it is due; else the owner would be told
CORRECTED_ON = date(2022, 12, 8)  # the annual report is made again, and goes to the same recipients
