"""Intake on a real database: what comes in is kept, checked, answered, and counted once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from intake.workbooks import candidate, id_number, workbook

from zhibao import explanations, submissions
from zhibao.checking.suites import load_suite
from zhibao.errors import RefusedError
from zhibao.intake import IncomingFile, Intake, SubmissionResult, land, take
from zhibao.period import Period
from zhibao.programme.models import Programme
from zhibao.settings import ROOT, load_settings
from zhibao.store import database
from zhibao.store.database import Connection
from zhibao.store.form_tables import ensure_form_tables
from zhibao.store.keys import load_keys
from zhibao.workbooks.template import write_template

EARLY = datetime(2022, 4, 1, 9, tzinfo=UTC)


@pytest.fixture
def intake(programme: Programme, var: Path) -> Intake:
    return Intake(programme, load_keys(None, None, var), var / "landing", ROOT / "expectations")


@pytest.fixture
def connection(empty_database: str, programme: Programme) -> Iterator[Connection]:
    database.migrate(empty_database, load_settings())
    with database.connect(empty_database, programme, autocommit=True) as connection:
        ensure_form_tables(connection, programme)
        yield connection


def taken(
    connection: Connection, intake: Intake, *files: bytes, at: datetime = EARLY, batch: str = "b"
) -> list[SubmissionResult]:
    incoming = [IncomingFile(content, f"{number}.xlsx", at, "test") for number, content in enumerate(files)]
    with connection.transaction():
        land(connection, intake, incoming, batch)
    with connection.transaction():
        return take(connection, intake, batch, at)


def rows(connection: Connection, table: str = "candidate") -> list[dict[str, Any]]:
    return connection.execute(f"select * from {table} order by row_id").fetchall()  # noqa: S608


def test_planted_errors_come_back_at_their_cells_and_the_others_of_the_batch_are_taken(
    connection: Connection, intake: Intake, programme: Programme
) -> None:
    wrong_digit = id_number(3)[:-1] + ("0" if id_number(3)[-1] != "0" else "1")
    bad = workbook(programme, [
        candidate(1),
        candidate(2, jobs_stable_count=9),
        candidate(3, id_number=wrong_digit),
        candidate(4, established_on="很久以前"),
        candidate(5, phone=None),
    ], unit="西固区")
    good = [workbook(programme, [candidate(6)]), workbook(programme, [candidate(7)], unit="红古区")]
    broken = b"PK\x03\x04 not a workbook"
    first, second, third, fourth = taken(connection, intake, good[0], bad, broken, good[1])
    assert (first.status, fourth.status) == ("accepted", "accepted")
    assert (second.status, third.status) == ("returned", "refused")
    columns = [column.code for column in programme.forms["candidate"].columns]

    def letters(code: str) -> str:
        place = columns.index(code)
        return (chr(64 + place // 26) if place >= 26 else "") + chr(65 + place % 26)

    assert {(item.field, item.row, item.column) for item in second.findings if item.severity == "error"} == {
        ("jobs_stable_count", 8, letters("jobs_stable_count")),
        ("id_number", 9, letters("id_number")),
        ("established_on", 10, letters("established_on")),
        ("phone", 11, letters("phone")),
    }
    assert {row["unit"] for row in rows(connection)} == {"chengguan", "honggu"}
    for item in second.findings:
        assert wrong_digit not in item.message.zh + item.next_step.zh + item.message.en
        assert item.next_step.zh


def test_the_same_bytes_are_one_submission(connection: Connection, intake: Intake, programme: Programme) -> None:
    content = workbook(programme, [candidate(1)])
    first = taken(connection, intake, content, content)
    again = taken(connection, intake, content, batch="later", at=EARLY + timedelta(days=1))
    assert [item.is_duplicate for item in first + again] == [False, True, True]
    assert len({item.submission_id for item in first + again}) == 1
    assert len(rows(connection)) == 1


def test_a_crash_between_landing_and_taking_loses_nothing(
    connection: Connection, intake: Intake, programme: Programme
) -> None:
    content = workbook(programme, [candidate(1)])
    with connection.transaction():
        land(connection, intake, [IncomingFile(content, "a.xlsx", EARLY, "test")], "b")
    with pytest.raises(ZeroDivisionError), connection.transaction():
        take(connection, intake, "b", EARLY)
        raise ZeroDivisionError
    assert rows(connection) == []
    with connection.transaction():
        assert [item.status for item in take(connection, intake, "b", EARLY)] == ["accepted"]
    assert len(rows(connection)) == 1


def test_protected_values_are_nowhere_in_plain(connection: Connection, intake: Intake, programme: Programme) -> None:
    spaced = id_number(1)[:6] + " " + id_number(1)[6:]
    taken(connection, intake, workbook(programme, [candidate(1, id_number=spaced, phone="138 0000 0001")]))
    row = rows(connection)[0]
    text = "".join(str(value) for value in row.values())
    assert id_number(1) not in text
    assert spaced not in text
    assert "13800000001" not in text
    assert "138 0000 0001" not in text
    assert intake.keys.decrypt("id_number", row["id_number_cipher"]) == id_number(1)
    raw = bytes.fromhex(row["raw"]["id_number"][0])
    assert intake.keys.decrypt("id_number", raw) == spaced
    assert row["id_number_hmac"] == intake.keys.match("id_number", id_number(1))


def test_the_raw_value_and_its_rule_are_kept_beside_the_cleaned_one(
    connection: Connection, intake: Intake, programme: Programme
) -> None:
    taken(connection, intake, workbook(programme, [candidate(1, annual_revenue_yuan="60万元")]))
    row = rows(connection)[0]
    assert row["annual_revenue_yuan"] == 600000
    assert row["raw"]["annual_revenue_yuan"][0] == "60万元"
    assert (row["sheet"], row["row_number"]) == ("表", 7)


def test_an_approximate_number_is_taken_as_a_query(
    connection: Connection, intake: Intake, programme: Programme
) -> None:
    result = taken(connection, intake, workbook(programme, [candidate(1, jobs_created_count="约50")]))[0]
    assert result.status == "accepted_with_queries"
    row = rows(connection)[0]
    assert row["jobs_created_count"] is None
    assert row["doubts"] == {"jobs_created_count": "reading.approximate_number"}
    waiting = explanations.open_queries(connection, programme)
    assert [(item.unit, item.count) for item in waiting] == [("chengguan", 1)]
    with connection.transaction():
        explanations.explain(connection, programme, result.submission_id, waiting[0].code, "以社保名单为准", "测试员")
    assert explanations.open_queries(connection, programme) == []


def test_a_correction_stands_only_when_it_is_accepted(
    connection: Connection, intake: Intake, programme: Programme
) -> None:
    first = taken(connection, intake, workbook(programme, [candidate(1)]))[0]
    worse = taken(connection, intake, workbook(programme, [candidate(1, phone=None)]), batch="2",
                  at=EARLY + timedelta(hours=1))[0]
    slot = (connection, programme, "chengguan", "candidate", "2022-03")
    assert worse.status == "returned"
    assert submissions.standing_submission(*slot) == first.submission_id
    better = taken(connection, intake, workbook(programme, [candidate(1, jobs_created_count=9)]), batch="3",
                   at=EARLY + timedelta(hours=2))[0]
    assert submissions.standing_submission(*slot) == better.submission_id
    with connection.transaction():
        submissions.revert(connection, programme, first.submission_id, "测试员", "误报", EARLY + timedelta(hours=3))
    assert submissions.standing_submission(*slot) == first.submission_id
    versions = submissions.history(connection, programme, first.submission_id)
    assert [(item["status"], item["stands"]) for item in versions] == [
        ("accepted", True), ("returned", False), ("accepted", False),
    ]
    assert versions[0]["decisions"][0]["reason"] == "误报"


def test_going_back_to_what_was_never_accepted_is_refused(
    connection: Connection, intake: Intake, programme: Programme
) -> None:
    worse = taken(connection, intake, workbook(programme, [candidate(1, phone=None)]))[0]
    with pytest.raises(RefusedError):
        submissions.revert(connection, programme, worse.submission_id, "测试员", "误报", EARLY)


def test_failing_rows_alone_are_held_back_when_the_programme_says_so(
    connection: Connection, intake: Intake, programme: Programme
) -> None:
    switches = programme.switches.model_copy(update={
        "intake": programme.switches.intake.model_copy(update={"acceptance": "rows"})})
    by_rows = Intake(programme.model_copy(update={"switches": switches}), intake.keys, intake.landing_dir,
                     intake.expectations_dir)
    result = taken(connection, by_rows, workbook(programme, [candidate(1), candidate(2, phone=None)]))[0]
    assert result.status == "accepted"
    assert [row["row_number"] for row in rows(connection)] == [7]
    assert [item.row for item in result.findings if item.severity == "error"] == [8]


def test_a_nil_return_counts_and_one_that_holds_rows_comes_back(
    connection: Connection, intake: Intake, programme: Programme
) -> None:
    empty = workbook(programme, [], nil="是")
    full = workbook(programme, [candidate(1)], nil="是", unit="西固区")
    nil, contradictory = taken(connection, intake, empty, full)
    assert (nil.status, contradictory.status) == ("accepted", "returned")
    kept = connection.execute("select unit, is_nil from submission order by submission_id").fetchall()
    assert kept == [{"unit": "chengguan", "is_nil": True}, {"unit": "xigu", "is_nil": True}]


def test_a_stranger_is_refused_politely(connection: Connection, intake: Intake, programme: Programme) -> None:
    result = taken(connection, intake, workbook(programme, [candidate(1)], unit="兰州新区"))[0]
    assert result.status == "refused"
    assert "兰州新区" in result.findings[0].message.zh
    assert rows(connection) == []


def test_a_closed_period_is_judged_by_the_receipt_not_by_the_day_of_the_work(
    connection: Connection, intake: Intake, programme: Programme
) -> None:
    calendar = programme.calendar.model_copy(update={"closes_after_working_days": 0})
    closing = replace(intake, programme=programme.model_copy(update={"calendar": calendar}))
    due = datetime(2022, 4, 6, 9, 30, tzinfo=UTC)  # 17:30 in Lanzhou
    files = [IncomingFile(workbook(programme, [candidate(number)], unit=unit), f"{number}.xlsx", at, "test")
             for number, unit, at in ((1, "城关区", due), (2, "西固区", due + timedelta(minutes=1)))]
    with connection.transaction():
        land(connection, closing, files, "late")
    with connection.transaction():
        in_time, late = take(connection, closing, "late", due + timedelta(days=30))
    assert (in_time.status, late.status) == ("accepted", "returned")
    assert [item.code for item in late.findings] == ["admission.period_closed"]
    assert len(rows(connection)) == 1


def test_another_programmes_template_is_refused_and_nothing_of_it_kept(
    connection: Connection, intake: Intake, programme: Programme
) -> None:
    elsewhere = programme.model_copy(update={"code": "elsewhere"})
    form = programme.forms["candidate"]
    blank = write_template(elsewhere, load_suite(intake.expectations_dir, form), programme.unit("chengguan"),
                           Period.parse("2022-03"), EARLY)
    [result] = taken(connection, intake, blank)
    assert result.status == "refused"
    assert "admission.other_programme" in [item.code for item in result.findings]
    assert rows(connection) == []
