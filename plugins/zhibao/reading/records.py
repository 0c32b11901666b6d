"""Cleans a table's records column by column in batches, and keeps what each cell was and why it could not be taken."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from itertools import count, repeat
from typing import Any

from zhibao.findings import Finding
from zhibao.programme.models import Programme
from zhibao.reading.bulk import bulk_for, plain_money
from zhibao.reading.cells import Row
from zhibao.reading.clean import Memo, Setting, cleaner_for
from zhibao.reading.head import allowed_words
from zhibao.reading.headers import Header, Slot
from zhibao.reading.messages import finding, showable
from zhibao.reading.model import ReadReturn
from zhibao.reading.sheetscan import SheetScan, column_letters
from zhibao.reading.text_rules import raw_text
from zhibao.reading.transport import Strings, strings_of
from zhibao.text import Text

# Rows at a time: as many as the processor's cache holds.
BATCH = 1024
# A column's first batch of so many texts makes it a long one.
_LONG = 512
_MOST_SPANS = 10
_ADDABLE = ("integer", "decimal", "money")
_UNIT_WORDS = {1: "元", 1_000: "千元", 10_000: "万元", 1_000_000: "百万元", 10_000_000: "千万元", 100_000_000: "亿元"}

Report = Callable[[Finding], None]


class Findings:
    """Collects findings up to a bound, then counts: a file of a million faults needs no million sentences."""

    def __init__(self, result: ReadReturn, most: int) -> None:
        self._kept, self._most = result.findings, most
        self.left_out = 0

    @property
    def is_full(self) -> bool:
        return len(self._kept) >= self._most

    def add(self, found: Finding) -> None:
        if self.is_full:
            self.left_out += 1
        else:
            self._kept.append(found)

    def close(self) -> None:
        if self.left_out:
            self._kept.append(finding("reading.too_many_findings", left_out=self.left_out))


class ColumnReader:
    """One column of the table on its way into the ReadReturn.

    Only precisions other than "day" are noted here; `transport.unpack` completes them.
    """

    def __init__(self, slot: Slot, result: ReadReturn, programme: Programme, setting: Setting) -> None:
        self.slot, self.column = slot, slot.column
        self.letters, self.sheet = column_letters(slot.index), result.sheet
        self.clean = cleaner_for(slot.column, programme, setting)
        self._bulk, self._setting = bulk_for(slot.column), setting
        code = slot.column.code
        self._values: list[Any] = result.columns.setdefault(code, [])
        self._long: list[str] = []
        self.count = 0
        self.raw = result.raw.setdefault(code, {})
        self.doubts = result.doubts.setdefault(code, {})
        self.precisions = result.precisions.setdefault(code, {}) if slot.column.type == "date" else None
        self._programme = programme
        self._unit = _UNIT_WORDS.get(slot.unit or 0, "")
        self._memo = Memo(self.clean)
        self._memo[""] = None

    @property
    def values(self) -> list[Any]:
        """The column's cleaned values. Many texts that were fine are kept as long strings until they are asked for."""
        if self._long:
            self._values += strings_of(self._long)
            self._long.clear()
        return self._values

    def take(self, cells: Sequence[Any], rows: Sequence[int], findings: Findings) -> None:
        """Clean a batch of this column's cells, whose 1-based sheet rows are `rows`."""
        self._take(cells, rows, findings)
        self.count += len(cells)

    def close(self) -> list[Any] | Strings:
        """The column as it goes into the ReadReturn and over the border."""
        return Strings(self._long) if self._long else self._values

    def _take(self, cells: Sequence[Any], rows: Sequence[int], findings: Findings) -> None:
        if not any(cells) and cells.count("") == len(cells):
            self.values.extend(repeat(None, len(cells)))
            return
        types = set(map(type, cells))
        if bool in types:
            # True equals 1.0, so the two would share one place in the memo.
            cells = [raw_text(cell) if isinstance(cell, bool) else cell for cell in cells]
        if not self._take_whole(cells, types):
            self._take_each(cells, rows, findings)

    def _take_whole(self, cells: Sequence[Any], types: set[type]) -> bool:
        if self.column.type == "money":
            return self._take_money(cells, types)
        plain = self._bulk(cells, types) if self._bulk else None
        if plain is None:
            return False
        if plain.joined and not self._values and (self._long or len(cells) >= _LONG):
            self._long.append(plain.joined)
        else:
            self.values.extend(plain.values)
        return True

    def _take_money(self, cells: Sequence[Any], types: set[type]) -> bool:
        if (money := plain_money(cells, types, self._setting)) is None:
            return False
        values, texts = money
        self.values.extend(values)
        if (self._setting.header_unit or self._setting.head_unit or 1) != 1:
            self.raw.update(zip(count(self.count), zip(texts, repeat("money_unit")), strict=False))
        return True

    def _take_each(self, cells: Sequence[Any], rows: Sequence[int], findings: Findings) -> None:
        start = self.count
        self.values.extend(map(self._memo.__getitem__, cells))
        if changes := self._memo.changes:
            self.raw.update((index, changes[cell]) for index, cell in enumerate(cells, start) if cell in changes)
        if self._memo.notes:
            self._note(cells, start, rows, findings)
        self._memo.forget()

    def _note(self, cells: Sequence[Any], start: int, rows: Sequence[int], findings: Findings) -> None:
        notes = self._memo.notes
        for offset, cell in enumerate(cells):
            note = notes.get(cell)
            if note is None:
                continue
            if note.doubt:
                self.doubt(start + offset, note.doubt, cell, rows[offset], findings)
            elif note.rule:
                self.raw[start + offset] = (raw_text(cell), note.rule)
            if note.precision not in (None, "day") and self.precisions is not None:
                self.precisions[start + offset] = note.precision

    def doubt(self, index: int, code: str, cell: Any, row: int, findings: Findings) -> None:
        """The cell has no value that could be taken: keep what it was, and say so."""
        self.values[index] = None
        self.doubts[index] = code
        if cell != "":
            self.raw[index] = (raw_text(cell), "not_taken")
        if self.precisions is not None:
            self.precisions.pop(index, None)
        if findings.is_full:
            findings.left_out += 1
        else:
            findings.add(self.finding(code, row, cell))

    @cached_property
    def _allowed(self) -> str:
        return allowed_words(self._programme, self.column)

    def finding(self, code: str, row: int, cell: Any, **words: object) -> Finding:
        return finding(
            code, sheet=self.sheet, row=row, column=self.letters, header=self.slot.title, field=self.column.code,
            shown=showable(self.column, raw_text(cell)), allowed=self._allowed, unit=self._unit, **words,
        )


class Records:
    """The table's records as they come, batch by batch, and the checks that need them all.

    `below` holds the rows of signatures, (0-based row, cells): a head's values may stand there too.
    """

    def __init__(
        self, header: Header, result: ReadReturn, programme: Programme, findings: Findings,
        *, head_unit: int | None, epoch_1904: bool,
    ) -> None:
        self.result, self.findings = result, findings
        self.readers = [
            ColumnReader(slot, result, programme, Setting(slot.unit, head_unit, epoch_1904)) for slot in header.slots
        ]
        self.below: list[tuple[int, Row]] = []
        self.count = 0

    def take(self, columns: Sequence[Sequence[Any]], rows: Sequence[int]) -> None:
        """Some more records, by the sheet's columns; they stand in the 1-based sheet rows `rows`."""
        for reader in self.readers:
            reader.take(columns[reader.slot.index], rows, self.findings)
        self.result.rows += rows
        self.count += len(rows)

    def add_total(self, row: Row, number: int, label: str, *, above: int, part: bool = False) -> None:
        """A control total, with the number of records above it; a 其中 row is a part, and closes nothing."""
        values = {}
        for reader in self.readers:
            if reader.column.type in _ADDABLE and row[reader.slot.index] != "":
                cleaned = reader.clean(row[reader.slot.index])
                if cleaned.value is not None:
                    values[reader.column.code] = cleaned.value
        stated = {"row": number, "label": label, "values": values, "position": above, "part": part}
        self.result.totals.append(stated)

    def fill_merged(self, merged: list[tuple[int, int, int, int]]) -> None:
        """Cells merged downwards hold their value in the first row alone. Words are meant for all."""
        at = {row - 1: index for index, row in enumerate(self.result.rows)}
        readers = {reader.slot.index: reader for reader in self.readers}
        for first_row, first, last_row, _ in merged:
            reader = readers.get(first)
            if reader is None or first_row not in at or last_row == first_row:
                continue
            value = reader.values[at[first_row]]
            if value is None:
                continue
            for row in range(first_row + 1, min(last_row, self.result.rows[-1] - 1) + 1):
                if row in at:
                    self._fill(reader, at[row], at[first_row], row + 1)

    def _fill(self, reader: ColumnReader, index: int, source: int, row: int) -> None:
        if reader.values[index] is not None or index in reader.doubts:
            return
        if reader.column.type in _ADDABLE:
            reader.doubt(index, "reading.merged_number", "", row, self.findings)
            return
        reader.values[index] = reader.values[source]
        reader.raw[index] = ("", "merged_cell")
        if reader.precisions is not None and source in reader.precisions:
            reader.precisions[index] = reader.precisions[source]

    def mark(self, scan: SheetScan) -> None:
        """Cells that show an error, or a formula that was never calculated, look empty to the reader."""
        at = {row - 1: index for index, row in enumerate(self.result.rows)}
        readers = {reader.slot.index: reader for reader in self.readers}
        seen = ((scan.errors, "reading.error_cell"), (scan.empty_formulas, "reading.formula_without_value"))
        for places, code in seen:
            for row, column in sorted(places):
                if row in at and column in readers and readers[column].values[at[row]] is None:
                    readers[column].doubt(at[row], code, "", row + 1, self.findings)
        hidden = sorted(scan.hidden_rows & at.keys())
        if hidden:
            self.findings.add(finding(
                "reading.hidden_rows", sheet=self.result.sheet, row=hidden[0] + 1, count=len(hidden),
                rows=_spans([row + 1 for row in hidden]),
            ))
        if columns := sorted(scan.hidden_columns & readers.keys()):
            named = "、".join(column_letters(index) for index in columns)
            self.findings.add(finding(
                "reading.hidden_columns", sheet=self.result.sheet, column=column_letters(columns[0]), columns=named,
            ))

    def check_totals(self, is_subtotal: Callable[[str], bool]) -> None:
        """Each stated total against the sum of the records that it closes. Tolerance 0."""
        start = 0
        for total in self.result.totals:
            position = total["position"]
            if total["part"]:
                continue
            if is_subtotal(total["label"]):
                span, start = range(start, position), position
            else:
                span = range(position) if position else range(self.count)
            for reader in self.readers:
                stated = total["values"].get(reader.column.code)
                if stated is not None:
                    self._check_total(reader, stated, total["row"], span)

    def _check_total(self, reader: ColumnReader, stated: Any, row: int, span: range) -> None:
        if any(index in span for index in reader.doubts):
            return
        expected = sum(value for value in reader.values[span.start : span.stop] if value is not None)
        if expected != stated:
            self.findings.add(finding(
                "reading.total_differs", sheet=self.result.sheet, row=row, column=reader.letters,
                header=reader.slot.title, field=reader.column.code,
                detail=_detail(stated, expected) if reader.column.privacy in ("none", "business") else "",
            ))

    def close(self) -> None:
        """Hand over the columns, without empty bookkeeping: readers of the result see changed cells alone."""
        columns: dict[str, Any] = {reader.column.code: reader.close() for reader in self.readers}
        self.result.columns.update(columns)
        for kept in (self.result.raw, self.result.doubts):
            for code in [code for code, cells in kept.items() if not cells]:
                del kept[code]


def _spans(numbers: list[int]) -> str:
    """[5, 8, 9, 10] → “5、8–10”, shortened where there are many."""
    spans: list[list[int]] = []
    for number in numbers:
        if spans and number == spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    shown = "、".join(str(first) if first == last else f"{first}–{last}" for first, last in spans[:_MOST_SPANS])
    return shown + ("…" if len(spans) > _MOST_SPANS else "")


def _detail(stated: Any, expected: Any) -> Text:
    return Text(
        zh=f"：填写{_number(stated)}，各行相加{_number(expected)}",
        en=f": it says {_number(stated)}, the rows add up to {_number(expected)}",
    )


def _number(value: Any) -> str:
    return f"{value:f}" if not isinstance(value, int) else str(value)
