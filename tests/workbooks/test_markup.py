"""The workbook that goes back: every finding at its cell, everything else as it was, and it can be sent again."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from intake.workbooks import candidate, workbook
from openpyxl import load_workbook
from openpyxl.comments import Comment

from zhibao.checking.run import check_returns
from zhibao.findings import Finding, Severity, Status, decide_status
from zhibao.programme.models import Programme
from zhibao.reading.answers import LIST_SHEET, read_answers
from zhibao.reading.read import read_return
from zhibao.settings import load_settings
from zhibao.text import Text
from zhibao.workbooks import marking, markup
from zhibao.workbooks.cellstyles import FILLS, FLAT_FILLS
from zhibao.workbooks.markup import MarkedWorkbook, mark_up

from .insisted import complaints
from .office import Job, Office
from .rich import prefixed, respell, strict, unnumbered, write_bare, write_rich

COLOURS = {severity: colour for severity, (_, colour, _) in FILLS.items()}
FIRST_LISTED = 6
# What marking one sheet touches; all other parts stay by the byte.
TOUCHED = {
    "xl/worksheets/sheet1.xml", "xl/worksheets/_rels/sheet1.xml.rels", "xl/styles.xml", "xl/workbook.xml",
    "xl/_rels/workbook.xml.rels", "[Content_Types].xml", "xl/comments1.xml", "xl/drawings/vmlDrawing1.vml",
}
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")


def found(severity: Severity, row: int | None, column: str | None, sheet: str | None = "候选人") -> Finding:
    return Finding(
        f"test.{severity}", severity, Text(zh=f"第{row}行有问题", en=f"row {row} is wrong"),
        Text(zh="请更正后重报。", en="Correct it and send again."), sheet, row, column, "栏目",
    )


def marked(path: Path, *findings: Finding, status: Status = "returned") -> MarkedWorkbook:
    result = mark_up(path, path.name, findings, status, "zh")
    assert complaints(result.content) == []
    return result


def opened(result: MarkedWorkbook) -> Any:
    return load_workbook(BytesIO(result.content))


def parts_of(source: Path | bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(source if isinstance(source, Path) else BytesIO(source)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture
def rich(tmp_path: Path) -> Path:
    write_rich(tmp_path / "名册.xlsx")
    return tmp_path / "名册.xlsx"


def colour_of(sheet: Any, reference: str) -> str | None:
    fill = sheet[reference].fill
    return fill.fgColor.rgb if fill.fill_type else None


# Every finding at its cell


def test_each_cell_has_its_colour_and_its_words(rich: Path) -> None:
    sheet = opened(marked(rich, found("warning", 5, "B"), found("query", 5, "E"), found("error", 10, "C"),
                          found("warning", 10, "C"), found("error", 30, "H")))["候选人"]
    assert {ref: colour_of(sheet, ref) for ref in ("B5", "E5", "C10", "H30", "C11")} == {
        "B5": COLOURS["warning"], "E5": COLOURS["query"], "C10": COLOURS["error"], "H30": COLOURS["error"], "C11": None,
    }
    assert sheet["C10"].comment.text == (
        "◆【错误】第10行有问题\n　→ 请更正后重报。\n◆【提示】第10行有问题\n　→ 请更正后重报。"
    )
    assert {cell.coordinate for row in sheet.iter_rows() for cell in row if cell.comment} == {
        "B5", "B6", "E5", "C10", "H30"
    }


def test_a_cell_keeps_all_of_its_style_but_the_fill(rich: Path) -> None:
    before = load_workbook(rich)["候选人"]["E5"]
    after = opened(marked(rich, found("error", 5, "E"), found("error", 25, "E")))["候选人"]
    for name in ("number_format", "font", "border", "alignment", "value", "protection"):
        assert repr(getattr(after["E5"], name)) == repr(getattr(before, name))
    assert after["E25"].number_format == before.number_format, "a new cell takes its column's style"


def test_a_merged_range_is_marked_where_a_person_sees_it(rich: Path) -> None:
    sheet = opened(marked(rich, found("error", 7, "D")))["候选人"]
    assert colour_of(sheet, "C7") == COLOURS["error"]
    assert sheet["C7"].comment is not None


def test_a_finding_on_a_row_is_at_its_first_filled_cell(rich: Path) -> None:
    sheet = opened(marked(rich, found("error", 8, None), found("warning", 30, None)))["候选人"]
    assert (colour_of(sheet, "B8"), sheet["B8"].comment is None) == (COLOURS["error"], False)
    assert (colour_of(sheet, "A8"), colour_of(sheet, "A30")) == (None, COLOURS["warning"])


def test_a_cell_far_away_is_marked(rich: Path) -> None:
    sheet = opened(marked(rich, found("error", 1_048_576, "XFD")))["候选人"]
    assert colour_of(sheet, "XFD1048576") == COLOURS["error"]


# Everything else as it was


def test_everything_else_stays_by_the_byte(rich: Path) -> None:
    old, new = parts_of(rich), parts_of(marked(rich, found("error", 5, "B"), found("query", 30, "Z")).content)
    assert old.keys() < new.keys()
    assert {name for name in old if old[name] != new[name]} <= TOUCHED
    assert {"xl/media/image1.png", "xl/charts/chart1.xml", "xl/sharedStrings.xml", "xl/drawings/vmlDrawing2.vml",
            "xl/worksheets/sheet2.xml", "xl/drawings/drawing1.xml"} <= old.keys() - TOUCHED


def test_of_the_sheet_itself_only_the_marks_are_new(rich: Path) -> None:
    """Each byte that was there is there, in its order, but for one cell's style, the marks' row and the tab."""
    old, new = parts_of(rich), parts_of(marked(rich, found("error", 5, "B"), found("error", 30, "B")).content)
    was, now = (parts["xl/worksheets/sheet1.xml"].decode() for parts in (old, new))
    style = now.partition('<c r="B5" s="')[2].partition('"')[0]
    old_style = was.partition('<c r="B5" s="')[2].partition('"')[0]
    again = now.replace(f'<c r="B5" s="{style}"', f'<c r="B5" s="{old_style}"')
    again = again.replace(f'<row r="30"><c r="B30" s="{style}"/></row>', "")
    assert again == was.replace(' tabSelected="1"', "")
    for part in ("x14:dataValidation ", "x14:conditionalFormatting", "<dataValidations", "<mergeCells", "<autoFilter",
                 "<sheetProtection", "<cols>", "<drawing ", "<legacyDrawing ", "<legacyDrawingHF "):
        assert part in now


def test_the_offices_own_comment_stays_above_ours(rich: Path) -> None:
    text = opened(marked(rich, found("error", 6, "B")))["候选人"]["B6"].comment.text
    assert text == "办公室自己的批注\n◆【错误】第6行有问题\n　→ 请更正后重报。"


def test_the_same_findings_always_give_the_same_bytes(rich: Path) -> None:
    assert marked(rich, found("error", 5, "B")).content == marked(rich, found("error", 5, "B")).content


def test_macros_stay_by_the_byte_and_the_name_says_that_there_are_some(rich: Path) -> None:
    macros = b"\xd0\xcf\x11\xe0 not looked into"
    with zipfile.ZipFile(rich, "a") as archive:
        archive.writestr("xl/vbaProject.bin", macros)
    respell(rich, lambda name, text: text.replace(
        "spreadsheetml.sheet.main+xml", "sheet.macroEnabled.main+xml"
    ).replace("<Default ", '<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/><Default ', 1)
        if name == "[Content_Types].xml" else text)
    result = marked(rich, found("error", 5, "B"))
    assert result.file_name == "名册.xlsm", "Excel opens no file whose name says that it holds no macros"
    assert parts_of(result.content)["xl/vbaProject.bin"] == macros


# The list


def test_the_list_names_every_finding_with_a_link(rich: Path) -> None:
    findings = [found("query", 6, "E"), found("error", 5, "B"), found("warning", None, None, None),
                found("error", 9, None), found("error", 5, "A")]
    book = opened(marked(rich, *findings))
    assert book.sheetnames == ["候选人", "选项", LIST_SHEET]
    assert book.active.title == LIST_SHEET
    sheet = book[LIST_SHEET]
    listed = [(sheet.cell(row, 2).value, sheet.cell(row, 4).value, link.location if link else None)
              for row in range(FIRST_LISTED, sheet.max_row + 1) for link in [sheet.cell(row, 4).hyperlink]]
    assert listed == [
        ("提示", None, None), ("错误", "A5", "'候选人'!A5"), ("错误", "B5", "'候选人'!B5"),
        ("核实", "E6", "'候选人'!E6"), ("错误", "第9行", "'候选人'!A9"),
    ]
    assert sheet["A2"].value == "退回：错误 3 项，核实 1 项，提示 1 项。"
    assert "按原来的途径" in sheet["A3"].value
    assert [item.sheet_view.tabSelected for item in book.worksheets].count(True) == 1


def test_names_still_point_where_they_did(rich: Path) -> None:
    before, after = load_workbook(rich), opened(marked(rich, found("error", 5, "B")))
    assert {name: item.attr_text for name, item in after.defined_names.items()} == {
        name: item.attr_text for name, item in before.defined_names.items()
    }
    assert after["候选人"].auto_filter.ref == before["候选人"].auto_filter.ref


@pytest.mark.parametrize(("status", "words"), [
    ("accepted", "无须重新报送"), ("accepted_with_queries", "“说明”栏"), ("returned", "重新报送"),
    ("refused", "未予接收"),
])
def test_the_list_says_what_to_do(rich: Path, status: Status, words: str) -> None:
    assert words in opened(marked(rich, status=status))[LIST_SHEET]["A3"].value


def test_the_list_speaks_english_where_that_is_asked_for(rich: Path) -> None:
    result = mark_up(rich, rich.name, [found("query", 5, "B")], "accepted_with_queries", "en")
    sheet = opened(result)[LIST_SHEET]
    values = [str(cell.value) for row in sheet.iter_rows(min_row=2) for cell in row if cell.value]
    assert all(value.isascii() or value in ("候选人", "栏目") for value in values)
    assert opened(result)["候选人"]["B5"].comment.text.startswith("◆【query】row 5 is wrong")


def test_more_cells_than_comments_is_said(rich: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(marking, "MOST_COMMENTS", 20)
    findings = [found("warning", row, "B") for row in range(7, 28)] + [found("error", 5000, "B")]
    book = opened(marked(rich, *findings))
    sheet = book["候选人"]
    assert "前20处" in book[LIST_SHEET]["A5"].value
    assert "其余2处" in book[LIST_SHEET]["A5"].value
    assert sheet["B5000"].comment is not None, "errors come first"
    assert (sheet["B27"].comment, colour_of(sheet, "B27")) == (None, COLOURS["warning"])


def test_a_box_for_each_of_thousands_of_comments(tmp_path: Path) -> None:
    write_bare(tmp_path / "a.xlsx")
    result = marked(tmp_path / "a.xlsx", *[found("error", row, "C", "表") for row in range(1, 2501)])
    sheet = opened(result)["表"]
    assert sum(cell.comment is not None for row in sheet.iter_rows() for cell in row) == 2500


# Other spellings, other programs


@pytest.mark.parametrize("spelling", [strict, prefixed, unnumbered])
def test_another_spelling_is_marked_as_it_is(rich: Path, office: Office, spelling: Callable[[str, str], str]) -> None:
    respell(rich, spelling)
    result = mark_up(rich, rich.name, [found("error", 5, "B"), found("error", 30, "H")], "returned", "zh")
    old, new = parts_of(rich), parts_of(result.content)
    assert {name for name in old if old[name] != new[name]} <= TOUCHED
    rich.write_bytes(result.content)
    sheet = load_workbook(converted(office, rich))["候选人"]
    assert colour_of(sheet, "B5") == colour_of(sheet, "H30") == COLOURS["error"]
    assert "第5行有问题" in sheet["B5"].comment.text


def test_a_workbook_without_styles_is_marked(tmp_path: Path) -> None:
    write_bare(tmp_path / "a.xlsx")
    sheet = opened(marked(tmp_path / "a.xlsx", found("error", 2, "B", "表")))["表"]
    assert (sheet["B2"].value, colour_of(sheet, "B2")) == ("甲", COLOURS["error"])


def test_a_part_is_found_though_its_name_is_spelt_otherwise(tmp_path: Path) -> None:
    write_bare(tmp_path / "a.xlsx")
    respell(tmp_path / "a.xlsx", lambda name, text: text.replace('"worksheets/sheet1.xml"', '"worksheets\\Sheet1.xml"'))
    result = mark_up(tmp_path / "a.xlsx", "a.xlsx", [found("error", 2, "B", "表")], "returned", "zh")
    assert re.search(rb'<c s="[1-9]\d*" r="B2"', parts_of(result.content)["xl/worksheets/sheet1.xml"])


def test_libreoffice_reads_all_of_it(office: Office, rich: Path) -> None:
    rich.write_bytes(marked(rich, found("error", 5, "B"), found("query", 12, "E"), found("warning", 13, "E")).content)
    book = load_workbook(converted(office, rich))
    sheet = book["候选人"]
    assert "第5行有问题" in sheet["B5"].comment.text
    assert sheet["B6"].comment.text == "办公室自己的批注"
    assert colour_of(sheet, "B5") == COLOURS["error"]
    assert {colour_of(sheet, "E12"), colour_of(sheet, "E13")} == FLAT_FILLS
    assert book[LIST_SHEET][f"D{FIRST_LISTED}"].hyperlink is not None
    assert len(sheet.data_validations.dataValidation) >= 2
    assert converted(office, rich, "pdf").read_bytes().startswith(b"%PDF")


def test_what_libreoffice_wrote_can_be_marked(office: Office, rich: Path) -> None:
    sheet = opened(marked(converted(office, rich), found("error", 5, "B"), found("error", 40, "A")))["候选人"]
    assert colour_of(sheet, "B5") == colour_of(sheet, "A40") == COLOURS["error"]
    assert sheet["B5"].comment is not None
    assert sheet["B6"].comment.text == "办公室自己的批注"


@pytest.mark.parametrize("kind", ["xls", "ods"])
def test_an_older_kind_becomes_an_xlsx_of_the_same_look(office: Office, rich: Path, kind: str) -> None:
    result = marked(converted(office, rich, kind), found("error", 5, "E"))
    assert result.file_name == "名册.xlsx"
    sheet = opened(result)["候选人"]
    assert colour_of(sheet, "E5") == COLOURS["error"]
    assert sheet["E5"].font.b
    assert sheet["B5"].number_format.replace("\\", "") == "yyyy-mm-dd"
    assert sheet.column_dimensions["B"].width == pytest.approx(30, abs=1.5)


def test_without_libreoffice_an_older_kind_keeps_its_cells(
    office: Office, rich: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    older = converted(office, rich, "xls")
    monkeypatch.setattr(markup, "find_office", lambda: None)
    book = opened(marked(older, found("error", 5, "E")))
    assert (book["候选人"]["E5"].value, colour_of(book["候选人"], "E5")) == ("4938", COLOURS["error"])
    assert "格式未能保留" in book[LIST_SHEET]["A5"].value
    assert book["选项"].sheet_state == "hidden"


def test_a_csv_becomes_an_xlsx_whose_cells_stand_where_they_stood(tmp_path: Path) -> None:
    (tmp_path / "名册.csv").write_text("填报单位,城关区\n\n编号,证件\nC1,620102199001010017\n=1+1,x\n", "gb18030")
    result = marked(tmp_path / "名册.csv", found("error", 4, "B", ""))
    sheet = opened(result).worksheets[0]
    assert result.file_name == "名册.xlsx"
    assert (sheet["B4"].value, sheet["B4"].data_type) == ("620102199001010017", "s")
    assert colour_of(sheet, "B4") == COLOURS["error"]
    assert sheet.column_dimensions["B"].width >= 18
    assert (sheet["A5"].value, sheet["A5"].data_type) == ("=1+1", "s")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", b"%PDF-1.7", b"\x89PNG\r\n"])
def test_what_cannot_be_opened_gives_the_list_alone(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "坏.xlsx").write_bytes(content)
    result = marked(tmp_path / "坏.xlsx", found("error", None, None, None), status="refused")
    book = opened(result)
    assert (result.file_name, book.sheetnames) == ("坏.xlsx", [LIST_SHEET])
    assert book[LIST_SHEET].cell(FIRST_LISTED + 1, 7).value == "请更正后重报。"
    assert "拒收" in book[LIST_SHEET]["A2"].value


def test_a_file_that_is_gone_gives_the_list_alone(tmp_path: Path) -> None:
    assert opened(marked(tmp_path / "无.xlsx", found("error", 3, "B"))).sheetnames == [LIST_SHEET]


def test_a_sheet_that_is_no_sheet_keeps_its_cells(tmp_path: Path) -> None:
    """Rows out of order cannot be marked in place; the reader reads them all the same."""
    write_bare(tmp_path / "a.xlsx", '<row r="3"><c r="A3"><v>3</v></c></row><row r="2"><c r="A2"><v>2</v></c></row>')
    book = opened(marked(tmp_path / "a.xlsx", found("error", 2, "A", "表")))
    assert (book["表"]["A2"].value, colour_of(book["表"], "A2")) == ("2", COLOURS["error"])
    assert "格式未能保留" in book[LIST_SHEET]["A5"].value


# It can be sent again


def test_a_corrected_workbook_can_be_sent_again_and_loses_its_old_marks(programme: Programme, tmp_path: Path) -> None:
    path = tmp_path / "名册.xlsx"
    path.write_bytes(workbook(programme, [candidate(1, phone="123"), candidate(2, jobs_created_count=-1)]))
    first = checked(programme, path)
    assert {item.field for item in first} >= {"phone", "jobs_created_count"}
    book = opened(marked(path, *first))
    sheet = book["表"]
    cells = {item.field: f"{item.column}{item.row}" for item in first}
    assert colour_of(sheet, cells["phone"]) == COLOURS["error"]
    sheet[cells["phone"]].value = "13800000001"
    sheet[cells["phone"]].comment = Comment("已更正", "示例办")
    book.save(path)
    second = checked(programme, path)
    assert {item.field for item in second} == {item.field for item in first} - {"phone"}
    again = opened(marked(path, *second))
    assert again.sheetnames == ["表", LIST_SHEET]
    assert colour_of(again["表"], cells["phone"]) is None
    assert again["表"][cells["phone"]].comment.text == "已更正"
    assert colour_of(again["表"], cells["jobs_created_count"]) == COLOURS["error"]
    assert again["表"][cells["jobs_created_count"]].comment.text.count("◆") == 1
    for item in second:
        again["表"][f"{item.column}{item.row}"].value = 8
    again.save(path)
    read = read_return(path, programme)
    final = check_returns(programme, [read], load_settings().expectations_dir, date(2022, 4, 2))[0]
    assert decide_status(final, refused=read.refused) == "accepted"


def test_marks_that_libreoffice_has_flattened_are_taken_away_too(rich: Path, office: Office) -> None:
    before = {ref: colour_of(load_workbook(rich)["候选人"], ref) for ref in ("B5", "E12", "E13")}
    rich.write_bytes(marked(rich, found("error", 5, "B"), found("query", 12, "E"), found("warning", 13, "E")).content)
    sheet = opened(marked(converted(office, rich), found("error", 8, "E")))["候选人"]
    assert {ref: colour_of(sheet, ref) for ref in before} == before
    assert [sheet[ref].comment for ref in before] == [None, None, None]


def test_what_the_office_wrote_into_the_list_is_carried_over(rich: Path, tmp_path: Path) -> None:
    findings = [found("query", 6, "E"), found("query", 9, None), found("error", 5, "B")]
    book = opened(marked(rich, *findings))
    sheet = book[LIST_SHEET]
    for row, answer in ((FIRST_LISTED + 1, "以社保名单为准"), (FIRST_LISTED + 2, "本行属实")):
        sheet.cell(row, 8).value = answer
    book.save(rich)
    assert [(item.code, item.sheet, item.cell, item.text) for item in read_answers(rich)] == [
        ("test.query", "候选人", "E6", "以社保名单为准"), ("test.query", "候选人", "9", "本行属实"),
    ]
    again = opened(marked(rich, found("query", 6, "E"), found("query", 7, "E")))[LIST_SHEET]
    assert [again.cell(FIRST_LISTED + place, 8).value for place in (0, 1)] == ["以社保名单为准", None]


def checked(programme: Programme, path: Path) -> list[Finding]:
    read = read_return(path, programme)
    assert read.sheet == "表"
    found = check_returns(programme, [read], load_settings().expectations_dir, date(2022, 4, 2))[0]
    assert decide_status(found) == "returned"
    return found


def converted(office: Office, path: Path, kind: str = "xlsx") -> Path:
    """The file as LibreOffice saves it, in a folder of its own."""
    target = path.parent / f"by-office-{kind}" / f"{path.stem}.{kind}"
    target.parent.mkdir(exist_ok=True)
    office.do([Job(path, target)])
    return target
