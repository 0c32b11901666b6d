"""The sheet that lists what was found, with a link to each cell and room for a written explanation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from zhibao.findings import Finding, Severity, Status
from zhibao.output import SEVERITY_WORDS, STATUS_WORDS
from zhibao.reading.sheetscan import column_letters
from zhibao.text import Language, Text
from zhibao.workbooks.cellstyles import CellStyles
from zhibao.workbooks.package import Package, parse, serialise

# The reader knows the sheet by this name and takes it for no table of a return.
NAME = "问题清单"
HEADER_ROW = 4
LINE = 17  # points
WIDTHS = (6, 8, 16, 10, 20, 46, 46, 30, 36)
HEADS = (
    Text(zh="序号", en="No."), Text(zh="级别", en="Severity"), Text(zh="工作表", en="Sheet"),
    Text(zh="单元格", en="Cell"), Text(zh="栏目", en="Column"), Text(zh="问题", en="Finding"),
    Text(zh="处理办法", en="What to do"), Text(zh="说明（核实性问题请在此填写）", en="Explanation (for queries)"),
    Text(zh="规则", en="Rule"),
)
SEVERITIES: dict[Severity, Text] = {
    "error": Text(zh=SEVERITY_WORDS["error"], en="error"), "query": Text(zh=SEVERITY_WORDS["query"], en="query"),
    "warning": Text(zh=SEVERITY_WORDS["warning"], en="warning"),
}
STATUSES: dict[Status, Text] = {
    "accepted": Text(zh=STATUS_WORDS["accepted"], en="accepted"),
    "accepted_with_queries": Text(zh=STATUS_WORDS["accepted_with_queries"], en="accepted, with queries"),
    "returned": Text(zh=STATUS_WORDS["returned"], en="returned"),
    "refused": Text(zh=STATUS_WORDS["refused"], en="refused"),
}
NEXT: dict[Status, Text] = {
    "accepted": Text(zh="已通过，无须重报。", en="Accepted; nothing needs to be sent again."),
    "accepted_with_queries": Text(
        zh="已通过。请对“核实”类问题逐条书面说明（填在“说明”栏后发回）；数据有误的，更正后重报。",
        en="Accepted. Explain each query in writing (in the last column but one, and send it back), or correct it.",
    ),
    "returned": Text(
        zh="已退回。请按下表逐条更正标色的单元格后，用本文件重新报送；“核实”类问题也可书面说明。",
        en="Returned. Correct the coloured cells by this list and send this file again; queries may be explained.",
    ),
    "refused": Text(zh="文件未能读取。请按处理办法另存或重填后重新报送。",
                    en="The file could not be read. Follow what to do and send it again."),
}
_MANY = Text(zh="另有 {count} 处未加批注，详见本表。", en="{count} more cells have no comment; this list names them.")
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"


@dataclass(frozen=True, slots=True)
class Index:
    """What the sheet says: the findings in order, the status, and how many cells bear no comment of their own."""

    findings: Sequence[Finding]
    status: Status
    file_name: str
    uncommented: int = 0


def add_index(package: Package, styles: CellStyles, index: Index, language: Language, default_sheet: str) -> None:
    """Add the sheet as the last one, in place of an earlier one, and let the workbook open on it."""
    data = _sheet(package, styles, index, language, default_sheet)
    names = [name for name, _ in package.sheets()]
    if NAME in names:
        part = dict(package.sheets())[NAME]
    else:
        part = package.free_name("xl/worksheets/sheetZb{}.xml")
        package.declare(part, _TYPE)
        names.append(NAME)
        _append(package, package.relate(package.workbook, "/worksheet", part))
    package.parts[part] = data
    _open_on(package, names.index(NAME))


def _append(package: Package, relation: str) -> None:
    root = parse(package.parts[package.workbook])
    ns = f"{{{package.main}}}"
    sheets = root.find(f"{ns}sheets")
    number = max((int(sheet.get("sheetId", 0)) for sheet in sheets), default=0) + 1
    sheet: Any = parse(f'<sheet xmlns="{package.main}"/>'.encode())
    sheet.attrib.update({"name": NAME, "sheetId": str(number), f"{{{package.office}}}id": relation})
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
    package.parts[package.workbook] = serialise(root)


def _sheet(package: Package, styles: CellStyles, index: Index, language: Language, default_sheet: str) -> bytes:
    plain, bold, link = styles.own(), styles.own(emphasis="b"), styles.own(emphasis="u", colour="FF0563C1")
    title = styles.own(emphasis="b", size=14, in_table=False)
    by_severity = {severity: styles.own(fill=severity) for severity in SEVERITIES}
    heading = [
        _row(1, [(title, f"{NAME if language == 'zh' else 'Findings'}：{index.file_name}")], height=24),
        _row(2, height=LINE, cells=[(styles.own(emphasis="b", in_table=False), _summary(index, language))]),
        _row(3, height=LINE, cells=[(styles.own(in_table=False), NEXT[index.status].in_(language))]),
        _row(HEADER_ROW, [(bold, head.in_(language)) for head in HEADS], height=LINE),
    ]
    rows, links = [], []
    for place, item in enumerate(index.findings, 1):
        number, cell = HEADER_ROW + place, _cell_of(item)
        sheet, place_of_row = item.sheet or (default_sheet if item.row else ""), f"{item.row}行" if item.row else ""
        values = [str(place), SEVERITIES[item.severity].in_(language), sheet, cell or place_of_row, item.header or "",
                  item.message.in_(language), item.next_step.in_(language), "", item.code]
        faces = [plain, by_severity[item.severity], plain, link if cell else plain, *[plain] * 5]
        rows.append(_row(number, list(zip(faces, values, strict=True)), height=_height(values)))
        if cell and sheet:
            quoted = sheet.replace("'", "''")
            target = quoteattr(f"'{quoted}'!{cell}")
            links.append(f'<hyperlink ref="D{number}" location={target} display={quoteattr(cell)}/>')
    columns = "".join(
        f'<col min="{place}" max="{place}" width="{width}" customWidth="1"/>' for place, width in enumerate(WIDTHS, 1)
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="{package.main}">'
        f'<sheetPr><tabColor rgb="FFC00000"/><pageSetUpPr fitToPage="1"/></sheetPr>'
        f'<sheetViews><sheetView tabSelected="1" workbookViewId="0"><pane ySplit="{HEADER_ROW}" state="frozen"'
        f' topLeftCell="A{HEADER_ROW + 1}" activePane="bottomLeft"/></sheetView></sheetViews>'
        f'<cols>{columns}</cols><sheetData>{"".join(heading + rows)}</sheetData>'
        + (f'<hyperlinks>{"".join(links)}</hyperlinks>' if links else "")
        + '<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.5" header="0.3" footer="0.3"/>'
        '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/></worksheet>'
    ).encode()


def _summary(index: Index, language: Language) -> str:
    counts = [
        f"{words.in_(language)} {sum(item.severity == severity for item in index.findings)}"
        for severity, words in SEVERITIES.items()
    ]
    text = f"{STATUSES[index.status].in_(language)}：{'，'.join(counts)}"
    more = _MANY.format(count=index.uncommented).in_(language) if index.uncommented else ""
    return f"{text}。{more}" if language == "zh" else f"{text}. {more}"


def _cell_of(item: Finding) -> str | None:
    return f"{item.column}{item.row}" if item.row and item.column else None


def _height(values: Sequence[str]) -> int:
    """Room for the longest of the values when it wraps; a Chinese character is two wide."""
    wide = (sum(1 + (sign > "\u2e80") for sign in value) for value in values)
    return LINE * max(-(-length // (width - 2)) or 1 for length, width in zip(wide, WIDTHS, strict=True))


def _row(number: int, cells: list[tuple[int, str]], height: int) -> str:
    body = "".join(
        f'<c r="{column_letters(place)}{number}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{_text(value)}'
        f"</t></is></c>" if value else f'<c r="{column_letters(place)}{number}" s="{style}"/>'
        for place, (style, value) in enumerate(cells)
    )
    return f'<row r="{number}" ht="{height}" customHeight="1">{body}</row>'


def _text(value: str) -> str:
    return escape("".join(sign for sign in value if sign >= " " or sign in "\t\n"))
