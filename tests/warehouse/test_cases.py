"""Every folder of `cases/`: rows in, figures, verdicts, awards and states out."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.warehouse.changing import changed
from tests.warehouse.loading import CASES, instant, load_case

from zhibao.period import Period
from zhibao.programme.models import Programme
from zhibao.store.database import Connection
from zhibao.warehouse.compute import compute

FOLDERS = sorted(path.parent for path in CASES.glob("*/expected.yaml"))
EXPECTATIONS = {"figures", "absent", "verdicts", "awards", "states"}
QUESTION = {"kind", "period", "as_of", "set"}


def test_there_are_cases() -> None:
    assert len(FOLDERS) >= 15


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_case(connection: Connection, programme: Programme, folder: Path) -> None:
    load_case(connection, programme, folder)
    for report in reports_of(folder):
        told = changed(programme, report.get("set", {}))
        found = compute(
            connection, told, report["kind"], Period.parse(str(report["period"])), instant(str(report["as_of"]))
        )
        values = {figure.id: figure.value for figure in found.figures}
        wanted = report.get("figures", {})
        assert {id: values.get(id, "absent") for id in wanted} == {id: _decimal(item) for id, item in wanted.items()}
        assert not values.keys() & set(report.get("absent", []))
        for key, assert_all in (("verdicts", _assert_verdicts), ("awards", _assert_awards), ("states", _assert_states)):
            if key in report:
                assert_all(connection, report[key])


@pytest.mark.parametrize("reports", [
    "[]", "[{kind: annual}]", "[{kind: annual, figures: {}}]", "[{kind: annual, absent: []}]",
    "[{kind: annual, figures: {event_count: 0}, abscent: [quota]}]",
])
def test_a_case_that_expects_nothing_fails(tmp_path: Path, reports: str) -> None:
    (tmp_path / "expected.yaml").write_text(f"reports: {reports}")
    with pytest.raises(AssertionError):
        reports_of(tmp_path)


def reports_of(folder: Path) -> list[dict[str, Any]]:
    """The reports that a case asks for; each expects something, and no word of it is misspelt."""
    reports = yaml.safe_load((folder / "expected.yaml").read_text("utf-8"))["reports"]
    assert reports, "a case without reports"
    for report in reports:
        assert report.keys() <= EXPECTATIONS | QUESTION, "a word that means nothing here"
        assert any(report.get(key) for key in EXPECTATIONS), "a report that expects nothing"
    return reports


def _decimal(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def _assert_verdicts(connection: Connection, wanted: dict[str, dict[str, Any]]) -> None:
    rows = connection.execute("select candidate_no, criterion, verdict, reason, margin from criterion_result")
    found = {(row["candidate_no"], row["criterion"]): row for row in rows.fetchall()}
    for number, criteria in wanted.items():
        for criterion, verdict in criteria.items():
            values = verdict if isinstance(verdict, list) else [verdict]
            row = found[number, criterion]
            told = [row["verdict"], row["reason"], row["margin"]][: len(values)]
            assert told == [*values[:2], *map(_decimal, values[2:])], f"{number} {criterion}"


def _assert_awards(connection: Connection, wanted: dict[str, str]) -> None:
    rows = connection.execute("select unit, candidate_no, reason from award").fetchall()
    found = {f"{row['unit']}/{row['candidate_no']}": row["reason"] or "counted" for row in rows}
    assert {key: found.get(key) for key in wanted} == wanted


def _assert_states(connection: Connection, wanted: dict[str, list[str]]) -> None:
    flags = ("received", "accepted", "returned", "missing", "nil", "late")
    rows = connection.execute("select * from return_status").fetchall()
    found = {
        f"{row['unit']} {row['form']} {row['period']}": [flag for flag in flags if row[f"is_{flag}"]] for row in rows
    }
    assert {key: found.get(key) for key in wanted} == wanted
