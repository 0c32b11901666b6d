"""Puts the findings of one sheet on its cells: a fill by severity and a comment that says what to do."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from functools import partial
from typing import get_args

from zhibao.findings import Finding, Severity
from zhibao.reading.sheetscan import column_number
from zhibao.text import Language
from zhibao.workbooks.cellstyles import CellStyles
from zhibao.workbooks.comments import FIRST, SECOND, add_comments
from zhibao.workbooks.index import words
from zhibao.workbooks.package import Package
from zhibao.workbooks.sheetxml import Cell, SheetXml

# Spreadsheet programs grow slow with more comments than this on one sheet; the list still names every finding.
MOST_COMMENTS = 5_000
# What is read in a box; a comment may hold 32,767 characters.
_MOST_IN_COMMENT = 12
_BY_WEIGHT: tuple[Severity, ...] = get_args(Severity)


class Marking:
    """One workbook on its way, sheet by sheet."""

    def __init__(self, package: Package, styles: CellStyles, language: Language) -> None:
        self._package, self._styles, self._language = package, styles, language
        self._uncommented = 0

    def mark(self, part: str, findings: Sequence[Finding]) -> None:
        """Mark the sheet in `part`; what an earlier copy of the workbook was given is taken away."""
        before = self._package.parts[part]
        sheet = SheetXml(before)
        by_cell = _by_cell(findings, sheet)
        worst = {cell: min((item.severity for item in found), key=_BY_WEIGHT.index) for cell, found in by_cell.items()}
        changes = {cell: partial(self._styles.marked, severity=severity) for cell, severity in worst.items()}
        sheet.restyle(changes, self._styles.old_marks, self._styles.unmarked)
        sheet.deselect()
        by_weight = sorted(by_cell, key=lambda cell: (_BY_WEIGHT.index(worst[cell]), cell))
        add_comments(
            self._package, part, sheet, {cell: self._comment(by_cell[cell]) for cell in by_weight[:MOST_COMMENTS]}
        )
        self._uncommented += len(by_weight[MOST_COMMENTS:])
        self._package.parts[part] = sheet.bytes()

    @property
    def notes(self) -> tuple[str, ...]:
        """What the reader of the list must know about this copy."""
        if not self._uncommented:
            return ()
        return (words(self._language, "notes", "uncommented", limit=MOST_COMMENTS, count=self._uncommented),)

    def _comment(self, findings: Sequence[Finding]) -> str:
        lines = []
        for item in findings[:_MOST_IN_COMMENT]:
            severity = words(self._language, "severities", item.severity)
            lines.append(f"{FIRST}{severity}】{item.message.in_(self._language)}\n{SECOND}"
                         f"{item.next_step.in_(self._language)}".rstrip())
        if more := len(findings) - _MOST_IN_COMMENT:
            lines += [f"{FIRST}…】{words(self._language, 'notes', 'more_in_cell', count=more)}"] if more > 0 else []
        return "\n".join(lines)


def _by_cell(findings: Sequence[Finding], sheet: SheetXml) -> dict[Cell, list[Finding]]:
    """Findings by the cell in which a person sees them: of a merged range the top left one, of a row the first that
    holds anything."""
    of_rows = sheet.first_filled({item.row for item in findings if not item.column})
    cells = [(item.row, column_number(item.column) if item.column else of_rows.get(item.row, 1)) for item in findings]
    seen_in = _merged_into(set(cells), sheet.merged() if cells else [])
    found: dict[Cell, list[Finding]] = {}
    for cell, item in zip(cells, findings, strict=True):
        found.setdefault(seen_in.get(cell, cell), []).append(item)
    return found


def _merged_into(cells: set[Cell], merged: Sequence[tuple[int, int, int, int]]) -> dict[Cell, Cell]:
    """The top left cell for each of `cells` that lies in a merged range."""
    in_order, found = sorted(cells), {}
    rows = sorted({row for row, _ in cells})
    for top, left, bottom, right in merged:
        for row in rows[bisect_left(rows, top): bisect_left(rows, bottom + 1)]:
            first, last = bisect_left(in_order, (row, left)), bisect_left(in_order, (row, right + 1))
            found.update(dict.fromkeys(in_order[first:last], (top, left)))
    return found
