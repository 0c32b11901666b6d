"""The tables of a marked page as rows of cells, so that a workbook holds what was printed, under the same titles."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from lxml import html

from zhibao.documents.numbers import WAN, YI

HEADINGS = ("h2", "h3", "h4")
NUMBER = re.compile(r"([−-]?[0-9][0-9,]*(?:\.[0-9]+)?)([^0-9]*)")
NUMBERED = re.compile(r"^(?:[一二三四五六七八九十]+、|（[一二三四五六七八九十]+）|附：)")
PLACES = "序号"  # the column that counts rows
GROUP = "组别"  # what a group row of the page becomes: a column of its own
MONEY = {"万元": WAN, "亿元": YI, "元": Decimal(1)}


@dataclass(frozen=True, slots=True)
class Amount:
    """A printed number: rounded as printed, with its decimals, and the words after it. Money is in 元."""

    value: Decimal
    decimals: int = 0
    suffix: str = ""
    is_grouped: bool = False


@dataclass(frozen=True, slots=True)
class PrintedTable:
    """Rows of words and numbers under `heads`; `totals` are the places of rows that sum up. `notes` stand around it."""

    title: str
    heads: tuple[str, ...]
    rows: list[tuple[str | Amount, ...]]
    totals: frozenset[int]
    notes: tuple[str, ...]


def tables_of(page: str) -> list[PrintedTable]:
    """All tables of a marked page in its order, titled by the heading they stand under, else by their first head."""
    root = html.fromstring(page)
    found: list[PrintedTable] = []
    heading, seen = "", Counter[str]()
    for element in root.iter(*HEADINGS, "table"):
        if element.tag != "table":
            heading = NUMBERED.sub("", words_of(element))
            continue
        title = heading or next(iter(_heads(element)), "")
        seen[title] += 1
        found.append(_table(element, title if seen[title] == 1 else f"{title}（{seen[title]}）"))
    return found


def words_of(element: html.HtmlElement) -> str:
    """The text of an element without the line breaks of its source."""
    return re.sub(r"\s*\n\s*", "", element.text_content()).strip()


def _table(element: html.HtmlElement, title: str) -> PrintedTable:
    rows, totals, group = [], set(), None
    is_grouped = bool(element.xpath(".//tr[contains(@class, 'group')]"))
    for row in element.xpath("./tbody/tr"):
        kinds = (row.get("class") or "").split()
        if "group" in kinds:
            group = words_of(row)
            continue
        if "total" in kinds:
            totals.add(len(rows))
        cells = tuple(map(_cell, row))
        rows.append((group or "", *cells) if is_grouped else cells)
    heads = _heads(element)
    for place, head in enumerate(heads):
        if head == PLACES:
            rows = [_counted(row, place + is_grouped) for row in rows]
    return PrintedTable(title, (GROUP, *heads) if is_grouped else heads, rows, frozenset(totals), _notes(element))


def _heads(element: html.HtmlElement) -> tuple[str, ...]:
    """One text a column; heads over several columns stand before those below them."""
    grid: dict[tuple[int, int], str] = {}
    rows = element.xpath("./thead/tr")
    for line, row in enumerate(rows):
        place = 0
        for cell in row:
            while (line, place) in grid:
                place += 1
            for down in range(int(cell.get("rowspan", 1))):
                for across in range(int(cell.get("colspan", 1))):
                    grid[line + down, place + across] = words_of(cell)
            place += int(cell.get("colspan", 1))
    width = 1 + max((place for _, place in grid), default=-1)
    stacked = [dict.fromkeys(grid.get((line, place), "") for line in range(len(rows))) for place in range(width)]
    return tuple("·".join(word for word in words if word) for words in stacked)


def _cell(cell: html.HtmlElement) -> str | Amount:
    """A number where the cell prints one figure and no more than words after it."""
    figures, text = cell.xpath(".//data"), words_of(cell)
    match = NUMBER.fullmatch(text)
    return _amount(match) if len(figures) == 1 and match else text


def _amount(match: re.Match[str]) -> Amount:
    digits, suffix = match[1].replace(",", "").replace("−", "-"), match[2]
    if suffix in MONEY:
        value = Decimal(digits) * MONEY[suffix]
        return Amount(value, 0 if value == value.to_integral_value() else 2, "元", abs(value) >= WAN)
    return Amount(Decimal(digits), len(digits.partition(".")[2]), suffix, "," in match[1])


def _counted(row: tuple[str | Amount, ...], place: int) -> tuple[str | Amount, ...]:
    word = row[place] if place < len(row) else ""
    if not (isinstance(word, str) and word.isdigit()):
        return row
    return (*row[:place], Amount(Decimal(word)), *row[place + 1:])


def _notes(element: html.HtmlElement) -> tuple[str, ...]:
    """The unit above the table and the notes below it."""
    return tuple(words_of(near) for near in _around(element))


def _around(element: html.HtmlElement) -> Iterator[html.HtmlElement]:
    before, after = element.getprevious(), element.getnext()
    if before is not None and "unit-line" in (before.get("class") or ""):
        yield before
    while after is not None and "under-table" in (after.get("class") or ""):
        yield after
        after = after.getnext()
