"""Registers with Airflow what it can only find by a plugin: the timetables of the calendar, and the PDFs to read."""

from __future__ import annotations

from airflow.plugins_manager import AirflowPlugin

from zhibao_airflow import URL_PREFIX
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
from zhibao_airflow.web import app


class ZhibaoPlugin(AirflowPlugin):
    name = "zhibao"
    fastapi_apps = [{"app": app, "url_prefix": URL_PREFIX, "name": "zhibao"}]
    timetables = [
        CollectionTimetable, MonthlyReturnTimetable, QuarterlyReturnTimetable, AnnualReportTimetable, NightlyTimetable,
        ReminderTimetable, AnnualWatchTimetable, RetentionTimetable,
    ]
