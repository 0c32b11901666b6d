from __future__ import annotations

from typing import Any

import pytest

from zhibao.programme.models import Programme
from zhibao.reading.cells import Grid
from zhibao.reading.head import HeadLabels
from zhibao.reading.headers import Vocabulary, find_header
from zhibao.reading.rows import RowJudge, is_subtotal, label_of

from .books import HEADERS, record

WIDTH = len(HEADERS)


@pytest.fixture
def judge(programme: Programme) -> RowJudge:
    header = find_header(Grid("表", [HEADERS], lambda: iter([HEADERS])), Vocabulary(programme))
    assert header is not None
    return RowJudge(header, HeadLabels(programme))


def padded(*cells: Any) -> list[Any]:
    return [*cells, *[""] * (WIDTH - len(cells))]


@pytest.mark.parametrize(("cells", "kind"), [
    ((), "blank"), ((" ", "\u3000"), "blank"), ((3.0,), "blank"), (("12",), "blank"),
    (("合计",), "total"), (("合 计", "", "", 12.0), "total"), (("", "总计：", 12.0), "total"),
    (("小计（女）", 3.0), "total"),
    ((4.0, "合计", 12.0), "total"), (("本页小计", 1.0), "total"),
    (("其中：女性", 3.0), "part"), (("其中", 3.0), "part"),
    (("样例", "新锐创客"), "sample"), (("示例：CG-001", "新锐创客"), "sample"), (("（样例）", "x"), "sample"),
    (("例", "x"), "sample"),
    (("例如：CG-001", "x"), "sample"), (("填写样例", "x"), "sample"), (("【示例1】", "x"), "sample"),
    (("例1", "x"), "sample"),
    (("示例基地-01", "x", "y"), "record"), (("CG-001", "示例", "样例"), "record"),
    (("CG-001", "新锐创客", "巾帼创业群体", "示例工坊"), "record"), (("例行-01", "x", "y"), "record"),
    (("城关区合计", "", "", 12.0), "total"), (("张合计", "新锐创客", "x"), "record"),
    (("报告期：2022-03",), "footer"), (("零报告", "否"), "footer"), (("报告期刊社", "x"), "record"),
    (("填表人：测试乙",), "footer"), (("填表人", "测试乙", "审核人", "测试丙", "联系电话", "1", "日期", "2"), "footer"),
    (("单位负责人（签字）：",), "footer"), (("注：本表按月报送",), "footer"), (("注1：本表",), "footer"),
    (("第3页",), "footer"),
    (("第×页 共×页",), "footer"), (("填报单位（盖章）：",), "footer"), (("说明：",), "footer"),
    (HEADERS, "header"),
    (record(), "record"), (("CG-001",), "record"), (("CG-001", "新锐创客"), "record"),
    (("合作社-01", "新锐创客", "测试"), "record"), (("小微-01", "x", "y"), "record"), (("注册-01", "x", "y"), "record"),
    (("例会-01", "x", "y"), "record"), (("总计划-01", "x", "y"), "record"), (("第一批-01", "x", "y"), "record"),
    (("123456", "", ""), "record"),
])
def test_what_a_row_is(judge: RowJudge, cells: Any, kind: str) -> None:
    assert judge.kind(padded(*cells)) == kind


def test_lines_below_the_notes_are_notes(judge: RowJudge) -> None:
    assert judge.kind(padded("本行只有一格")) == "record"
    assert judge.kind(padded("注：一、按月报送")) == "footer"
    assert judge.kind(padded("二、不得空缺")) == "footer"
    assert judge.kind(record()) == "record"


def test_labels_of_totals() -> None:
    assert label_of(padded("", "合 计", 3.0)) == "合 计"
    assert is_subtotal("小 计")
    assert is_subtotal("本页合计")
    assert not is_subtotal("合计")


def test_only_what_may_be_no_record_is_asked_about(judge: RowJudge) -> None:
    plain = record()
    others = [padded(), HEADERS, padded("合计"), ["", *plain[1:]], [plain[0], "\u3000", *plain[2:]], padded("注：按月")]
    rows = [plain, *others, plain, [5.0, *plain[1:]]]
    columns = list(zip(*rows, strict=True))
    assert judge.doubtful(columns) == [1, 2, 3, 4, 5, 6]
    assert judge.doubtful(columns[:2]) == list(range(len(rows)))
    assert judge.kind(plain) == "record"
