"""What an office wrote into the list of findings that it was sent: the answers to queries, kept apart by rule and cell.

The list is the sheet 问题清单. Its header row is the one with cells that begin with 规则 (Rule) and 说明 (Explanation);
columns are found by these words, so that an office may move, sort, filter or delete what it likes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from zhibao.findings import Finding

# The reader knows the sheet by this name and takes it for no table of a return.
LIST_SHEET = "问题清单"
_SIGNS = {"rule": ("规则", "Rule"), "sheet": ("工作表", "Sheet"), "cell": ("单元格", "Cell"),
          "answer": ("说明", "Explanation")}
_NO_PLACE = re.compile(r"[^A-Z0-9]")
_MOST_ROWS, _LONGEST = 10_000, 1_000
Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """The written explanation of one finding. `cell` is "B5", or "5" for a whole row, or "" for the file."""

    code: str
    sheet: str
    cell: str
    text: str


def key_of(item: Finding, sheet: str) -> Key:
    """By which the answer to a finding on this sheet is found again: rule, sheet, cell."""
    return item.code, sheet, f"{item.column or ''}{item.row or ''}" if item.row else ""


def answers_by_key(answers: Iterable[Answer]) -> dict[Key, str]:
    return {(item.code, item.sheet, item.cell): item.text for item in answers}


def answers_in(rows: Iterable[Iterable[Any]]) -> list[Answer]:
    """The answers in the rows of the list, as any reader gives them ("" is empty), so many and so long at most."""
    columns: dict[str, int] = {}
    found = []
    for row in islice(rows, _MOST_ROWS):
        texts = [_text(cell) for cell in row]
        if not columns:
            columns = _columns_of(texts)
            continue
        said = {name: texts[place] if place < len(texts) else "" for name, place in columns.items()}
        if said["rule"] and said["answer"]:
            cell = _NO_PLACE.sub("", said.get("cell", ""))
            answer = said["answer"].replace("\0", "")[:_LONGEST]
            found.append(Answer(said["rule"], said.get("sheet", ""), cell, answer))
    return found


def read_answers(path: Path) -> list[Answer]:
    """The answers in the workbook at `path`; none if it has no list. To be run where strangers' files are read."""
    from python_calamine import CalamineError, CalamineWorkbook

    with suppress(CalamineError), CalamineWorkbook.from_path(path) as book:
        if LIST_SHEET in book.sheet_names:
            return answers_in(book.get_sheet_by_name(LIST_SHEET).to_python(skip_empty_area=False))
    return []


def _text(cell: Any) -> str:
    """What was typed; readers give every number as a float."""
    return "" if cell is None else f"{cell:g}" if isinstance(cell, float) else str(cell).strip()


def _columns_of(texts: list[str]) -> dict[str, int]:
    """Where each of the list's columns stands, if this is its header row."""
    places = {name: place for place in reversed(range(len(texts))) for name, signs in _SIGNS.items()
              if texts[place].startswith(signs)}
    return places if {"rule", "answer"} <= places.keys() else {}
