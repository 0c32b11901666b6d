"""The office's own workbook back, with the failing cells marked, a comment on each, and a list of all of them.

The XML is changed in place, for a library that loads and saves a workbook loses what it does not know (docs/adr/0006).
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from zhibao.findings import Finding, Status
from zhibao.reading.answers import LIST_SHEET, answers_by_key, read_answers
from zhibao.reading.cells import open_grids
from zhibao.reading.limits import Limits
from zhibao.reading.office import convert, find_office
from zhibao.reading.preflight import preflight
from zhibao.reading.refusal import Preflight
from zhibao.reading.sandbox import run_limited
from zhibao.reading.sheetscan import column_number
from zhibao.text import Language
from zhibao.workbooks.cellstyles import CellStyles
from zhibao.workbooks.index import Index, add_index, words
from zhibao.workbooks.marking import Marking
from zhibao.workbooks.package import Package
from zhibao.workbooks.plain import write_blank, write_plain

# What one file may cost to be marked. It has been read once; writing it takes longer than reading.
LIMITS = Limits(cpu_seconds=60, wall_seconds=180.0)
_CONVERTED = ("xls", "xlsb", "ods", "xml")


@dataclass(frozen=True, slots=True)
class MarkedWorkbook:
    """The bytes of a workbook and the name that it bears."""

    content: bytes
    file_name: str


@dataclass(frozen=True, slots=True)
class _Source:
    """A workbook that can be marked, and the note (of markup.yaml) on what it is not."""

    path: Path
    note: str | None = None


def mark_up(
    path: Path, file_name: str, findings: Sequence[Finding], status: Status, language: Language,
    offered: Mapping[str, str] | None = None,
) -> MarkedWorkbook:
    """`path` marked by its `findings`; `file_name` is the office's own name for it.

    `offered` has for some rules the explanation that was accepted last: it stands in the list, to be kept or changed.
    An .xlsx stays as it is but for the marks; other kinds become an .xlsx of the same look (by LibreOffice, where it
    is installed) or of the same cells. A file that cannot be opened gives a workbook with the list alone.
    """
    in_order = tuple(sorted(findings, key=lambda item: (item.sheet or "", item.row or 0, _place_of(item.column))))
    index, stem = Index(in_order, status, file_name, language, offered=offered or {}), Path(file_name).stem
    with tempfile.TemporaryDirectory(prefix="zhibao-") as folder:
        for source in _sources(path, file_name, Path(folder)):
            noted = replace(index, notes=(words(language, "notes", source.note),) if source.note else ())
            made = run_limited(partial(_mark, source.path, noted), LIMITS).value
            if isinstance(made, tuple):
                return MarkedWorkbook(made[0], f"{stem}{made[1]}")
        blank = Path(folder) / "blank.xlsx"
        write_blank(blank)
        content, suffix = _mark(blank, replace(index, notes=(words(language, "notes", "not_opened"),)))
    return MarkedWorkbook(content, f"{stem}{suffix}")


def _place_of(column: str | None) -> int:
    return column_number(column) if column else 0


def _sources(path: Path, file_name: str, folder: Path) -> Iterator[_Source]:
    """What may be marked, the best first, each made only when it is come to: the file itself, what LibreOffice makes
    of it, its bare cells."""
    checked = run_limited(partial(preflight, path, LIMITS, file_name), LIMITS).value
    if not isinstance(checked, Preflight) or checked.kind is None:
        return
    office = find_office()
    if checked.kind == "xlsx":
        yield _Source(path)
    elif checked.kind in _CONVERTED and office is not None:
        (folder / "office").mkdir()
        made = convert(office, path, f".{checked.kind}", folder / "office", LIMITS, LIMITS.cpu_seconds)
        if made is not None:
            yield _Source(made)
    cells = folder / "cells.xlsx"
    if run_limited(partial(_write_cells, path, checked, cells), LIMITS).value:
        yield _Source(cells, None if checked.kind == "csv" else "cells_only")


def _write_cells(path: Path, checked: Preflight, target: Path) -> bool:
    write_plain((grid for grid in open_grids(path, checked) if grid.name != LIST_SHEET), target)
    return True


def _mark(path: Path, index: Index) -> tuple[bytes, str]:
    """The workbook at `path`, marked, and the ending that its name must have."""
    package = Package(path)
    sheets = [sheet for sheet in package.sheets() if sheet.is_worksheet and sheet.name != LIST_SHEET]
    shown = next((sheet.name for sheet in sheets if not sheet.is_hidden), "")
    names = frozenset(sheet.name for sheet in sheets)
    styles = CellStyles(package)
    marking = Marking(package, styles, index.language)
    for sheet in sheets:
        marking.mark(sheet.part, [
            item for item in index.findings
            if item.row and sheet.name == (item.sheet if item.sheet in names else shown)
        ])
    if len(sheets) < len(package.sheets()):
        index = replace(index, answers=answers_by_key(read_answers(path)))
    add_index(package, styles, replace(index, notes=(*index.notes, *marking.notes), sheet=shown, sheets=names))
    styles.save()
    return package.write(), package.suffix
