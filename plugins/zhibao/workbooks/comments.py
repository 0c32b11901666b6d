"""Comments on cells, beside those that an office wrote itself: the text in one part, the boxes in a VML drawing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from lxml import etree

from zhibao.reading.sheetscan import column_letters
from zhibao.workbooks.package import Package, parse, serialise
from zhibao.workbooks.sheetxml import SheetXml

AUTHOR = "直报"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
_VML_TYPE = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_VML = (
    '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
    ' xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/>'
    '</o:shapelayout></xml>'
)
_SHAPE_TYPE = (
    '<v:shapetype xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
    ' id="_zb_note" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
_SHAPE = (
    '<v:shape xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
    ' xmlns:x="urn:schemas-microsoft-com:office:excel" id="_zb_note{number}" type="#_zb_note"'
    ' style="position:absolute;margin-left:60pt;margin-top:2pt;width:220pt;height:96pt;visibility:hidden"'
    ' fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/><v:path o:connecttype="none"/>'
    '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"/></v:textbox>'
    '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/>'
    '<x:Anchor>{left}, 12, {top}, 2, {right}, 20, {bottom}, 8</x:Anchor><x:AutoFill>False</x:AutoFill>'
    '<x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>'
)
_SHAPES = re.compile(rb"<v:shape\b.*?</v:shape>", re.DOTALL)


def add_comments(package: Package, part: str, sheet: SheetXml, texts: Mapping[tuple[int, int], str]) -> None:
    """Put a text on each cell (1-based row, column). An office's own comment on the cell stays above ours."""
    name = package.related(part, "/comments")
    root = parse(package.parts[name]) if name else None
    if name is None or root is None:
        name = package.free_name("xl/comments{}.xml")
        root = parse(f'<comments xmlns="{package.main}"><authors/><commentList/></comments>'.encode())
        package.relate(part, "/comments", name)
        package.declare(name, _TYPE)
    known, forgotten = _forget_ours(root, package.main)
    boxes = [cell for cell, text in sorted(texts.items()) if _write(root, package.main, known, cell, text)]
    package.parts[name] = serialise(root)
    _add_boxes(package, part, sheet, boxes, forgotten)


def _forget_ours(root: Any, main: str) -> tuple[dict[str, Any], set[str]]:
    """Take away what an earlier copy was given. Gives the office's own comments by cell, and the cells of ours."""
    ns = f"{{{main}}}"
    authors, listed = root.find(f"{ns}authors"), root.find(f"{ns}commentList")
    ours = {str(place) for place, author in enumerate(authors) if author.text == AUTHOR}
    forgotten = {comment.get("ref") for comment in listed if comment.get("authorId") in ours}
    for comment in list(listed):
        if comment.get("authorId") in ours:
            listed.remove(comment)
    return {comment.get("ref"): comment for comment in listed}, forgotten


def _write(root: Any, main: str, known: dict[str, Any], cell: tuple[int, int], text: str) -> bool:
    """Whether a box is needed: an office's own comment has one already."""
    ns, ref = f"{{{main}}}", f"{column_letters(cell[1] - 1)}{cell[0]}"
    own = known.get(ref)
    if own is not None:
        body = own.find(f"{ns}text")
        lines = f"\n【{AUTHOR}】\n{text}"
        if body is not None and not "".join(body.itertext()).endswith(lines):
            _add_run(body, ns, lines)
        return False
    authors, listed = root.find(f"{ns}authors"), root.find(f"{ns}commentList")
    place = next((index for index, author in enumerate(authors) if author.text == AUTHOR), None)
    if place is None:
        etree.SubElement(authors, f"{ns}author").text = AUTHOR
        place = len(authors) - 1
    comment = etree.SubElement(listed, f"{ns}comment", ref=ref, authorId=str(place))
    _add_run(etree.SubElement(comment, f"{ns}text"), ns, text)
    return True


def _add_run(body: Any, ns: str, text: str) -> None:
    line = etree.SubElement(etree.SubElement(body, f"{ns}r"), f"{ns}t")
    line.text = text
    line.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")


def _add_boxes(
    package: Package, part: str, sheet: SheetXml, cells: list[tuple[int, int]], forgotten: set[str]
) -> None:
    name = package.related(part, "/vmlDrawing")
    if name is None:
        name = package.free_name("xl/drawings/vmlDrawingZb{}.vml")
        package.parts[name] = _VML.encode()
        package.declare_extension("vml", _VML_TYPE)
        sheet.add_legacy_drawing(package.relate(part, "/vmlDrawing", name), package.office)
    data = _SHAPES.sub(lambda box: b"" if _cell_of(box[0]) in forgotten else box[0], package.parts[name])
    start = data.count(b"_zb_note")
    shapes = "".join(
        _SHAPE.format(number=start + place, row=row - 1, column=column - 1, left=column, right=column + 3,
                      top=max(0, row - 2), bottom=row + 4)
        for place, (row, column) in enumerate(cells)
    )
    if b'id="_zb_note"' not in data:
        shapes = _SHAPE_TYPE + shapes
    end = data.rfind(b"</xml>")
    package.parts[name] = data[:end] + shapes.encode() + data[end:]


def _cell_of(box: bytes) -> str | None:
    row, column = (re.search(rb"<x:%b>(\d+)</x:%b>" % (name, name), box) for name in (b"Row", b"Column"))
    return f"{column_letters(int(column[1]))}{int(row[1]) + 1}" if row and column else None
