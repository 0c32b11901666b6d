"""Findings as lines of a letter: what is alike is one line, with all its places."""

from __future__ import annotations

import pytest

from zhibao.delivery.finding_lines import lines_of, spans
from zhibao.findings import Finding
from zhibao.text import Text


def missing(row: int | None, column: str | None = "H", code: str = "candidate.required", **changed: object) -> Finding:
    words = {"message": Text(zh="为空。", en="empty"), "next_step": Text(zh="请补填。", en="fill it in"), **changed}
    return Finding(code, "error", sheet="表" if row else None, row=row, column=column, header="手机号", **words)


@pytest.mark.parametrize(("rows", "expected"), [
    ([], []), ([7], [(7, 7)]), ([9, 7, 8], [(7, 9)]), ([7, 9], [(7, 7), (9, 9)]), ([7, 7, 8, 10], [(7, 8), (10, 10)]),
])
def test_neighbouring_rows_are_one_span(rows: list[int], expected: list[tuple[int, int]]) -> None:
    assert spans(rows) == expected


@pytest.mark.parametrize(("rows", "where"), [
    ([8], "表 H8"), ([8, 9], "表 H8–H9"), ([8, 10], "表 H8、H10"),
    ([2, 4, 6, 8, 10, 12], "表 H2、H4、H6、H8、H10、H12"), ([2, 4, 6, 8, 10, 12, 14], "表 H2、H4、H6、H8、H10、H12 等"),
])
def test_the_same_fault_in_many_rows_is_one_line(rows: list[int], where: str) -> None:
    line, = lines_of([missing(row) for row in rows])
    assert (line.where, line.count) == (where, len(rows))
    assert (line.severity, line.header, line.message, line.next_step) == ("错误", "手机号", "为空", "请补填")


def test_other_columns_rules_and_words_are_lines_of_their_own() -> None:
    other = Text(zh="第9行为空", en="row 9 is empty")
    lines = lines_of([missing(8), missing(8, "I"), missing(9, code="candidate.other"), missing(9, message=other)])
    assert [line.where for line in lines] == ["表 H8", "表 I8", "表 H9", "表 H9"]


def test_a_finding_without_a_cell_is_about_the_row_or_the_file() -> None:
    assert [line.where for line in lines_of([missing(8, None), missing(None, None)])] == ["表 第8行", "整个文件"]
