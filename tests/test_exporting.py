"""What goes out with personal values is kept, whichever command or page gives it out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from intake.workbooks import candidate, workbook

from zhibao.cli import main
from zhibao.exporting import exports, prints_personal
from zhibao.operations import Operations
from zhibao.programme.models import Programme
from zhibao.settings import load_settings

AT = datetime(2022, 11, 25, 9, tzinfo=UTC)
TAKEN = ("--by", "某某", "--reason", "核对")


@pytest.fixture
def operations(
    empty_database: str, programme: Programme, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Operations:
    """城关区's roster, an award and its words for the year; the command line works on the same database."""
    monkeypatch.setenv("ZHIBAO_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("ZHIBAO_DATABASE_URL", empty_database)
    opened = Operations(replace(load_settings(), var=tmp_path / "var", database_url=empty_database), programme)
    words = {column.code: "虚构样例文字。" * 30 for column in programme.forms["narrative"].columns}
    granted = {
        "candidate_no": "CG-0001", "result": "授予", "level": "新锐创客", "notice_from_on": "2022-03-01",
        "notice_to_on": "2022-03-08", "granted_by": "示例领导小组", "document_no": "示例办发〔2022〕5号",
        "decided_on": "2022-03-10",
    }
    contents = (
        workbook(programme, [candidate(1)]), workbook(programme, [granted], form="selection_result"),
        workbook(programme, [words], form="narrative", period="2022年"),
    )
    for number, content in enumerate(contents):
        (tmp_path / f"{number}.xlsx").write_bytes(content)
    results = opened.submit([tmp_path / f"{number}.xlsx" for number in range(len(contents))], AT, AT)
    assert {result.status for result in results} == {"accepted"}
    return opened


@pytest.fixture
def kept(operations: Operations, tmp_path: Path) -> Callable[..., list[tuple[Any, ...]]]:
    """Run a command, and give the lines of the log that it wrote."""
    def lines(*arguments: str) -> list[tuple[Any, ...]]:
        with operations.connection() as connection:
            before = len(exports(connection, operations.programme))
            connection.commit()
            done = CliRunner().invoke(main, [*arguments])
            assert done.exit_code == 0, done.output
            rows = exports(connection, operations.programme)
        return [(row["what"], row["actor"], row["reason"], row["row_count"]) for row in rows[:len(rows) - before]]

    return lines


def test_which_reports_print_personal_values_follows_from_the_programme(programme: Programme) -> None:
    assert {kind for kind in programme.reports if prints_personal(programme, kind)} == {"annual", "public-list"}
    masked = programme.reports["public-list"].model_copy(update={"names": "masked"})
    changed = programme.model_copy(update={"reports": {**programme.reports, "public-list": masked}})
    assert not prints_personal(changed, "public-list")


def test_a_report_that_names_persons_in_full_is_kept_with_their_number(
    kept: Callable[..., list[tuple[Any, ...]]], tmp_path: Path
) -> None:
    out = ("-o", str(tmp_path / "out"))
    assert kept("report", "public-list", "2022", *out, *TAKEN) == [("report public-list 2022", "某某", "核对", 1)]
    assert kept("report", "monthly", "2022-03", *out, *TAKEN) == []


def test_a_document_that_quotes_the_units_is_kept_whichever_way_it_is_taken(
    operations: Operations, kept: Callable[..., list[tuple[Any, ...]]], tmp_path: Path
) -> None:
    number = str(operations.draft_document("annual", "2022", None, AT + timedelta(hours=1)))
    out, line = ("-o", str(tmp_path / "out")), (f"document {number}", "某某", "核对", 3)
    for command in (("report", "--document", number), ("preview", number), ("proof", number)):
        assert kept(*command, *out, *TAKEN) == [line], command
    (unsaid,) = kept("proof", number, *out)
    assert unsaid[1] and unsaid[2] == "导出凭证"


def test_who_looks_up_strangers_is_kept(operations: Operations, kept: Callable[..., list[tuple[Any, ...]]]) -> None:
    assert kept("turned-away", *TAKEN) == []
    with operations.connection() as connection:
        connection.execute(
            "insert into turned_away (programme, source, item_key, file_name, sender, reason, received_at)"
            " values (%s, 'mail', '1', '表.xlsx', 'stranger@example.org', 'stranger', %s)",
            (operations.programme.code, AT),
        )
    assert kept("turned-away", *TAKEN) == [("turned-away senders", "某某", "核对", 1)]
