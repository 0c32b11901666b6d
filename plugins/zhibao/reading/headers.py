"""Finds a form's table in a sheet: the header block that knows most of a form's columns, over up to three rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache

from zhibao.programme.models import Column, Form, Programme
from zhibao.reading.cells import Grid, Row
from zhibao.reading.numbers import YUAN
from zhibao.reading.text_rules import raw_text, squeeze

HEADER_ROWS = 15
HEADER_DEPTH = 3
_FEWEST_SLOTS = 3
# Columns that offices add for their own use and that say nothing.
_UNIT_ROW = re.compile(r"[(]?(?:[百千万亿]*元|人次|[人家个项名次场户笔岁分%]|平方米|m2|单位|计量单位)?[)]?")
_NUMBER_ROW = re.compile(r"[(]?(?:\d{1,2}|[甲乙丙丁戊己庚辛]|栏次|序号)?[)]?")
_IGNORED = {"序号", "行号", "NO", "NO."}
_BRACKETS = re.compile(r"[(\[【〔](.*?)[)\]】〕]")
_LAST_BRACKET = re.compile(r"[(\[【〔][^(\[【〔]*[)\]】〕]$")
_MARKS = re.compile(r"^[*★#]+|[*★:：、.]+$")
_UNIT_TAIL = re.compile(r"[/:：]?(百万元|千万元|亿元|万元|千元|元|人次|人|家|个|项|名)$")


@dataclass(slots=True)
class Slot:
    """One column of the sheet that is a column of the form. `index` is 0-based; `unit` is money's, in yuan."""

    index: int
    column: Column
    text: str
    unit: int | None = None
    strange_unit: str | None = None

    @property
    def title(self) -> str:
        """The header for people, without the star of a required column."""
        return _MARKS.sub("", self.text.strip())


@dataclass(slots=True)
class Header:
    """The header block of one form, rows 0-based. `unknown` and `repeated` are (index, text) of other headers."""

    form: Form
    first_row: int
    last_row: int
    slots: list[Slot]
    score: float
    unknown: list[tuple[int, str]] = field(default_factory=list)
    repeated: list[tuple[int, str]] = field(default_factory=list)

    @property
    def missing(self) -> list[Column]:
        present = {slot.column.code for slot in self.slots}
        return [column for column in self.form.columns if column.required and column.code not in present]


class Vocabulary:
    """Every form's headers and synonyms by their normalised text. It says nothing of any file, so all may share it."""

    def __init__(self, programme: Programme) -> None:
        self.forms = list(programme.forms.values())
        self.fewest = min((min(_FEWEST_SLOTS, len(form.columns)) for form in self.forms), default=0)
        self._columns: dict[str, dict[str, Column]] = {}
        for form in self.forms:
            for key, column in _words_of(form).items():
                self._columns.setdefault(key, {})[form.code] = column

    def columns(self, text: str) -> dict[str, Column]:
        """Form → its column that a header of this text names: as it stands, else without its last bracket, without
        any, without a unit behind it.
        """
        named: dict[str, Column] = {}
        for key in _keys_of(text):
            named = self._columns.get(key, {}) | named
        return named


def _words_of(form: Form) -> dict[str, Column]:
    words: dict[str, Column] = {}
    for column in form.columns:
        words[_key(column.header)] = column
    for column in form.columns:
        for word in (*column.synonyms, column.code):
            words.setdefault(_key(word), column)
    return words


def _key(text: str) -> str:
    return _MARKS.sub("", squeeze(text)).casefold()


def _keys_of(text: str) -> Iterator[str]:
    whole = _key(text)
    yield whole
    # 个人贷款金额（累计）（万元）: the first bracket may belong to the name.
    if (named := _MARKS.sub("", _LAST_BRACKET.sub("", whole))) != whole:
        yield named
    bare = _MARKS.sub("", _BRACKETS.sub("", whole))
    if bare not in (whole, named):
        yield bare
    if (short := _UNIT_TAIL.sub("", bare)) != bare:
        yield short


def find_header(grid: Grid, vocabulary: Vocabulary) -> Header | None:
    """The best header block within the first rows of `grid`, over all forms, or None."""
    labels, texts = _expand(grid)
    named = cache(vocabulary.columns)
    best: Header | None = None
    for first in range(min(HEADER_ROWS, len(labels))):
        if best is not None and not best.missing and first > best.last_row:
            break  # a whole header is found; what is below it are records
        if sum(1 for label in labels[first] if label) < 2:
            continue
        for depth in range(1, min(HEADER_DEPTH, len(labels) - first) + 1):
            block = labels[first : first + depth]
            forms = _promising(vocabulary, block, best)
            for header in _match(forms, block, named, first) if forms else ():
                if best is None or header.score > best.score:
                    best = header
    if best is not None:
        _note_unknown(best, texts)
        below = labels[best.last_row + 1] if best.last_row + 1 < len(labels) else []
        if says_units := _says_units(below):
            best.last_row += 1
        _note_units(best, labels)
        if not says_units and _says_numbers(below):
            best.last_row += 1
    return best


def _promising(vocabulary: Vocabulary, block: list[list[str]], best: Header | None) -> list[Form]:
    """The forms of which this block can still be the header, and a better one than the best so far."""
    if sum(map(any, zip(*block, strict=True))) < vocabulary.fewest:
        return []
    beaten = -1.0 if best is None else best.score
    return [form for form in vocabulary.forms if _score(form, form.columns, len(block)) > beaten]


def _expand(grid: Grid) -> tuple[list[list[str]], list[list[str]]]:
    """The top rows as text, with merged cells filled in, and as they are written."""
    written = [[_written(cell) for cell in row] for row in grid.top[: HEADER_ROWS + HEADER_DEPTH]]
    filled = [list(row) for row in written]
    for first_row, first, last_row, last in grid.merged:
        if first_row >= len(filled) or first >= len(filled[first_row]):
            continue
        text = written[first_row][first]
        for row in filled[first_row : last_row + 1]:
            row[first : last + 1] = [text] * (min(last + 1, len(row)) - first)
    return filled, written


def _written(cell: object) -> str:
    return (cell and " ".join(cell.split())) if isinstance(cell, str) else raw_text(cell)


def _options(block: list[list[str]], index: int) -> list[str]:
    """What stands over one column in a block of header rows, and what may be meant by it, best first."""
    parts: list[str] = []
    for row in block:
        if row[index] and (not parts or parts[-1] != row[index]):
            parts.append(row[index])
    # A file without merged cells leaves the cells right of a group's name empty.
    if len(block) > 1 and len(parts) == 1 and not block[0][index] and block[-1][index]:
        left = next((text for text in reversed(block[0][:index]) if text), "")
        return [left + parts[0], parts[0]] if left else parts
    return ["".join(parts), parts[-1]] if len(parts) > 1 else parts


def _match(
    forms: list[Form], block: list[list[str]], named: Callable[[str], dict[str, Column]], first: int
) -> Iterator[Header]:
    """The headers that `block` can be, at most one a form."""
    found: dict[str, list[Slot]] = {form.code: [] for form in forms}
    for index in range(len(block[0])):
        slots: dict[str, Slot] = {}
        for text in _options(block, index):
            for form_code, column in named(text).items():
                slots.setdefault(form_code, Slot(index, column, text))
        for form_code in slots.keys() & found.keys():
            found[form_code].append(slots[form_code])
    for form in forms:
        kept: dict[str, Slot] = {}
        repeated: list[tuple[int, str]] = []
        for slot in found[form.code]:
            if kept.setdefault(slot.column.code, slot) is not slot:
                repeated.append((slot.index, slot.text))
        if len(kept) >= min(_FEWEST_SLOTS, len(form.columns)):
            score = _score(form, [slot.column for slot in kept.values()], len(block))
            yield Header(form, first, first + len(block) - 1, list(kept.values()), score, repeated=repeated)


def _score(form: Form, columns: list[Column], depth: int) -> float:
    """How well a block `depth` rows deep that has these columns fits the form."""
    required = sum(1 for column in columns if column.required)
    share = required / max(1, sum(1 for column in form.columns if column.required))
    return len(columns) + 0.5 * required + share - 0.1 * (depth - 1)


def _says_units(row: list[str]) -> bool:
    """A row below the header that only says in which unit some columns are."""
    texts = [squeeze(text) for text in row if text]
    return bool(texts) and all(_UNIT_ROW.fullmatch(text) for text in texts)


def _says_numbers(row: list[str]) -> bool:
    """A row below the header that only numbers the columns: 甲, 乙, 1, 2, …"""
    texts = [squeeze(text) for text in row if text]
    numbers = [int(text.strip("()")) for text in texts if text.strip("()").isdigit()]
    counts = len(numbers) >= 3 and numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    return counts and all(_NUMBER_ROW.fullmatch(text) for text in texts)


def _note_units(header: Header, labels: list[list[str]]) -> None:
    for slot in header.slots:
        rows = labels[header.first_row : header.last_row + 1]
        slot.unit, slot.strange_unit = _unit_in("".join(dict.fromkeys(row[slot.index] for row in rows)), slot.column)


def _note_unknown(header: Header, texts: list[list[str]]) -> None:
    rows = range(header.first_row, header.last_row + 1)
    known = {slot.index for slot in header.slots} | {index for index, _ in header.repeated}
    for index in range(len(texts[header.first_row])):
        text = "".join(dict.fromkeys(texts[row][index] for row in rows))
        if index not in known and text and _key(text).upper() not in _IGNORED:
            header.unknown.append((index, text))


def _unit_in(text: str, column: Column) -> tuple[int | None, str | None]:
    """The unit that a header states: money's in yuan, or one that cannot be read (万人, 美元)."""
    whole = squeeze(text)
    if whole in {squeeze(word) for word in (column.header, *column.synonyms)}:
        return None, None
    stated = [part.removeprefix("单位").lstrip(":：").removeprefix("人民币") for part in _BRACKETS.findall(whole)]
    if tail := _UNIT_TAIL.search(_BRACKETS.sub("", whole)):
        stated.append(tail[1])
    for unit in stated:
        if column.type == "money" and unit in YUAN:
            return YUAN[unit], None
        if column.type in ("money", "integer", "decimal") and re.fullmatch(r"[百千万亿]+\w{0,2}|.*[元币镑]", unit):
            return None, unit
    return None, None


def is_header_again(row: Row, header: Header) -> bool:
    """Printed sheets repeat the header on each page."""
    same = sum(1 for slot in header.slots if isinstance(row[slot.index], str) and row[slot.index]
               and squeeze(row[slot.index]) == squeeze(slot.text))
    return same >= min(3, len(header.slots))
