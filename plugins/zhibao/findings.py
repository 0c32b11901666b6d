"""Findings on a return: values that name the cell, say what is wrong and what to do next. Never a personal value."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from zhibao.text import Text

Severity = Literal["error", "query", "warning"]
Status = Literal["accepted", "accepted_with_queries", "returned", "refused"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong with a return.

    `row` and `column` are those that a person sees in the spreadsheet program (1-based; letters). `field` is the
    form's column code. A finding about the whole file has neither sheet nor row.
    """

    code: str
    severity: Severity
    message: Text
    next_step: Text
    sheet: str | None = None
    row: int | None = None
    column: str | None = None
    header: str | None = None
    field: str | None = None


def decide_status(findings: Iterable[Finding], *, refused: bool = False) -> Status:
    """The status that a return's findings give it (DESIGN: findings are values)."""
    if refused:
        return "refused"
    severities = {finding.severity for finding in findings}
    if "error" in severities:
        return "returned"
    return "accepted_with_queries" if "query" in severities else "accepted"
