"""The workbook that goes back: every finding at its cell, everything else as it was, and it can be sent again."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from intake.workbooks import candidate, workbook
from openpyxl import load_workbook
from openpyxl.comments import Comment

from zhibao.checking.run import check_returns
from zhibao.findings import Finding, Severity, Status, decide_status
from zhibao.programme.models import Programme
from zhibao.reading.read import read_return
from zhibao.settings import load_settings
from zhibao.text import Text
from zhibao.workbooks.cellstyles import FILLS
from zhibao.workbooks.index import NAME
from zhibao.workbooks.markup import MOST_COMMENTS, MarkedWorkbook, mark_up

from .office import Job, Office
from .rich import write_rich

COLOURS = {severity: colour for severity, (_, colour, _) in FILLS.items()}
SHEET_CHANGES = {"xl/worksheets/sheet1.xml", "xl/styles.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels",
                 "[Content_Types].xml", "xl/comments1.xml", "xl/drawings/vmlDrawing1.vml"}


def found(severity: Severity, row: int | None, column: str | None, sheet: str | None = "候选人") -> Finding:
    return Finding(
        f"test.{severity}", severity, Text(zh=f"第{row}行有问题", en=f"row {row} is wrong"),
        Text(zh="请更正后重报。", en="Correct it and send again."), sheet, row, column, "栏目",
    )


def marked(path: Path, *findings: Finding, status: Status = "returned") -> MarkedWorkbook:
    return mark_up(path, path.name, findings, status, "zh")


@pytest.fixture
def rich(tmp_path: Path) -> Path:
    write_rich(tmp_path / "名册.xlsx")
    return tmp_path / "名册.xlsx"


@pytest.fixture
def opened(tmp_path: Path) -> Callable[[MarkedWorkbook], object]:
    def load(result: MarkedWorkbook) -> object:
        (tmp_path / "out.xlsx").write_bytes(result.content)
        return load_workbook(tmp_path / "out.xlsx")
    return load


def test_each_cell_has_its_colour_and_its_words(rich: Path, opened: Callable) -> None:
    book = opened(marked(rich, found("warning", 5, "B"), found("query", 5, "E"), found("error", 10, "C"),
                         found("warning", 10, "C"), found("error", 30, "H")))
    sheet = book["候选人"]
    colours = {ref: sheet[ref].fill.fgColor.rgb for ref in ("B5", "E5", "C10", "H30")}
    assert colours == {"B5": COLOURS["warning"], "E5": COLOURS["query"], "C10": COLOURS["error"],
                       "H30": COLOURS["error"]}
    assert sheet["C11"].fill.fill_type is None
    assert sheet["C10"].comment.text == (
        "【错误】第10行有问题请更正后重报。\n【提示】第10行有问题请更正后重报。"
    )
    assert {cell.coordinate for row in sheet.iter_rows() for cell in row if cell.comment} == {
        "B5", "B6", "E5", "C10", "H30"
    }


def test_a_cell_keeps_all_of_its_style_but_the_fill(rich: Path, opened: Callable) -> None:
    before = load_workbook(rich)["候选人"]["E5"]
    after = opened(marked(rich, found("error", 5, "E"), found("error", 25, "E")))["候选人"]
    for name in ("number_format", "font", "border", "alignment", "value"):
        assert repr(getattr(after["E5"], name)) == repr(getattr(before, name))
    assert after["E25"].number_format == before.number_format, "a new cell takes its column's style"


def test_everything_else_stays_by_the_byte(rich: Path, tmp_path: Path) -> None:
    (tmp_path / "out.xlsx").write_bytes(marked(rich, found("error", 5, "B")).content)
    with zipfile.ZipFile(rich) as old, zipfile.ZipFile(tmp_path / "out.xlsx") as new:
        assert set(old.namelist()) < set(new.namelist())
        changed = {name for name in old.namelist() if old.read(name) != new.read(name)}
        assert changed <= SHEET_CHANGES
        assert len(old.namelist()) > len(SHEET_CHANGES)
        was, now = old.read("xl/worksheets/sheet1.xml"), new.read("xl/worksheets/sheet1.xml")
        for part in (b"<dataValidations", b"<conditionalFormatting", b"<extLst", b"<mergeCells", b"<sheetProtection",
                     b"<autoFilter", b"<cols>", b"<drawing "):
            assert part in was
            place = was.index(part)
            assert was[place:place + 60] in now
        assert now.count(b"<row ") == was.count(b"<row ")


def test_the_offices_own_comment_stays_above_ours(rich: Path, opened: Callable) -> None:
    book = opened(marked(rich, found("error", 6, "B")))
    text = book["候选人"]["B6"].comment.text
    assert text.startswith("办公室自己的批注")
    assert "第6行有问题" in text


def test_a_merged_range_is_marked_where_a_person_sees_it(rich: Path, opened: Callable) -> None:
    sheet = opened(marked(rich, found("error", 7, "D")))["候选人"]
    assert sheet["C7"].fill.fgColor.rgb == COLOURS["error"]
    assert sheet["C7"].comment is not None


def test_the_list_names_every_finding_with_a_link(rich: Path, opened: Callable) -> None:
    findings = [found("error", 5, "B"), found("query", 6, "E"), found("warning", None, None), found("error", 9, None)]
    book = opened(marked(rich, *findings))
    assert book.sheetnames[-1] == NAME
    assert book.active.title == NAME
    sheet = book[NAME]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=5, max_row=sheet.max_row)]
    assert [(row[1], row[3]) for row in rows] == [("错误", "B5"), ("核实", "E6"), ("提示", None), ("错误", "9行")]
    assert [sheet.cell(row, 4).hyperlink.location if sheet.cell(row, 4).hyperlink else None for row in range(5, 9)] == [
        "'候选人'!B5", "'候选人'!E6", None, None,
    ]
    assert "错误 2，核实 1，提示 1" in sheet["A2"].value
    assert [item.sheet_view.tabSelected for item in book.worksheets].count(True) == 1


def test_libreoffice_reads_it_and_finds_our_comments(office: Office, rich: Path, tmp_path: Path) -> None:
    (tmp_path / "marked.xlsx").write_bytes(marked(rich, found("error", 5, "B"), found("query", 12, "E")).content)
    again = converted(office, tmp_path / "marked.xlsx")
    book = load_workbook(again)
    sheet = book["候选人"]
    assert "第5行有问题" in sheet["B5"].comment.text
    assert "办公室自己的批注" in sheet["B6"].comment.text
    assert sheet["B5"].fill.fgColor.rgb == COLOURS["error"]
    assert book[NAME]["D5"].hyperlink is not None
    assert len(sheet.data_validations.dataValidation) == 2


def test_what_libreoffice_wrote_can_be_marked(office: Office, rich: Path, opened: Callable) -> None:
    again = converted(office, rich)
    sheet = opened(marked(again, found("error", 5, "B"), found("error", 40, "A")))["候选人"]
    assert sheet["B5"].fill.fgColor.rgb == sheet["A40"].fill.fgColor.rgb == COLOURS["error"]
    assert sheet["B5"].comment is not None


@pytest.mark.parametrize("kind", ["xls", "ods"])
def test_an_older_kind_becomes_an_xlsx_of_the_same_look(
    office: Office, rich: Path, opened: Callable, kind: str
) -> None:
    older = converted(office, rich, kind)
    result = marked(older, found("error", 5, "E"))
    assert result.file_name == "名册.xlsx"
    sheet = opened(result)["候选人"]
    assert sheet["E5"].fill.fgColor.rgb == COLOURS["error"]
    assert sheet["E5"].font.b
    assert sheet["B5"].number_format.replace("\\", "") == "yyyy-mm-dd"
    assert sheet.column_dimensions["B"].width == pytest.approx(30, abs=1.5)


def test_a_csv_becomes_an_xlsx_whose_cells_stand_where_they_stood(tmp_path: Path, opened: Callable) -> None:
    (tmp_path / "名册.csv").write_text("填报单位,城关区\n\n编号,证件\nC1,620102199001010017\n=1+1,x\n", "gb18030")
    result = marked(tmp_path / "名册.csv", found("error", 4, "B", ""))
    sheet = opened(result).worksheets[0]
    assert result.file_name == "名册.xlsx"
    assert sheet["B4"].value == "620102199001010017"
    assert sheet["B4"].fill.fgColor.rgb == COLOURS["error"]
    assert (sheet["A5"].value, sheet["A5"].data_type) == ("=1+1", "s")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", b"%PDF-1.7", b"\x89PNG\r\n"])
def test_what_cannot_be_opened_gives_the_list_alone(tmp_path: Path, opened: Callable, content: bytes) -> None:
    (tmp_path / "坏.xlsx").write_bytes(content)
    book = opened(marked(tmp_path / "坏.xlsx", found("error", None, None, None), status="refused"))
    assert book[NAME]["F5"].value == "第None行有问题"
    assert "拒收" in book[NAME]["A2"].value


def test_a_macro_workbook_keeps_its_name(rich: Path) -> None:
    assert mark_up(rich, "名册.xlsm", [], "accepted", "zh").file_name == "名册.xlsm"


def test_more_cells_than_comments_is_said(tmp_path: Path, opened: Callable) -> None:
    write_rich(tmp_path / "a.xlsx")
    findings = [found("warning", row, "B") for row in range(5, MOST_COMMENTS + 7)] + [found("error", 5000, "B")]
    book = opened(marked(tmp_path / "a.xlsx", *findings))
    sheet = book["候选人"]
    assert "另有 3 处未加批注" in book[NAME]["A2"].value
    assert sheet["B5000"].comment is not None, "errors come first"
    assert sheet[f"B{MOST_COMMENTS + 6}"].comment is None
    assert sheet[f"B{MOST_COMMENTS + 6}"].fill.fgColor.rgb == COLOURS["warning"]


def test_a_corrected_workbook_can_be_sent_again_and_loses_its_old_marks(
    programme: Programme, tmp_path: Path, opened: Callable
) -> None:
    path = tmp_path / "名册.xlsx"
    path.write_bytes(workbook(programme, [candidate(1, phone="123"), candidate(2, jobs_created_count=-1)]))
    first = checked(programme, path)
    assert {item.field for item in first} >= {"phone", "jobs_created_count"}
    book = opened(marked(path, *first))
    sheet = book["表"]
    cells = {item.field: f"{item.column}{item.row}" for item in first}
    assert sheet[cells["phone"]].fill.fgColor.rgb == COLOURS["error"]
    sheet[cells["phone"]].value = "13800000001"
    sheet[cells["phone"]].comment = Comment("已更正", "示例办")
    book.save(path)
    second = checked(programme, path)
    assert {item.field for item in second} == {item.field for item in first} - {"phone"}
    again = opened(marked(path, *second))
    assert again.sheetnames == ["表", NAME]
    assert again["表"][cells["phone"]].fill.fill_type is None
    assert again["表"][cells["phone"]].comment.text.startswith("已更正")
    assert again["表"][cells["jobs_created_count"]].fill.fgColor.rgb == COLOURS["error"]


def checked(programme: Programme, path: Path) -> list[Finding]:
    read = read_return(path, programme)
    assert read.sheet == "表"
    found = check_returns(programme, [read], load_settings().expectations_dir, date(2022, 4, 2))[0]
    assert decide_status(found) == "returned"
    return found


def converted(office: Office, path: Path, kind: str = "xlsx") -> Path:
    """The file as LibreOffice saves it, in a folder of its own."""
    target = path.parent / f"by-office-{kind}" / f"{path.stem}.{kind}"
    target.parent.mkdir()
    office.do([Job(path, target)])
    return target
