"""Changes single cells in the XML of a sheet: only rows that are touched are parsed, all else stays as it was."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any
from xml.parsers import expat

from lxml import etree

from zhibao.reading.sheetscan import column_letters, column_number
from zhibao.workbooks.package import parse

Restyle = Callable[[int], int]

_ROOT = re.compile(rb"<(?:\w+:)?worksheet\b[^>]*>")
_DATA = re.compile(rb"<(?:\w+:)?sheetData\b[^>]*?(/?)>")
_DATA_END = re.compile(rb"</(?:\w+:)?sheetData\s*>")
_ROW = re.compile(rb"<(?:\w+:)?row\b([^>]*?)(/?)>")
_ROW_END = re.compile(rb"</(?:\w+:)?row\s*>")
_NUMBER = re.compile(rb"\br=[\"'](\d+)[\"']")
_NAMESPACES = re.compile(rb"\s+xmlns(?::\w+)?=(?:\"[^\"]*\"|'[^']*')")
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\b[^>]*?\bref=[\"']([A-Z]+)(\d+):([A-Z]+)(\d+)[\"']")
_STYLE = re.compile(rb"\bs=[\"'](\d+)[\"']")
# What may stand behind <legacyDrawing> in a worksheet (ECMA-376, CT_Worksheet).
_AFTER_LEGACY = frozenset({
    "legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts", "extLst",
})


class SheetXml:
    """One sheet, cut into what stands above its rows, the rows, and what stands below."""

    def __init__(self, data: bytes, main: str) -> None:
        self._ns = f"{{{main}}}"
        root, opening = _ROOT.search(data), _DATA.search(data)
        if root is None or opening is None:
            raise ValueError("no worksheet")
        self.prefix = data[opening.start() + 1 : opening.end()].split(b"sheetData")[0]
        self._root_tag = root[0]
        if opening[1]:
            self._above = data[: opening.start()] + b"<" + self.prefix + b"sheetData>"
            self._data, self._below = b"", b"</" + self.prefix + b"sheetData>" + data[opening.end() :]
        else:
            ends = [match.start() for match in _DATA_END.finditer(data, opening.end())][-1]
            self._above, self._data, self._below = data[: opening.end()], data[opening.end() : ends], data[ends:]
        self._column_styles = self._read_columns()

    def merged(self) -> list[tuple[int, int, int, int]]:
        """1-based (first row, first column, last row, last column) of each merged range."""
        return [
            (int(row), column_number(first.decode()), int(last_row), column_number(last.decode()))
            for first, row, last, last_row in _MERGED.findall(self._below)
        ]

    def restyle(self, cells: Mapping[tuple[int, int], Restyle], old_marks: set[int], unmark: Restyle) -> None:
        """Give each cell (1-based row, column) the style that its function makes of its own; make those that are not
        there. Cells that bear one of `old_marks` and are not among them lose their fill."""
        by_row: dict[int, dict[int, Restyle]] = {}
        for (row, column), change in cells.items():
            by_row.setdefault(row, {})[column] = change
        marks = {str(mark).encode() for mark in old_marks}
        pieces, at, waiting = [], 0, sorted(by_row)
        for number, start, end in self._rows():
            missing = [row for row in waiting if row < number]
            wanted = by_row.get(number, {})
            waiting = [row for row in waiting if row > number] if waiting and waiting[0] <= number else waiting
            is_marked = bool(marks) and not marks.isdisjoint(_STYLE.findall(self._data, start, end))
            if not missing and not wanted and not is_marked:
                continue
            pieces += [self._data[at:start], *(self._new_row(row, by_row[row]) for row in missing)]
            row = self._changed(self._data[start:end], wanted, old_marks, unmark) if wanted or is_marked else None
            pieces.append(self._data[start:end] if row is None else row)
            at = end
        pieces += [self._data[at:], *(self._new_row(row, by_row[row]) for row in waiting)]
        self._data = b"".join(pieces)

    def add_legacy_drawing(self, relation: str, office: str) -> None:
        """Point to the drawing that holds the comments' boxes."""
        tag = b'<%blegacyDrawing xmlns:zbr="%b" zbr:id="%b"/>' % (self.prefix, office.encode(), relation.encode())
        place = self._legacy_place()
        self._below = self._below[:place] + tag + self._below[place:]

    def deselect(self) -> None:
        """This sheet is not the one that the workbook opens on."""
        self._above = re.sub(rb"\s+tabSelected=[\"'](?:1|true)[\"']", b"", self._above)

    def bytes(self) -> bytes:
        return self._above + self._data + self._below

    def _rows(self) -> Iterator[tuple[int, int, int]]:
        """(1-based number, start, end) of each row; a row that does not say its number follows the one before."""
        number, at = 0, 0
        while match := _ROW.search(self._data, at):
            said = _NUMBER.search(match[1])
            number = int(said[1]) if said else number + 1
            at = match.end()
            if not match[2]:
                end = _ROW_END.search(self._data, at)
                if end is None:
                    raise ValueError("a row does not end")
                at = end.end()
            yield number, match.start(), at

    def _changed(
        self, data: bytes, wanted: Mapping[int, Restyle], old_marks: set[int], unmark: Restyle
    ) -> bytes:
        row = parse(self._root_tag + data + b"</" + self.prefix + b"worksheet>")[0]
        row_style = int(row.get("s", 0)) if row.get("customFormat") in ("1", "true") else None
        left, column = dict(wanted), 0
        for cell in list(row):
            column = column_number(cell.get("r").rstrip("0123456789")) if cell.get("r") else column + 1
            for new in sorted(item for item in left if item < column):
                cell.addprevious(self._new_cell(row, new, left.pop(new), row_style))
            style = int(cell.get("s", 0))
            if column in left:
                cell.set("s", str(left.pop(column)(unmark(style) if style in old_marks else style)))
            elif style in old_marks:
                cell.set("s", str(unmark(style)))
        for new in sorted(left):
            row.append(self._new_cell(row, new, left[new], row_style))
        return self._plain(row)

    def _new_row(self, number: int, wanted: Mapping[int, Restyle]) -> bytes:
        row = etree.Element(f"{self._ns}row", nsmap=self._nsmap(), r=str(number))
        for column in sorted(wanted):
            row.append(self._new_cell(row, column, wanted[column], None))
        return self._plain(row)

    def _new_cell(self, row: Any, column: int, change: Restyle, row_style: int | None) -> Any:
        style = self._column_styles.get(column, 0) if row_style is None else row_style
        return etree.Element(f"{self._ns}c", r=f"{column_letters(column - 1)}{row.get('r')}", s=str(change(style)))

    def _plain(self, row: Any) -> bytes:
        """The row without the declarations that the worksheet's own tag makes."""
        row.tail = None
        head, mark, rest = etree.tostring(row).partition(b">")
        return _NAMESPACES.sub(b"", head) + mark + _NAMESPACES.sub(b"", rest) if mark else head

    def _nsmap(self) -> dict[str | None, str]:
        return {self.prefix.rstrip(b":").decode() or None: self._ns[1:-1]}

    def _read_columns(self) -> dict[int, int]:
        found: dict[int, int] = {}
        for tag in re.findall(rb"<(?:\w+:)?col\b[^>]*>", self._above):
            said = {name: re.search(rb"\b%b=[\"'](\d+)[\"']" % name, tag) for name in (b"min", b"max", b"style")}
            if said[b"min"] and said[b"max"] and said[b"style"]:
                last = min(int(said[b"max"][1]), int(said[b"min"][1]) + 1000)
                found.update(dict.fromkeys(range(int(said[b"min"][1]), last + 1), int(said[b"style"][1])))
        return found

    def _legacy_place(self) -> int:
        """Where in what stands below the rows <legacyDrawing> belongs."""
        closing = self._below.rfind(b"</" + self.prefix + b"worksheet")
        opening = b"<" + self.prefix + b"sheetData>"
        return next(_tops(self._root_tag + opening + self._below, len(self._root_tag) + len(opening)), closing)


def _tops(data: bytes, offset: int) -> Iterable[int]:
    """Places, counted from `offset`, of the worksheet's own elements that stand behind <legacyDrawing>."""
    found: list[int] = []
    depth = 0
    parser = expat.ParserCreate()

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth == 2 and name.rpartition(":")[2] in _AFTER_LEGACY:
            found.append(parser.CurrentByteIndex - offset)

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.Parse(data, True)
    return iter(found)
