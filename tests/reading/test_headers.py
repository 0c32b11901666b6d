from __future__ import annotations

from typing import Any

import pytest

from zhibao.programme.models import Programme
from zhibao.reading.cells import Grid
from zhibao.reading.headers import Header, Vocabulary, find_header

from .books import HEAD, HEADERS, record

FORMS = [
    "candidate", "event", "selection_result", "training_class", "forum", "finance", "investment_link", "incubator",
    "funding", "narrative",
]


def look(programme: Programme, rows: list[list[Any]], merged: list[tuple[int, int, int, int]] | None = None) -> Header:
    width = max(map(len, rows))
    filled = [[*("" if cell is None else cell for cell in row), *[""] * (width - len(row))] for row in rows]
    header = find_header(Grid("表", filled, lambda: iter(filled), merged or []), Vocabulary(programme))
    assert header is not None
    return header


def codes(header: Header) -> list[str]:
    return [slot.column.code for slot in header.slots]


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_known_by_its_headers(programme: Programme, form: str) -> None:
    columns = programme.forms[form].columns
    header = look(programme, [["标题"], [column.header for column in columns]])
    assert (header.form.code, header.first_row, header.last_row) == (form, 1, 1)
    assert codes(header) == [column.code for column in columns]
    assert (header.unknown, header.repeated, header.missing) == ([], [], [])


@pytest.mark.parametrize("form", FORMS)
def test_every_synonym_is_known_in_its_form(programme: Programme, form: str) -> None:
    checked = 0
    for column in programme.forms[form].columns:
        for synonym in column.synonyms:
            others = [other.header for other in programme.forms[form].columns if other.code != column.code]
            header = look(programme, [[*others, synonym]])
            assert header.slots[-1].column.code == column.code, synonym
            checked += 1
    assert checked > 10


@pytest.mark.parametrize("written", [
    "带动就业人数", "带 动 就 业\n人 数", "*带动就业人数", "带动就业人数*", "带动就业人数（人）", "带动就业人数(必填)",
    "带动就业人数：",
    "带动就业（人）", "　带动就业人数　", "jobs_created_count",
])
def test_spellings_of_a_header(programme: Programme, written: str) -> None:
    headers = [written if name == "带动就业人数" else name for name in HEADERS]
    assert codes(look(programme, [headers]))[11] == "jobs_created_count"


@pytest.mark.parametrize("row", [0, 5, 14])
def test_the_header_within_the_first_fifteen_rows(programme: Programme, row: int) -> None:
    assert look(programme, [["说明"]] * row + [HEADERS, record()]).last_row == row


def test_the_header_after_the_first_fifteen_rows_is_not_found(programme: Programme) -> None:
    grid_rows = [["说明", *[""] * 16]] * 15 + [HEADERS]
    assert find_header(Grid("表", grid_rows, lambda: iter(grid_rows)), Vocabulary(programme)) is None


def test_two_rows_with_groups_merged_over_their_columns(programme: Programme) -> None:
    top = [*HEADERS[:11], "带动就业", None, "上年度", None, *HEADERS[15:]]
    low = [*[None] * 11, "人数", "其中稳定一年以上", "营收（万元）", "营收年度", None, None]
    merged = [(2, index, 3, index) for index in (*range(11), 15, 16)] + [(2, 11, 2, 12), (2, 13, 2, 14)]
    header = look(programme, [*HEAD, top, low, record()], merged)
    assert (header.first_row, header.last_row) == (2, 3)
    assert header.missing == []
    assert [slot.text for slot in header.slots[11:15]] == [
        "带动就业人数", "其中稳定一年以上", "上年度营收（万元）", "营收年度",
    ]
    assert header.slots[13].unit == 10_000


def test_two_rows_without_merged_cells_as_a_text_file_has_them(programme: Programme) -> None:
    columns = [column.header for column in programme.forms["selection_result"].columns]
    at = columns.index("公示起")
    top = ["公示" if index == at else None if index == at + 1 else name for index, name in enumerate(columns)]
    low = ["起" if index == at else "止" if index == at + 1 else None for index in range(len(columns))]
    header = look(programme, [top, low])
    assert codes(header)[at : at + 2] == ["notice_from_on", "notice_to_on"]
    assert header.last_row == 1


def test_a_row_of_units_below_the_header_is_part_of_it(programme: Programme) -> None:
    low = ["万元" if name == "上年度营收" else None for name in HEADERS]
    header = look(programme, [HEADERS, low, record()])
    assert header.slots[13].column.code == "annual_revenue_yuan"
    assert (header.last_row, header.slots[13].unit) == (1, 10_000)


def test_a_row_of_column_numbers_below_the_header_is_part_of_it(programme: Programme) -> None:
    assert look(programme, [HEADERS, ["甲", "乙", *range(1, 16)], record()]).last_row == 1
    assert look(programme, [HEADERS, [1.0, *[""] * 16], record()]).last_row == 0


def test_too_few_known_headers_are_none(programme: Programme) -> None:
    rows = [["备注", "姓名", "别的", "还有"]]
    assert find_header(Grid("表", rows, lambda: iter(rows)), Vocabulary(programme)) is None


def test_records_below_do_not_make_the_header_deeper(programme: Programme) -> None:
    header = look(programme, [*HEAD, HEADERS, record(1), record(2)])
    assert (header.first_row, header.last_row) == (2, 2)


def test_flows_and_totals_under_a_name_or_under_the_span(programme: Programme) -> None:
    wanted = [f"startup_guarantee_loan_{who}_{span}_count" for who in ("person", "firm") for span in ("month", "total")]
    under_names = look(programme, [["个人贷款笔数", None, "小微笔数", None], ["本月", "累计", "本月", "累计"]],
                       [(0, 0, 0, 1), (0, 2, 0, 3)])
    assert codes(under_names) == wanted
    spans, names = ["本月", None, "累计", None], ["个人贷款笔数", "小微笔数"]
    under_spans = look(programme, [spans, [*names, *names]], [(0, 0, 0, 1), (0, 2, 0, 3)])
    assert codes(under_spans) == [wanted[0], wanted[2], wanted[1], wanted[3]]


def test_a_name_with_a_bracket_of_its_own_keeps_it_beside_a_unit(programme: Programme) -> None:
    header = look(programme, [["个人贷款金额（本月）（万元）", "个人贷款金额（累计）（万元）", "月末余额（万元）"]])
    assert codes(header) == [
        "startup_guarantee_loan_person_month_yuan", "startup_guarantee_loan_person_total_yuan", "loan_balance_yuan",
    ]
    assert [slot.unit for slot in header.slots] == [10_000] * 3


def test_what_does_not_say_month_or_total_is_neither(programme: Programme) -> None:
    header = look(programme, [["本月小微笔数", "累计小微笔数", "月末余额", "个人贷款笔数"]])
    assert [text for _, text in header.unknown] == ["个人贷款笔数"]
    assert "startup_guarantee_loan_person_month_count" in {column.code for column in header.missing}


@pytest.mark.parametrize("written", ["*姓名", "姓名*", "★姓名", " * 姓名：", "姓名"])
def test_people_are_told_a_header_without_its_star(programme: Programme, written: str) -> None:
    headers = [written if header == "姓名" else header for header in HEADERS]
    slot = next(slot for slot in look(programme, [headers]).slots if slot.column.code == "person_name")
    assert slot.title.strip() == "姓名"
