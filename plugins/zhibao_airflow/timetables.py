"""Custom timetables: the programme's own moments (`firings`), in the form in which Airflow schedules by them.

A run's data interval is the period that it reports on, so the logical date of a bulletin is the first of its month.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from airflow.sdk.timezone import coerce_datetime, utcnow
from airflow.timetables.base import DagRunInfo, DataInterval, Timetable

if TYPE_CHECKING:
    from pendulum import DateTime

    from airflow.timetables.base import TimeRestriction

    from zhibao_airflow.firings import Firing


class ProgrammeTimetable(Timetable):
    """Schedules by a finite, ascending list of firings. Subclasses give the list; `zhibao` is imported when asked."""

    missed_for = timedelta(days=1)
    """Without catchup, a run that was missed is still made when it is at most this old."""

    def firings(self) -> Sequence[Firing]:
        raise NotImplementedError

    def manual_span(self, moment: datetime) -> tuple[datetime, datetime]:
        """The span of a run made by hand at `moment`."""
        raise NotImplementedError

    @property
    def summary(self) -> str:
        return self.description

    def infer_manual_data_interval(self, *, run_after: DateTime) -> DataInterval:
        return _interval(*self.manual_span(run_after))

    def next_dagrun_info(
        self, *, last_automated_data_interval: DataInterval | None, restriction: TimeRestriction
    ) -> DagRunInfo | None:
        waiting = [
            firing for firing in self.firings()
            if (last_automated_data_interval is None or firing.start > last_automated_data_interval.start)
            and (restriction.earliest is None or firing.start >= restriction.earliest)
        ]
        if not restriction.catchup:
            waiting = _current(waiting, utcnow(), self.missed_for)
        if not waiting or (restriction.latest is not None and waiting[0].start > restriction.latest):
            return None
        return DagRunInfo(
            run_after=coerce_datetime(waiting[0].run_after),
            data_interval=_interval(waiting[0].start, waiting[0].end),
        )


class CollectionTimetable(ProgrammeTimetable):
    description = "工作日三次，每月报送截止时另有一次 / thrice on working days, and at each monthly deadline"

    def firings(self) -> Sequence[Firing]:
        from zhibao_airflow.firings import collection_firings

        return collection_firings()

    def manual_span(self, moment: datetime) -> tuple[datetime, datetime]:
        return moment, moment


class MonthlyReturnTimetable(ProgrammeTimetable):
    description = "每月报送截止后一小时（按调休顺延） / an hour after the month's returns are due, by the 调休 calendar"
    missed_for = timedelta(days=28)

    def firings(self) -> Sequence[Firing]:
        from zhibao_airflow.firings import monthly_firings

        return monthly_firings()

    def manual_span(self, moment: datetime) -> tuple[datetime, datetime]:
        from zhibao_airflow.firings import month_before, span_of

        return span_of(month_before(moment))


class AnnualReportTimetable(ProgrammeTimetable):
    description = "先期起草一次，应报日上午成文 / an early draft, then on the morning of the day it is due"
    missed_for = timedelta(days=14)

    def firings(self) -> Sequence[Firing]:
        from zhibao_airflow.firings import annual_firings

        return annual_firings()

    def manual_span(self, moment: datetime) -> tuple[datetime, datetime]:
        from zhibao_airflow.firings import span_of, year_at

        return span_of(year_at(moment))


def _current(firings: Sequence[Firing], now: datetime, missed_for: timedelta) -> list[Firing]:
    """What is still to come, led by the newest missed run unless that one is too old."""
    missed = [firing for firing in firings if now - missed_for <= firing.run_after <= now]
    return [*missed[-1:], *(firing for firing in firings if firing.run_after > now)]


def _interval(start: datetime, end: datetime) -> DataInterval:
    return DataInterval(start=coerce_datetime(start), end=coerce_datetime(end))


def period_of(kind: str, dag_run: Any) -> str:
    """The period that a run is about: that of its data interval, or of the moment at which somebody started it."""
    from zhibao_airflow.firings import month_before, month_starting, year_at

    if dag_run.data_interval_start is None:
        return str((month_before if kind == "monthly" else year_at)(dag_run.run_after))
    if kind == "monthly":
        return str(month_starting(dag_run.data_interval_start))
    return str(year_at(dag_run.data_interval_end))


def is_early_draft(kind: str, dag_run: Any) -> bool:
    """Whether this is the annual run that is made ahead of the due day, for reading only."""
    from zhibao_airflow import firings

    return kind == "annual" and dag_run.data_interval_end is not None and firings.is_early_draft(dag_run.data_interval_end)
