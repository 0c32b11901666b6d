"""Answers are read out of the list whatever an office did to it."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import Workbook

from zhibao.reading.answers import Answer, answers_in, read_answers

TITLE, HEADS = ["问题清单：名册.xlsx"], ["序号", "级别", "工作表", "单元格", "栏目", "问题", "处理办法",
                                    "说明（“核实”类问题请在此填写）", "规则"]


def row(cell: str, answer: object, code: str = "a.b", sheet: str = "表") -> list[object]:
    return ["1", "核实", sheet, cell, "栏目", "问题说明", "处理", answer, code]


def test_answers_are_those_of_rows_with_a_rule_and_words() -> None:
    rows = [TITLE, HEADS, row("B5", " 属实 "), row("B6", ""), row("第7行", 12.0), row("", "全表属实"),
            row("B8", "x", ""), []]
    assert answers_in(rows) == [
        Answer("a.b", "表", "B5", "属实"), Answer("a.b", "表", "7", "12"), Answer("a.b", "表", "", "全表属实"),
    ]


@pytest.mark.parametrize("heads", [
    ["规则", "说明", "单元格", "工作表"], ["Rule", "Explanation (for queries)", "Cell", "Sheet"],
])
def test_columns_are_found_by_their_words(heads: list[str]) -> None:
    assert answers_in([heads, ["a.b", "属实", "AA10", "表"]]) == [Answer("a.b", "表", "AA10", "属实")]


@pytest.mark.parametrize("rows", [[], [TITLE], [["规则"], ["a.b"]], [["说明"], ["属实"]]])
def test_no_list_no_answers(rows: list[list[object]]) -> None:
    assert answers_in(rows) == []


def test_a_workbook_without_the_sheet_has_none(tmp_path: Path) -> None:
    Workbook().save(tmp_path / "a.xlsx")
    assert read_answers(tmp_path / "a.xlsx") == []
    (tmp_path / "b.xlsx").write_bytes(b"PK nothing")
    assert read_answers(tmp_path / "b.xlsx") == []
