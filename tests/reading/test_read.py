"""One file in, one ReadReturn out: what a clerk's workbook becomes, and where its faults are shown."""

from __future__ import annotations

import csv
import random
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from zhibao.programme.models import Programme
from zhibao.reading.limits import MIB
from zhibao.reading.model import ReadReturn
from zhibao.reading.read import Limits, read_many, read_return

from .books import HEAD, HEADERS, codes, found, record, rezip, sheet_rows, write_csv, write_openpyxl, write_xlsxwriter

Rows = list[list[Any]]


@pytest.fixture
def read(tmp_path: Path, programme: Programme) -> Any:
    """Write rows as a workbook and read it."""

    def reader(rows: Rows, **how: Any) -> ReadReturn:
        return read_return(write_openpyxl(tmp_path / "return.xlsx", rows, **how), programme)

    return reader


@pytest.fixture
def read_column(read: Any) -> Any:
    """The result of one record whose one cell is changed."""

    def reader(header: str, value: Any) -> ReadReturn:
        return read(sheet_rows([record(**{header: value})]))

    return reader


@pytest.mark.parametrize("write", [write_openpyxl, write_xlsxwriter])
def test_a_clean_workbook(tmp_path: Path, programme: Programme, write: Any) -> None:
    result = read_return(write(tmp_path / "return.xlsx", sheet_rows([record(1), record(2)])), programme)
    assert result.findings == []
    assert (result.form, result.unit, result.period, result.nil_return) == ("candidate", "chengguan", "2022-03", False)
    assert (result.sheet, result.header_row, result.rows) == ("候选人名册", 3, [4, 5])
    assert result.head == {
        "unit": "chengguan", "period": "2022-03", "filled_on": date(2022, 4, 2),
        "template_version": "2021.1", "money_unit": "yuan",
    }
    assert {code: values[1] for code, values in result.columns.items()} == {
        "candidate_no": "CG-002", "level": "emerging_maker", "category": "women", "person_name": "测试某",
        "id_number": "620102199001010019", "phone": "13800000000", "venture_name": "测试商行",
        "uscc": "91620102MA00000000", "venture_type": "enterprise", "established_on": date(2021, 6, 1),
        "project_name": "测试项目", "jobs_created_count": 6, "jobs_stable_count": 5,
        "annual_revenue_yuan": Decimal(600000), "revenue_year": 2021, "credit_check": "none", "nominated_by": "城关区",
    }
    assert (result.layout["candidate_no"], result.layout["nominated_by"]) == ("A", "Q")
    assert result.headers["annual_revenue_yuan"] == "上年度营收"
    assert result.precisions == {"established_on": {0: "day", 1: "day"}}
    assert (result.raw, result.doubts, result.totals, result.refused) == ({}, {}, [], False)
    assert (result.reader, result.reader_version) == ("python-calamine", "0.9.0")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_a_text_file(tmp_path: Path, programme: Programme, encoding: str, delimiter: str) -> None:
    path = write_csv(tmp_path / "return.csv", sheet_rows([record(1), record(2)]), encoding, delimiter)
    result = read_return(path, programme)
    assert result.findings == []
    assert (result.unit, result.rows, result.header_row) == ("chengguan", [4, 5], 3)
    assert result.columns["person_name"] == ["测试某", "测试某"]
    assert result.columns["established_on"] == [date(2021, 6, 1)] * 2
    assert result.reader == "csv"


def test_a_line_break_within_quotes_is_one_row(tmp_path: Path, programme: Programme) -> None:
    rows = sheet_rows([record(1, 项目名称="两行\n项目"), record(2, 手机号="不详")])
    result = read_return(write_csv(tmp_path / "return.csv", rows, "gb18030"), programme)
    assert result.columns["project_name"][0] == "两行项目"
    assert result.rows == [4, 5]


def test_rows_and_columns_are_those_that_a_person_sees(read: Any) -> None:
    shifted = [[None, None, *row] for row in sheet_rows([record(1), record(2, 带动就业人数="许许多多")])]
    result = read([[], [], *shifted])
    [finding] = found(result, "reading.approximate_number")
    assert (finding.sheet, finding.row, finding.column) == ("候选人名册", 7, "N")
    assert (finding.header, finding.field, finding.severity) == ("带动就业人数", "jobs_created_count", "query")
    assert result.doubts == {"jobs_created_count": {1: "reading.approximate_number"}}
    assert result.columns["jobs_created_count"] == [6, None]


@pytest.mark.parametrize(("header", "value", "code"), [
    ("成立日期", "不详", "reading.unreadable_date"),
    ("成立日期", 2021.1, "reading.ambiguous_date"),
    ("带动就业人数", "若干", "reading.unreadable_number"),
    ("带动就业人数", 5.5, "reading.not_whole_number"),
    ("带动就业人数", "约50", "reading.approximate_number"),
    ("带动就业人数", "20-30", "reading.approximate_number"),
    ("申报层级", "创业之星", "reading.unreadable_choice"),
    ("身份证号", 620102199001010019, "reading.id_number_as_number"),
])
def test_a_cell_that_cannot_be_taken(read_column: Any, header: str, value: Any, code: str) -> None:
    result = read_column(header, value)
    assert codes(result) == [code]
    [finding] = result.findings
    assert (finding.row, finding.header) == (4, header)
    assert result.columns[str(finding.field)] == [None]
    assert result.doubts == {finding.field: {0: code}}


@pytest.mark.parametrize(("header", "value", "field", "cleaned", "rule"), [
    ("成立日期", "2021.6", "established_on", date(2021, 6, 1), "date_text"),
    ("成立日期", 44348, "established_on", date(2021, 6, 1), "date_serial"),
    ("带动就业人数", "５０人", "jobs_created_count", 50, "number_words"),
    ("上年度营收", "50万元", "annual_revenue_yuan", Decimal(500000), "cell_money_unit"),
    ("手机号", "+86 138-0000-0000", "phone", "13800000000", "tidied"),
    ("手机号", 13800000000, "phone", "13800000000", "number_as_text"),
    ("姓名", "测 试\u200b某", "person_name", "测试某", "tidied"),
    ("类别", "妇女", "category", "women", "choice_word"),
    ("统一社会信用代码", "/", "uscc", None, "empty_mark"),
    ("单位名称", "'测试商行", "venture_name", "测试商行", "tidied"),
    ("单位名称", "测试\xa0商行　", "venture_name", "测试商行", "tidied"),
    ("带动就业人数", "1,200", "jobs_created_count", 1200, "number_text"),
    ("其中稳定一年以上", "——", "jobs_stable_count", None, "empty_mark"),
    ("上年度营收", "五十万", "annual_revenue_yuan", Decimal(500000), "cell_money_unit"),
    ("上年度营收", "0.5亿元", "annual_revenue_yuan", Decimal(50_000_000), "cell_money_unit"),
    ("成立日期", "二〇二一年六月", "established_on", date(2021, 6, 1), "date_text"),
    ("单位名称", 1001, "venture_name", "1001", "number_as_text"),
])
def test_a_changed_cell_keeps_what_it_was(
    read_column: Any, header: str, value: Any, field: str, cleaned: Any, rule: str
) -> None:
    result = read_column(header, value)
    assert result.findings == []
    assert result.columns[field] == [cleaned]
    assert result.raw == {field: {0: (str(value), rule)}}


def test_the_precision_of_a_month(read_column: Any) -> None:
    assert read_column("成立日期", "2021.6").precisions == {"established_on": {0: "month"}}


def test_an_empty_cell_is_no_doubt_and_no_finding(read_column: Any) -> None:
    result = read_column("带动就业人数", None)
    assert (result.columns["jobs_created_count"], result.doubts, result.findings) == ([None], {}, [])


@pytest.mark.parametrize(("header", "head_unit", "cell", "yuan"), [
    ("上年度营收", "元", 50, 50), ("上年度营收", "万元", 50, 500_000), ("上年度营收（万元）", "元", 50, 500_000),
    ("上年度营收(元)", "万元", 50, 50), ("上年度营收（千元）", "元", 50, 50_000),
    ("上年度营收\n（单位：万元）", "元", 50, 500_000),
    ("年营收万元", "元", 50, 500_000), ("上年度营收（万元）", "元", "50万元", 500_000),
    ("上年度营收", "万元", "50元", 50),
])
def test_units_of_money(read: Any, header: str, head_unit: str, cell: Any, yuan: int) -> None:
    headers = [header if name == "上年度营收" else name for name in HEADERS]
    head = [*HEAD[:1], [*HEAD[1][:-1], head_unit]]
    result = read(sheet_rows([record(上年度营收=cell)], head=head, headers=headers))
    assert result.findings == []
    assert result.columns["annual_revenue_yuan"] == [Decimal(yuan)]


def test_a_cell_with_another_unit_than_its_header(read: Any) -> None:
    headers = ["上年度营收（万元）" if name == "上年度营收" else name for name in HEADERS]
    result = read(sheet_rows([record(上年度营收="500000元")], headers=headers))
    [finding] = result.findings
    assert (finding.code, finding.severity, finding.row, finding.column) == ("reading.unit_conflict", "query", 4, "N")
    assert "万元" in finding.message.zh
    assert result.columns["annual_revenue_yuan"] == [None]


def test_a_unit_that_is_not_understood(read: Any) -> None:
    strange = {"上年度营收": "上年度营收（美元）", "带动就业人数": "带动就业人数（万人）"}
    headers = [strange.get(name, name) for name in HEADERS]
    result = read(sheet_rows([record()], headers=headers))
    assert [(item.code, item.row, item.column) for item in result.findings] == [
        ("reading.strange_unit", 3, "L"), ("reading.strange_unit", 3, "N"),
    ]


def test_no_finding_holds_a_personal_value(read: Any) -> None:
    person = {"姓名": "测试某", "身份证号": 620102199001010019, "类别": "测试群体甲", "成立日期": "不详13800000000"}
    result = read(sheet_rows([record(**person)]))
    assert len(result.findings) == 3
    for finding in result.findings:
        text = f"{finding}"
        assert "测试某" not in text
        assert "13800000000" not in text
        assert "62010219900101" not in text
        assert "测试群体甲" not in text


def test_rows_that_are_no_records(read: Any) -> None:
    blank, numbered = [None] * len(HEADERS), ["3", *[None] * (len(HEADERS) - 1)]
    result = read([
        *sheet_rows([record(0, 候选人编号="样例", 姓名="测试样"), record(1)]), blank, record(2), numbered,
        HEADERS, record(3), ["合 计", *[None] * 10, 18, 15, 1_800_000], ["其中：女", *[None] * 10, 6],
        ["填表人：测试乙", None, "联系电话：13800000000"],
        ["注：1.本表由填报单位填写"], ["2.按月报送"], ["第1页 共1页"],
    ])
    assert codes(result) == ["reading.sample_row"]
    assert found(result, "reading.sample_row")[0].row == 4
    assert result.rows == [5, 7, 10]
    assert [(total["row"], total["label"]) for total in result.totals] == [(11, "合 计"), (12, "其中：女")]
    assert result.totals[0]["values"] == {
        "jobs_created_count": 18, "jobs_stable_count": 15, "annual_revenue_yuan": Decimal(1_800_000),
    }
    assert (result.head["filled_by"], result.head["contact_phone"]) == ("测试乙", "13800000000")


@pytest.mark.parametrize(("stated", "column"), [
    ((13, 10, 1_200_000), "L"), ((12, 10, 1_200_000.01), "N"), ((12, 10, 1_200_000), None),
])
def test_a_total_is_held_against_its_rows(read: Any, stated: tuple[Any, ...], column: str | None) -> None:
    result = read([*sheet_rows([record(1), record(2)]), ["合计", *[None] * 10, *stated]])
    differing = found(result, "reading.total_differs")
    assert [(item.row, item.column, item.severity) for item in differing] == ([(6, column, "query")] if column else [])


def test_subtotals_close_their_own_rows_and_a_doubt_spares_its_column(read: Any) -> None:
    total: Rows = [["小计", *[None] * 10, 6], ["小计", *[None] * 10, 7], ["总计", *[None] * 10, 12]]
    rows = [*sheet_rows([record(1)]), total[0], record(2), total[1], total[2]]
    assert [item.row for item in found(read(rows), "reading.total_differs")] == [7]
    doubtful = [*sheet_rows([record(1, 带动就业人数="约6")]), ["合计", *[None] * 10, 99]]
    assert found(read(doubtful), "reading.total_differs") == []


def test_a_total_above_the_records_counts_them_all(read: Any) -> None:
    result = read([*sheet_rows(), ["合计", *[None] * 10, 12], record(1), record(2)])
    assert result.rows == [5, 6]
    assert result.findings == []


def test_missing_unknown_and_repeated_columns(read: Any) -> None:
    headers = ["企业名称" if name == "单位名称" else "我的备忘" if name == "项目名称" else name for name in HEADERS]
    result = read([*sheet_rows([], headers=[*headers, "创业主体名称"]), [*record(), "测试商行"]])
    assert [(item.code, item.severity, item.row, item.column, item.header) for item in result.findings] == [
        ("reading.missing_column", "error", 3, None, "项目名称"),
        ("reading.unknown_column", "warning", 3, "K", "我的备忘"),
        ("reading.repeated_column", "error", 3, "R", "创业主体名称"),
    ]
    assert result.headers["venture_name"] == "企业名称"


def test_a_line_number_column_is_nobodys_business(read: Any) -> None:
    rows = sheet_rows([[1, *record(1)], [2, *record(2)], [3]], headers=["序号", *HEADERS])
    result = read(rows)
    assert (result.findings, result.rows, result.layout["candidate_no"]) == ([], [4, 5], "B")


@pytest.mark.parametrize(("answer", "records", "expected", "nil"), [
    ("是", 0, [], True), ("是", 1, ["reading.nil_with_rows"], True), ("否", 1, [], False),
    ("否", 0, ["reading.no_rows"], False), (None, 0, ["reading.no_rows"], False),
])
def test_nil_returns(read: Any, answer: str | None, records: int, expected: list[str], nil: bool) -> None:
    head = [*HEAD, ["零报告", answer]]
    result = read(sheet_rows([record()] * records, head=head))
    assert (codes(result), result.nil_return) == (expected, nil)


def test_the_head_may_stand_below_the_table(read: Any) -> None:
    rows = sheet_rows([record(1), record(2)], head=[["候选人名册"]])
    below = [["填报单位：城关区", None, "报告期", "2022-03"], ["填表日期：2022-04-02", "模板版本：2021.1"]]
    result = read([*rows, *below, ["金额单位", "元"]])
    assert (result.unit, result.period, result.rows, result.findings) == ("chengguan", "2022-03", [3, 4], [])
    assert result.head["money_unit"] == "yuan"


def test_a_control_character_that_excel_escapes_is_gone(tmp_path: Path, programme: Programme) -> None:
    rows = sheet_rows([record(1, 单位名称="测试\x00商行")])
    result = read_return(write_xlsxwriter(tmp_path / "return.xlsx", rows), programme)
    assert (result.findings, result.columns["venture_name"]) == ([], ["测试商行"])
    assert "\x00" not in str(result.raw)


def test_a_record_called_sample_is_a_record(read: Any) -> None:
    sample = record(0, 候选人编号="示例：CG-000")
    result = read(sheet_rows([sample, record(1, 项目名称="示例基地运营"), record(2, 姓名="范例")]))
    [finding] = result.findings
    assert (finding.code, finding.row, result.rows) == ("reading.sample_row", 4, [5, 6])
    assert "第4行以“示例”开头" in finding.message.zh


def test_a_nil_return_needs_no_table(read: Any) -> None:
    result = read([["候选人名册"], *HEAD[1:], ["零报告：是"]])
    assert (result.form, result.unit, result.nil_return, result.findings) == ("candidate", "chengguan", True, [])


def test_what_the_head_lacks(read: Any) -> None:
    result = read(sheet_rows([record()], head=[["填报单位", "城关区", "报告期", None, "金额单位：元"]]))
    missing = {item.header for item in found(result, "reading.missing_head")}
    assert missing == {"报告期", "填表日期", "模板版本"}
    assert codes(result) == ["reading.missing_head"] * 3


def test_a_stale_template(read: Any) -> None:
    head = [*HEAD[:1], [cell if cell != "2021.1" else "2020.9" for cell in HEAD[1]]]
    [finding] = read(sheet_rows([record()], head=head)).findings
    assert (finding.code, finding.severity, finding.column) == ("reading.stale_template", "warning", "H")


def test_sheets_hidden_and_of_instructions_are_passed_by(tmp_path: Path, programme: Programme) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    sheets = (("填写说明", "visible", 7), ("上月", "hidden", 8), ("_zhibao", "veryHidden", 9), ("数据", "visible", 1))
    for title, state, number in sheets:
        sheet = book.create_sheet(title)
        sheet.sheet_state = state
        for row in sheet_rows([record(number)]):
            sheet.append(row)
    book.create_sheet("选项").sheet_state = "hidden"
    book["选项"]["A1"] = "是"
    book.remove(book.worksheets[0])
    book.save(tmp_path / "return.xlsx")
    result = read_return(tmp_path / "return.xlsx", programme)
    assert (result.sheet, result.columns["candidate_no"]) == ("数据", ["CG-001"])
    assert [(item.code, item.severity, item.sheet) for item in result.findings] == [
        ("reading.hidden_table", "warning", "上月"),
    ]


def test_a_second_table_is_not_passed_by_in_silence(tmp_path: Path, programme: Programme) -> None:
    def add_sheet(sheet: Any) -> None:
        other = sheet.parent.create_sheet("另一张")
        for row in sheet_rows([record(9)]):
            other.append(row)

    path = write_openpyxl(tmp_path / "return.xlsx", sheet_rows([record(1)]), then=add_sheet)
    result = read_return(path, programme)
    assert [(item.code, item.sheet) for item in result.findings] == [("reading.other_table", "另一张")]
    assert result.columns["candidate_no"] == ["CG-001"]


def test_errors_and_formulas_are_seen_though_the_reader_shows_nothing(read: Any) -> None:
    def spoil(sheet: Any) -> None:
        sheet["L4"] = "=1+1"
        sheet["J5"] = "#N/A"
        sheet["J5"].data_type = "e"

    result = read(sheet_rows([record(1), record(2)]), then=spoil)
    assert {(item.code, item.row, item.column) for item in result.findings} == {
        ("reading.formula_without_value", 4, "L"), ("reading.error_cell", 5, "J"),
    }
    assert result.doubts["jobs_created_count"] == {0: "reading.formula_without_value"}
    assert result.precisions["established_on"] == {0: "day"}


def test_a_calculated_formula_is_its_value(tmp_path: Path, programme: Programme) -> None:
    import xlsxwriter

    book = xlsxwriter.Workbook(tmp_path / "return.xlsx")
    sheet = book.add_worksheet()
    for number, row in enumerate(sheet_rows([record(成立日期="2021-06-01")])):
        sheet.write_row(number, 0, row)
    sheet.write_formula("L4", "=3+4", None, 7)
    book.close()
    result = read_return(tmp_path / "return.xlsx", programme)
    assert (result.findings, result.columns["jobs_created_count"]) == ([], [7])


def test_merged_cells_fill_words_and_doubt_numbers(read: Any) -> None:
    def merge(sheet: Any) -> None:
        sheet.merge_cells("G4:G6")
        sheet.merge_cells("L4:L5")

    result = read(sheet_rows([record(1), record(2), record(3)]), then=merge)
    assert result.columns["venture_name"] == ["测试商行"] * 3
    assert result.raw["venture_name"] == {1: ("", "merged_cell"), 2: ("", "merged_cell")}
    assert [(item.code, item.row, item.column) for item in result.findings] == [("reading.merged_number", 5, "L")]
    assert result.columns["jobs_created_count"] == [6, None, 6]


def test_hidden_rows_are_read_and_told(read: Any) -> None:
    def hide(sheet: Any) -> None:
        sheet.row_dimensions[5].hidden = True

    result = read(sheet_rows([record(1), record(2)]), then=hide)
    assert result.rows == [4, 5]
    assert [(item.code, item.row, item.severity) for item in result.findings] == [("reading.hidden_rows", 5, "warning")]
    assert "第5行" in result.findings[0].message.zh


def test_serials_of_the_epoch_of_1904(tmp_path: Path, programme: Programme) -> None:
    rows = sheet_rows([record(1), record(2, 成立日期=42886)])
    result = read_return(write_xlsxwriter(tmp_path / "return.xlsx", rows, date_1904=True), programme)
    assert result.columns["established_on"] == [date(2021, 6, 1)] * 2


def test_a_large_return_comes_home_as_a_small_one_would(tmp_path: Path, programme: Programme) -> None:
    odd = {3: {"成立日期": "2021.6"}, 1500: {"带动就业人数": "约9"}, 2200: {"上年度营收": "50万元", "姓名": " 测试 某"}}
    records = [record(number, 手机号=f"138{number:08d}", **odd.get(number, {})) for number in range(2500)]
    path = write_csv(tmp_path / "return.csv", sheet_rows(records), "utf-8")
    result = read_return(path, programme)
    assert result.rows == list(range(4, 2504))
    assert result.columns["phone"] == [f"138{number:08d}" for number in range(2500)]
    assert result.columns["annual_revenue_yuan"][2199:2201] == [Decimal(600000), Decimal(500000)]
    assert result.precisions["established_on"] == {number: "month" if number == 3 else "day" for number in range(2500)}
    assert result.raw["person_name"] == {2200: (" 测试 某", "tidied")}
    assert [(item.code, item.row) for item in result.findings] == [("reading.approximate_number", 1504)]


def test_findings_are_bounded_and_counted(tmp_path: Path, programme: Programme) -> None:
    path = write_csv(tmp_path / "r.csv", sheet_rows([record(n, 成立日期="不详") for n in range(30)]), "utf-8")
    result = read_return(path, programme, Limits(findings=10))
    assert len(result.findings) == 11
    assert result.findings[-1].code == "reading.too_many_findings"
    assert "20" in result.findings[-1].message.zh
    assert len(result.doubts["established_on"]) == 30


@pytest.mark.parametrize("rows", [[["随便", "写写"]], [["姓名", "电话"], ["测试某", "13800000000"]]])
def test_a_sheet_without_a_known_header(read: Any, rows: Rows) -> None:
    result = read(rows)
    assert codes(result) == ["reading.no_table"]
    assert result.rows == []


def test_blank_workbooks_and_scans(tmp_path: Path, programme: Programme) -> None:
    blank = write_openpyxl(tmp_path / "blank.xlsx", [])
    scan = rezip(blank, tmp_path / "scan.xlsx", lambda _, data: data)
    import zipfile

    with zipfile.ZipFile(scan, "a") as archive:
        archive.writestr("xl/media/image1.png", b"x")
    assert codes(read_return(blank, programme)) == ["reading.empty_file"]
    assert codes(read_return(scan, programme)) == ["reading.picture_only"]


def _bomb(folder: Path) -> Path:
    """A small workbook that asks for memory for seventeen thousand million cells."""
    cell = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    book = write_openpyxl(folder / "book.xlsx", sheet_rows([record()]))
    return rezip(book, folder / "bomb.xlsx", lambda _, data: data.replace(b"</sheetData>", cell))


def test_a_file_that_makes_the_reader_abort_is_refused(tmp_path: Path, programme: Programme) -> None:
    bomb = _bomb(tmp_path)
    assert codes(read_return(bomb, programme)) == ["reading.grid_too_large"]
    blind = read_return(bomb, programme, Limits(cells=10**12, memory_bytes=512 * MIB))
    assert blind.refused
    assert codes(blind) == ["reading.unreadable_file"]


def test_time_is_limited(tmp_path: Path, programme: Programme) -> None:
    result = read_return(write_openpyxl(tmp_path / "r.xlsx", sheet_rows([record()])), programme, Limits(wall_seconds=0))
    assert (result.refused, codes(result)) == (True, ["reading.takes_too_long"])


@pytest.mark.parametrize("data", [
    b"", b"\x00" * 99, b"PK\x05\x06" + bytes(18), random.Random(1).randbytes(3000),
    "一,二\n\"三".encode(), b"\xff\xfe\x00",
])
def test_nonsense_never_raises(tmp_path: Path, programme: Programme, data: bytes) -> None:
    path = tmp_path / "return.xlsx"
    path.write_bytes(data)
    result = read_return(path, programme)
    assert any(item.severity == "error" for item in result.findings)
    assert result.rows == []


def test_many_files_one_bad_costs_the_others_nothing(tmp_path: Path, programme: Programme) -> None:
    good = write_openpyxl(tmp_path / "good.xlsx", sheet_rows([record()]))
    bad = tmp_path / "bad.xlsx"
    bad.write_bytes(b"PK")
    files = [good, bad, good.with_name("none.xlsx"), good, good]
    for at_once in (1, 2, None):
        results = list(read_many([(path, path.name) for path in files], programme, at_once=at_once))
        assert [result.refused for result in results] == [False, True, True, False, False]


def test_files_of_one_child_are_read_as_each_would_be_alone(tmp_path: Path, programme: Programme) -> None:
    good = [write_openpyxl(tmp_path / f"{n}.xlsx", sheet_rows([record(n), record(n + 1)])) for n in range(1, 6)]
    comma = write_csv(tmp_path / "r.csv", sheet_rows([record(7)]), "gb18030")
    limits = Limits(cells=10**12, memory_bytes=512 * MIB, cpu_seconds=2)
    files = [*good[:4], _bomb(tmp_path), comma, good[4]]
    alone = [read_return(path, programme, limits) for path in files]
    assert [result.refused for result in alone] == [False] * 4 + [True] + [False] * 2
    for at_once in (1, 2):
        assert list(read_many([(path, path.name) for path in files], programme, limits, at_once=at_once)) == alone


@pytest.mark.parametrize(("row", "name", "value", "rule"), [
    (None, "", None, None), (2_990, " 测试 ", "测试", "tidied"), (5, " 测试 ", "测试", "tidied"),
    (2_990, "甲|乙", "甲|乙", None), (5, "甲|乙", "甲|乙", None), (2_990, "", None, None),
    (5, "无", None, "empty_mark"),
])
def test_a_long_column_is_the_same_column(
    tmp_path: Path, programme: Programme, row: int | None, name: str, value: str | None, rule: str | None
) -> None:
    rows = [record(number, 项目名称=f"示例项目{number}") for number in range(3_000)]
    expected: list[str | None] = [f"示例项目{number}" for number in range(3_000)]
    if row is not None:
        rows[row], expected[row] = record(row, 项目名称=name), value
    result = read_return(write_csv(tmp_path / "r.csv", sheet_rows(rows), "utf-8"), programme)
    assert result.columns["project_name"] == expected
    assert result.raw.get("project_name", {}) == ({row: (name, rule)} if rule else {})
    assert {len(column) for column in result.columns.values()} == {3_000}


def test_a_very_long_field(tmp_path: Path, programme: Programme) -> None:
    path = write_csv(tmp_path / "r.csv", sheet_rows([record(项目名称="长" * 1_500_000)]), "utf-8")
    assert codes(read_return(path, programme)) == ["reading.damaged_file"]
    assert csv.field_size_limit() < 1_000_000  # the child's limit is not the parent's
