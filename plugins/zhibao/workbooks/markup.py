"""The office's own workbook back, with the failing cells marked, a comment on each, and a list of all of them.

The XML is changed in place, for a library that loads and saves a workbook loses what it does not know (docs/adr).
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from zhibao.findings import Finding, Severity, Status
from zhibao.reading.cells import open_grids
from zhibao.reading.limits import Limits
from zhibao.reading.office import convert, find_office
from zhibao.reading.preflight import preflight
from zhibao.reading.refusal import Preflight
from zhibao.reading.sandbox import run_limited
from zhibao.reading.sheetscan import column_number
from zhibao.text import Language, Text
from zhibao.workbooks.cellstyles import CellStyles
from zhibao.workbooks.comments import add_comments
from zhibao.workbooks.index import NAME, SEVERITIES, Index, add_index
from zhibao.workbooks.package import Package
from zhibao.workbooks.plain import write_blank, write_plain
from zhibao.workbooks.sheetxml import SheetXml

# Spreadsheet programs grow slow with more comments than this on one sheet; the list still names every finding.
MOST_COMMENTS = 2_000
_CONVERTED = ("xls", "xlsb", "ods", "xml")
_ORDER: tuple[Severity, ...] = ("error", "query", "warning")
_SECONDS = 60.0
_UNOPENED = Text(
    zh="原文件无法打开，请看“问题清单”。", en="The file could not be opened; see the list of findings.",
)

Cell = tuple[int, int]


@dataclass(frozen=True, slots=True)
class MarkedWorkbook:
    """The bytes of a workbook and the name that it bears."""

    content: bytes
    file_name: str


def mark_up(
    path: Path, file_name: str, findings: Sequence[Finding], status: Status, language: Language
) -> MarkedWorkbook:
    """`path` marked by its `findings`; `file_name` is the office's own name for it.

    An .xlsx stays as it is but for the marks; other kinds become an .xlsx of the same look (by LibreOffice, where it
    is installed) or of the same cells. A file that cannot be opened gives a workbook with the list alone.
    """
    limits, name, index = Limits(), Path(file_name), Index(tuple(findings), status, file_name)
    with tempfile.TemporaryDirectory(prefix="zhibao-") as folder:
        for source in _sources(path, file_name, Path(folder), limits, language):
            content = run_limited(partial(_mark, source, index, language), limits).value
            if isinstance(content, bytes):
                has_macros = source == path and name.suffix.lower() == ".xlsm"
                return MarkedWorkbook(content, f"{name.stem}{'.xlsm' if has_macros else '.xlsx'}")
    raise AssertionError("an empty workbook of our own can be marked")


def _sources(path: Path, file_name: str, folder: Path, limits: Limits, language: Language) -> Iterator[Path]:
    """What can be marked, the best first, each made only when it is come to: the file itself, what LibreOffice makes
    of it, its bare cells, an empty workbook."""
    checked = run_limited(partial(preflight, path, limits, file_name), limits).value
    kind = checked.kind if isinstance(checked, Preflight) else None
    office = find_office()
    if kind == "xlsx":
        yield path
    elif kind in _CONVERTED and office is not None:
        (folder / "office").mkdir()
        made = convert(office, path, f".{kind}", folder / "office", limits, _SECONDS)
        if made is not None:
            yield made
    if kind is not None and run_limited(partial(_write_cells, path, checked, folder / "cells.xlsx"), limits).value:
        yield folder / "cells.xlsx"
    write_blank(folder / "blank.xlsx", _UNOPENED.in_(language))
    yield folder / "blank.xlsx"


def _write_cells(path: Path, checked: Preflight, target: Path) -> bool:
    write_plain(open_grids(path, checked), target)
    return True


def _mark(path: Path, index: Index, language: Language) -> bytes:
    package = Package(path)
    sheets = [(name, part) for name, part in package.sheets() if name != NAME]
    names, styles, uncommented = dict(sheets), CellStyles(package), 0
    by_sheet: dict[str, list[Finding]] = {}
    for item in index.findings:
        if item.row and item.column:
            sheet = item.sheet if item.sheet in names else sheets[0][0]
            by_sheet.setdefault(sheet, []).append(item)
    for name, part in sheets:
        data = package.parts.get(part, b"")
        if b"worksheet" in data[:4096]:
            uncommented += _mark_sheet(package, styles, part, by_sheet.get(name, ()), language)
    add_index(package, styles, replace(index, uncommented=uncommented), language, sheets[0][0])
    styles.save()
    return package.write()


def _mark_sheet(
    package: Package, styles: CellStyles, part: str, findings: Sequence[Finding], language: Language
) -> int:
    """Mark one sheet. Gives how many of its cells got a fill but no comment."""
    sheet = SheetXml(package.parts[part], package.main)
    by_cell = _by_cell(findings, sheet)
    worst = {cell: min((item.severity for item in found), key=_ORDER.index) for cell, found in by_cell.items()}
    changes = {cell: partial(styles.marked, severity=severity) for cell, severity in worst.items()}
    sheet.restyle(changes, styles.old_marks(), styles.unmarked)
    sheet.deselect()
    by_weight = sorted(by_cell, key=lambda cell: (_ORDER.index(worst[cell]), cell))
    commented = {cell: _comment(by_cell[cell], language) for cell in by_weight[:MOST_COMMENTS]}
    if commented or package.related(part, "/comments"):
        add_comments(package, part, sheet, commented)
    package.parts[part] = sheet.bytes()
    return len(by_cell) - len(commented)


def _by_cell(findings: Sequence[Finding], sheet: SheetXml) -> dict[Cell, list[Finding]]:
    """Findings by cell; in a merged range it is the top left one that a person sees."""
    tops = {row: [] for row in {item.row for item in findings}}
    for first_row, first, last_row, last in sheet.merged() if tops else ():
        for row in tops.keys() & set(range(first_row, last_row + 1)) if last_row - first_row < 100_000 else tops:
            tops[row].append((first_row, first, last_row, last))
    found: dict[Cell, list[Finding]] = {}
    for item in findings:
        row, column = int(item.row or 0), column_number(str(item.column))
        cell = next(((top, left) for top, left, bottom, right in tops[item.row]
                     if top <= row <= bottom and left <= column <= right), (row, column))
        found.setdefault(cell, []).append(item)
    return found


def _comment(findings: Sequence[Finding], language: Language) -> str:
    return "\n".join(
        f"【{SEVERITIES[item.severity].in_(language)}】{item.message.in_(language)}{item.next_step.in_(language)}"
        for item in findings
    )
