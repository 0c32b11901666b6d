"""Custom timetables: the programme's own moments (`firings`), in the form in which Airflow schedules by them.

A run's data interval is the period that it reports on, so the logical date of a bulletin is the first of its month.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from airflow.sdk.timezone import coerce_datetime, utcnow
from airflow.timetables.base import DagRunInfo, DataInterval, Timetable

if TYPE_CHECKING:
    from airflow.timetables.base import TimeRestriction
    from pendulum import DateTime

    from zhibao_airflow.firings import Firing


Stage = Literal["early", "put_up", "final"]
"""What a run of a report is for: a draft to be read; one to be approved, which the next morning's may overtake; the one
that goes out. Of the monthly and the quarterly report each is final, and each that a person starts."""

WATCHED_FOR = timedelta(days=13)
"""How long before the annual report should be approved its watch begins."""


class ProgrammeTimetable(Timetable):
    """Schedules by a finite, ascending tuple of firings. Subclasses give it; `zhibao` is imported when asked."""

    missed_for = timedelta(days=1)
    """Without catchup, a run that was missed is still made when it is at most this old."""

    makes_up_for_all = False
    """Whether each that was missed since the last run is made, one after the other, or the newest alone (what it does
    holds all that the others would have done)."""

    def firings(self) -> Sequence[Firing]:
        raise NotImplementedError

    def manual_span(self, moment: datetime) -> tuple[datetime, datetime]:
        """The span of a run made by hand at `moment`."""
        raise NotImplementedError

    @property
    def summary(self) -> str:
        return self.description

    def infer_manual_data_interval(self, *, run_after: DateTime) -> DataInterval:
        """A run by hand that names the logical date of a planned one is that one over again."""
        firings = self.firings()
        place = bisect_left(firings, run_after, key=_start)
        if place < len(firings) and firings[place].start == run_after:
            return _interval(firings[place].start, firings[place].end)
        return _interval(*self.manual_span(run_after))

    def next_dagrun_info(
        self, *, last_automated_data_interval: DataInterval | None, restriction: TimeRestriction
    ) -> DagRunInfo | None:
        firings, place = self.firings(), 0
        if last_automated_data_interval is not None:
            place = bisect_right(firings, last_automated_data_interval.start, key=_start)
        if restriction.earliest is not None:
            place = max(place, bisect_left(firings, restriction.earliest, key=_start))
        if not restriction.catchup:
            is_first = last_automated_data_interval is None
            place = max(place, self._oldest_to_make(firings, utcnow(), is_first=is_first))
        if place == len(firings) or (restriction.latest is not None and firings[place].start > restriction.latest):
            return None
        firing = firings[place]
        return DagRunInfo(
            run_after=coerce_datetime(firing.run_after), data_interval=_interval(firing.start, firing.end)
        )


    def _oldest_to_make(self, firings: Sequence[Firing], now: datetime, *, is_first: bool) -> int:
        """The place of the oldest run that is due and not too old, or of the newest alone; where there is none, of the
        next one. A DAG that never ran begins with the newest."""
        ended = bisect_right(firings, now, key=_run_after)
        oldest = bisect_left(firings, now - self.missed_for, key=_run_after)
        return oldest if self.makes_up_for_all and not is_first else max(oldest, ended - 1)


class CollectionTimetable(ProgrammeTimetable):
    description = "工作日三次，每月报送截止时另有一次 / thrice on working days, and at each monthly deadline"

    def firings(self) -> Sequence[Firing]:
        from zhibao_airflow.firings import collection_firings

        return collection_firings()

    def manual_span(self, moment: datetime) -> tuple[datetime, datetime]:
        return moment, moment


class MonthlyReturnTimetable(ProgrammeTimetable):
    description = "每月报送截止后一小时（按调休顺延） / an hour after the month's returns are due, by the 调休 calendar"
    missed_for = timedelta(days=100)
    makes_up_for_all = True

    def firings(self) -> Sequence[Firing]:
        from zhibao_airflow.firings import monthly_firings

        return monthly_firings()

    def manual_span(self, moment: datetime) -> tuple[datetime, datetime]:
        from zhibao_airflow.firings import month_before, span_of

        return span_of(month_before(moment))


class QuarterlyReturnTimetable(ProgrammeTimetable):
    description = "每季报送截止后一小时（按调休顺延） / an hour after the quarter's returns are due, by 调休"
    missed_for = timedelta(days=200)
    makes_up_for_all = True

    def firings(self) -> Sequence[Firing]:
        from zhibao_airflow.firings import quarterly_firings

        return quarterly_firings()

    def manual_span(self, moment: datetime) -> tuple[datetime, datetime]:
        from zhibao_airflow.firings import quarter_before, span_of

        return span_of(quarter_before(moment))


class AnnualReportTimetable(ProgrammeTimetable):
    description = "先期起草日起每个工作日上午起草，应报日成文 / drafted each working morning, sent on its due day"
    missed_for = timedelta(days=14)

    def firings(self) -> Sequence[Firing]:
        from zhibao_airflow.firings import annual_firings

        return annual_firings()

    def manual_span(self, moment: datetime) -> tuple[datetime, datetime]:
        from zhibao_airflow.firings import span_of, year_at

        return span_of(year_at(moment))


class AnnualWatchTimetable(ProgrammeTimetable):
    description = "每年一次，自年报应批准之日前十三天起 / once a year, from thirteen days before its approval is wanted"
    missed_for = timedelta(days=20)

    def firings(self) -> Sequence[Firing]:
        from zhibao_airflow.firings import watch_firings

        return watch_firings()

    def manual_span(self, moment: datetime) -> tuple[datetime, datetime]:
        return moment, moment


class RetentionTimetable(ProgrammeTimetable):
    description = "每月一日凌晨三点 / at three on the first of each month"
    missed_for = timedelta(days=31)

    def firings(self) -> Sequence[Firing]:
        from zhibao_airflow.firings import retention_firings

        return retention_firings()

    def manual_span(self, moment: datetime) -> tuple[datetime, datetime]:
        return moment, moment


class ReminderTimetable(ProgrammeTimetable):
    description = "每个工作日上午八点半 / on the morning of each working day"

    def firings(self) -> Sequence[Firing]:
        from zhibao_airflow.firings import reminder_firings

        return reminder_firings()

    def manual_span(self, moment: datetime) -> tuple[datetime, datetime]:
        return moment, moment


class NightlyTimetable(ProgrammeTimetable):
    description = "每天凌晨两点 / every night at two"

    def firings(self) -> Sequence[Firing]:
        from zhibao_airflow.firings import nightly_firings

        return nightly_firings()

    def manual_span(self, moment: datetime) -> tuple[datetime, datetime]:
        return moment, moment


def _run_after(firing: Firing) -> datetime:
    return firing.run_after


def _start(firing: Firing) -> datetime:
    return firing.start


def _interval(start: datetime, end: datetime) -> DataInterval:
    return DataInterval(start=coerce_datetime(start), end=coerce_datetime(end))


def period_of(kind: str, dag_run: Any) -> str:
    """The period that a run is about: that of its data interval, or of the moment at which somebody started it."""
    from zhibao_airflow import firings

    if dag_run.data_interval_start is None:
        before = {"monthly": firings.month_before, "quarterly": firings.quarter_before}
        return str(before.get(kind, firings.year_at)(dag_run.run_after))
    if kind == "monthly":
        return str(firings.month_starting(dag_run.data_interval_start))
    if kind == "quarterly":
        return str(firings.quarter_starting(dag_run.data_interval_start))
    return str(firings.year_at(dag_run.data_interval_end))


def approve_by(period: str) -> datetime:
    """By when the annual report of a year should be approved."""
    from zhibao.period import Period
    from zhibao.programme import calendar
    from zhibao_airflow import firings

    return calendar.approve_by(firings.programme(), Period.parse(period))


def stage_of(kind: str, dag_run: Any) -> Stage:
    from zhibao_airflow import firings

    end = dag_run.data_interval_end
    return firings.annual_stage(end) if kind == "annual" and end is not None else "final"


def overtaken_at(kind: str, dag_run: Any) -> datetime | None:
    """When the next morning's draft takes this run's place; None for a run that is final."""
    from zhibao_airflow import firings

    is_final = stage_of(kind, dag_run) == "final"
    return None if is_final else firings.drafted_again_at(dag_run.data_interval_end)
