"""One cleaner per column: what its type makes of a raw cell, with the rule that changed it or the doubt it left."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from zhibao.programme.models import Column, Programme
from zhibao.reading.dates import clean_date
from zhibao.reading.numbers import clean_money, clean_number, number_as_code
from zhibao.reading.text_rules import Cleaned, choice_key, nothing_in, raw_text, squeeze, tidy

ID_AS_NUMBER = "reading.id_number_as_number"
UNREADABLE_CHOICE = "reading.unreadable_choice"
# 6.20102E+17 in a text file: the spreadsheet program has written what it showed.
_LOST_TAIL = re.compile(r"\d(?:\.\d+)?[eE]\+(?:1\d|2\d)")
_PHONE_MARKS = re.compile(r"[\s\-—–()（）.]")

Cleaner = Callable[[Any], Cleaned]


@dataclass(frozen=True, slots=True)
class Setting:
    """What a column's cleaner must know besides its type: units of money in yuan, and the workbook's epoch."""

    header_unit: int | None = None
    head_unit: int | None = None
    epoch_1904: bool = False


def cleaner_for(column: Column, programme: Programme, setting: Setting | None = None) -> Cleaner:
    """The function from a raw cell (str, float, bool, date, datetime, …) to its Cleaned value."""
    setting = setting or Setting()
    match column.type:
        case "integer":
            return lambda raw: clean_number(raw, whole=True)
        case "decimal":
            return lambda raw: clean_number(raw, whole=False)
        case "money":
            return lambda raw: clean_money(raw, header_unit=setting.header_unit, head_unit=setting.head_unit)
        case "date":
            return lambda raw: clean_date(raw, epoch_1904=setting.epoch_1904)
        case "choice":
            return choice_cleaner(programme.choices_of(column))
        case "id_number" | "uscc":
            return clean_code
        case "phone":
            return clean_phone
        case _:
            return clean_prose if column.paragraphs else clean_text


def clean_text(raw: Any) -> Cleaned:
    """Text for keeping. A number so long that the spreadsheet has rounded it is refused."""
    if not isinstance(raw, str):
        return _code_of_number(raw)
    text = tidy(raw)
    if (nothing := nothing_in(text)) is not None:
        return nothing
    if _LOST_TAIL.fullmatch(text):
        return Cleaned(doubt=ID_AS_NUMBER)
    return Cleaned(text, None if text == raw else "tidied")


def clean_prose(raw: Any) -> Cleaned:
    """Text of several paragraphs: each line tidied, empty ones left out, one line feed between them."""
    if not isinstance(raw, str) or len(raw.splitlines()) < 2:
        return clean_text(raw)
    text = "\n".join(line for line in map(tidy, raw.splitlines()) if line)
    return nothing_in(text) or Cleaned(text, None if text == raw else "tidied")


def clean_code(raw: Any) -> Cleaned:
    """Identifiers: digits and capitals without white space or hyphens. Whether they are valid is checked later."""
    if not isinstance(raw, str):
        return _code_of_number(raw)
    text = squeeze(raw).upper()
    if (nothing := nothing_in(text)) is not None:
        return nothing
    if _LOST_TAIL.fullmatch(text):
        return Cleaned(doubt=ID_AS_NUMBER)
    text = text.replace("-", "")
    return Cleaned(text, None if text == raw else "tidied")


def clean_phone(raw: Any) -> Cleaned:
    """A mobile number without +86, spaces and hyphens."""
    if not isinstance(raw, str):
        return _code_of_number(raw)
    text = squeeze(raw)
    if (nothing := nothing_in(text)) is not None:
        return nothing
    if _LOST_TAIL.fullmatch(text):
        return Cleaned(doubt=ID_AS_NUMBER)
    text = _PHONE_MARKS.sub("", text)
    text = re.sub(r"^(?:\+|00)?86(?=\d{11}$)", "", text)
    return Cleaned(text, None if text == raw else "tidied")


def _code_of_number(raw: Any) -> Cleaned:
    if isinstance(raw, float):
        text = number_as_code(raw)
        return Cleaned(doubt=ID_AS_NUMBER) if text is None else Cleaned(text, "number_as_text")
    return Cleaned(raw_text(raw), "number_as_text")


def choice_cleaner(choices: dict[str, list[str]]) -> Cleaner:
    """Matches a word, an alias or the code itself after normalisation. A word that means two codes matches neither."""
    codes, printed = _choice_table(tuple((code, tuple(words)) for code, words in choices.items()))

    def clean(raw: Any) -> Cleaned:
        word = raw_text(raw)
        key = choice_key(word)
        code = codes.get(key)
        if code is not None:
            return Cleaned(code, None if word == printed[code] or word == code else "choice_word")
        nothing = nothing_in(squeeze(word))
        return Cleaned(doubt=UNREADABLE_CHOICE) if nothing is None else nothing

    return clean


@lru_cache(maxsize=256)
def _choice_table(choices: tuple[tuple[str, tuple[str, ...]], ...]) -> tuple[dict[str, str], dict[str, str]]:
    """Normalised word → code, and code → the word as printed."""
    codes: dict[str, str | None] = {}
    for code, words in choices:
        for key in {choice_key(word) for word in [code, *words]}:
            codes[key] = code if codes.get(key, code) == code else None
    found = {key: code for key, code in codes.items() if code is not None}
    return found, {code: printed_word(words) for code, words in choices}


def printed_word(words: Sequence[str]) -> str:
    """The word that people read: the first that is not a mere number."""
    return next((word for word in words if not word.isdigit()), words[0])


class Memo(dict[Any, Any]):
    """Raw cell → cleaned value, remembered: most columns say few things many times.

    `changes` holds what a cell was and the rule that changed it, where there is nothing else to say; `notes` holds the
    cells about which there is: a doubt, a precision.
    """

    MOST = 20_000

    def __init__(self, cleaner: Cleaner) -> None:
        super().__init__()
        self._cleaner = cleaner
        self.notes: dict[Any, Cleaned] = {}
        self.changes: dict[Any, tuple[str, str]] = {}

    def __missing__(self, raw: Any) -> Any:
        # Formats cannot make an int: the reader gives floats. Booleans are wrapped before they come here.
        cleaned = self._cleaner(raw)
        self[raw] = cleaned.value
        if cleaned.doubt or cleaned.precision not in (None, "day"):
            self.notes[raw] = cleaned
        elif cleaned.rule:
            self.changes[raw] = (raw_text(raw), cleaned.rule)
        return cleaned.value

    def forget(self) -> None:
        """A column of all different values must not be held twice."""
        if len(self) > self.MOST:
            self.clear()
            self.notes.clear()
            self.changes.clear()
            self[""] = None
