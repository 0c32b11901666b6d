"""更正: an issued report is never changed; the next one names the figure, its old value and its new one."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from warehouse.loading import candidate, decision, submit

from zhibao.checking.suites import load_suite
from zhibao.documents.corrections import Correction, corrections
from zhibao.intake import record_programme
from zhibao.operations import Operations
from zhibao.programme.models import Programme
from zhibao.settings import load_settings

from .pages import Pages

ZONE = ZoneInfo("Asia/Shanghai")


def at(month: int, day: int) -> datetime:
    return datetime(2022, month, day, 9, tzinfo=ZONE)


@pytest.fixture
def operations(empty_database: str, programme: Programme, tmp_path: Path) -> Operations:
    operations = Operations(replace(load_settings(), var=tmp_path / "var", database_url=empty_database), programme)
    with operations.connection() as connection:
        record_programme(connection, programme)
    nominate(operations, "A", "anna", "U1", at(2, 3), "2022-01")
    nominate(operations, "B", "bert", "U2", at(2, 4), "2022-02")
    award(operations, ["A"], at(4, 3), "2022-03")
    return operations


def nominate(operations: Operations, number: str, person: str, uscc: str, received: datetime, period: str) -> None:
    with operations.connection() as connection:
        submit(connection, operations.programme, form="candidate", unit="womens_federation", period=period,
               received_at=received, rows=[candidate(candidate_no=number, id_number=person, uscc=uscc)],
               suite_version=version(operations, "candidate"))


def award(operations: Operations, numbers: list[str], received: datetime, period: str) -> None:
    with operations.connection() as connection:
        submit(connection, operations.programme, form="selection_result", unit="womens_federation", period=period,
               received_at=received, suite_version=version(operations, "selection_result"),
               rows=[decision(candidate_no=item, decided_on="2022-03-20") for item in numbers])


def version(operations: Operations, form: str) -> str:
    """Of the suite in force: what was checked by it is not read again, and here is no file to read."""
    return load_suite(operations.settings.expectations_dir, operations.programme.forms[form]).version


def issue(operations: Operations, period: str, now: datetime) -> int:
    document = operations.draft_document("monthly", period, None, now)
    operations.record_decision(document, "approve", "某某", "同意", now)
    return document


def told(operations: Operations, period: str, now: datetime) -> list[Correction]:
    figures = operations.compute("monthly", period, now)
    with operations.connection() as connection:
        return corrections(connection, operations.programme, figures)


def test_a_late_award_is_told_once_in_the_next_bulletin(operations: Operations) -> None:
    document = issue(operations, "2022-03", at(4, 8))
    name, before = operations.document_pdf(document)
    assert told(operations, "2022-04", at(5, 8)) == []
    award(operations, ["A", "B"], at(5, 4), "2022-03")
    found = told(operations, "2022-04", at(5, 8))
    assert Correction("2022年3月", "创业新秀本期选拔人数", "1", "2") in found
    assert Correction("2022年3月", "创业新秀巾帼创业群体累计选拔人数", "1", "2") in found
    assert not [item for item in found if "%" in item.new or "位" in item.label]
    later = issue(operations, "2022-04", at(5, 8))
    text = Pages(operations.document_pdf(later)[1]).squeezed()
    assert "更正说明" in text and "2022年3月创业新秀本期选拔人数12" in text
    assert operations.document_pdf(document) == (name, before)
    assert told(operations, "2022-05", at(6, 8)) == [], "it was told already"


def test_nothing_is_told_of_what_was_never_issued(operations: Operations) -> None:
    document = operations.draft_document("monthly", "2022-03", None, at(4, 8))
    operations.record_decision(document, "reject", "某某", "数字有误", at(4, 8))
    award(operations, ["A", "B"], at(5, 4), "2022-03")
    assert told(operations, "2022-04", at(5, 8)) == []
