"""The end of keeping: what was personal is gone, what figures are counted from stays; nothing before its day."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from intake.workbooks import candidate, workbook

from zhibao.errors import RefusedError
from zhibao.exporting import exports
from zhibao.operations import Operations
from zhibao.programme.calendar import purge_on
from zhibao.programme.models import Programme, Retention
from zhibao.purging import personal_columns, purges
from zhibao.settings import load_settings

ZONE = ZoneInfo("Asia/Shanghai")
SENT = datetime(2022, 4, 1, 9, tzinfo=ZONE)
BEFORE, AFTER = datetime(2026, 12, 31, 23, 59, tzinfo=ZONE), datetime(2027, 1, 1, 0, 0, tzinfo=ZONE)


@pytest.fixture
def operations(empty_database: str, programme: Programme, var: Path, tmp_path: Path) -> Operations:
    """One return with two candidates is in."""
    operations = Operations(replace(load_settings(), var=var, database_url=empty_database), programme)
    path = tmp_path / "某某的名册.xlsx"
    path.write_bytes(workbook(programme, [candidate(1, annual_revenue_yuan="约60万"), candidate(2)]))
    assert operations.submit([path], SENT, SENT)[0].status.startswith("accepted")
    return operations


def figures(operations: Operations) -> dict[str, object]:
    found = operations.compute("monthly", "2022-03", datetime(2022, 4, 6, tzinfo=ZONE)).figures
    return {item.id: item.value for item in found}


def test_what_is_personal_goes_and_the_figures_stay(operations: Operations, programme: Programme) -> None:
    before, landed = figures(operations), [*operations.settings.landing_dir.rglob("*")]
    assert operations.purgeable() == {"candidate": 2, "files": 1}
    assert operations.purge("某某", "期满", AFTER) == {"candidate": 2, "files": 1}
    with operations.connection() as connection:
        columns = ", ".join(personal_columns(programme.forms["candidate"]))
        rows = connection.execute(f"select {columns}, raw from candidate").fetchall()  # noqa: S608
        assert len(rows) == 2 and {str(value) for row in rows for value in row.values()} == {"None", "{}"}
        kept = connection.execute("select id_number_hmac, candidate_no, uscc, doubts from candidate").fetchall()
        assert [row["doubts"] for row in kept if row["doubts"]], "a doubt is a code, and a verdict rests on it"
        assert all(row["id_number_hmac"] and row["candidate_no"] and row["uscc"] for row in kept)
        assert "某某的名册" not in str(connection.execute("select file_name from submission").fetchall())
        assert [(row["actor"], row["reason"], row["counts"]) for row in purges(connection, programme)] == [
            ("某某", "期满", {"candidate": 2, "files": 1}),
        ]
    assert [path for path in landed if path.is_file() and path.exists()] == [] and landed
    assert figures(operations) == before
    assert operations.purge("某某", "再次", AFTER) == {}, "nothing is left"


def test_names_numbers_and_addresses_are_personal(programme: Programme) -> None:
    columns = personal_columns(programme.forms["candidate"])
    assert {"person_name", "phone_cipher", "id_number_cipher"} <= set(columns)
    assert not {"candidate_no", "level", "category", "uscc", "id_number_hmac"} & set(columns)


def test_nothing_goes_before_its_day(operations: Operations, programme: Programme) -> None:
    assert str(purge_on(programme)) == "2027-01-01"
    assert not operations.may_purge(BEFORE) and operations.may_purge(AFTER)
    with pytest.raises(RefusedError, match="2027-01-01"):
        operations.purge("某某", "提前", BEFORE)
    forever = replace(operations, programme=programme.model_copy(update={"retention": Retention()}))
    assert not forever.may_purge(AFTER)
    with pytest.raises(RefusedError):
        forever.purge("某某", "无期限", AFTER)
    assert operations.purgeable() == {"candidate": 2, "files": 1}


def test_who_takes_a_workbook_out_is_kept(operations: Operations, programme: Programme) -> None:
    operations.note_export(1, "某某", "回单标注", SENT)
    with operations.connection() as connection:
        (line,) = exports(connection, programme)
    assert (line["what"], line["actor"], line["reason"], line["row_count"]) == ("submission 1", "某某", "回单标注", 2)
