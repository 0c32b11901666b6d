"""What a look at a file before reading comes to: its kind and what was noticed, or a refusal with one finding."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from zhibao.findings import Finding
from zhibao.reading.messages import finding
from zhibao.reading.sheetscan import SheetScan
from zhibao.text import Text

Kind = Literal["xlsx", "xlsb", "xls", "ods", "html", "xml", "csv"]


@dataclass(slots=True)
class Preflight:
    """What the file is and what was found out about it. `scans` is by the sheet's place in the workbook."""

    kind: Kind | None = None
    findings: list[Finding] = field(default_factory=list)
    scans: list[SheetScan] = field(default_factory=list)
    epoch_1904: bool = False
    has_pictures: bool = False
    # No reader here knows it, but LibreOffice does.
    needs_conversion: bool = False

    @property
    def refused(self) -> bool:
        return self.kind is None


class Refusal(Exception):
    """Carries the one finding that ends a preflight."""

    def __init__(self, code: str, **words: object) -> None:
        self.finding = finding(code, **words)  # type: ignore[arg-type]


def not_read(kind: str) -> Refusal:
    """The file is of a known kind that holds no table."""
    return Refusal("reading.not_read", kind=kind)


def suspicious(zh: str, en: str) -> Refusal:
    """The archive is built as no spreadsheet program builds it."""
    return Refusal("reading.suspicious_archive", reason=Text(zh=zh, en=en))
