"""Which template a workbook was written from: the hidden sheet that `workbooks/template.py` puts into each."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from zhibao.reading.cells import Row
from zhibao.reading.text_rules import raw_text

LABELS = ("programme", "form", "unit", "period", "template_version")
_LONGEST = 100


def identity_of(rows: Iterable[Row]) -> dict[str, str]:
    """Label → value of the labels that are there; column A holds the label, column B the value."""
    pairs = ((raw_text(row[0]), raw_text(row[1])) for row in islice(rows, 2 * len(LABELS)) if len(row) > 1)
    return {label: value[:_LONGEST] for label, value in pairs if label in LABELS and value}
