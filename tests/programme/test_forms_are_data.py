"""A column or a synonym is a change of one file: reading, checking, storing and the template follow the form."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from zhibao.checking.run import check_returns
from zhibao.checking.suites import load_suite
from zhibao.period import Period
from zhibao.programme.load import load_programme
from zhibao.programme.models import Programme
from zhibao.reading.model import ReadReturn
from zhibao.reading.read import read_return
from zhibao.settings import ROOT, load_settings
from zhibao.store import database
from zhibao.store.database import schema_of
from zhibao.store.form_tables import ensure_form_tables
from zhibao.workbooks.template import write_template

COLUMN = "  - {code: online_view_count, header: 直播观看人次, type: integer, required: true, synonyms: [观看人次]}\n"
HEAD = ["填报单位：城关区", "报告期：2022-03", "填表日期：2022-04-02", "模板版本：2021.1", "金额单位：元"]
ROW: dict[str, Any] = {
    "沙龙名字": "测试沙龙", "类型": "沙龙", "日期": date(2022, 3, 8), "主办": "测试中心", "观看人次": 300,
}


@pytest.fixture(scope="module")
def wider(tmp_path_factory: pytest.TempPathFactory) -> Programme:
    """The programme with one more column and one more synonym, all in one file."""
    folder = tmp_path_factory.mktemp("programmes") / "lanzhou-bqw"
    shutil.copytree(ROOT / "programmes" / "lanzhou-bqw", folder)
    path = folder / "forms" / "forum.yaml"
    text = path.read_text("utf-8")
    assert "synonyms: [论坛名称," in text
    path.write_text(text.replace("synonyms: [论坛名称,", "synonyms: [沙龙名字, 论坛名称,") + COLUMN, "utf-8")
    return load_programme(folder)


def read(programme: Programme, path: Path, **changes: Any) -> ReadReturn:
    book = openpyxl.Workbook()
    row = {**ROW, **changes}
    for cells in (["论坛沙龙台账"], HEAD, list(row), list(row.values())):
        book.active.append(cells)
    book.save(path)
    return read_return(path, programme)


def errors(programme: Programme, result: ReadReturn) -> list[tuple[str, str | None]]:
    found = check_returns(programme, [result], load_settings().expectations_dir, date(2022, 4, 2))[0]
    return [(item.code, item.column) for item in found if item.severity == "error"]


def test_the_new_words_are_read(programme: Programme, wider: Programme, tmp_path: Path) -> None:
    result = read(wider, tmp_path / "forum.xlsx")
    assert (result.form, result.columns["forum_name"], result.columns["online_view_count"]) == (
        "forum", ["测试沙龙"], [300],
    )
    assert errors(wider, result) == []
    before = read(programme, tmp_path / "forum.xlsx")
    assert [item.code for item in before.findings].count("reading.unknown_column") == 2


@pytest.mark.parametrize(("value", "rule"), [(None, "required"), (-1, "count_not_negative")])
def test_the_new_column_is_checked(wider: Programme, tmp_path: Path, value: int | None, rule: str) -> None:
    result = read(wider, tmp_path / "forum.xlsx", 观看人次=value)
    assert errors(wider, result) == [(f"forum.{rule}", "E")]


def test_the_store_follows(programme: Programme, wider: Programme, empty_database: str) -> None:
    database.migrate(empty_database, load_settings())
    with database.connect(empty_database, programme) as connection:
        for told in (programme, wider):
            ensure_form_tables(connection, told)
            rows = connection.execute(
                "select column_name from information_schema.columns where table_schema = %s and table_name = 'forum'",
                (schema_of(told),),
            ).fetchall()
            assert ("online_view_count" in {row["column_name"] for row in rows}) is (told is wider)


def test_the_template_follows(wider: Programme, tmp_path: Path) -> None:
    suite = load_suite(load_settings().expectations_dir, wider.forms["forum"])
    unit, made_at = wider.unit("chengguan"), datetime(2022, 4, 1, tzinfo=UTC)
    path = tmp_path / "template.xlsx"
    path.write_bytes(write_template(wider, suite, unit, Period.parse("2022-03"), made_at))
    book = openpyxl.load_workbook(path)
    headers = [str(cell.value) for row in book.worksheets[0] for cell in row if "直播观看人次" in str(cell.value)]
    assert len(headers) == 1


@pytest.mark.parametrize("form", ["training_class", "forum", "finance", "investment_link", "incubator", "funding",
                                  "narrative"])
def test_every_form_has_a_place_in_the_programme(programme: Programme, form: str) -> None:
    units = [unit for unit in programme.units if programme.forms[form].is_owed_by(unit)]
    assert units
    assert all(programme.forms[form].may_come_from(unit) for unit in units)
