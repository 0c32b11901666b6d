"""The boxes in which a spreadsheet program shows comments: shapes of a VML drawing, numbered as Excel numbers them."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from zhibao.reading.sheetscan import column_letters
from zhibao.workbooks.package import Package
from zhibao.workbooks.sheetxml import Cell, SheetXml

# Shape ids go by blocks of 1024, and each drawing says which blocks are its own; no two drawings share one.
BLOCK = 1024
_VML_TYPE = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_SPACES = (
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
    ' xmlns:x="urn:schemas-microsoft-com:office:excel"'
)
_LAYOUT = '<o:shapelayout {spaces}v:ext="edit"><o:idmap v:ext="edit" data="{blocks}"/></o:shapelayout>'
_SHAPE_TYPE = (
    '<v:shapetype {spaces}id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
_SHAPE = (
    '<v:shape {spaces}id="_x0000_s{number}" type="#_x0000_t202" style="position:absolute;margin-left:60pt;'
    'margin-top:2pt;width:240pt;height:{height}pt;z-index:{layer};visibility:hidden" fillcolor="#ffffe1"'
    ' o:insetmode="auto"><v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/>'
    '<v:path o:connecttype="none"/><v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div>'
    '</v:textbox><x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/>'
    '<x:Anchor>{left}, 15, {top}, 4, {right}, 31, {bottom}, 4</x:Anchor><x:AutoFill>False</x:AutoFill>'
    '<x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>'
)
# Programs give these namespaces prefixes of their own.
_SHAPES = re.compile(rb"<(\w+):shape\s.*?</\1:shape>\s*", re.DOTALL)
_ROOT = re.compile(rb"<(?:\w+:)?xml\b[^>]*>")
_IDMAP = re.compile(rb"<\w+:idmap\b[^>]*?\sdata=[\"']([\d,\s]*)[\"']")
_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384
_LINE_POINTS, _MOST_LINES = 15, 24


class Boxes:
    """The VML drawing of one sheet, edited as text: Excel writes it in a way that is not always well-formed XML."""

    def __init__(self, package: Package, part: str, sheet: SheetXml) -> None:
        self._package = package
        relation = sheet.legacy_relation
        name = package.related(part, "/vmlDrawing", relation) if relation else None
        if name is None:
            name = package.free_name("xl/drawings/vmlDrawing{}.vml")
            package.parts[name] = f"<xml {_SPACES}></xml>".encode()
            package.declare_extension("vml", _VML_TYPE)
            sheet.add_legacy_drawing(package.relate(part, "/vmlDrawing", name), package.office)
        self._name = name

    def change(self, forgotten: Collection[str], new: Mapping[Cell, int]) -> None:
        """Drop the boxes of the cells `forgotten` ("B3"), and add one for each new cell, of so many lines."""
        data = self._package.parts[self._name]
        if forgotten:
            data = _SHAPES.sub(lambda box: b"" if _cell_of(box[0]) in forgotten else box[0], data)
        if new:
            data = self._with_boxes(data, new)
        self._package.parts[self._name] = data

    def _with_boxes(self, data: bytes, new: Mapping[Cell, int]) -> bytes:
        root = _ROOT.search(data)
        if root is None or b"</xml>" not in data:
            raise ValueError("no VML drawing")
        is_usual = all(space.encode() in root[0] for space in _SPACES.split())
        spaces = "" if is_usual else f"{_SPACES} "
        blocks = self._free_blocks(-(-len(new) // (BLOCK - 1)))
        shapes = [] if b'id="_x0000_t202"' in data else [_SHAPE_TYPE.format(spaces=spaces)]
        for place, ((row, column), lines) in enumerate(new.items()):
            block, number = divmod(place, BLOCK - 1)
            lines = min(lines + 1, _MOST_LINES)
            top = max(0, min(row - 2, _LAST_ROW - 1 - lines))
            left = min(column, _LAST_COLUMN - 4)
            shapes.append(_SHAPE.format(
                spaces=spaces, number=blocks[block] * BLOCK + number + 1, layer=place + 1, height=lines * _LINE_POINTS,
                row=row - 1, column=column - 1, top=top, bottom=top + lines, left=left, right=left + 3,
            ))
        data = _with_blocks(data, root.end(), blocks, spaces)
        end = data.rindex(b"</xml>")
        return data[:end] + "".join(shapes).encode() + data[end:]

    def _free_blocks(self, count: int) -> list[int]:
        """Blocks beyond those of all drawings of the workbook."""
        taken = [int(block) for name, data in self._package.parts.items() if name.lower().endswith(".vml")
                 for said in _IDMAP.findall(data) for block in said.replace(b",", b" ").split()]
        first = max(taken, default=0) + 1
        return list(range(first, first + count))


def _with_blocks(data: bytes, start: int, blocks: list[int], spaces: str) -> bytes:
    """The drawing that owns these blocks too."""
    numbers, known = ",".join(map(str, blocks)), _IDMAP.search(data)
    if known is None:
        return data[:start] + _LAYOUT.format(spaces=spaces, blocks=numbers).encode() + data[start:]
    all_of_them = f"{known[1].decode()},{numbers}" if known[1].strip() else numbers
    return data[:known.start(1)] + all_of_them.encode() + data[known.end(1):]


def _cell_of(box: bytes) -> str | None:
    """The cell ("B3") whose comment this box shows."""
    row, column = (re.search(rb"<\w+:%b>(\d+)<" % name, box) for name in (b"Row", b"Column"))
    if not (row and column and b'"Note"' in box):
        return None
    return f"{column_letters(int(column[1]))}{int(row[1]) + 1}"
