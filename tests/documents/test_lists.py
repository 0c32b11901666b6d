"""What stands beside the figures: the units' own words and the waivers, as the report of the instant knew them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from intake.workbooks import candidate, workbook

from zhibao.documents.lists import Lists, Said, read_lists
from zhibao.documents.render import render
from zhibao.operations import Operations
from zhibao.programme.models import Programme
from zhibao.settings import load_settings
from zhibao.store.database import Connection
from zhibao.submissions import waive

from . import made_up
from .pages import Pages

AT = datetime(2022, 11, 25, 9, tzinfo=UTC)


@pytest.fixture
def operations(empty_database: str, programme: Programme, tmp_path: Path) -> Operations:
    return Operations(replace(load_settings(), var=tmp_path / "var", database_url=empty_database), programme)


@pytest.fixture
def connection(operations: Operations) -> Iterator[Connection]:
    with operations.connection(autocommit=True) as connection:
        yield connection


def lists_of(operations: Operations, as_of: datetime) -> Lists:
    figures = operations.compute("annual", "2022", as_of)
    with operations.connection() as connection:
        return read_lists(connection, operations.programme, figures)


def told(operations: Operations, unit: str, mark: str, at: datetime, folder: Path) -> None:
    """The unit's words for 2022: each column its own mark, two paragraphs of practice."""
    columns = [column.code for column in operations.programme.forms["narrative"].columns]
    record = {code: f"{mark}{code}。" + "虚构样例文字。" * 30 for code in columns}
    record["practices_and_results"] += "\n　" + f"{mark}第二段。"
    path = folder / f"{unit}{mark}.xlsx"
    path.write_bytes(workbook(operations.programme, [record], form="narrative", unit=unit, period="2022年"))
    result = operations.submit([path], at, at)[0]
    assert result.status == "accepted", result.findings


def test_the_units_words_come_by_section_in_the_official_order(operations: Operations, tmp_path: Path) -> None:
    assert lists_of(operations, AT).narratives is None
    told(operations, "七里河区", "乙", AT, tmp_path)
    told(operations, "城关区", "甲", AT, tmp_path)
    lists = lists_of(operations, AT + timedelta(hours=1))
    assert list(lists.narratives) == ["practices", "problems", "next_steps"]
    assert [said.unit for said in lists.narratives["problems"]] == ["城关区", "七里河区"]
    practices = lists.narratives["practices"][0].paragraphs
    assert [text[:4] for text in practices] == ["甲pra", "甲第二段", "甲typ"]
    assert "西固区" in lists.silent
    assert "城关区" not in lists.silent
    assert lists_of(operations, AT - timedelta(hours=1)).narratives is None


def test_a_correction_of_the_words_is_another_document(operations: Operations, tmp_path: Path) -> None:
    told(operations, "城关区", "甲", AT, tmp_path)
    first = operations.draft_document("annual", "2022", None, AT + timedelta(hours=1))
    assert operations.draft_document("annual", "2022", None, AT + timedelta(hours=2)) == first
    told(operations, "城关区", "新", AT + timedelta(hours=3), tmp_path)
    assert operations.draft_document("annual", "2022", None, AT + timedelta(hours=4)) != first


def test_what_the_units_said_is_printed_with_their_names() -> None:
    narratives = {
        "practices": [Said("城关区", ("甲做法。", "甲案例。")), Said("七里河区", ("乙做法。",))],
        "problems": [Said("城关区", ("甲问题。",))], "next_steps": [],
    }
    lists = Lists(narratives=narratives, silent=["西固区", "安宁区"])
    text = Pages(render(made_up.annual(lists=lists), made_up.TEMPLATES, made_up.font_set())).squeezed()
    assert "二、主要做法与成效城关区：甲做法。甲案例。七里河区：乙做法。三、存在问题城关区：甲问题。" in text
    assert "四、下一步打算各单位未报送文字材料。" in text
    assert "尚未报送的有西固区、安宁区。" in text
    nothing = Pages(made_up.rendered("annual")).squeezed()
    assert "二、主要做法与成效各单位未报送文字材料。" in nothing


def test_a_waiver_is_listed_with_who_and_why_from_its_day_on(
    operations: Operations, connection: Connection, programme: Programme, tmp_path: Path
) -> None:
    path = tmp_path / "名册.xlsx"
    path.write_bytes(workbook(programme, [candidate(1)]))
    received = datetime(2022, 4, 1, 9, tzinfo=UTC)
    number = operations.submit([path], received, received)[0].submission_id
    waive(connection, programme, number, "CG-0001", "jobs_created", "测试主任", "虚构理由", AT)
    assert lists_of(operations, AT - timedelta(days=1)).waivers == []
    (row,) = lists_of(operations, AT + timedelta(minutes=1)).waivers
    assert row == {
        "unit": "城关区", "level": "新锐创客", "category": "catering", "name": "测**1", "criterion": "带动就业人数",
        "reason": "虚构理由", "actor": "测试主任", "on": "2022年11月25日",
    }
    lists = Lists(waivers=[row, row | {"category": "disabled", "name": "测*2"}])
    text = Pages(render(made_up.annual(lists=lists), made_up.TEMPLATES, made_up.font_set())).squeezed()
    assert "选拔标准豁免情况表" in text
    assert "1城关区新锐创客测**1带动就业人数虚构理由（测试主任，2022年11月25日）" in text
    assert "测*2" not in text
