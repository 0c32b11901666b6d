from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from zhibao.reading.limits import MIB, Limits
from zhibao.reading.preflight import Preflight, preflight
from zhibao.reading.sheetscan import Scanner, column_letters, column_number, place

from .books import record, rezip, sheet_rows, write_openpyxl, write_xlsxwriter

OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504)
SHEET = "xl/worksheets/sheet1.xml"


def look(path: Path, limits: Limits = Limits(), name: str | None = None) -> Preflight:  # noqa: B008
    return preflight(path, limits, name)


def only_code(path: Path, limits: Limits = Limits()) -> str:  # noqa: B008
    result = look(path, limits)
    assert result.refused
    [found] = result.findings
    return found.code


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return write_openpyxl(tmp_path / "book.xlsx", sheet_rows([record()]))


def test_a_sound_workbook_passes_without_a_word(book: Path) -> None:
    result = look(book, name="book.xlsx")
    assert (result.kind, result.findings, len(result.scans)) == ("xlsx", [], 1)


@pytest.mark.parametrize(("data", "code"), [
    (b"", "reading.empty_file"),
    (OLE + b"no sectors that hang together", "reading.damaged_file"),
    (b"Rar!\x1a\x07", "reading.packed_files"),
    (b"\x89PNG\r\n\x1a\n" + bytes(64), "reading.picture_only"),
    (b"\xff\xd8\xff\xe0" + bytes(64), "reading.picture_only"),
    (b"%PDF-1.7\n", "reading.not_read"),
    (b"{\\rtf1", "reading.not_read"),
    (b'<?xml version="1.0"?><feed/>', "reading.not_read"),
    (b"\x7fELF" + bytes(64), "reading.unknown_file"),
    (b"PK\x03\x04 and nothing more", "reading.damaged_file"),
])
def test_magic_bytes_decide_whatever_the_name_says(tmp_path: Path, data: bytes, code: str) -> None:
    path = tmp_path / "return.xlsx"
    path.write_bytes(data)
    assert only_code(path) == code


@pytest.mark.parametrize(("entries", "code"), [
    ({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<a/>"}, "reading.not_read"),
    ({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}, "reading.damaged_file"),
    ({"xl/workbook.bin": b"x"}, "reading.damaged_file"),
    ({"word/document.xml": b"<a/>"}, "reading.not_read"),
    ({"photo.jpg": b"x", "return.xlsx": b"PK"}, "reading.packed_files"),
    ({}, "reading.damaged_file"),
    ({"xl/workbook.xml": b"<a/>"}, "reading.damaged_file"),
])
def test_other_archives_are_named(tmp_path: Path, entries: dict[str, bytes], code: str) -> None:
    path = tmp_path / "return.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    assert only_code(path) == code


def test_a_renamed_file_is_read_by_its_content_and_says_so(book: Path) -> None:
    result = look(book, name="return.csv")
    assert result.kind == "xlsx"
    assert [found.code for found in result.findings] == ["reading.wrong_extension"]
    assert look(book, name="0a1b2c").findings == []


def test_a_truncated_workbook_is_damaged(book: Path) -> None:
    book.write_bytes(book.read_bytes()[: book.stat().st_size * 3 // 5])
    assert only_code(book) == "reading.damaged_file"


def test_a_workbook_with_a_flipped_byte_is_damaged(book: Path) -> None:
    with zipfile.ZipFile(book) as archive:
        info = archive.getinfo(SHEET)
    data = bytearray(book.read_bytes())
    data[info.header_offset + 30 + len(info.filename) + info.compress_size // 2] ^= 0xFF
    book.write_bytes(data)
    assert only_code(book) == "reading.damaged_file"


def test_a_missing_file_is_a_finding(tmp_path: Path) -> None:
    assert only_code(tmp_path / "nowhere.xlsx") == "reading.file_unreadable"
    assert only_code(tmp_path) == "reading.file_unreadable"


def test_the_size_of_the_file_is_limited(book: Path) -> None:
    size = book.stat().st_size
    assert look(book, Limits(file_bytes=size)).kind == "xlsx"
    assert only_code(book, Limits(file_bytes=size - 1)) == "reading.file_too_large"


def test_the_inflated_size_is_limited_as_declared(book: Path) -> None:
    with zipfile.ZipFile(book) as archive:
        inflated = sum(entry.file_size for entry in archive.infolist())
    assert look(book, Limits(inflated_bytes=inflated)).kind == "xlsx"
    assert only_code(book, Limits(inflated_bytes=inflated - 1)) == "reading.inflates_too_large"


def test_a_bomb_that_understates_its_size_is_stopped(tmp_path: Path, book: Path) -> None:
    bomb = rezip(book, tmp_path / "bomb.xlsx", lambda name, data: data + bytes(8 * MIB) if name == SHEET else data)
    with zipfile.ZipFile(bomb) as archive:
        declared = archive.getinfo(SHEET).file_size
    data = bomb.read_bytes().replace(declared.to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    bomb.write_bytes(data)
    assert only_code(bomb) in {"reading.damaged_file", "reading.inflates_too_large"}


def test_a_bomb_of_high_ratio_is_refused(tmp_path: Path, book: Path) -> None:
    bomb = rezip(book, tmp_path / "bomb.xlsx", lambda name, data: data + b" " * 8 * MIB if name == SHEET else data)
    assert only_code(bomb) == "reading.suspicious_archive"
    assert look(bomb, Limits(ratio=2000)).kind == "xlsx"


def test_the_number_of_entries_is_limited(book: Path) -> None:
    with zipfile.ZipFile(book) as archive:
        count = len(archive.infolist())
    assert look(book, Limits(entries=count)).kind == "xlsx"
    assert only_code(book, Limits(entries=count - 1)) == "reading.suspicious_archive"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_doctype_is_refused(tmp_path: Path, book: Path, encoding: str) -> None:
    text = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbb">]><a>&b;</a>'.encode(encoding)
    bad = rezip(book, tmp_path / "bad.xlsx", lambda name, data: text if name == "docProps/app.xml" else data)
    assert only_code(bad) == "reading.suspicious_archive"


@pytest.mark.parametrize("name", ["../evil.xml", "xl/../../evil.xml", "/etc/evil", "xl\\..\\evil", "C:/evil"])
def test_paths_that_lead_out_are_refused(book: Path, name: str) -> None:
    with zipfile.ZipFile(book, "a") as archive:
        archive.writestr(name, b"x")
    assert only_code(book) == "reading.suspicious_archive"


def test_two_entries_of_one_name_are_refused(book: Path) -> None:
    with zipfile.ZipFile(book, "a") as archive, pytest.warns(UserWarning):
        archive.writestr(SHEET, b"<worksheet/>")
    assert only_code(book) == "reading.suspicious_archive"


def test_macros_are_a_warning(book: Path) -> None:
    with zipfile.ZipFile(book, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"x")
    result = look(book)
    assert result.kind == "xlsx"
    assert [(found.code, found.severity) for found in result.findings] == [("reading.macros_ignored", "warning")]


@pytest.mark.parametrize("reference", ["XFD1048576", "A1048576", "XFD1"])
def test_the_grid_is_measured_by_the_cells_not_by_the_dimension(tmp_path: Path, book: Path, reference: str) -> None:
    cell = f'<row r="9"><c r="{reference}"><v>1</v></c></row></sheetData>'.encode()
    far = rezip(book, tmp_path / "far.xlsx", lambda name, data: data.replace(b"</sheetData>", cell))
    cells = {"XFD1048576": 16384 * 1048576, "A1048576": 26 * 1048576, "XFD1": 16384 * 9}[reference]
    assert only_code(far, Limits(cells=cells - 1)) == "reading.grid_too_large"
    assert look(far, Limits(cells=cells)).kind == "xlsx"


def test_the_epoch_and_the_order_of_sheets_are_noted(tmp_path: Path) -> None:
    path = write_xlsxwriter(tmp_path / "old.xlsx", sheet_rows([record()]), date_1904=True)
    assert look(path).epoch_1904
    assert not look(write_xlsxwriter(tmp_path / "new.xlsx", sheet_rows([record()]))).epoch_1904


XML = (
    b'<worksheet><sheetData><row r="1" spans="1:3"><c r="A1"><v>1</v></c><c r="B1" t="e"><v>#N/A</v></c></row>'
    b'<row r="2" hidden="1"><c r="A2" s="3"><f>B1+1</f><v></v></c><c r="B2"><f>1+1</f><v>2</v></c>'
    b'<c r="C2" t="str"><f>""</f><v></v></c></row><row r="3"><c r="A3"><f t="shared" si="0"/><v/></c>'
    b'<c r="AB3" t="inlineStr"><is><t>t="e" hidden="1"</t></is></c></row></sheetData></worksheet>'
)


@pytest.mark.parametrize("size", [len(XML), 200, 150])
def test_the_scan_sees_what_the_reader_cannot_wherever_a_chunk_ends(size: int) -> None:
    scanner = Scanner()
    for start in range(0, len(XML), size):
        scanner.feed(XML[start : start + size])
    [scan] = scanner.close()
    assert scan.errors == {(0, 1)}
    assert scan.empty_formulas == {(1, 0), (2, 0)}
    assert scan.hidden_rows == {1}
    assert (scan.last_row, scan.last_column) == (3, 28)


def test_letters_and_numbers_of_columns() -> None:
    assert [column_letters(index) for index in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]
    assert [column_number(letters) for letters in ("A", "Z", "AA", "XFD")] == [1, 26, 27, 16384]
    assert place(b"B3") == (2, 1)
