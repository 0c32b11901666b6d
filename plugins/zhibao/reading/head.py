"""The head block above a table: 填报单位：城关区 in one cell or in two neighbours, in any order and any row."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from unicodedata import normalize

from zhibao.findings import Finding
from zhibao.period import Period
from zhibao.programme.models import Column, Form, Programme, Unit
from zhibao.reading.cells import Row
from zhibao.reading.clean import Setting, choice_cleaner, cleaner_for, printed_word
from zhibao.reading.dates import clean_period
from zhibao.reading.messages import finding, harmless, showable
from zhibao.reading.numbers import YUAN
from zhibao.reading.sheetscan import column_letters
from zhibao.reading.text_rules import choice_key, raw_text, squeeze

_STAMP = re.compile(r"\((?:公章|盖章|签章|章|签字)\)")


@dataclass(frozen=True, slots=True)
class Entry:
    """One value of the head block as written, and where (0-based)."""

    raw: Any
    row: int
    column: int
    label: str


@dataclass(slots=True)
class Head:
    """The head block understood: values by code, where each stands (1-based row, letters), what was wrong with it."""

    values: dict[str, Any] = field(default_factory=dict)
    cells: dict[str, tuple[int, str]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    @property
    def is_nil(self) -> bool:
        return self.values.get("nil_return") == "yes"

    def money_unit(self, programme: Programme) -> int | None:
        column = next((column for column in programme.head if column.code == "money_unit"), None)
        code = self.values.get("money_unit")
        words = programme.choices_of(column).get(code, []) if column and code else []
        return next((YUAN[word] for word in words if word in YUAN), None)


class HeadLabels:
    """Recognises the head's labels in any cell."""

    def __init__(self, programme: Programme) -> None:
        self.columns = {
            squeeze(word): column for column in programme.head for word in (column.header, *column.synonyms)
        }
        longest_first = sorted(self.columns, key=len, reverse=True)
        words = "|".join(r"\s*".join(map(re.escape, word)) for word in longest_first)
        self._label = re.compile(rf"(?:^|(?<=[\s,;、。|]))({words})\s*(?:\([^()]*\)\s*)?(?::\s*|(?=\s)\s*|$)")

    def begins(self, text: str) -> bool:
        """Whether a cell begins with a label that a colon or its end sets off."""
        mark = self._label.match(normalize("NFKC", text).strip())
        return mark is not None and (mark.end() == len(text) or ":" in mark[0])

    def find(self, rows: Iterable[tuple[int, Row]], known: dict[str, Entry] | None = None) -> dict[str, Entry]:
        """Head code → its entry, the first one of each. `rows` are (0-based row, cells).

        A row of labels alone has its values below it.
        """
        entries: dict[str, Entry] = dict(known or {})
        above: Row = []
        for number, row in rows:
            if above:
                self._read_below(entries, number, above, row)
            for index, cell in enumerate(row):
                if isinstance(cell, str) and cell:
                    self._read_cell(entries, number, row, index, cell)
            above = row if self._is_all_labels(row) else []
        return entries

    def _is_all_labels(self, row: Row) -> bool:
        filled = [cell for cell in row if cell != ""]
        return len(filled) > 1 and all(isinstance(cell, str) and squeeze(cell) in self.columns for cell in filled)

    def _read_below(self, entries: dict[str, Entry], number: int, labels: Row, row: Row) -> None:
        for index, label in enumerate(labels[: len(row)]):
            value = row[index]
            if label != "" and value != "" and not (isinstance(value, str) and self.begins(value)):
                self._keep(entries, self.columns[squeeze(label)], Entry(value, number, index, squeeze(label)))

    def _read_cell(self, entries: dict[str, Entry], number: int, row: Row, index: int, cell: str) -> None:
        text = normalize("NFKC", cell).strip()
        marks = list(self._label.finditer(text))
        if not marks or marks[0].start() != 0:
            return
        for mark, after in zip(marks, [*marks[1:], None], strict=True):
            value: Any = text[mark.end() : after.start() if after else len(text)].strip(" ,;、|\t\n")
            place = index
            if not value and after is None:
                place, value = self._beside(row, index)
            if value != "":
                self._keep(entries, self.columns[squeeze(mark[1])], Entry(value, number, place, mark[1]))

    def _keep(self, entries: dict[str, Entry], column: Column, entry: Entry) -> None:
        # 单位：万元 above a table is the unit of its money, not an office.
        if column.type == "unit" and isinstance(entry.raw, str) and squeeze(entry.raw).removeprefix("人民币") in YUAN:
            column = next((other for other in self.columns.values() if other.code == "money_unit"), column)
        entries.setdefault(column.code, entry)

    def _beside(self, row: Row, index: int) -> tuple[int, Any]:
        """The next filled cell to the right, unless it is a label itself."""
        for place in range(index + 1, len(row)):
            cell = row[place]
            if cell == "" or (isinstance(cell, str) and not cell.strip()):
                continue
            if isinstance(cell, str) and self._label.match(normalize("NFKC", cell).strip()):
                break
            return place, cell
        return index, ""


def understand_head(
    entries: dict[str, Entry], programme: Programme, form: Form | None, sheet: str, *, epoch_1904: bool = False
) -> Head:
    """Clean each entry, resolve the unit and the period, and say what is missing or unreadable."""
    head = Head(cells={code: (entry.row + 1, column_letters(entry.column)) for code, entry in entries.items()})
    for column in programme.head:
        entry = entries.get(column.code)
        value = None if entry is None else _read(head, column, entry, programme, form, sheet, epoch_1904)
        if value is not None:
            head.values[column.code] = value
        elif column.required and not any(item.field == column.code for item in head.findings):
            head.findings.append(finding("reading.missing_head", sheet=sheet, header=column.header, field=column.code))
    _check_version(head, entries, programme, sheet)
    return head


def _read(
    head: Head, column: Column, entry: Entry, programme: Programme, form: Form | None, sheet: str, epoch_1904: bool
) -> Any:
    if column.type == "unit":
        value, problem, words = _find_unit(entry.raw, programme)
    elif column.type == "period":
        value, problem, words = _find_period(entry.raw, form, epoch_1904)
    else:
        cleaned = _cleaned(column, entry, programme, epoch_1904)
        value, problem = cleaned.value, cleaned.doubt
        words = {"allowed": allowed_words(programme, column)}
    if problem:
        shown = None if column.type == "period" and not isinstance(entry.raw, str) else showable(column, entry.raw)
        head.findings.append(finding(
            problem, sheet=sheet, row=entry.row + 1, column=column_letters(entry.column),
            header=entry.label, field=column.code, shown=shown, **words,
        ))
    return value


def _cleaned(column: Column, entry: Entry, programme: Programme, epoch_1904: bool) -> Any:
    if column.code == "money_unit":
        word = squeeze(raw_text(entry.raw)).removeprefix("人民币")
        return choice_cleaner(programme.choices_of(column))(word if word in YUAN else f"{word}元")
    return cleaner_for(column, programme, Setting(epoch_1904=epoch_1904))(entry.raw)


def allowed_words(programme: Programme, column: Column) -> str:
    """The words that a choice may be, for the next step of a finding."""
    return "、".join(printed_word(words) for words in programme.choices_of(column).values())


def _find_unit(raw: Any, programme: Programme) -> tuple[str | None, str | None, dict[str, object]]:
    key = choice_key(_STAMP.sub("", squeeze(raw_text(raw))))
    for unit in programme.units:
        if key in {_own_key(word) for word in (unit.code, unit.name.zh, unit.name.en, *unit.aliases)}:
            return unit.code, None, {}
    for stranger in programme.not_units:
        if _own_key(stranger.name) in key:
            return None, "reading.not_a_unit", {"reason": stranger.reason}
    within = [unit for unit in programme.units if _is_within_a_city(key, unit)]
    if len(within) == 1:
        return within[0].code, None, {}
    return None, "reading.unknown_unit", {}


@lru_cache(maxsize=4096)
def _own_key(word: str) -> str:
    """The key of one of the programme's words, which are asked about for every file. Never a file's."""
    return choice_key(word)


def _is_within_a_city(key: str, unit: Unit) -> bool:
    """兰州市城关区 is 城关区: the name behind the name of a province or city."""
    name = _own_key(unit.name.zh)
    return key.endswith(name) and key[: -len(name)].endswith(("市", "省"))


def _find_period(
    raw: Any, form: Form | None, epoch_1904: bool
) -> tuple[str | None, str | None, dict[str, object]]:
    cadence = form.cadence if form else None
    period = clean_period(raw, cadence, epoch_1904=epoch_1904)
    if period is None:
        return None, "reading.unreadable_period", {"example": _example(cadence)}
    if cadence is not None and period.cadence != cadence:
        return None, "reading.period_of_other_cadence", {"example": _example(cadence)}
    return str(period), None, {}


def _example(cadence: str | None) -> str:
    year = 2022
    examples = {"quarterly": Period(year, "quarterly", 1), "annual": Period(year, "annual")}
    return str(examples.get(cadence or "", Period(year, "monthly", 3)))


def _check_version(head: Head, entries: dict[str, Entry], programme: Programme, sheet: str) -> None:
    version = head.values.get("template_version")
    if version is None or version.lower().lstrip("v") == programme.template_version.lower().lstrip("v"):
        return
    entry = entries["template_version"]
    head.findings.append(finding(
        "reading.stale_template", sheet=sheet, row=entry.row + 1, column=column_letters(entry.column),
        header=entry.label, field="template_version", shown=harmless(version), current=programme.template_version,
    ))
