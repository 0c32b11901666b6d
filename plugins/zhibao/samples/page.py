"""The cells of one return, and where each value of the form stands among them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from openpyxl.utils import get_column_letter

from zhibao.programme.models import Form
from zhibao.samples.records import Row
from zhibao.samples.styles import Style


@dataclass(frozen=True, slots=True)
class Wrongs:
    """What a faulty return does differently to its layout: a column dropped, another unit's name or none, a total."""

    drop: str | None = None
    unit_word: str | None = None
    total: bool = True
    money_header: str | None = None


@dataclass(slots=True)
class Page:
    """The cells of the data sheet. `rows` is a list of rows; places are 1-based. `layout` lists (kind, row, column)."""

    sheet: str
    form: Form
    style: Style
    records: list[Row]
    rows: list[list[Any]] = field(default_factory=list)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    columns: dict[str, int] = field(default_factory=dict)
    record_rows: list[int] = field(default_factory=list)
    head: dict[str, tuple[int, int]] = field(default_factory=dict)
    header_row: int = 0
    total_row: int | None = None
    bold_rows: set[int] = field(default_factory=set)
    layout: list[tuple[str, int, int | None]] = field(default_factory=list)

    def get(self, row: int, column: int) -> Any:
        cells = self.rows[row - 1]
        return cells[column - 1] if column <= len(cells) else None

    def put(self, row: int, column: int, value: Any) -> None:
        while len(self.rows) < row:
            self.rows.append([])
        cells = self.rows[row - 1]
        cells += [None] * (column - len(cells))
        cells[column - 1] = value

    @property
    def next_row(self) -> int:
        return len(self.rows) + 1


def letters(column: int | None) -> str | None:
    return None if column is None else get_column_letter(column)
