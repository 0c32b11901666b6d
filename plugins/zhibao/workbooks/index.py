"""The sheet that lists what was found, with a link to each cell and room for a written explanation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, get_args
from xml.sax.saxutils import escape, quoteattr

import yaml

from zhibao.findings import Finding, Severity, Status
from zhibao.reading.answers import LIST_SHEET, Key, key_of
from zhibao.reading.sheetscan import column_letters
from zhibao.text import Language, Text
from zhibao.workbooks.cellstyles import CellStyles
from zhibao.workbooks.package import Package, parse, serialise, storable

LINE_POINTS = 17
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_LINK_COLOUR = "FF0563C1"
_FIRST_WIDE = "⺀"


@dataclass(frozen=True, slots=True)
class Index:
    """What the sheet says: the findings in order, the status, notes on this copy, answers that were given before.

    `offered` are answers by rule, for queries that have none.

    `sheet` is where a finding is that names no sheet; `sheets` are those that can be linked to.
    """

    findings: Sequence[Finding]
    status: Status
    file_name: str
    language: Language
    notes: Sequence[str] = ()
    sheet: str = ""
    sheets: frozenset[str] = frozenset()
    answers: Mapping[Key, str] = field(default_factory=dict)
    offered: Mapping[str, str] = field(default_factory=dict)

    def answer_to(self, item: Finding, sheet: str) -> str:
        offered = self.offered.get(item.code, "") if item.severity == "query" else ""
        return self.answers.get(key_of(item, sheet), offered)

    def sheet_of(self, item: Finding) -> str:
        return item.sheet or (self.sheet if item.row else "")


def words(language: Language, *path: str, **values: object) -> str:
    """One of the texts of markup.yaml, filled in."""
    entry = _catalogue()
    for name in path:
        entry = entry[name]
    return Text.model_validate(entry).in_(language).format(**values)


@cache
def _catalogue() -> dict[str, Any]:
    return yaml.safe_load(Path(__file__).with_name("markup.yaml").read_text(encoding="utf-8"))


def add_index(package: Package, styles: CellStyles, index: Index) -> None:
    """Add the sheet as the last one, in place of an earlier one, and let the workbook open on it.

    As the last it moves no other: names and print areas point to sheets by their place.
    """
    sheets = package.sheets()
    place = next((place for place, sheet in enumerate(sheets) if sheet.name == LIST_SHEET), len(sheets))
    if place < len(sheets):
        part = sheets[place].part
        package.forget_relations(part)
    else:
        part = package.free_name("xl/worksheets/sheet{}.xml")
        package.declare(part, _TYPE)
        _append(package, package.relate(package.workbook, "/worksheet", part))
    package.parts[part] = _Writer(package.main, styles, index).sheet()
    _open_on(package, place)


def _append(package: Package, relation: str) -> None:
    root = parse(package.parts[package.workbook])
    sheets = root.find(f"{{{package.main}}}sheets")
    number = max((int(sheet.get("sheetId", 0)) for sheet in sheets), default=0) + 1
    sheet: Any = parse(f'<sheet xmlns="{package.main}"/>'.encode())
    sheet.attrib.update({"name": LIST_SHEET, "sheetId": str(number), f"{{{package.office}}}id": relation})
    sheets.append(sheet)
    package.parts[package.workbook] = serialise(root)


def _open_on(package: Package, place: int) -> None:
    root = parse(package.parts[package.workbook])
    ns = f"{{{package.main}}}"
    view = root.find(f"{ns}bookViews/{ns}workbookView")
    if view is None:
        views = parse(f'<bookViews xmlns="{package.main}"><workbookView/></bookViews>'.encode())
        root.find(f"{ns}sheets").addprevious(views)
        view = views[0]
    view.set("activeTab", str(place))
    view.attrib.pop("firstSheet", None)
    sheet = root.find(f"{ns}sheets")[place]
    sheet.attrib.pop("state", None)
    package.parts[package.workbook] = serialise(root)


class _Writer:
    """The sheet's XML, in the order of elements that Excel insists on."""

    def __init__(self, main: str, styles: CellStyles, index: Index) -> None:
        self._main, self._index, self._language = main, index, index.language
        self._widths: dict[str, int] = _catalogue()["widths"]
        self._plain, self._head = styles.own(), styles.own(fill="head", emphasis="b")
        self._link, self._room = styles.own(emphasis="u", colour=_LINK_COLOUR), styles.own(fill="room")
        self._severity = {severity: styles.own(fill=severity) for severity in get_args(Severity)}
        self._title = styles.own(emphasis="b", size=14, in_table=False)
        self._strong, self._line = styles.own(emphasis="b", in_table=False), styles.own(in_table=False)

    def sheet(self) -> bytes:
        rows = [*self._top(), self._heads()]
        header = len(rows)
        links: list[str] = []
        rows += [self._finding(number, item, links) for number, item in enumerate(self._index.findings, 1)]
        body = "".join(_row(number, cells, height) for number, (cells, height) in enumerate(rows, 1))
        columns = "".join(f'<col min="{place}" max="{place}" width="{width}" customWidth="1"/>'
                          for place, width in enumerate(self._widths.values(), 1))
        hyperlinks = "".join(link.format(row=header + number) for number, link in enumerate(links, 1) if link)
        return (
            f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="{self._main}">'
            f'<sheetPr><tabColor rgb="FFC00000"/><pageSetUpPr fitToPage="1"/></sheetPr>'
            f'<sheetViews><sheetView tabSelected="1" workbookViewId="0"><pane ySplit="{header}"'
            f' topLeftCell="A{header + 1}" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
            f"<cols>{columns}</cols><sheetData>{body}</sheetData>"
            + (f"<hyperlinks>{hyperlinks}</hyperlinks>" if hyperlinks else "")
            + '<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.5" header="0.3" footer="0.3"/>'
            '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/></worksheet>'
        ).encode()

    def _words(self, *path: str, **values: object) -> str:
        return words(self._language, *path, **values)

    def _top(self) -> Iterator[tuple[list[tuple[int, str]], int]]:
        index = self._index
        counts = Counter(item.severity for item in index.findings)
        counted = self._words("between").join(
            self._words("count", severity=self._words("severities", severity), count=counts[severity])
            for severity in get_args(Severity) if counts[severity]
        )
        yield [(self._title, self._words("title", file=index.file_name))], 26
        yield [(self._strong, self._words("summary", status=self._words("statuses", index.status),
                                          counts=counted or self._words("no_findings")))], LINE_POINTS
        for line in (self._words("next", index.status), self._words("legend"), *index.notes):
            yield [(self._line, line)], LINE_POINTS

    def _heads(self) -> tuple[list[tuple[int, str]], int]:
        return [(self._head, self._words("heads", name)) for name in self._widths], LINE_POINTS * 2

    def _finding(self, number: int, item: Finding, links: list[str]) -> tuple[list[tuple[int, str]], int]:
        index, sheet = self._index, self._index.sheet_of(item)
        cell = f"{item.column}{item.row}" if item.column and item.row else ""
        place = cell or (self._words("row", row=item.row) if item.row else "")
        is_linked = bool(item.row) and sheet in index.sheets
        links.append(_link(sheet, cell or f"A{item.row}") if is_linked else "")
        values = {
            "number": str(number), "severity": self._words("severities", item.severity), "sheet": sheet, "cell": place,
            "header": item.header or "", "message": item.message.in_(self._language),
            "next_step": item.next_step.in_(self._language), "answer": index.answer_to(item, sheet), "code": item.code,
        }
        faces = {"severity": self._severity[item.severity], "cell": self._link if is_linked else self._plain,
                 "answer": self._room if item.severity == "query" else self._plain}
        cells = [(faces.get(name, self._plain), values[name]) for name in self._widths]
        return cells, LINE_POINTS * max(_lines(values[name], width) for name, width in self._widths.items()) + 4


def _link(sheet: str, cell: str) -> str:
    """A hyperlink that waits for its row."""
    quoted = sheet.replace("'", "''")
    location = quoteattr(f"'{quoted}'!{cell}").replace("{", "{{").replace("}", "}}")
    return f'<hyperlink ref="D{{row}}" location={location} display="{cell}"/>'


def _lines(value: str, width: int) -> int:
    """How many lines the value takes when it wraps; a Chinese character is two wide."""
    wide = sum(2 if sign >= _FIRST_WIDE else 1 for sign in value)
    return max(1, -(-wide // (width - 2)))


def _row(number: int, cells: list[tuple[int, str]], height: int) -> str:
    body = "".join(
        f'<c r="{column_letters(place)}{number}" s="{style}" t="inlineStr"><is><t xml:space="preserve">'
        f"{escape(storable(value))}</t></is></c>" if value else f'<c r="{column_letters(place)}{number}" s="{style}"/>'
        for place, (style, value) in enumerate(cells)
    )
    return f'<row r="{number}" ht="{min(height, 409)}" customHeight="1">{body}</row>'
