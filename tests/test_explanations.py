"""A query and its answer, from the office's workbook to a person's decision; and what is offered the next month."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner
from intake.workbooks import candidate, workbook
from openpyxl import load_workbook

from zhibao.cli import main
from zhibao.errors import RefusedError
from zhibao.explanations import OpenQuery, explain, offered_to, open_queries, review
from zhibao.operations import Operations
from zhibao.programme.models import Programme
from zhibao.reading.answers import LIST_SHEET
from zhibao.settings import load_settings
from zhibao.store.database import Connection

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2022, 12, 2, 9, tzinfo=ZONE)
RULE = "reading.approximate_number"


@pytest.fixture
def operations(empty_database: str, programme: Programme, tmp_path: Path) -> Operations:
    return Operations(replace(load_settings(), var=tmp_path / "var", database_url=empty_database), programme)


@pytest.fixture
def connection(operations: Operations) -> Iterator[Connection]:
    with operations.connection(autocommit=True) as connection:
        yield connection


def sent(operations: Operations, content: bytes, month: int = 3) -> int:
    path = operations.settings.var / "名册.xlsx"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    at = datetime(2022, month + 1, 1, 9, tzinfo=ZONE)
    result = operations.submit([path], at, at)[0]
    assert result.status == "accepted_with_queries", result.findings
    return result.submission_id


def asked(operations: Operations, programme: Programme, month: int = 3, unit: str = "城关区", **given: object) -> int:
    """A return with one query, at the jobs of its second candidate."""
    records = [candidate(1), candidate(2, jobs_created_count="约50", **given)]
    records = [record | {"checked_on": "2022-01-10"} for record in records]
    return sent(operations, workbook(programme, records, period=f"2022年{month}月", unit=unit), month)


def answered(operations: Operations, programme: Programme, text: str) -> int:
    """The return of `asked`, sent back with an answer in the list of its findings."""
    marked = load_workbook(BytesIO(operations.markup(asked(operations, programme)).content))
    rows = marked[LIST_SHEET]
    heads = next(row for row in rows.iter_rows() if any(cell.value == "规则" for cell in row))
    at = next(cell.column for cell in heads if str(cell.value).startswith("说明"))
    line = next(row[0].row for row in rows.iter_rows() if any(cell.value == RULE for cell in row))
    rows.cell(line, at, text)
    content = BytesIO()
    marked.save(content)
    return sent(operations, content.getvalue())


def the_query(connection: Connection, programme: Programme) -> OpenQuery:
    (found,) = open_queries(connection, programme)
    return found


def test_a_query_is_unanswered_until_something_is_written(
    operations: Operations, connection: Connection, programme: Programme
) -> None:
    number = asked(operations, programme)
    assert the_query(connection, programme) == OpenQuery(
        number, "chengguan", "candidate", "2022-03", RULE, 1, "unanswered", (), 1, None)


def test_what_the_office_s_own_staff_type_in_is_accepted(
    operations: Operations, connection: Connection, programme: Programme
) -> None:
    explain(connection, programme, asked(operations, programme), RULE, "以社保名单为准", "测试员")
    assert open_queries(connection, programme) == []


@pytest.mark.parametrize("way", ["list", "column"])
def test_what_an_office_wrote_waits_for_a_person(
    operations: Operations, connection: Connection, programme: Programme, way: str
) -> None:
    number = (answered(operations, programme, "以社保名单为准") if way == "list"
              else asked(operations, programme, remark="以社保名单为准"))
    waiting = the_query(connection, programme)
    assert (waiting.submission_id, waiting.state, waiting.texts) == (number, "waiting", ("以社保名单为准",))
    with pytest.raises(RefusedError, match="explanation"):
        document = operations.draft_document("annual", "2022", None, NOW)
        operations.record_decision(document, "approve", "测试主任", "同意", NOW)
    assert review(connection, programme, number, RULE, "accept", "测试主任", None) == 1
    assert open_queries(connection, programme) == []
    source, actor = connection.execute("select source, actor from explanation").fetchone().values()
    assert (source, actor) == (way, "chengguan")


def test_a_rejection_has_a_reason_which_the_office_reads(
    operations: Operations, connection: Connection, programme: Programme
) -> None:
    number = answered(operations, programme, "大概吧")
    with pytest.raises(RefusedError, match="reason"):
        review(connection, programme, number, RULE, "reject", "测试主任", " ")
    review(connection, programme, number, RULE, "reject", "测试主任", "须附社保名单")
    rejected = the_query(connection, programme)
    assert (rejected.state, rejected.texts) == ("rejected", ("须附社保名单",))
    texts = [str(cell) for row in load_workbook(BytesIO(operations.markup(number).content))[LIST_SHEET].values
             for cell in row]
    assert any("上次的说明未予认可：须附社保名单" in text for text in texts)
    with pytest.raises(RefusedError, match="waits"):
        review(connection, programme, number, RULE, "accept", "测试主任", None)
    explain(connection, programme, number, RULE, "名单已附", "测试员")
    assert open_queries(connection, programme) == []


def test_the_next_month_the_accepted_explanation_is_offered_again(
    operations: Operations, connection: Connection, programme: Programme
) -> None:
    for month in (1, 2):
        explain(connection, programme, asked(operations, programme, month), RULE, f"{month}月以名单为准", "测试员")
    number = asked(operations, programme, 3)
    found = the_query(connection, programme)
    assert (found.months, found.offered) == (3, "2月以名单为准")
    assert offered_to(connection, programme, number) == {RULE: "2月以名单为准"}
    texts = [str(cell) for row in load_workbook(BytesIO(operations.markup(number).content))[LIST_SHEET].values
             for cell in row]
    assert "2月以名单为准" in texts


def test_a_month_between_or_another_unit_does_not_count(
    operations: Operations, connection: Connection, programme: Programme
) -> None:
    explain(connection, programme, asked(operations, programme, 1), RULE, "以名单为准", "测试员")
    asked(operations, programme, 3)
    other = asked(operations, programme, 2, "七里河区")
    found = {item.period: item for item in open_queries(connection, programme) if item.code == RULE}
    assert (found["2022-03"].months, found["2022-03"].offered) == (1, "以名单为准")
    assert (found["2022-02"].submission_id, found["2022-02"].months, found["2022-02"].offered) == (other, 1, None)


def test_an_answer_is_to_its_own_cell(operations: Operations, connection: Connection, programme: Programme) -> None:
    records = [candidate(1, jobs_created_count="约40", remark="仅此一人"), candidate(2, jobs_created_count="约50")]
    number = sent(operations, workbook(programme, records))
    found = the_query(connection, programme)
    assert (found.count, found.state, found.texts) == (2, "unanswered", ("仅此一人",))
    review(connection, programme, number, RULE, "accept", "测试主任", None)
    assert the_query(connection, programme).count == 1


def test_figures_as_of_an_earlier_instant_know_nothing_of_a_later_answer(
    operations: Operations, connection: Connection, programme: Programme
) -> None:
    number = asked(operations, programme)
    def opened(figures: object) -> int:
        return next(int(item.value) for item in figures.figures if item.id == "query_open_count")

    before = operations.compute("annual", "2022", NOW)
    review_at = before.known_at
    explain(connection, programme, number, RULE, "以社保名单为准", "测试员")
    from zhibao.period import Period
    from zhibao.warehouse.compute import compute

    assert (opened(before), opened(operations.compute("annual", "2022", NOW))) == (1, 0)
    with operations.connection() as again:
        assert opened(compute(again, programme, "annual", Period.parse("2022"), NOW, review_at)) == 1


def test_the_commands_show_decide_and_answer_again(
    operations: Operations, programme: Programme, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZHIBAO_DATABASE_URL", operations.settings.database_url)
    monkeypatch.setenv("ZHIBAO_VAR", str(operations.settings.var))
    number = str(asked(operations, programme, 2, remark="以社保名单为准"))

    def run(*arguments: str) -> tuple[int, str]:
        done = CliRunner().invoke(main, arguments)
        return done.exit_code, done.output

    status, text = run("queries")
    assert status == 1
    assert "城关区" in text
    assert "说明待审核" in text
    assert "“以社保名单为准”" in text
    assert run("review", number, "--rule", RULE, "--reject", "--by", "测试主任")[0] == 1
    assert run("review", number, "--rule", RULE, "--accept", "--by", "测试主任")[0] == 0
    assert run("queries") == (0, "没有待说明的核实性问题\n")
    later = str(asked(operations, programme, 3))
    assert "连续第2期" in run("queries")[1]
    assert run("explain", later, "--again", "--by", "测试员")[0] == 0
    assert run("queries", "--json")[1].strip() == "[]"
    assert run("explain", later, "--by", "测试员")[0] == 2
    assert json.loads(run("history", later, "--json")[1])
