"""Every kind of file that arrives, by the hand of the program that writes it: the same return comes out."""

from __future__ import annotations

import shutil
import struct
import zipfile
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from zhibao.programme.models import Programme
from zhibao.reading.read import read_return

from .binary_books import XLS_ERROR, XLS_FORMULA_ERROR, XLSB_ERROR, biff, brt, write_ole, write_xls, write_xlsb
from .books import codes, found, record, rezip, sheet_rows, write_openpyxl

Rows = list[list[Any]]


def plain_rows(*records: list[Any]) -> Rows:
    """Rows without date objects, which the hand-made kinds cannot hold."""
    rows = sheet_rows(records or [record(1), record(2)])
    return [[cell.isoformat() if isinstance(cell, date) else cell for cell in row] for row in rows]


@pytest.mark.parametrize("ending", ["xlsx", "xls", "ods"])
def test_what_libreoffice_writes(by_office: Callable[[str], Path], programme: Programme, ending: str) -> None:
    result = read_return(by_office(ending), programme)
    places = sorted((item.code, item.row, item.column) for item in result.findings)
    assert places == [
        ("reading.error_cell", 5, "M"), ("reading.error_cell", 6, "L"),
        ("reading.hidden_columns", None, "Q"), ("reading.hidden_rows", 5, None),
    ]
    assert (result.form, result.unit, result.period, result.rows) == ("candidate", "chengguan", "2022-03", [4, 5, 6])
    assert result.columns["jobs_created_count"] == [7, 6, None]
    assert result.columns["annual_revenue_yuan"] == [Decimal(500000)] * 3
    assert result.columns["established_on"] == [date(2021, 6, 1)] * 3
    assert result.columns["revenue_year"] == [2021] * 3
    assert result.columns["venture_name"] == ["测试商行"] * 3
    assert result.raw["venture_name"] == {1: ("", "merged_cell"), 2: ("", "merged_cell")}
    assert result.totals[0]["values"]["jobs_created_count"] == 13
    assert result.reader == "python-calamine"


def test_an_et_is_an_xls_by_its_content(by_office: Callable[[str], Path], programme: Programme, tmp_path: Path) -> None:
    et = shutil.copy(by_office("xls"), tmp_path / "return.et")
    assert "reading.wrong_extension" not in codes(read_return(et, programme))
    renamed = shutil.copy(by_office("xls"), tmp_path / "return.xlsx")
    [finding] = found(read_return(renamed, programme), "reading.wrong_extension")
    assert (finding.severity, ".xls" in finding.message.zh) == ("warning", True)


def test_an_xls_by_hand(tmp_path: Path, programme: Programme) -> None:
    rows = plain_rows(record(1, 成立日期=42886), record(2, 成立日期=42886))
    rows[3][11], rows[4][12] = XLS_ERROR, XLS_FORMULA_ERROR
    path = write_xls(tmp_path / "a.xls", rows, hidden=[4], before=biff(0x22, b"\1\0"),
                     sheet_extra=biff(0x7D, struct.pack("<HHHHHH", 2, 3, 0, 0, 1, 0))
                     + biff(0xE5, struct.pack("<HHHHH", 1, 3, 4, 6, 6)))
    result = read_return(path, programme)
    assert {(item.code, item.row, item.column) for item in result.findings} == {
        ("reading.error_cell", 4, "L"), ("reading.error_cell", 5, "M"), ("reading.hidden_rows", 5, None),
        ("reading.hidden_columns", None, "C"),
    }
    assert result.columns["established_on"] == [date(2021, 6, 1)] * 2  # days since 1904


@pytest.mark.parametrize("number", [1, 3])
def test_whole_numbers_of_an_xls_are_numbers(tmp_path: Path, programme: Programme, number: int) -> None:
    rows = plain_rows(record(1))
    rows[3][11] = struct.pack("<HI", 0x27E, 100 * number << 2 | 3)  # RK: hundredths of a whole number
    rows[3][12] = struct.pack("<HI", 0x27E, number << 2 | 2)  # RK: a whole number
    result = read_return(write_xls(tmp_path / "a.xls", rows), programme)
    assert (result.columns["jobs_created_count"], result.columns["jobs_stable_count"]) == ([number], [number])
    assert result.findings == []


def test_a_biff5_workbook_is_converted(tmp_path: Path, programme: Programme) -> None:
    result = read_return(write_xls(tmp_path / "a.xls", plain_rows(), version=5, name="候选人名册"), programme)
    assert codes(result) == ["reading.second_reader"]
    assert (result.sheet, result.rows, result.columns["person_name"]) == ("候选人名册", [4, 5], ["测试某", "测试某"])
    assert (result.reader, result.reader_version[0].isdigit()) == ("LibreOffice", True)


def test_an_xlsb_by_hand(tmp_path: Path, programme: Programme) -> None:
    rows = plain_rows(record(1, 成立日期=42886), record(2, 成立日期=42886))
    rows[3][11], rows[4][6] = XLSB_ERROR, None
    path = write_xlsb(
        tmp_path / "a.xlsb", rows, hidden=[3], epoch_1904=True,
        before=brt(60, struct.pack("<IIIIH", 1, 1, 0, 0, 1)), extra=brt(176, struct.pack("<4I", 3, 4, 6, 6)),
    )
    result = read_return(path, programme)
    assert {(item.code, item.row, item.column) for item in result.findings} == {
        ("reading.error_cell", 4, "L"), ("reading.hidden_rows", 4, None), ("reading.hidden_columns", None, "B"),
    }
    assert result.columns["established_on"] == [date(2021, 6, 1)] * 2
    assert result.columns["venture_name"] == ["测试商行"] * 2
    assert (result.columns["revenue_year"], result.reader) == ([2021, 2021], "python-calamine")


def test_columns_left_empty_stay_where_they_are(tmp_path: Path, programme: Programme) -> None:
    rows = plain_rows(record(1, 带动就业人数="许多"))
    path = write_xlsb(tmp_path / "a.xlsb", [[], *rows], first_column=2)
    assert [(item.row, item.column) for item in read_return(path, programme).findings] == [(5, "N")]
    path = write_xls(tmp_path / "a.xls", [[], *([None, None, *row] for row in rows)])
    assert [(item.row, item.column) for item in read_return(path, programme).findings] == [(5, "N")]


PAGE = """<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><meta charset="gb2312"></head><body>
<h2>候选人名册</h2><table border=1><tr><td colspan=2>填报单位：城关区</td><td>报告期</td><td>2022-03</td>
<td>填表日期：2022-04-02</td><td>模板版本：2021.1</td><td>金额单位：元</td></tr><tr>{heads}</tr>{rows}</table></body></html>"""


def test_a_web_page_that_calls_itself_xls(tmp_path: Path, programme: Programme) -> None:
    rows = plain_rows(record(1), record(2, 带动就业人数="许多"))
    spans = {6: " rowspan=2"}
    first = "".join(f"<td{spans.get(index, '')}>{cell}</td>" for index, cell in enumerate(rows[3]))
    second = "".join(f"<td>&nbsp;{cell}</td>" for index, cell in enumerate(rows[4]) if index != 6)
    page = PAGE.format(heads="".join(f"<th>{cell}</th>" for cell in rows[2]), rows=f"<tr>{first}</tr><tr>{second}</tr>")
    path = tmp_path / "return.xls"
    path.write_bytes(page.encode("gb18030"))
    result = read_return(path, programme)
    assert [(item.code, item.row, item.column) for item in result.findings] == [
        ("reading.wrong_extension", None, None), ("reading.approximate_number", 5, "L"),
    ]
    assert (result.unit, result.period, result.rows) == ("chengguan", "2022-03", [4, 5])
    assert result.columns["venture_name"] == ["测试商行"] * 2
    assert result.columns["id_number"] == ["620102199001010019"] * 2
    assert result.reader == "lxml"


def test_the_xml_of_excel_2003_is_converted(tmp_path: Path, programme: Programme) -> None:
    rows = "".join(
        "<Row>" + "".join(f'<Cell><Data ss:Type="String">{"" if cell is None else cell}</Data></Cell>' for cell in row)
        + "</Row>" for row in plain_rows()
    )
    space = "urn:schemas-microsoft-com:office:spreadsheet"
    path = tmp_path / "return.xml"
    path.write_text(f'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook xmlns="{space}" '
                    f'xmlns:ss="{space}"><Worksheet ss:Name="名册"><Table>{rows}</Table></Worksheet></Workbook>',
                    encoding="utf-8")
    result = read_return(path, programme)
    assert codes(result) == ["reading.second_reader"]
    assert (result.sheet, result.rows, result.reader) == ("名册", [4, 5], "LibreOffice")


def test_without_libreoffice_the_answer_says_what_to_do(
    tmp_path: Path, programme: Programme, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    result = read_return(write_xls(tmp_path / "a.xls", plain_rows(), version=5), programme)
    assert (result.refused, codes(result)) == (True, ["reading.not_converted"])
    assert "另存为.xlsx" in result.findings[0].next_step.zh


def test_strict_ooxml(tmp_path: Path, programme: Programme) -> None:
    def strict(name: str, data: bytes) -> bytes:
        return (data.replace(b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
                             b"http://purl.oclc.org/ooxml/spreadsheetml/main")
                .replace(b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
                         b"http://purl.oclc.org/ooxml/officeDocument/relationships"))

    book = write_openpyxl(tmp_path / "a.xlsx", sheet_rows([record(1), record(2, 带动就业人数="约5")]))
    result = read_return(rezip(book, tmp_path / "strict.xlsx", strict), programme)
    assert [(item.code, item.row, item.column) for item in result.findings] == [("reading.approximate_number", 5, "L")]


def test_openpyxl_reads_what_calamine_gives_up_on(tmp_path: Path, programme: Programme) -> None:
    def spoil(name: str, data: bytes) -> bytes:
        # A type of cell that calamine refuses.
        return data.replace(b'<c r="L4" t="n">', b'<c r="L4" t="q">') if name.endswith("sheet1.xml") else data

    def mark(sheet: Any) -> None:
        sheet["J5"] = "=NA()"
        sheet.merge_cells("G4:G5")
        sheet.row_dimensions[4].hidden = True

    book = write_openpyxl(tmp_path / "a.xlsx", sheet_rows([record(1), record(2)]), then=mark)
    result = read_return(rezip(book, tmp_path / "b.xlsx", spoil), programme)
    assert (result.reader, result.reader_version[0].isdigit()) == ("openpyxl", True)
    assert {(item.code, item.row, item.column) for item in result.findings} == {
        ("reading.second_reader", None, None), ("reading.formula_without_value", 5, "J"),
        ("reading.hidden_rows", 4, None),
    }
    assert (result.rows, result.columns["established_on"]) == ([4, 5], [date(2021, 6, 1), None])
    assert (result.columns["venture_name"], result.columns["jobs_stable_count"]) == (["测试商行"] * 2, [5, 5])


@pytest.mark.parametrize(("streams", "code"), [
    ({"EncryptedPackage": b"x", "EncryptionInfo": b"x"}, "reading.password"),
    ({"WordDocument": b"x"}, "reading.not_read"),
    ({"Strange": b"x"}, "reading.unknown_file"),
])
def test_other_ole_files(tmp_path: Path, programme: Programme, streams: dict[str, bytes], code: str) -> None:
    result = read_return(write_ole(tmp_path / "a.xls", streams), programme)
    assert (result.refused, codes(result), result.reader) == (True, [code], "")


def test_an_xls_with_a_password(tmp_path: Path, programme: Programme) -> None:
    path = write_xls(tmp_path / "a.xls", plain_rows(), before=biff(0x2F, bytes(54)))
    assert codes(read_return(path, programme)) == ["reading.password"]


def test_macros_and_pictures_of_the_older_kinds(tmp_path: Path, programme: Programme) -> None:
    path = write_xls(tmp_path / "a.xls", plain_rows(), others={"_VBA_PROJECT_CUR": b"x"})
    assert codes(read_return(path, programme)) == ["reading.macros_ignored"]
    picture = write_xls(tmp_path / "b.xls", [], before=biff(0xEB, b"drawing"))
    assert codes(read_return(picture, programme)) == ["reading.picture_only"]


def test_an_ods_with_a_password(by_office: Callable[[str], Path], tmp_path: Path, programme: Programme) -> None:
    def encrypt(name: str, data: bytes) -> bytes:
        return data.replace(b"</manifest:manifest>", b"<manifest:file-entry><manifest:encryption-data/>"
                            b"</manifest:file-entry></manifest:manifest>")

    assert codes(read_return(rezip(by_office("ods"), tmp_path / "a.ods", encrypt), programme)) == ["reading.password"]


@pytest.mark.parametrize(("old", "new"), [
    (b"<table:table-cell ", b'<table:table-cell table:number-columns-repeated="1000000000" '),
    (b"<table:table-row ", b'<table:table-row table:number-rows-repeated="1000000" '),
])
def test_an_ods_of_endless_repeats(
    by_office: Callable[[str], Path], tmp_path: Path, programme: Programme, old: bytes, new: bytes
) -> None:
    bomb = rezip(by_office("ods"), tmp_path / "a.ods", lambda _, data: data.replace(old, new))
    assert codes(read_return(bomb, programme)) == ["reading.grid_too_large"]


def test_an_archive_of_returns(tmp_path: Path, programme: Programme) -> None:
    book = write_openpyxl(tmp_path / "a.xlsx", sheet_rows([record()]))
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.write(book, "城关区.xlsx")
    assert codes(read_return(tmp_path / "a.zip", programme)) == ["reading.packed_files"]


@pytest.mark.parametrize(("text", "row"), [('a,b\n"c,d\ne,f\n', 2), ('"a,b\n', 1)])
def test_a_quotation_mark_that_never_closes(tmp_path: Path, programme: Programme, text: str, row: int) -> None:
    path = tmp_path / "a.csv"
    path.write_text(text, encoding="utf-8")
    [finding] = read_return(path, programme).findings
    assert (finding.code, finding.row) == ("reading.unclosed_quote", row)


def test_an_id_that_a_text_file_shows_as_a_power(tmp_path: Path, programme: Programme) -> None:
    rows = plain_rows(record(1, 身份证号="6.20102E+17", 手机号="1.38E+10"))
    path = tmp_path / "a.csv"
    path.write_text("\n".join(",".join("" if cell is None else str(cell) for cell in row) for row in rows))
    assert [(item.code, item.column) for item in read_return(path, programme).findings] == [
        ("reading.id_number_as_number", "E"), ("reading.id_number_as_number", "F"),
    ]
