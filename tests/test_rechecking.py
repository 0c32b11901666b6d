"""Rules that change: rehearsed on returns that were taken before, and brought to those that stand."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from intake.workbooks import candidate, workbook

from zhibao.errors import RefusedError
from zhibao.explanations import open_queries
from zhibao.operations import Operations
from zhibao.period import Period
from zhibao.programme.models import Programme
from zhibao.rechecking import recheck, rehearse
from zhibao.settings import load_settings
from zhibao.submissions import latest_findings

NOW = datetime(2022, 5, 10, 9, tzinfo=UTC)
MARCH, APRIL = Period.parse("2022-03"), Period.parse("2022-04")


@pytest.fixture
def operations(empty_database: str, programme: Programme, tmp_path: Path) -> Operations:
    """城关区 with 19 and 21 jobs in March, 七里河区 with 25 in April; all accepted."""
    settings = replace(load_settings(), var=tmp_path / "var", database_url=empty_database)
    operations = Operations(settings, programme)
    returns = {
        "a.xlsx": workbook(programme, [candidate(1, jobs_created_count=19), candidate(2, jobs_created_count=21)]),
        "b.xlsx": workbook(programme, [candidate(3, jobs_created_count=25)], unit="七里河区", period="2022年4月"),
    }
    for name, content in returns.items():
        (tmp_path / name).write_bytes(content)
    results = operations.submit([tmp_path / name for name in returns], NOW, NOW)
    assert [item.status for item in results] == ["accepted", "accepted"]
    return operations


@pytest.fixture
def stricter(tmp_path: Path) -> Path:
    """The suites with one rule more: no more than 20 jobs."""
    folder = tmp_path / "expectations"
    shutil.copytree(load_settings().expectations_dir, folder)
    suite = json.loads((folder / "candidate.json").read_text("utf-8"))
    suite["expectations"].append({
        "type": "expect_column_values_to_be_between", "kwargs": {"column": "jobs_created_count", "max_value": 20},
        "severity": "critical", "meta": {
            "rule": "candidate.few_jobs", "severity": "error", "reason": "a test",
            "message": {"zh": "“{header}”超过 {max_value}。", "en": "“{header}” is above {max_value}."},
            "next_step": {"zh": "请核对。", "en": "Check it."},
        },
    })
    (folder / "candidate.json").write_text(json.dumps(suite), "utf-8")
    return folder


def test_a_rule_is_rehearsed_by_unit_and_nothing_is_kept(operations: Operations, stricter: Path) -> None:
    with operations.connection() as connection:
        before = latest_findings(connection, operations.programme, None)
        rows = rehearse(connection, operations.intake, "candidate.few_jobs", MARCH, APRIL, stricter, date(2022, 5, 10))
        assert latest_findings(connection, operations.programme, None) == before
    told = [(row.unit, row.severity, row.return_count, row.hit_count, row.cell_count, row.periods) for row in rows]
    assert told == [("chengguan", "error", 1, 1, 1, ["2022-03"]), ("qilihe", "error", 1, 1, 1, ["2022-04"])]


def test_only_the_periods_that_are_asked_for_are_looked_at(operations: Operations, stricter: Path) -> None:
    rows = operations.rehearse("candidate.few_jobs", APRIL, APRIL, stricter, NOW)
    assert [row.unit for row in rows] == ["qilihe"]


def test_a_rule_in_force_finds_what_it_found(operations: Operations) -> None:
    rows = operations.rehearse("candidate.phone_mobile", MARCH, APRIL, None, NOW)
    assert [(row.unit, row.hit_count) for row in rows] == [("chengguan", 0), ("qilihe", 0)]


def test_a_rule_that_no_suite_has_is_refused(operations: Operations) -> None:
    with pytest.raises(RefusedError, match="candidate.few_jobs"):
        operations.rehearse("candidate.few_jobs", MARCH, APRIL, None, NOW)


def test_what_stands_is_checked_again_when_its_suite_changed(operations: Operations, stricter: Path) -> None:
    intake = replace(operations.intake, expectations_dir=stricter)
    with operations.connection() as connection:
        assert recheck(connection, operations.intake, NOW) == 0
        assert recheck(connection, intake, NOW) == 2
        assert recheck(connection, intake, NOW) == 0
        waiting = open_queries(connection, operations.programme)
        assert {(item.unit, item.code, item.count) for item in waiting} == {
            ("chengguan", "candidate.few_jobs", 1), ("qilihe", "candidate.few_jobs", 1),
        }
        rows = latest_findings(connection, operations.programme, "2022-03")
        assert [(row["row_number"], row["status"]) for row in rows] == [(8, "accepted_with_queries")]
        # The old rules again: what they do not find is gone.
        assert recheck(connection, operations.intake, NOW) == 2
        assert not open_queries(connection, operations.programme)
