"""The moments at which the DAGs run, walked day by day through 2021 to 2027 and held against the law and the calendar.

What is expected here is reckoned from the State Council's notices (programme/holidays.py), not by the code under test.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from programme.holidays import is_workday

SHANGHAI = ZoneInfo("Asia/Shanghai")
FIRST_DAY, LAST_DAY = date(2021, 1, 1), date(2027, 12, 31)


@pytest.fixture
def timetables(airflow_home: Path) -> Any:
    from zhibao_airflow import timetables

    return timetables


def restriction(earliest: datetime | None = None, latest: datetime | None = None, *, catchup: bool = True) -> Any:
    from airflow.timetables.base import TimeRestriction

    return TimeRestriction(earliest=earliest, latest=latest, catchup=catchup)


def all_runs(timetable: Any, **given: Any) -> list[Any]:
    """What the scheduler would make, one after the other."""
    runs: list[Any] = []
    while info := timetable.next_dagrun_info(
        last_automated_data_interval=runs[-1].data_interval if runs else None, restriction=restriction(**given)
    ):
        runs.append(info)
        assert len(runs) < 10_000
    return runs


@pytest.fixture
def long_timetables(timetables: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The same timetables, for a programme that runs to the end of 2027."""
    from zhibao_airflow import firings

    real = firings.programme()
    span = real.span.model_copy(update={"ends_on": LAST_DAY})
    lists = (firings.monthly_firings, firings.quarterly_firings, firings.annual_firings, firings.collection_firings,
             firings.nightly_firings, firings.watch_firings)
    monkeypatch.setattr(firings, "programme", lambda: real.model_copy(update={"span": span}))
    for each in lists:
        each.cache_clear()
    yield timetables
    for each in lists:
        each.cache_clear()


def days() -> list[date]:
    return [FIRST_DAY + timedelta(days=offset) for offset in range((LAST_DAY - FIRST_DAY).days + 1)]


def first_workday_from(day: date) -> date:
    while not is_workday(day):
        day += timedelta(days=1)
    return day


def last_workday_of_november(year: int) -> date:
    day = date(year, 11, 30)
    while not is_workday(day):
        day -= timedelta(days=1)
    return day


def is_monthly_due(day: date) -> bool:
    return day >= date(2021, 8, 5) and day == first_workday_from(day.replace(day=5))


def local(moment: datetime) -> datetime:
    return moment.astimezone(SHANGHAI)


def test_the_bulletin_is_drafted_an_hour_after_each_monthly_deadline(long_timetables: Any) -> None:
    runs = {local(run.run_after).date(): run for run in all_runs(long_timetables.MonthlyReturnTimetable())}
    for day in days():
        if not is_monthly_due(day):
            assert day not in runs
            continue
        run = runs[day]
        assert local(run.run_after) == datetime(day.year, day.month, day.day, 18, 30, tzinfo=SHANGHAI)
        assert local(run.data_interval.start).date() == (day.replace(day=1) - timedelta(days=1)).replace(day=1)
        assert local(run.data_interval.end).date() == day.replace(day=1)
    assert len(runs) == 6 + 6 * 12


def test_the_quarterly_report_is_drafted_with_the_bulletin_of_its_last_month(long_timetables: Any) -> None:
    runs = all_runs(long_timetables.QuarterlyReturnTimetable())
    months = {local(run.run_after): run for run in all_runs(long_timetables.MonthlyReturnTimetable())}
    assert len(runs) == 2 + 6 * 4
    for run in runs:
        month = months[local(run.run_after)]
        assert run.data_interval.end == month.data_interval.end
        assert local(run.data_interval.start).month in (1, 4, 7, 10)
    assert long_timetables.period_of("quarterly", run_of(*runs[0].data_interval)) == "2021Q3"


def test_the_annual_summary_is_made_on_the_last_working_day_of_november(long_timetables: Any) -> None:
    runs = all_runs(long_timetables.AnnualReportTimetable())
    finals = [run for run in runs if long_timetables.stage_of("annual", run_of(*run.data_interval)) == "final"]
    made_on = {local(run.run_after).date() for run in finals}
    for day in days():
        later = [day + timedelta(days=ahead) for ahead in range(1, 31)]
        is_last = day.month == 11 and is_workday(day) and not any(is_workday(d) for d in later if d.month == 11)
        assert (day in made_on) is is_last, day
    assert {date(2022, 11, 30), date(2024, 11, 29), date(2025, 11, 28)} < made_on
    drafted_on = {local(run.run_after).date() for run in runs} - made_on
    for day in days():
        is_early = day.month == 11 and day.day >= 15 and day < last_workday_of_november(day.year)
        assert (day in drafted_on) is (is_early and (is_workday(day) or day.day == 15)), day
    assert {long_timetables.period_of("annual", run_of(*run.data_interval)) for run in runs if run in finals} == {
        str(year) for year in range(2021, 2028)
    }


def test_the_annual_summary_is_put_up_for_approval_on_five_mornings_before(long_timetables: Any) -> None:
    """Each question is open until the next morning's draft; the last one's is on the due day."""
    runs = all_runs(long_timetables.AnnualReportTimetable())
    for year in range(2021, 2028):
        due = last_workday_of_november(year)
        put_up = [day for day in days() if day.year == year and is_workday(day) and day < due][-5:]
        of_year = [run for run in runs if local(run.run_after).year == year]
        stages = {local(run.run_after).date(): long_timetables.stage_of("annual", run_of(*run.data_interval))
                  for run in of_year}
        assert [day for day, stage in stages.items() if stage == "put_up"] == put_up
        assert {stage for day, stage in stages.items() if day < put_up[0]} == {"early"} and stages[due] == "final"
        ends = [long_timetables.overtaken_at("annual", run_of(*run.data_interval)) for run in of_year]
        assert ends == [*(run.run_after for run in of_year[1:]), None]


def test_a_year_is_watched_until_two_working_days_before_it_is_due(long_timetables: Any) -> None:
    from zhibao_airflow.timetables import WATCHED_FOR

    ends = [local(run.logical_date + WATCHED_FOR) for run in all_runs(long_timetables.AnnualWatchTimetable())]
    assert [end.date() for end in ends] == [
        [day for day in days() if is_workday(day) and day < last_workday_of_november(year)][-2]
        for year in range(2021, 2028)
    ]
    assert {end.strftime("%H:%M") for end in ends} == {"17:30"}


@pytest.mark.parametrize(("now", "expected"), [
    (datetime(2022, 6, 20, tzinfo=SHANGHAI), ["2022-03-01", "2022-04-01", "2022-05-01"]),  # missed since the last run
    (datetime(2022, 4, 6, 18, 29, tzinfo=SHANGHAI), []),
])
def test_every_missed_bulletin_is_made_up_for(
    timetables: Any, monkeypatch: pytest.MonkeyPatch, now: datetime, expected: list[str]
) -> None:
    """The last run was February's, made in March: what came due since is made one after the other, oldest first."""
    monkeypatch.setattr(timetables, "utcnow", lambda: now.astimezone(UTC))
    timetable, made = timetables.MonthlyReturnTimetable(), []
    last = timetable.infer_manual_data_interval(run_after=datetime(2022, 2, 1, tzinfo=SHANGHAI))
    while (info := timetable.next_dagrun_info(
        last_automated_data_interval=last, restriction=restriction(catchup=False)
    )) and info.run_after <= now:
        made.append(f"{local(info.logical_date):%Y-%m-%d}")
        last = info.data_interval
    assert made == expected


def test_returns_are_collected_on_working_days_and_at_each_deadline(long_timetables: Any) -> None:
    moments = [local(run.run_after) for run in all_runs(long_timetables.CollectionTimetable())]
    assert moments == sorted(set(moments))
    by_day: dict[date, list[str]] = {}
    for moment in moments:
        by_day.setdefault(moment.date(), []).append(f"{moment:%H:%M}")
    for day in days():
        if day >= date(2021, 7, 2):  # the first moment only opens the first interval
            expected = ["09:00", "12:00", "15:00"] if is_workday(day) else []
            is_due = is_monthly_due(day) or day == last_workday_of_november(day.year)
            assert by_day.get(day, []) == expected + (["17:30"] if is_due else []), day


def test_the_programme_ends_and_so_do_its_runs(timetables: Any) -> None:
    assert local(all_runs(timetables.MonthlyReturnTimetable())[-1].run_after).date() == date(2024, 1, 5)
    assert local(all_runs(timetables.AnnualReportTimetable())[-1].run_after).date() == date(2023, 11, 30)
    assert local(all_runs(timetables.CollectionTimetable())[-1].run_after).date() == date(2024, 1, 12)


def test_backfill_by_date_gives_the_periods_of_these_dates(timetables: Any) -> None:
    runs = all_runs(
        timetables.MonthlyReturnTimetable(),
        earliest=datetime(2022, 1, 1, tzinfo=SHANGHAI), latest=datetime(2022, 3, 1, tzinfo=SHANGHAI),
    )
    assert [local(run.logical_date).date() for run in runs] == [date(2022, 1, 1), date(2022, 2, 1), date(2022, 3, 1)]


def test_every_run_has_a_logical_date_of_its_own(timetables: Any) -> None:
    for timetable in (timetables.MonthlyReturnTimetable(), timetables.AnnualReportTimetable(),
                      timetables.CollectionTimetable()):
        dates = [run.logical_date for run in all_runs(timetable)]
        assert dates and len(dates) == len(set(dates))


@pytest.mark.parametrize(("now", "expected"), [
    (datetime(2022, 11, 7, 18, 29, tzinfo=SHANGHAI), date(2022, 9, 1)),    # that of September, missed, is still made
    (datetime(2022, 11, 7, 18, 31, tzinfo=SHANGHAI), date(2022, 10, 1)),   # 5 and 6 November 2022 were a weekend
    (datetime(2021, 1, 1, tzinfo=SHANGHAI), date(2021, 7, 1)),
    (datetime(2024, 2, 20, tzinfo=SHANGHAI), None),                        # the programme is over
])
def test_without_catchup_only_the_newest_run_counts(
    timetables: Any, monkeypatch: pytest.MonkeyPatch, now: datetime, expected: date | None
) -> None:
    monkeypatch.setattr(timetables, "utcnow", lambda: now.astimezone(UTC))
    monkeypatch.setattr(timetables.MonthlyReturnTimetable, "missed_for", timedelta(days=35))
    info = timetables.MonthlyReturnTimetable().next_dagrun_info(
        last_automated_data_interval=None, restriction=restriction(catchup=False)
    )
    assert (info and local(info.logical_date).date()) == expected


def test_a_run_by_hand_may_name_the_logical_date_of_a_planned_one(timetables: Any) -> None:
    for timetable in (timetables.MonthlyReturnTimetable(), timetables.AnnualReportTimetable()):
        planned = all_runs(timetable)
        assert len(planned) > 20
        assert [timetable.infer_manual_data_interval(run_after=run.logical_date) for run in planned] == [
            run.data_interval for run in planned
        ]


def test_without_catchup_a_run_missed_long_ago_is_left_alone(timetables: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timetables, "utcnow", lambda: datetime(2022, 12, 20, tzinfo=UTC))
    info = timetables.AnnualReportTimetable().next_dagrun_info(
        last_automated_data_interval=None, restriction=restriction(catchup=False)
    )
    assert local(info.run_after).date() == date(2023, 11, 15), "the newest is three weeks old"


@pytest.mark.parametrize(("kind", "moment", "period"), [
    ("monthly", datetime(2022, 11, 1, 0, 1, tzinfo=SHANGHAI), "2022-10"),
    ("monthly", datetime(2022, 10, 31, 23, 59, tzinfo=SHANGHAI), "2022-09"),
    ("annual", datetime(2022, 11, 14, 23, 59, tzinfo=SHANGHAI), "2021"),
    ("annual", datetime(2022, 11, 15, 0, 0, tzinfo=SHANGHAI), "2022"),
    ("annual", datetime(2023, 3, 1, tzinfo=SHANGHAI), "2022"),
])
def test_a_run_by_hand_is_about_the_period_that_just_ended(
    timetables: Any, kind: str, moment: datetime, period: str
) -> None:
    timetable = {"monthly": timetables.MonthlyReturnTimetable, "annual": timetables.AnnualReportTimetable}[kind]()
    interval = timetable.infer_manual_data_interval(run_after=moment)
    assert timetables.period_of(kind, run_of(interval.start, interval.end)) == period
    assert timetables.period_of(kind, run_of(None, None, run_after=moment)) == period
    assert timetables.stage_of(kind, run_of(interval.start, interval.end)) == "final"
    assert timetables.overtaken_at(kind, run_of(interval.start, interval.end)) is None


def test_a_scheduled_run_knows_its_period_and_whether_it_is_final(timetables: Any) -> None:
    for run in all_runs(timetables.MonthlyReturnTimetable()):
        assert timetables.period_of("monthly", run_of(*run.data_interval)) == f"{local(run.logical_date):%Y-%m}"
    for run in all_runs(timetables.AnnualReportTimetable()):
        day = local(run.run_after).date()
        assert timetables.period_of("annual", run_of(*run.data_interval)) == str(day.year)
        is_final = timetables.stage_of("annual", run_of(*run.data_interval)) == "final"
        assert is_final is (day == last_workday_of_november(day.year))


def test_timetables_survive_serialization(bag: Any) -> None:
    from airflow.serialization.serialized_objects import DagSerialization

    for dag in bag.dags.values():
        again = DagSerialization.deserialize_dag(DagSerialization.serialize_dag(dag))
        assert type(again.timetable) is type(dag.timetable)


class run_of:  # noqa: N801 - reads as a phrase
    """As much of a DAG run as decides its period."""

    def __init__(self, start: Any, end: Any, run_after: Any = None) -> None:
        self.data_interval_start, self.data_interval_end, self.run_after = start, end, run_after


def test_every_night_has_its_run(long_timetables: Any) -> None:
    runs = [info.run_after.astimezone(SHANGHAI) for info in all_runs(long_timetables.NightlyTimetable())]
    assert {moment.hour for moment in runs} == {2}
    days = [moment.date() for moment in runs]
    assert days == [days[0] + timedelta(days=place) for place in range(len(days))]
    assert days[0] == date(2021, 7, 2) and days[-1] > LAST_DAY
