"""Registers with Airflow what it can only find by a plugin: the timetables of the programme's calendar."""

from __future__ import annotations

from airflow.plugins_manager import AirflowPlugin

from zhibao_airflow.timetables import (
    AnnualReportTimetable,
    AnnualWatchTimetable,
    CollectionTimetable,
    MonthlyReturnTimetable,
    NightlyTimetable,
    QuarterlyReturnTimetable,
    ReminderTimetable,
    RetentionTimetable,
)


class ZhibaoPlugin(AirflowPlugin):
    name = "zhibao"
    timetables = [
        CollectionTimetable, MonthlyReturnTimetable, QuarterlyReturnTimetable, AnnualReportTimetable, NightlyTimetable,
        ReminderTimetable, AnnualWatchTimetable, RetentionTimetable,
    ]
