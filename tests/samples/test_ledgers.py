"""The forms beside the contests: figures that run on, funds that only grow, texts of the right length."""

from __future__ import annotations

from itertools import pairwise

import pytest

from zhibao.checking.identifiers import holds_identifier
from zhibao.period import Period, months_between
from zhibao.programme.models import Programme
from zhibao.samples import Manifest
from zhibao.samples.ledgers import TELLERS, periods_of, tell_ledgers
from zhibao.samples.records import Row
from zhibao.samples.schedule import closing_month, due_at

MONTHS = months_between(Period.parse("2021-07"), Period.parse("2023-12"))
Courses = dict[tuple[str, str], dict[Period, list[Row]]]


@pytest.fixture(scope="module")
def courses(programme: Programme) -> Courses:
    """Unit and form → rows by period."""
    found: Courses = {}
    for (unit, form, period), lines in tell_ledgers(programme, 7, MONTHS).items():
        found.setdefault((unit, form), {})[period] = [line.row(period) for line in lines]
    return found


def of_form(courses: Courses, form: str) -> list[dict[Period, list[Row]]]:
    return [rows for (_, code), rows in courses.items() if code == form]


def test_every_form_of_the_programme_is_told(programme: Programme) -> None:
    assert set(TELLERS) | {"candidate", "selection_result", "event"} == set(programme.forms)


@pytest.mark.parametrize("form", TELLERS)
def test_rows_hold_columns_of_their_form_and_what_is_required(
    programme: Programme, courses: Courses, form: str
) -> None:
    columns = {column.code: column for column in programme.forms[form].columns}
    rows = [row for course in of_form(courses, form) for found in course.values() for row in found]
    assert len(rows) >= 20
    for row in rows:
        assert row.keys() <= columns.keys()
        assert all(row.get(code) is not None for code, column in columns.items() if column.required)


def test_running_totals_are_the_sums_of_their_flows(programme: Programme, courses: Courses) -> None:
    pairs = [(column.code, column.running_total_of) for column in programme.forms["finance"].columns
             if column.running_total_of]
    assert len(pairs) == 8
    assert len(of_form(courses, "finance")) == 10
    for course in of_form(courses, "finance"):
        assert all(len(rows) == 1 for rows in course.values())
        for total, flow in pairs:
            running = 0
            for period in MONTHS:
                running += course[period][0][flow]
                assert course[period][0][total] == running


def test_funds_only_grow_and_keep_their_order(courses: Courses) -> None:
    codes = ("allocated_yuan", "disbursed_yuan", "used_yuan", "beneficiary_count", "beneficiary_venture_count")
    for course in of_form(courses, "funding"):
        for earlier, later in pairwise(sorted(course)):
            for before, after in zip(course[earlier], course[later], strict=True):
                assert (before["source"], before["item"]) == (after["source"], after["item"])
                assert all(before[code] <= after[code] for code in codes)
        assert all(row["used_yuan"] <= row["disbursed_yuan"] <= row["allocated_yuan"]
                   for rows in course.values() for row in rows)


def test_bases_lie_on_both_sides_of_the_thresholds(programme: Programme, courses: Courses) -> None:
    level = programme.level("provincial_demo_incubator")
    rows = [row for course in of_form(courses, "incubator") for found in course.values() for row in found]
    for measure in ("disposable_area_sqm", "graduated_count", "incubating_count", "jobs_count"):
        wanted = next(item.threshold for item in level.criteria if item.measure == measure)
        assert {row[measure] >= wanted for row in rows} == {True, False}, measure


def test_narratives_are_long_enough_and_name_nobody(courses: Courses) -> None:
    texts = [text for course in of_form(courses, "narrative") for rows in course.values() for text in rows[0].values()]
    assert None in texts
    for text in filter(None, texts):
        assert 200 <= len(text) <= 3000
        assert not holds_identifier(text)


def test_projects_are_signed_before_they_are_paid_in(courses: Courses) -> None:
    rows = [row for course in of_form(courses, "investment_link") for found in course.values() for row in found]
    assert {row["status"] for row in rows} == {"intended", "signed", "paid_in", "ended"}
    for row in rows:
        assert (row["status"] in ("signed", "paid_in")) == (row.get("signed_on") is not None)
        assert (row.get("paid_in_yuan") or 0) <= row["intended_yuan"]


def test_periods_of_each_cadence() -> None:
    months = months_between(Period.parse("2021-11"), Period.parse("2022-04"))
    assert [str(period) for period in periods_of("quarterly", months)] == ["2021Q4", "2022Q1", "2022Q2"]
    assert [str(period) for period in periods_of("annual", months)] == ["2021", "2022"]
    assert periods_of("monthly", months) == months


@pytest.mark.parametrize(("period", "due", "month"), [
    ("2022-09", "2022-10-08", "2022-09"), ("2022Q3", "2022-10-08", "2022-09"), ("2022Q4", "2023-01-05", "2022-12"),
    ("2022", "2022-11-30", "2022-11"), ("2024", "2024-11-29", "2024-11"),
])
def test_dates_of_each_cadence(programme: Programme, period: str, due: str, month: str) -> None:
    assert due_at(programme, Period.parse(period)).date().isoformat() == due
    assert str(closing_month(programme, Period.parse(period))) == month


def test_files_of_quarters_and_years_arrive_before_or_after_their_own_deadline(
    programme: Programme, manifest: Manifest
) -> None:
    quarters = [entry for entry in manifest.files if entry.form in ("incubator", "funding")]
    years = [entry for entry in manifest.files if entry.form == "narrative"]
    assert {entry.period for entry in quarters} == {"2021Q3", "2021Q4", "2022Q1", "2022Q2", "2022Q3"}
    assert {entry.period for entry in years} == {"2021", "2022"}
    due = {entry.period: due_at(programme, Period.parse(entry.period)).isoformat() for entry in years}
    on_time = [entry for entry in years if entry.received_at <= due[entry.period]]
    assert len(on_time) > len(years) // 2
    assert all(entry.received_at[5:7] in ("11", "12") for entry in years)
