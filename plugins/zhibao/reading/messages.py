"""Every word that reading says to an office stands in messages.yaml; this is the one way to make a finding of it."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from zhibao.findings import Finding, Severity
from zhibao.programme.models import Column
from zhibao.text import Text

CATALOGUE = Path(__file__).with_name("messages.yaml")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_LONGEST_SHOWN = 20
_LONG_DIGITS = re.compile(r"\d{7,}")


@cache
def catalogue(path: Path = CATALOGUE) -> dict[str, dict[str, Any]]:
    """Finding code → severity, message and next step, as messages.yaml (or another step's own file) has them."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)


def finding(
    code: str,
    *,
    sheet: str | None = None,
    row: int | None = None,
    column: str | None = None,
    header: str | None = None,
    field: str | None = None,
    shown: Any = None,
    words_in: Path = CATALOGUE,
    **words: object,
) -> Finding:
    """The finding `code` at this place. `shown` is a value that may be printed (see `showable`), or None.

    A header that is no header of the form comes `harmless`: it may be anything.
    """
    entry = catalogue(words_in)[code]
    severity: Severity = entry["severity"]
    places = {"sheet": sheet or "", "row": row or "", "column": column or "", "header": header or ""}
    return Finding(
        code=code,
        severity=severity,
        message=_fill(entry["message"], shown, {**places, **words}),
        next_step=_fill(entry["next_step"], shown, {**places, **words}),
        sheet=sheet,
        row=row,
        column=column,
        header=header,
        field=field,
    )


def showable(column: Column, value: Any) -> str | None:
    """The value for print if its column holds nothing about a person, else None."""
    if column.privacy not in ("none", "business") or column.protect is not None or column.match:
        return None
    return harmless(str(value)) or None


def harmless(text: str) -> str:
    """Shortened, and without long runs of digits: a number that ended up in the wrong column may be a person's."""
    text = _LONG_DIGITS.sub("…", " ".join(text.split()))
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 1] + "…"


def _fill(template: dict[str, str], shown: Any, words: dict[str, object]) -> Text:
    """A word given as Text is put in each language in its own."""
    return Text(
        zh=template["zh"].format(shown=f"“{shown}”" if shown else "", **_in("zh", words)),
        en=template["en"].format(shown=f" “{shown}”" if shown else "", **_in("en", words)),
    )


def _in(language: Any, words: dict[str, object]) -> dict[str, object]:
    return {name: word.in_(language) if isinstance(word, Text) else word for name, word in words.items()}
