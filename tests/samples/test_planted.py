"""The answer sheet tells the truth: each planted thing stands in its cell, and every kind is there."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils import column_index_from_string

from zhibao.samples import Manifest
from zhibao.samples.faults import FAULTS
from zhibao.samples.manifest import Planted
from zhibao.samples.mess import QUIRKS, full_width, han_number
from zhibao.samples.styles import date_word

LAYOUT_KINDS = {
    "title_row", "merged_title", "multirow_header", "header_below_first_row", "head_one_cell", "head_neighbours",
    "head_before_title", "sample_row", "hidden_sheet", "instructions_before", "instructions_after", "total_row",
    "footer", "numbered_empty_row", "header_synonym", "header_spaces", "header_line_break", "column_order",
    "extra_column", "wan_by_head", "wan_by_header", "csv_utf8_sig", "csv_gb18030", "unknown_region", "not_unit",
}  # fmt: skip
Grid = dict[str, list[tuple[Any, ...]]]


def grids_of(path: Path) -> Grid:
    """Sheet name → rows; a text file has one sheet named by the empty word."""
    if path.suffix == ".csv":
        data = path.read_bytes()
        text = data.decode("utf-8-sig" if data.startswith(b"\xef\xbb\xbf") else "gb18030")
        return {"": [tuple(cell or None for cell in row) for row in csv.reader(io.StringIO(text))]}
    book = openpyxl.load_workbook(path, read_only=True)
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}


def shown(value: Any) -> str:
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, float) and value >= 1e15:  # an identity number stored as a number
        value = int(Decimal(repr(value)))
    return "" if value is None else str(value)


@pytest.fixture(scope="module")
def by_file(manifest: Manifest) -> dict[str, list[Planted]]:
    found: dict[str, list[Planted]] = defaultdict(list)
    for item in manifest.planted:
        found[item.file].append(item)
    return found


def test_every_kind_of_mess_occurs(manifest: Manifest) -> None:
    kinds = {item.kind for item in manifest.planted}
    expected = LAYOUT_KINDS | {quirk.kind for quirk in QUIRKS} | {fault.kind for fault in FAULTS}
    assert expected - kinds == set()


def test_what_is_planted_stands_in_its_cell(by_file: dict[str, list[Planted]], folder: Path) -> None:
    """Every file with a fault, and every fifth of the others."""
    looked = 0
    for place, (file, items) in enumerate(sorted(by_file.items())):
        if place % 5 and all(item.expect == "read" for item in items):
            continue
        if any(item.kind in ("truncated", "locked") for item in items):
            continue
        grids = grids_of(folder / file)
        for item in (item for item in items if item.row and item.column):
            cell = grids[item.sheet or ""][item.row - 1][column_index_from_string(item.column or "") - 1]
            assert shown(cell) == shown(item.written), item
            looked += 1
    assert looked > 2000


def test_a_returned_file_has_one_error_and_an_accepted_one_none(
    manifest: Manifest, by_file: dict[str, list[Planted]]
) -> None:
    wanted = {"accepted": [], "accepted_with_queries": ["query"], "returned": ["error"], "refused": ["error"]}
    for entry in manifest.files:
        severe = [item.expect for item in by_file[entry.file] if item.expect in ("error", "query")]
        assert severe == wanted[entry.expect_status], entry


def test_files_that_nobody_can_open(by_file: dict[str, list[Planted]], folder: Path) -> None:
    kinds = ("truncated", "locked")
    broken = {items[0].kind: folder / file for file, items in by_file.items() if items[0].kind in kinds}
    assert broken["locked"].read_bytes().startswith(bytes.fromhex("d0cf11e0a1b11ae1"))
    assert broken["truncated"].read_bytes().startswith(b"PK")
    with pytest.raises(Exception, match="zip"):
        openpyxl.load_workbook(broken["truncated"])


def test_a_nil_return_says_so_and_has_no_rows(manifest: Manifest, folder: Path) -> None:
    nil = [entry for entry in manifest.files if entry.nil_return]
    assert 50 <= len(nil) <= 200
    assert all(entry.row_count == 0 for entry in nil)
    for entry in nil[:20]:
        cells = [shown(cell) for rows in grids_of(folder / entry.file).values() for row in rows for cell in row]
        assert any(cell in ("零报告", "是否零报告") or "零报告：是" in cell for cell in cells)
        assert any(cell.endswith("是") for cell in cells)


def test_file_names_carry_nobody(manifest: Manifest) -> None:
    assert not any("某" in entry.file for entry in manifest.files)


@pytest.mark.parametrize(
    ("habit", "written"),
    [
        ("iso", "2021-06-01"), ("dot", "2021.6.1"), ("slash", "2021/06/01"), ("compact", "20210601"),
        ("zh", "2021年6月1日"), ("han", "二〇二一年六月一日"), ("excel", date(2021, 6, 1)),
    ],
)  # fmt: skip
def test_date_word_spells_the_same_day(habit: str, written: object) -> None:
    assert date_word(date(2021, 6, 1), habit) == written


@pytest.mark.parametrize(
    ("number", "words"),
    [(0, None), (5, "五"), (10, "十"), (15, "十五"), (50, "五十"), (100, "一百"), (105, "一百零五"), (110, "一百一十"),
     (350, "三百五十"), (1005, "一千零五"), (9999, "九千九百九十九"), (10000, None)],
)  # fmt: skip
def test_han_number(number: int, words: str | None) -> None:
    assert han_number(number) == words


def test_full_width() -> None:
    assert full_width("CG-2022-0031") == "ＣＧ－２０２２－００３１"
