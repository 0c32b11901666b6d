"""Comments beside an office's own: what it wrote outlives every round, what we wrote does not."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment

from zhibao.workbooks.comments import add_comments
from zhibao.workbooks.package import Package
from zhibao.workbooks.sheetxml import SheetXml

from .insisted import complaints
from .rich import respell, write_rich

OURS = "◆【错误】有误\n　→ 请更正。"
PART = "xl/worksheets/sheet1.xml"


def commented(path: Path, texts: dict[tuple[int, int], str]) -> Any:
    """The first sheet of the workbook after comments were put on it; it lies at `path` then."""
    package = Package(path)
    part = package.sheets()[0].part
    sheet = SheetXml(package.parts[part])
    add_comments(package, part, sheet, texts)
    package.parts[part] = sheet.bytes()
    path.write_bytes(package.write())
    assert complaints(path.read_bytes()) == []
    return load_workbook(BytesIO(path.read_bytes())).worksheets[0]


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """B2 bears the office's comment."""
    made, path = Workbook(), tmp_path / "a.xlsx"
    made.active["B2"].comment = Comment("我处意见", "示例办")
    made.save(path)
    return path


def test_none_are_put_on_a_sheet_without(tmp_path: Path) -> None:
    Workbook().save(tmp_path / "a.xlsx")
    before = Package(tmp_path / "a.xlsx").parts
    commented(tmp_path / "a.xlsx", {})
    assert Package(tmp_path / "a.xlsx").parts == before


def test_ours_go_with_the_next_round_and_the_offices_stay(book: Path) -> None:
    first = commented(book, {(2, 2): OURS, (3, 1): OURS})
    assert (first["B2"].comment.text, first["A3"].comment.text) == (f"我处意见\n{OURS}", OURS)
    assert commented(book, {(2, 2): OURS})["B2"].comment.text == f"我处意见\n{OURS}"
    last = commented(book, {})
    assert (last["B2"].comment.text, last["A3"].comment) == ("我处意见", None)


@pytest.mark.parametrize(("written", "left"), [
    (f"{OURS}\n已核实", "已核实"), (f"先说一句\n{OURS}\n已核实", "先说一句\n已核实"), (f"{OURS}\n{OURS}", None),
    ("【错误】这是我写的", "【错误】这是我写的"), (f"示例办:\n{OURS}", "示例办:"),
])
def test_what_an_office_adds_to_our_words_stays(tmp_path: Path, written: str, left: str | None) -> None:
    made, path = Workbook(), tmp_path / "a.xlsx"
    made.active["B2"].comment = Comment(written, "示例办")
    made.save(path)
    comment = commented(path, {})["B2"].comment
    assert (comment.text if comment else None) == left


def test_a_discussion_is_left_alone(book: Path) -> None:
    respell(book, lambda name, text: text.replace("<author>示例办", "<author>tc={A1B2}") if "comment" in name else text)
    assert commented(book, {(2, 2): OURS})["B2"].comment.text == "我处意见"


def test_text_that_xml_cannot_hold_is_left_out(book: Path) -> None:
    assert commented(book, {(5, 1): "有\x00误\x0b <&> _x0041_"})["A5"].comment.text == "有误 <&> _x0041_".replace(
        "_x0041_", "_x005F_x0041_")


def test_buttons_and_pictures_of_headers_keep_their_shapes(tmp_path: Path) -> None:
    write_rich(tmp_path / "a.xlsx")
    before = Package(tmp_path / "a.xlsx").parts
    commented(tmp_path / "a.xlsx", {(5, 1): OURS, (6, 2): OURS})
    after = Package(tmp_path / "a.xlsx").parts
    boxes = after["xl/drawings/vmlDrawing1.vml"]
    assert b'ObjectType="Button"' in boxes
    assert boxes.count(b'ObjectType="Note"') == 2
    assert b'data="1,2"' in boxes
    assert after["xl/drawings/vmlDrawing2.vml"] == before["xl/drawings/vmlDrawing2.vml"]
