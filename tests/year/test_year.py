"""The year of `make year`: its table agrees with the programme, its oracle is right, a slice of it runs."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from zhibao.period import Period
from zhibao.programme import calendar
from zhibao.programme.models import Programme
from zhibao.settings import ROOT

SLICE = ("--from", "2022-06-25", "--to", "2022-07-13", "--units", "disabled_federation,cooperation_office")


@pytest.fixture
def story(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    import year_story

    return year_story


@pytest.fixture
def expected(story: Any) -> Any:
    import year_expected

    return year_expected


def test_the_dates_written_by_hand_are_those_of_the_calendar(story: Any, programme: Programme) -> None:
    assert len(story.DUE) == 13 + 5 + 1, "December's are due in January, and first reminded of in December"
    for period, dates in story.DUE.items():
        parsed = Period.parse(period)
        due = calendar.due_at(programme, parsed.cadence, parsed).date()
        around = [calendar.add_workdays(programme, due, count) if count else due for count in (-3, -1, 0, 1, 3)]
        assert dates == tuple(map(str, (due, *around))), period


def test_who_owes_what_is_as_the_programme_says(story: Any, programme: Programme) -> None:
    assert {form: set(units) for forms in story.OWED.values() for form, units in forms.items()} == {
        form.code: {unit.code for unit in programme.units if form.is_owed_by(unit)} for form in programme.forms.values()
    }
    assert set(story.CAST) < set(story.UNITS)
    assert {act.unit for act in story.STORY if act.unit} <= set(story.CAST)
    assert {act.deed for act in story.STORY} == {
        "silent", "late", "exempt", "nil_by_mail", "reject_first", "correct_after_issue",
    }


def test_the_oracle_writes_to_who_owes_and_to_nobody_else(expected: Any, story: Any) -> None:
    """金融办 owes one form. It reports for February between T-1 and T0; nobody else plays."""
    at = story.moment("2022-03-04 09:00")
    sent = [
        expected.Sent("finance_office", "finance", "2022-02", at - timedelta(days=1), False),
        expected.Sent("finance_office", "finance", "2022-02", at, True),
    ]
    boxes = expected.mailboxes(sent, date(2022, 3, 1), date(2022, 3, 15), ("finance_office",))
    assert +boxes["finance_office"] == Counter({
        "receipt finance 2022-02": 2, "reminder 2022-03-02 finance 2022-02": 1,
        "reminder 2022-03-04 finance 2022-02": 1,
    })
    boxes = expected.mailboxes([], date(2022, 3, 1), date(2022, 3, 15), ("finance_office",))
    assert boxes["finance_office"].total() == 4
    assert +boxes["hrss_bureau"] == Counter({"escalation 2022-03-10 of 1 units, 1 returns": 1})


def test_an_exempt_unit_is_left_alone(expected: Any, story: Any) -> None:
    opens = datetime(2022, 5, 31, 8, 30, tzinfo=story.ZONE)
    assert expected.is_exempt("honggu", "2022-05", opens)
    assert not expected.is_exempt("honggu", "2022-05", opens - timedelta(days=7))
    assert not expected.is_exempt("honggu", "2022-04", opens)


def test_the_reports_of_the_year(expected: Any) -> None:
    boxes = expected.documents(date(2022, 1, 1), date(2022, 12, 31))
    assert boxes["superior"] == Counter({"document 2022": 2}), "the annual one, and its correction"
    assert boxes["leading_group"].total() == 12 + 4 + 2


def test_a_month_of_it_through_the_real_dags(tmp_path: Path) -> None:
    """市残联 answers its reminder with 零报告, 合作交流办 reports; the bulletin and the quarterly report go out."""
    argv = [sys.executable, str(ROOT / "scripts" / "year.py"), "--state", str(tmp_path / "year"), *SLICE]
    done = subprocess.run(argv, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    boxes = json.loads((tmp_path / "year" / "mailboxes.json").read_text("utf-8"))
    assert boxes["disabled_federation"]["found"] == {
        "reminder 2022-06-30 candidate 2022-06, event 2022-06, selection_result 2022-06": 1,
        "receipt of a nil return by mail": 1,
    }
    assert boxes["leading_group"]["found"] == {"document 2022-06": 1, "document 2022Q2": 1}
