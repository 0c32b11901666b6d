"""What reading one file yields: plain, picklable values that cross the border of the forked child."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from zhibao.findings import Finding
from zhibao.reading.answers import Answer


@dataclass(slots=True)
class ReadReturn:
    """One workbook as read: which return it is, its records by column, and what reading it found.

    `columns` holds, per column code of the form, one cleaned value a record (None where empty or unreadable):
    str for text, choice (the code), id_number, phone, uscc; int for integer; Decimal for decimal and money
    (money in yuan); date for date. All lists are as long as `rows`, the 1-based sheet rows of the records.
    `precisions[code][i]` is "day", "month" or "year" for a date column.
    `raw[code][i]` is (raw text, name of the rule that changed it), for changed cells alone.
    `doubts[code][i]` is a finding code ("reading.approximate_number", …) for a cell whose value is None in
    `columns` because it could not be taken as it stands.
    `head_cells` maps each head code that was found to (sheet row, column letters) of its value. `template` is what
    the workbook's hidden identity sheet says (reading/identity.py), empty if it has none.
    `layout` maps column code → column letters of the sheet. `totals` are the control totals of 合计 rows:
    [{"row": int, "label": str, "values": {code: number}}]. `answers` are what the office wrote into the list of
    findings that it was sent (reading/answers.py).
    """

    form: str | None = None
    unit: str | None = None
    period: str | None = None
    head: dict[str, Any] = field(default_factory=dict)
    head_cells: dict[str, tuple[int, str]] = field(default_factory=dict)
    template: dict[str, str] = field(default_factory=dict)
    nil_return: bool = False
    sheet: str | None = None
    header_row: int | None = None
    layout: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    rows: list[int] = field(default_factory=list)
    columns: dict[str, list[Any]] = field(default_factory=dict)
    precisions: dict[str, dict[int, str]] = field(default_factory=dict)
    raw: dict[str, dict[int, tuple[str, str]]] = field(default_factory=dict)
    doubts: dict[str, dict[int, str]] = field(default_factory=dict)
    totals: list[dict[str, Any]] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    refused: bool = False
    reader: str = ""
    reader_version: str = ""
