"""Lists what stands planted in one file: the office's habits, its oddities, and the one fault."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

from zhibao.programme.models import Form
from zhibao.samples.faults import DROPPED, Fault
from zhibao.samples.manifest import Expect, Planted
from zhibao.samples.mess import Spot, plain
from zhibao.samples.page import Page, letters
from zhibao.samples.people import UNKNOWN_REGION
from zhibao.samples.workbook import HIDDEN_SHEET, INSTRUCTION_SHEET

EXPECTS: dict[str, Expect] = {"returned": "error", "refused": "error", "accepted_with_queries": "query"}
CSV_KINDS = {"utf-8-sig": "csv_utf8_sig", "gb18030": "csv_gb18030"}
BLANK_KINDS = {"无": "empty_word", "/": "empty_slash", "—": "empty_dash"}


def file_plants(file: str, page: Page, kind: str, form: Form, spots: Sequence[Spot] = ()) -> list[Planted]:
    """What concerns the file as a whole or its layout; nothing else of a file that nobody can open."""
    if kind in ("truncated", "locked"):
        return [Planted(file, kind, "error")]
    plants = [*_habits(file, page, {(spot.row, spot.column) for spot in spots}), *_layout(file, page)]
    if kind in ("missing_unit", "not_unit"):
        row, column = page.head["unit"]
        plants.append(_at(file, page, kind, "error", row, column, field="unit"))
    if kind == "missing_column":
        plants.append(Planted(file, kind, "error", _sheet(page), page.header_row, field=DROPPED[form.code]))
    return plants


def cell_plants(file: str, page: Page, spots: list[Spot], fault: Fault | None) -> Iterator[Planted]:
    """The single cells: readable oddities, or the fault's own cell; and identity numbers of an unknown region."""
    for spot in spots:
        expect = EXPECTS[fault.status] if fault else "read"
        yield Planted(
            file,
            fault.kind if fault else spot.kind,
            expect,
            _sheet(page),
            spot.row,
            letters(spot.column),
            spot.field,
            plain(spot.written),
            spot.means,
            spot.note,
        )
    planted = {(spot.row, spot.column) for spot in spots}
    column = page.columns.get("id_number")
    for row, record in zip(page.record_rows, page.records, strict=True):
        if column and str(record["id_number"]).startswith(UNKNOWN_REGION) and (row, column) not in planted:
            yield _at(
                file, page, "unknown_region", "warning", row, column, field="id_number", means=record["id_number"]
            )


def _habits(file: str, page: Page, taken: set[tuple[int, int]]) -> Iterator[Planted]:
    """What the office does in every cell of a kind, at the first such cell that no oddity has overwritten."""
    style, sheet = page.style, _sheet(page)
    if style.file_format in CSV_KINDS:
        yield Planted(file, CSV_KINDS[style.file_format], "read")
    elif style.hidden_sheet and page.records:
        yield Planted(file, "hidden_sheet", "read", HIDDEN_SHEET, note="stale rows; nothing of it counts")
    if style.instructions and sheet:
        yield Planted(file, f"instructions_{style.instructions}", "read", INSTRUCTION_SHEET)
    if style.dates != "iso" and not (style.dates == "excel" and sheet is None):
        yield from _first(file, page, taken, f"date_{style.dates}", lambda clean, _: isinstance(clean, date))
    if style.blank:
        kind = BLANK_KINDS[style.blank]
        yield from _first(file, page, taken, kind, lambda clean, written: clean is None and written == style.blank)


def _first(
    file: str, page: Page, taken: set[tuple[int, int]], kind: str, fits: Callable[[Any, Any], bool]
) -> Iterator[Planted]:
    for row, record in zip(page.record_rows, page.records, strict=True):
        for code, column in page.columns.items():
            clean = record.get(code)
            if (row, column) not in taken and fits(clean, page.get(row, column)):
                note = "habit of the whole file"
                yield _at(file, page, kind, "read", row, column, field=code, means=plain(clean), note=note)
                return


def _layout(file: str, page: Page) -> Iterator[Planted]:
    for kind, row, column in page.layout:
        yield _at(file, page, kind, "read", row, column)


def _at(
    file: str,
    page: Page,
    kind: str,
    expect: Expect,
    row: int,
    column: int | None,
    *,
    field: str | None = None,
    means: object = None,
    note: str = "",
) -> Planted:
    written = None if column is None else plain(page.get(row, column))
    return Planted(file, kind, expect, _sheet(page), row, letters(column), field, written, means, note)


def _sheet(page: Page) -> str | None:
    return page.sheet if page.style.file_format == "xlsx" else None
