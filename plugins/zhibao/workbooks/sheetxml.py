"""Changes single cells in the bytes of a sheet: another style here, a new cell there; all else stays as it was."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping
from xml.parsers import expat

from zhibao.reading.sheetscan import column_letters, column_number
from zhibao.workbooks.package import parse, serialise

# 1-based row and column.
Cell = tuple[int, int]
Restyle = Callable[[int], int]

_ROOT = re.compile(rb"<(?:\w+:)?worksheet\b[^>]*>")
_DATA = re.compile(rb"<((?:\w+:)?)sheetData\b[^>]*?(/?)>")
_ROW = re.compile(rb"<(?:\w+:)?row(?=[\s/>])([^>]*?)(/?)>")
_CELL = re.compile(rb"<(?:\w+:)?c(?=[\s/>])([^>]*?)(/?)>")
_ROW_NUMBER = re.compile(rb"\sr=[\"'](\d+)[\"']")
_CELL_COLUMN = re.compile(rb"\sr=[\"']([A-Z]+)\d")
_STYLE = re.compile(rb"(\ss=[\"'])(\d+)")
_SPANS = re.compile(rb"\sspans=[\"'][^\"']*[\"']")
_OWN_FORMAT = re.compile(rb"\scustomFormat=[\"'](?:1|true)[\"']")
_COLUMNS = re.compile(rb"<(?:\w+:)?col(?=\s)[^>]*>")
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\b[^>]*?\bref=[\"']([A-Z]+)(\d+):([A-Z]+)(\d+)[\"']")
_SELECTED = re.compile(rb"\stabSelected=[\"'](?:1|true)[\"']")
_LEGACY = re.compile(rb"<(?:\w+:)?legacyDrawing\b[^>]*?\bid=[\"']([^\"']+)[\"']")
_ENCODING = re.compile(rb"^(?:\xef\xbb\xbf)?<\?xml[^>]*?encoding=[\"'](?!utf-8|ascii|us-ascii)", re.IGNORECASE)
# What may stand behind <legacyDrawing> in a worksheet (ECMA-376, CT_Worksheet); the last is how Excel wraps controls.
_AFTER_LEGACY = frozenset({
    "legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts", "extLst",
    "AlternateContent",
})


class SheetXml:
    """One sheet: what stands above its rows, the rows, what stands below. Raises ValueError on what is no sheet."""

    def __init__(self, data: bytes) -> None:
        self._data = data = _as_utf_8(data)
        root, opening = _ROOT.search(data), _DATA.search(data)
        if root is None or opening is None:
            raise ValueError("no worksheet")
        self._prefix, self._root_tag = opening[1], root[0]
        closing = b"</" + self._prefix + b"sheetData>"
        if opening[2]:
            self._start = self._end = opening.end()
            self._above = data[: opening.end() - 2].rstrip() + b">"
            self._below = closing + data[opening.end():]
        else:
            self._start, self._end = opening.end(), data.rindex(closing)
            self._above, self._below = data[: self._start], data[self._end:]
        self._rows_now: list[bytes | memoryview] = [memoryview(data)[self._start: self._end]]
        self._column_styles = list(_styles_of_columns(self._above))

    def merged(self) -> list[tuple[int, int, int, int]]:
        """1-based (first row, first column, last row, last column) of each merged range."""
        return [
            (int(row), column_number(first.decode()), int(last_row), column_number(last.decode()))
            for first, row, last, last_row in _MERGED.findall(self._below)
        ]

    def first_filled(self, rows: Collection[int]) -> dict[int, int]:
        """For each of the rows that holds anything: the column of its first cell that does."""
        found: dict[int, int] = {}
        for number, start, end in self._rows() if rows else ():
            if number in rows:
                column = next((column for column, cell in self._cells(start, end) if not cell[2]), None)
                found |= {} if column is None else {number: column}
        return found

    def restyle(self, cells: Mapping[Cell, Restyle], old_marks: Collection[int], unmark: Restyle) -> None:
        """Give each cell the style that its function makes of its own; make those that are not there.

        Cells that bear one of `old_marks` and are not among them are given what `unmark` makes of it.
        """
        if not cells and not old_marks:
            return
        by_row: dict[int, dict[int, Restyle]] = {}
        for (row, column), change in cells.items():
            by_row.setdefault(row, {})[column] = change
        marked = re.compile(rb"\ss=[\"'](?:%b)[\"']" % b"|".join(b"%d" % mark for mark in old_marks or (-1,)))
        data, waiting = memoryview(self._data), deque(sorted(by_row))
        pieces: list[bytes | memoryview] = []
        at = self._start
        for number, start, end in self._rows():
            pieces.append(data[at:start])
            at = start
            while waiting and waiting[0] < number:
                pieces.append(self._new_row(waiting[0], by_row[waiting.popleft()]))
            wanted = by_row.get(number, {})
            if wanted or (old_marks and marked.search(self._data, start, end)):
                changes = _Changes(number, wanted, frozenset(old_marks), unmark)
                pieces.append(self._changed_row(start, end, changes))
                at = end
            if wanted:
                waiting.popleft()
        pieces += [data[at:self._end], *(self._new_row(row, by_row[row]) for row in waiting)]
        self._rows_now = pieces

    @property
    def legacy_relation(self) -> str | None:
        """The relationship to the drawing that holds the boxes of comments and of old controls."""
        found = _LEGACY.search(self._below)
        return found[1].decode() if found else None

    def add_legacy_drawing(self, relation: str, office: str) -> None:
        """Point to the drawing that holds the comments' boxes."""
        tag = b'<%blegacyDrawing xmlns:zbr="%b" zbr:id="%b"/>' % (self._prefix, office.encode(), relation.encode())
        place = self._legacy_place()
        self._below = self._below[:place] + tag + self._below[place:]

    def deselect(self) -> None:
        """This sheet is not the one that the workbook opens on."""
        self._above = _SELECTED.sub(b"", self._above)

    def bytes(self) -> bytes:
        """The sheet as it is now. Raises ExpatError if it is not well-formed: Excel would open no such workbook."""
        data = b"".join([self._above, *self._rows_now, self._below])
        expat.ParserCreate().Parse(data, True)
        return data

    def _rows(self) -> Iterator[tuple[int, int, int]]:
        """(1-based number, start, end) of each row as it came; one that does not say its number follows the last."""
        number, at, closing = 0, self._start, b"</" + self._prefix + b"row>"
        while match := _ROW.search(self._data, at, self._end):
            said = _ROW_NUMBER.search(match[1])
            before, number = number, int(said[1]) if said else number + 1
            if number <= before:
                raise ValueError("rows out of order")
            at = match.end() if match[2] else self._data.index(closing, match.end(), self._end) + len(closing)
            yield number, match.start(), at

    def _cells(self, start: int, end: int) -> Iterator[tuple[int, re.Match[bytes]]]:
        """(1-based column, its tag) of each cell of a row."""
        column = 0
        for match in _CELL.finditer(self._data, start, end):
            said = _CELL_COLUMN.search(match[1])
            column = column_number(said[1].decode()) if said else column + 1
            yield column, match

    def _changed_row(self, start: int, end: int, changes: _Changes) -> bytes:
        row = _ROW.match(self._data, start)
        style = _STYLE.search(row[1]) if row is not None and _OWN_FORMAT.search(row[1]) else None
        row_style, missing = int(style[2]) if style else None, deque(sorted(changes.wanted))
        pieces, at, has_new = [], row.end(), False
        for column, cell in self._cells(row.end(), end):
            pieces.append(self._data[at:cell.start()])
            at = cell.end()
            while missing and missing[0] < column:
                pieces.append(self._new_cell(changes, missing.popleft(), row_style))
                has_new = True
            if missing and missing[0] == column:
                missing.popleft()
            pieces.append(changes.restyled(column, cell[0]))
        closing = b"</" + self._prefix + b"row>"
        pieces.append(b"" if row[2] else self._data[at:end - len(closing)])
        pieces += [self._new_cell(changes, column, row_style) for column in missing]
        tag = row[0][:-2] + b">" if row[2] else row[0]
        return b"".join([_SPANS.sub(b"", tag) if has_new or missing else tag, *pieces, closing])

    def _new_row(self, number: int, wanted: Mapping[int, Restyle]) -> bytes:
        changes = _Changes(number, wanted, frozenset(), int)
        cells = b"".join(self._new_cell(changes, column, None) for column in sorted(wanted))
        return b'<%brow r="%d">%b</%brow>' % (self._prefix, number, cells, self._prefix)

    def _new_cell(self, changes: _Changes, column: int, row_style: int | None) -> bytes:
        of_column = next((style for first, last, style in self._column_styles if first <= column <= last), 0)
        style = changes.wanted[column](of_column if row_style is None else row_style)
        return b'<%bc r="%b%d" s="%d"/>' % (self._prefix, column_letters(column - 1).encode(), changes.row, style)

    def _legacy_place(self) -> int:
        """Where in what stands below the rows <legacyDrawing> belongs."""
        above = self._root_tag + b"<" + self._prefix + b"sheetData>"
        closing = self._below.rindex(b"</" + self._prefix + b"worksheet")
        return next((place - len(above) for place in _places_behind_legacy(above + self._below)), closing)


class _Changes:
    """What is to become of the cells of one row."""

    def __init__(self, row: int, wanted: Mapping[int, Restyle], old_marks: frozenset[int], unmark: Restyle) -> None:
        self.row, self.wanted, self._old_marks, self._unmark = row, wanted, old_marks, unmark

    def restyled(self, column: int, tag: bytes) -> bytes:
        said, change = _STYLE.search(tag), self.wanted.get(column)
        style = old = int(said[2]) if said else 0
        if old in self._old_marks:
            style = self._unmark(old)
        if change is not None:
            style = change(style)
        if style == old:
            return tag
        if said is not None:
            return b"%b%d%b" % (tag[:said.end(1)], style, tag[said.end():])
        name = re.match(rb"<[\w:]+", tag)[0]
        return b'%b s="%d"%b' % (name, style, tag[len(name):])


def _as_utf_8(data: bytes) -> bytes:
    """The sheet in UTF-8, without comments and CDATA, in which what looks like a tag is none."""
    is_other = data[:2] in (b"\xff\xfe", b"\xfe\xff") or _ENCODING.match(data)
    return serialise(parse(data)) if is_other or b"<!" in data else data


def _styles_of_columns(above: bytes) -> Iterator[tuple[int, int, int]]:
    """(first column, last column, style), 1-based."""
    for tag in _COLUMNS.findall(above):
        said = [re.search(rb"\s%b=[\"'](\d+)[\"']" % name, tag) for name in (b"min", b"max", b"style")]
        if all(said):
            yield int(said[0][1]), int(said[1][1]), int(said[2][1])


def _places_behind_legacy(data: bytes) -> Iterator[int]:
    """Places in `data` of the worksheet's own elements that must stand behind <legacyDrawing>."""
    found: list[int] = []
    depth = 0
    parser = expat.ParserCreate()

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth == 2 and name.rpartition(":")[2] in _AFTER_LEGACY:
            found.append(parser.CurrentByteIndex)

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.Parse(data, True)
    return iter(found)
