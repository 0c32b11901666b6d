"""Due dates against the calendars that the State Council published, and past them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from programme.holidays import NOTICES, is_workday

from zhibao.errors import OperatorError
from zhibao.period import Period
from zhibao.programme import calendar
from zhibao.programme.checks import check_programme
from zhibao.programme.models import OwnDueRule, Programme, ReportKind

# Returns owed for each: nine districts and ten leads, and those named one by one (DOMAIN §3).
MONTH = 19 * 3 + (9 + 1) + 9 + (9 + 1) + 1
QUARTER = (9 + 1) * 2
YEAR = 19
SHANGHAI = ZoneInfo("Asia/Shanghai")


def with_overrides(programme: Programme, overrides: dict[date, bool]) -> Programme:
    changed = programme.calendar.model_copy(update={"overrides": overrides})
    return programme.model_copy(update={"calendar": changed})


@pytest.mark.parametrize(("day", "works"), [
    ("2022-09-30", True),   # Friday before the holiday
    ("2022-10-05", False),  # 国庆
    ("2022-10-08", True),   # Saturday, worked in exchange (调休)
    ("2022-10-09", True),   # Sunday, worked in exchange
    ("2022-10-15", False),  # an ordinary Saturday
    ("2027-01-01", True),   # Friday: the library ends in 2026, so the weekday is all that is known
    ("2027-01-02", False),  # Saturday
])
def test_workdays(programme: Programme, day: str, works: bool) -> None:
    assert calendar.is_workday(programme, date.fromisoformat(day)) is works


def test_an_override_wins_over_calendar_and_weekday(programme: Programme) -> None:
    changed = with_overrides(programme, {date(2027, 1, 1): False, date(2022, 10, 15): True})
    assert not calendar.is_workday(changed, date(2027, 1, 1))
    assert calendar.is_workday(changed, date(2022, 10, 15))
    assert not calendar.is_guessed(changed, date(2027, 1, 1))


def test_years_past_the_library_carry_a_warning(programme: Programme) -> None:
    assert calendar.is_guessed(programme, date(2027, 3, 1))
    assert not calendar.is_guessed(programme, date(2026, 12, 31))
    assert calendar.calendar_warning(programme, date(2021, 1, 1), date(2026, 12, 31)) is None
    warning = calendar.calendar_warning(programme, date(2026, 1, 1), date(2027, 12, 31))
    assert warning is not None
    assert "2027" in warning.zh
    assert "2026" not in warning.zh


def test_a_guessed_year_is_told_once(programme: Programme, caplog: pytest.LogCaptureFixture) -> None:
    calendar._warn_once.cache_clear()
    for day in (date(2027, 3, 1), date(2027, 3, 6), date(2028, 3, 1), date(2026, 3, 1)):
        calendar.is_workday(programme, day)
    told = [record.getMessage() for record in caplog.records]
    assert [text[:5] for text in told] == ["2027年", "2028年"]


@pytest.mark.parametrize(("period", "day"), [
    ("2021-07", "2021-08-05"),  # an ordinary Thursday
    ("2022-09", "2022-10-08"),  # 5 October is a holiday; Saturday the 8th is worked
    ("2022-10", "2022-11-07"),  # 5 November is a Saturday
    ("2022-12", "2023-01-05"),  # over the year's end
    ("2022-01", "2022-02-07"),  # 春节 until the 6th
    ("2021-04", "2021-05-06"),  # 劳动节 until the 5th
])
def test_monthly_due(programme: Programme, period: str, day: str) -> None:
    due = calendar.due_at(programme, "monthly", Period.parse(period))
    assert due == datetime.fromisoformat(f"{day}T17:30").replace(tzinfo=SHANGHAI)
    assert due.utcoffset() is not None


# All months' due dates by the State Council's notices, looked up by hand; of 2027 only the weekdays are known.
DUE = {
    2021: "02-05 03-05 04-06 05-06 06-07 07-05 08-05 09-06 10-08 11-05 12-06",
    2022: "01-05 02-07 03-07 04-06 05-05 06-06 07-05 08-05 09-05 10-08 11-07 12-05",
    2023: "01-05 02-06 03-06 04-06 05-05 06-05 07-05 08-07 09-05 10-07 11-06 12-05",
    2024: "01-05 02-05 03-05 04-07 05-06 06-05 07-05 08-05 09-05 10-08 11-05 12-05",
    2025: "01-06 02-05 03-05 04-07 05-06 06-05 07-07 08-05 09-05 10-09 11-05 12-05",
    2026: "01-05 02-05 03-05 04-07 05-06 06-05 07-06 08-05 09-07 10-08 11-05 12-07",
    2027: "01-05 02-05 03-05 04-05 05-05 06-07 07-05 08-05 09-06 10-05 11-05 12-06",
}


@pytest.mark.parametrize("year", DUE)
def test_every_month_of_seven_years(programme: Programme, year: int) -> None:
    days = [f"{year}-{day}" for day in DUE[year].split()]
    periods = [Period(year - 1, "monthly", 12), *(Period(year, "monthly", month) for month in range(1, 12))]
    found = [calendar.due_at(programme, "monthly", period).date().isoformat() for period in periods]
    assert found[-len(days):] == days


def test_quarterly_due(programme: Programme) -> None:
    assert calendar.due_at(programme, "quarterly", Period.parse("2022Q3")).date() == date(2022, 10, 8)
    assert calendar.due_at(programme, "quarterly", Period.parse("2022Q4")).date() == date(2023, 1, 5)


@pytest.mark.parametrize(("year", "day"), [
    (2021, "11-30"), (2022, "11-30"), (2023, "11-30"), (2024, "11-29"), (2025, "11-28"), (2026, "11-30"),
    (2027, "11-30"),
])
def test_annual_due_shifts_backward(programme: Programme, year: int, day: str) -> None:
    due = calendar.due_at(programme, "annual", Period(year, "annual"))
    assert due.isoformat() == f"{year}-{day}T17:30:00+08:00"


def missing_at(programme: Programme, month: str) -> datetime:
    return calendar.missing_at(programme, calendar.due_at(programme, "monthly", Period.parse(month)))


def test_some_forms_and_units_may_have_a_date_of_their_own(programme: Programme) -> None:
    own = [
        OwnDueRule(forms=["finance"], day=10, months_after=1, time="12:00", shift="forward", grace_minutes=30),
        OwnDueRule(forms=["finance"], units=["gaolan"], day=15, months_after=1, time="12:00", shift="none"),
    ]
    changed = programme.model_copy(update={"calendar": programme.calendar.model_copy(update={"own_due": own})})
    rows = {(row.unit, row.form): row for row in calendar.expected_returns(changed, "monthly", Period.parse("2022-08"))}
    assert len(rows) == MONTH
    told = {key: (rows[key].due_at.isoformat(), rows[key].on_time_until.isoformat()) for key in (
        ("chengguan", "event"), ("chengguan", "finance"), ("gaolan", "finance"),
    )}
    assert told == {
        ("chengguan", "event"): ("2022-09-05T17:30:00+08:00", "2022-09-05T17:30:00+08:00"),
        ("chengguan", "finance"): ("2022-09-13T12:00:00+08:00", "2022-09-13T12:30:00+08:00"),  # 10 to 12: 中秋
        ("gaolan", "finance"): ("2022-09-15T12:00:00+08:00", "2022-09-15T12:00:00+08:00"),
    }


def test_a_date_of_its_own_speaks_of_what_there_is(programme: Programme) -> None:
    own = [OwnDueRule(forms=["finance", "nothing"], units=["nowhere"], day=10, time="12:00", shift="none")]
    changed = programme.model_copy(update={"calendar": programme.calendar.model_copy(update={"own_due": own})})
    assert [place for place, _ in check_programme(changed)] == [
        ("calendar", "own_due", 0, "forms", 1), ("calendar", "own_due", 0, "units", 0),
    ]


def test_the_annual_report_is_to_be_approved_two_working_days_ahead(programme: Programme) -> None:
    assert calendar.approve_by(programme, Period.parse("2022")).isoformat() == "2022-11-28T17:30:00+08:00"
    assert calendar.approve_by(programme, Period.parse("2025")).date() == date(2025, 11, 26)


def test_the_annual_report_is_put_up_for_approval_before_that(programme: Programme) -> None:
    assert calendar.put_up_on(programme, Period.parse("2022")) == date(2022, 11, 23)
    assert calendar.put_up_on(programme, Period.parse("2025")) == date(2025, 11, 21)
    for days, faults in ((1, 1), (2, 1), (3, 0)):
        rules = programme.calendar.model_copy(update={"annual_put_up_working_days_before": days})
        found = check_programme(programme.model_copy(update={"calendar": rules}))
        assert [place for place, _ in found] == [("calendar", "annual_put_up_working_days_before")] * faults, days


def test_an_override_moves_the_due_date(programme: Programme) -> None:
    holiday = {date(2027, 10, day): False for day in range(1, 8)}
    changed = with_overrides(programme, holiday | {date(2022, 11, 30): False})
    assert calendar.due_at(changed, "monthly", Period.parse("2027-09")).date() == date(2027, 10, 8)
    assert calendar.due_at(changed, "annual", Period.parse("2022")).date() == date(2022, 11, 29)
    assert missing_at(changed, "2027-09").date() == date(2027, 10, 15)


def test_a_leap_day_is_a_day_of_its_month(programme: Programme) -> None:
    rules = {"monthly": programme.calendar.due["monthly"].model_copy(update={"day": 31, "shift": "none"})}
    changed = programme.model_copy(update={"calendar": programme.calendar.model_copy(update={"due": rules})})
    assert calendar.due_at(changed, "monthly", Period.parse("2024-01")).date() == date(2024, 2, 29)
    assert calendar.due_at(changed, "monthly", Period.parse("2023-01")).date() == date(2023, 2, 28)


def test_no_due_date_falls_on_a_day_off(programme: Programme) -> None:
    for cadence, parts in calendar.PARTS.items():
        for period in (Period(year, cadence, part) for year in range(2021, 2028) for part in parts):
            assert calendar.is_workday(programme, calendar.due_at(programme, cadence, period).date()), str(period)


def test_a_cadence_without_rule_is_the_operators_to_mend(programme: Programme) -> None:
    rules = {"monthly": programme.calendar.due["monthly"]}
    changed = programme.model_copy(update={"calendar": programme.calendar.model_copy(update={"due": rules})})
    with pytest.raises(OperatorError):
        calendar.due_at(changed, "annual", Period.parse("2022"))


def test_missing_five_workdays_after_due(programme: Programme) -> None:
    # due Saturday 8 October 2022; 9 (worked Sunday), 10, 11, 12, 13
    assert missing_at(programme, "2022-09").isoformat() == "2022-10-13T17:30:00+08:00"
    # due Monday 7 November 2022; 8, 9, 10, 11, 14
    assert missing_at(programme, "2022-10").date() == date(2022, 11, 14)


def test_workdays_count_both_ways(programme: Programme) -> None:
    assert calendar.add_workdays(programme, date(2022, 9, 30), 1) == date(2022, 10, 8)
    assert calendar.add_workdays(programme, date(2022, 10, 8), -1) == date(2022, 9, 30)
    assert calendar.add_workdays(programme, date(2022, 10, 15), 0) == date(2022, 10, 15)


def test_bulletin_and_review(programme: Programme) -> None:
    assert calendar.bulletin_on(programme, Period.parse("2022-10")) == date(2022, 11, 10)
    assert calendar.bulletin_on(programme, Period.parse("2024-01")) == date(2024, 2, 18)  # 春节, a worked Sunday
    assert calendar.review_on(programme, Period.parse("2022-10")) == date(2022, 11, 8)
    assert calendar.annual_draft_on(programme, Period.parse("2022")) == date(2022, 11, 15)


def test_windows(programme: Programme) -> None:
    assert calendar.window(programme, Period.parse("2022")) == (date(2022, 1, 1), date(2022, 11, 30))
    assert calendar.window(programme, Period.parse("2022Q1")) == (date(2022, 1, 1), date(2022, 3, 31))
    assert calendar.window(programme, Period.parse("2024-02")) == (date(2024, 2, 1), date(2024, 2, 29))


def test_annual_answers_for_what_falls_due_in_its_window(programme: Programme) -> None:
    rows = calendar.expected_returns(programme, "annual", Period.parse("2022"))
    by_cadence = {cadence: {row.period for row in rows if programme.forms[row.form].cadence == cadence}
                  for cadence in calendar.PARTS}
    assert by_cadence == {
        "monthly": {"2021-12"} | {f"2022-{month:02d}" for month in range(1, 11)},
        "quarterly": {"2021Q4", "2022Q1", "2022Q2", "2022Q3"},
        "annual": {"2022"},
    }
    assert len(rows) == MONTH * 11 + QUARTER * 4 + YEAR
    assert [row.unit for row in rows[:1]] == ["chengguan"]
    assert "jingkai" not in {row.unit for row in rows}


def test_the_first_year_starts_with_the_first_return(programme: Programme) -> None:
    rows = calendar.expected_returns(programme, "annual", Period.parse("2021"))
    assert sorted({row.period for row in rows}) == ["2021", "2021-07", "2021-08", "2021-09", "2021-10", "2021Q3"]
    assert len(rows) == MONTH * 4 + QUARTER + YEAR


@pytest.mark.parametrize(("unit", "form", "count"), [
    ("chengguan", "incubator", 4), ("hrss_bureau", "funding", 4), ("chengguan", "narrative", 1),
    ("womens_federation", "narrative", 1), ("finance_office", "finance", 11),
    ("cooperation_office", "investment_link", 11), ("hrss_bureau", "training_class", 11),
    ("hrss_bureau", "finance", 0), ("finance_office", "narrative", 0),
    ("jingkai", "training_class", 0), ("womens_federation", "training_class", 0),
])
def test_who_owes_what(programme: Programme, unit: str, form: str, count: int) -> None:
    rows = calendar.expected_returns(programme, "annual", Period.parse("2022"))
    assert sum((row.unit, row.form) == (unit, form) for row in rows) == count


@pytest.mark.parametrize(("gone_on", "is_owed"), [("2022-11-29", False), ("2022-11-30", True), ("2022-12-15", True)])
def test_a_narrative_is_owed_by_who_is_there_when_it_is_due(programme: Programme, gone_on: str, is_owed: bool) -> None:
    unit = programme.unit("gaolan").model_copy(update={"effective_to": date.fromisoformat(gone_on)})
    units = [unit if item.code == unit.code else item for item in programme.units]
    rows = calendar.expected_returns(programme.model_copy(update={"units": units}), "annual", Period.parse("2022"))
    assert any((row.unit, row.form) == ("gaolan", "narrative") for row in rows) is is_owed


def test_a_unit_owes_nothing_once_it_is_gone(programme: Programme) -> None:
    units = [
        unit.model_copy(update={"effective_to": date(2022, 6, 30)}) if unit.code == "gaolan" else unit
        for unit in programme.units
    ]
    rows = calendar.expected_returns(programme.model_copy(update={"units": units}), "annual", Period.parse("2022"))
    periods = sorted({row.period for row in rows if row.unit == "gaolan"})
    assert periods == ["2021-12", "2021Q4", *(f"2022-{month:02d}" for month in range(1, 7)), "2022Q1", "2022Q2"]


def test_monthly_answers_for_its_own_period(programme: Programme) -> None:
    rows = calendar.expected_returns(programme, "monthly", Period.parse("2022-10"))
    assert {row.period for row in rows} == {"2022-10"}
    assert len(rows) == MONTH
    assert calendar.expected_returns(programme, "monthly", Period.parse("2021-06")) == []
    assert calendar.expected_returns(programme, "monthly", Period.parse("2024-01")) == []


def test_a_quarter_answers_for_its_months(programme: Programme) -> None:
    quarterly = ReportKind(returns="for_period", title={"zh": "季报", "en": "Quarterly"})
    changed = programme.model_copy(update={"reports": programme.reports | {"quarterly": quarterly}})
    rows = calendar.expected_returns(changed, "quarterly", Period.parse("2022Q1"))
    assert sorted({row.period for row in rows}) == ["2022-01", "2022-02", "2022-03", "2022Q1"]


def test_the_last_month_of_the_programme_is_due_after_its_end(programme: Programme) -> None:
    assert calendar.programme_periods(programme, "monthly")[-1] == Period.parse("2023-12")
    assert [str(period) for period in calendar.programme_periods(programme, "annual")] == ["2021", "2022", "2023"]
    assert str(calendar.programme_periods(programme, "quarterly")[0]) == "2021Q3"


def test_every_day_from_2021_to_2027_is_as_the_state_council_said(programme: Programme) -> None:
    days = [date(2021, 1, 1) + timedelta(days=count) for count in range(7 * 365 + 1)]
    assert days[-1] == date(2027, 12, 31) and set(NOTICES) == set(range(2021, 2027))
    assert [day for day in days if calendar.is_workday(programme, day) != is_workday(day)] == []
    assert {day.year for day in days if calendar.is_guessed(programme, day)} == {2027}


def test_every_due_date_from_2021_to_2027_is_the_one_by_hand(programme: Programme) -> None:
    """Monthly and quarterly: the 5th after the end, or the next working day. The year's: the last of November's."""
    for year in range(2021, 2028):
        for month in range(1, 13):
            day = date(year + month // 12, month % 12 + 1, 5)
            while not is_workday(day):
                day += timedelta(days=1)
            period = Period(year, "monthly", month)
            if day.year < 2028:
                assert calendar.due_at(programme, "monthly", period).date() == day
            if month % 3 == 0 and day.year < 2028:
                assert calendar.due_at(programme, "quarterly", Period(year, "quarterly", month // 3)).date() == day
        november = [date(year, 11, day) for day in range(1, 31) if is_workday(date(year, 11, day))]
        due = calendar.due_at(programme, "annual", Period(year, "annual"))
        assert due == datetime.combine(november[-1], time(17, 30), SHANGHAI)
