"""Findings as a letter shows them: the same fault in many rows of a column is one line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from zhibao.findings import Finding
from zhibao.output import SEVERITY_WORDS

SHOWN_PLACES = 6


@dataclass(frozen=True, slots=True)
class Line:
    """One fault and all its places, in words. `count` is of the findings that it stands for."""

    severity: str
    where: str
    header: str
    message: str
    next_step: str
    code: str
    count: int


def lines_of(findings: Iterable[Finding]) -> list[Line]:
    """One line for each fault of each column, in the order in which it is first met."""
    alike: dict[tuple[object, ...], list[Finding]] = {}
    for item in findings:
        key = (item.severity, item.code, item.sheet, item.column, item.header, item.message.zh, item.next_step.zh)
        alike.setdefault(key, []).append(item)
    return [_line(group) for group in alike.values()]


def spans(rows: Iterable[int]) -> list[tuple[int, int]]:
    """Neighbouring rows together: 7, 8, 9, 12 are (7, 9) and (12, 12)."""
    found: list[tuple[int, int]] = []
    for row in sorted(set(rows)):
        if found and row == found[-1][1] + 1:
            found[-1] = (found[-1][0], row)
        else:
            found.append((row, row))
    return found


def _line(group: Sequence[Finding]) -> Line:
    first = group[0]
    return Line(
        SEVERITY_WORDS[first.severity], _where(group), first.header or "", first.message.zh.rstrip("。"),
        first.next_step.zh.rstrip("。"), first.code, len(group),
    )


def _where(group: Sequence[Finding]) -> str:
    """表 H11、H13–H20; a finding without a cell is about the sheet, or the whole file."""
    first, places = group[0], spans(item.row for item in group if item.row is not None)
    cells = "、".join(_cells(first.column, *span) for span in places[:SHOWN_PLACES])
    if len(places) > SHOWN_PLACES:
        cells += " 等"
    return " ".join(part for part in (first.sheet, cells or first.column) if part) or "整个文件"


def _cells(column: str | None, first: int, last: int) -> str:
    if column is None:
        return f"第{first}行" if first == last else f"第{first}–{last}行"
    return f"{column}{first}" if first == last else f"{column}{first}–{column}{last}"
