"""Every file of `checks/`: returns that stand, and which cells the check of that name finds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.warehouse.loading import defaults, instant, submit, usual_receipt

from zhibao.explanations import open_queries
from zhibao.programme.models import Programme
from zhibao.settings import load_settings
from zhibao.store.database import Connection
from zhibao.submissions import history, latest_findings
from zhibao.warehouse.cross_checks import PREFIX, find_across, load_checks, record_across

FOLDER = Path(__file__).with_name("checks")
NOW = instant("2022-12-01T09:00:00")
CHECKS = {check.name: check for check in load_checks(load_settings().sql_dir)}
NOT_FORMS = {"about", "finds", "returns"}


def cases() -> Iterator[tuple[str, dict[str, Any]]]:
    for path in sorted(FOLDER.glob("*.yaml")):
        for case in yaml.safe_load(path.read_text("utf-8")):
            yield path.stem, case


CASES = list(cases())


def test_every_check_is_shown_finding_and_not_finding() -> None:
    assert len(CHECKS) >= 20
    sides = {(name, bool(case["finds"])) for name, case in CASES}
    assert sides == {(name, side) for name in CHECKS for side in (True, False)}


@pytest.mark.parametrize(("name", "case"), CASES, ids=lambda item: item if isinstance(item, str) else item["about"])
def test_case(connection: Connection, programme: Programme, name: str, case: dict[str, Any]) -> None:
    slots = load(connection, programme, case)
    found = find_across(connection, programme, NOW)
    cells: dict[str, list[str]] = {}
    for submission_id, findings in found.items():
        for finding in findings:
            if finding.code == PREFIX + name:
                cells.setdefault(slots[submission_id], []).append(f"{finding.row} {finding.field}")
                assert finding.severity == CHECKS[name].words.severity
                assert finding.sheet == "Sheet1"
                assert finding.column
                assert "{" not in finding.message.zh + finding.message.en + finding.next_step.zh + finding.next_step.en
    assert cells == case["finds"]


def test_what_is_found_is_recorded_once_and_goes_when_it_is_mended(
    connection: Connection, programme: Programme
) -> None:
    rows = [
        {"unit": unit, "period": "2022-01", "candidate_no": "N1", "level": "emerging_maker", "id_number": "anna"}
        for unit in ("chengguan", "qilihe")
    ]
    slots = load(connection, programme, {"candidate": rows})
    assert record_across(connection, programme, NOW) == 2
    assert record_across(connection, programme, NOW) == 0
    told = latest_findings(connection, programme, "2022-01")
    assert {(row["unit"], row["code"], row["status"]) for row in told} == {
        (unit, "across.person_at_two_units", "accepted_with_queries") for unit in ("chengguan", "qilihe")
    }
    assert {item.unit for item in open_queries(connection, programme)} == {"chengguan", "qilihe"}
    assert "七里河区" in next(row for row in told if row["unit"] == "chengguan")["message"]["zh"]
    mended = [{**defaults()["candidate"], **rows[1], "id_number": "bert"}]
    submit(connection, programme, form="candidate", unit="qilihe", period="2022-01", rows=mended, content="2",
           received_at=usual_receipt("2022-01") + timedelta(days=1))
    assert record_across(connection, programme, NOW) == 1
    assert not open_queries(connection, programme)
    first = next(key for key, slot in slots.items() if slot.startswith("chengguan"))
    assert [row["status"] for row in history(connection, programme, first)] == ["accepted"]


def test_a_return_that_was_superseded_is_left_alone(connection: Connection, programme: Programme) -> None:
    row = {"unit": "chengguan", "period": "2022-03", "candidate_no": "C9", "decided_on": "2022-03-10"}
    load(connection, programme, {"selection_result": [row]})
    submit(connection, programme, form="selection_result", unit="chengguan", period="2022-03", is_nil=True,
           received_at=usual_receipt("2022-03") + timedelta(days=1))
    assert record_across(connection, programme, NOW) == 0


def load(connection: Connection, programme: Programme, case: dict[str, Any]) -> dict[int, str]:
    """Submit the rows of a case, one return for each form, unit and period. Gives submission id → its slot."""
    slots: dict[int, str] = {}
    returns: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    for form in case.keys() - NOT_FORMS:
        for row in case[form]:
            row = dict(row)
            slot = (form, row.pop("unit"), str(row.pop("period")))
            returns.setdefault(slot, []).append({**defaults().get(form, {}), **row})
    for (form, unit, period), rows in sorted(returns.items(), key=lambda item: item[0][2]):
        number = submit(connection, programme, form=form, unit=unit, period=period, rows=rows,
                        received_at=usual_receipt(period))
        slots[number] = f"{unit} {form} {period}"
    for row in case.get("returns", []):
        submit(connection, programme, form=row["form"], unit=row["unit"], period=row["period"],
               is_nil=row["is_nil"] == "yes", received_at=usual_receipt(row["period"]))
    return slots
