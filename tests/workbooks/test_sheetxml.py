"""One cell is changed and every other byte of the sheet stays; what is missing is put where a program looks for it."""

from __future__ import annotations

import pytest

from zhibao.workbooks.sheetxml import SheetXml

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def sheet(rows: str, above: str = "", below: str = "") -> bytes:
    return f'<worksheet xmlns="{MAIN}">{above}<sheetData>{rows}</sheetData>{below}</worksheet>'.encode()


def restyled(rows: str, *cells: tuple[int, int], above: str = "", old_marks: tuple[int, ...] = ()) -> str:
    """The rows after each of the cells got a style that is 100 higher than its own."""
    page = SheetXml(sheet(rows, above))
    page.restyle(dict.fromkeys(cells, lambda style: style + 100), frozenset(old_marks), lambda style: 0)
    return page.bytes().decode().partition("<sheetData>")[2].partition("</sheetData>")[0]


@pytest.mark.parametrize(("before", "after"), [
    ('<row r="1"><c r="A1" s="3"><v>1</v></c></row>', '<row r="1"><c r="A1" s="103"><v>1</v></c></row>'),
    ('<row r="1"><c r="A1"><v>1</v></c></row>', '<row r="1"><c s="100" r="A1"><v>1</v></c></row>'),
    ('<row r="1"><c r="B1"/></row>', '<row r="1"><c r="A1" s="100"/><c r="B1"/></row>'),
    ('<row r="1" spans="2:2"><c r="B1"/></row>', '<row r="1"><c r="A1" s="100"/><c r="B1"/></row>'),
    ('<row r="1" spans="2:2" ht="20"/>', '<row r="1" ht="20"><c r="A1" s="100"/></row>'),
    ('<row r="1"></row>', '<row r="1"><c r="A1" s="100"/></row>'),
    ('<row r="2"><c r="A2"/></row>', '<row r="1"><c r="A1" s="100"/></row><row r="2"><c r="A2"/></row>'),
    ("", '<row r="1"><c r="A1" s="100"/></row>'),
    ('<row><c><v>1</v></c></row>', '<row><c s="100"><v>1</v></c></row>'),
    ("<row r='1'><c r='A1' s='3'/></row>", "<row r='1'><c r='A1' s='103'/></row>"),
    ('<row r="1" s="7" customFormat="1"><c r="B1"/></row>',
     '<row r="1" s="7" customFormat="1"><c r="A1" s="107"/><c r="B1"/></row>'),
    ('<row r="1" s="7"><c r="B1"/></row>', '<row r="1" s="7"><c r="A1" s="100"/><c r="B1"/></row>'),
])
def test_the_first_cell_is_changed_or_made(before: str, after: str) -> None:
    assert restyled(before, (1, 1)) == after


def test_cells_come_in_order_among_those_that_are_there() -> None:
    before = '<row r="3"><c r="B3" s="1"/><c r="AA3" s="2"><v>5</v></c></row>'
    assert restyled(before, (3, 1), (3, 3), (3, 27), (3, 28)) == (
        '<row r="3"><c r="A3" s="100"/><c r="B3" s="1"/><c r="C3" s="100"/><c r="AA3" s="102"><v>5</v></c>'
        '<c r="AB3" s="100"/></row>'
    )


def test_rows_come_in_order_among_those_that_are_there() -> None:
    assert restyled('<row r="2"/><row r="5"/>', (1, 1), (3, 1), (4, 1), (9, 1)) == (
        '<row r="1"><c r="A1" s="100"/></row><row r="2"/><row r="3"><c r="A3" s="100"/></row>'
        '<row r="4"><c r="A4" s="100"/></row><row r="5"/><row r="9"><c r="A9" s="100"/></row>'
    )


@pytest.mark.parametrize(("column", "style"), [(1, 100), (2, 105), (4, 105), (5, 100)])
def test_a_new_cell_has_its_columns_style(column: int, style: int) -> None:
    above = '<cols><col min="2" max="4" width="9" style="5"/></cols>'
    assert f's="{style}"' in restyled("", (1, column), above=above)


def test_old_marks_go_where_no_new_one_comes() -> None:
    before = '<row r="1"><c r="A1" s="40"/><c r="B1" s="41"/><c r="C1" s="4"/></row><row r="2"><c r="A2" s="40"/></row>'
    assert restyled(before, (1, 2), old_marks=(40, 41)) == (
        '<row r="1"><c r="A1" s="0"/><c r="B1" s="100"/><c r="C1" s="4"/></row><row r="2"><c r="A2" s="0"/></row>'
    )


def test_what_looks_like_a_cell_is_none() -> None:
    text = "<![CDATA[<c r='A1'/>]]>"
    before = f"""<row r="1"><!-- <c r='A1'/> --><c r="A1" t="inlineStr"><is><t>{text}</t></is></c></row>"""
    after = """<row r="1"><c s="100" r="A1" t="inlineStr"><is><t>&lt;c r='A1'/&gt;</t></is></c></row>"""
    assert restyled(before, (1, 1)) == after


def test_another_encoding_becomes_utf_8() -> None:
    text = '<?xml version="1.0" encoding="UTF-16"?>' + sheet('<row r="1"><c r="A1"><v>甲</v></c></row>').decode()
    page = SheetXml(text.encode("utf-16"))
    page.restyle({(1, 1): lambda style: 9}, frozenset(), int)
    assert '<c s="9" r="A1"><v>甲</v></c>' in page.bytes().decode("utf-8")


@pytest.mark.parametrize("data", [
    b"<chartsheet/>", sheet('<row r="2"/><row r="2"/>'), sheet('<row r="3"/><row r="2"/>'),
    sheet('<row r="1"><c r="A1">'),
])
def test_what_cannot_be_cut_apart_is_said(data: bytes) -> None:
    with pytest.raises(ValueError):
        SheetXml(data).restyle({(1, 1): int}, frozenset(), int)


@pytest.mark.parametrize(("below", "behind"), [
    ("", "</worksheet>"), ('<pageMargins left="1"/>', "</worksheet>"), ('<drawing r="1"/><tableParts/>', "<tableParts"),
    ("<drawing/><legacyDrawingHF/><extLst><ext><x:legacyDrawing/></ext></extLst>", "<legacyDrawingHF"),
    ("<dataValidations><extLst/></dataValidations><extLst/>", "<extLst/></worksheet>"),
    ("<drawing/><mc:AlternateContent><controls/></mc:AlternateContent>", "<mc:AlternateContent"),
])
def test_boxes_are_pointed_to_where_excel_looks(below: str, behind: str) -> None:
    page = SheetXml(sheet("", below=below))
    page.add_legacy_drawing("rId9", "urn:office")
    before, _, after = page.bytes().decode().partition('<legacyDrawing xmlns:zbr="urn:office" zbr:id="rId9"/>')
    assert after.startswith(behind)
    assert before + after == sheet("", below=below).decode()
    assert page.legacy_relation == "rId9"


def test_the_drawing_of_headers_is_not_that_of_comments() -> None:
    assert SheetXml(sheet("", below='<legacyDrawingHF r:id="rId3"/>')).legacy_relation is None


def test_the_first_filled_cell_of_each_row() -> None:
    page = SheetXml(sheet('<row r="1"><c r="A1" s="1"/><c r="C1"><v>1</v></c></row><row r="2"><c r="A2"/></row>'))
    assert page.first_filled({1, 2, 3}) == {1: 3}
