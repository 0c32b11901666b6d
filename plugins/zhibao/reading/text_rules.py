"""How strangers write words: width, white space and marks, undone in one way for headers, choices and values."""

from __future__ import annotations

import re
from typing import Any, NamedTuple
from unicodedata import is_normalized, normalize

_INVISIBLE = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff"
_DIRTY = re.compile(rf"[\s{_INVISIBLE}]|^['‘’`＇]")
# Of what DIRTY_ANYWHERE finds, what str.isprintable takes for printable.
PRINTABLE_DIRT = " '‘’`＇"
DIRTY_ANYWHERE = re.compile(rf"[\s{_INVISIBLE}'‘’`＇]")
_UNSEEN = re.compile(rf"[{_INVISIBLE}]")
_SPACES = re.compile(rf"[\s{_INVISIBLE}]+")
_HAN = re.compile(r"[\u3007\u3400-\u9fff\U00020000-\U0003ffff]")
_SPACE_BESIDE_HAN = re.compile(r"(?<=[\u3007\u3400-\u9fff]) (?=\S)|(?<=\S) (?=[\u3007\u3400-\u9fff])")
_NOT_IN_CHOICES = re.compile(r"[“”\"'‘’「」『』《》〈〉·・,，、。:：;；()（）\[\]【】*＊]+")
# Chinese punctuation that NFKC would turn into its narrow look-alike, and signs that it would take apart.
_KEPT_BESIDE_HAN = frozenset("（），：；！？～…㎡㎥℃％＋－／＆＂")
EMPTY_MARKS = frozenset({"", "无", "暂无", "/", "//", "\\", "-", "--", "---", "—", "——", "–", "―", "N/A", "NULL"})

# What a formula that failed shows; text files and web pages hold it as a word.
ERROR_WORDS = frozenset((
    "#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#N/A", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#GETTING_DATA",
))
ERROR_CELL = "reading.error_cell"


class Cleaned(NamedTuple):
    """A cell as it is kept: its value, the rule that changed it, the doubt that emptied it, a date's precision."""

    value: Any = None
    rule: str | None = None
    doubt: str | None = None
    precision: str | None = None


EMPTY = Cleaned()


def squeeze(text: str) -> str:
    """For matching: NFKC, no white space or invisible characters at all."""
    if not is_normalized("NFKC", text):
        text = normalize("NFKC", text)
    return _SPACES.sub("", text).strip("'‘’`")


def choice_key(text: str) -> str:
    """For matching choices: `squeeze`, without quotes and punctuation, in one case."""
    return _NOT_IN_CHOICES.sub("", squeeze(text)).casefold()


def nothing_in(text: str) -> Cleaned | None:
    """What a tidied cell is that holds no value: empty, or an error; None if it may hold one."""
    upper = text.upper()
    if upper in EMPTY_MARKS:
        return EMPTY._replace(rule="empty_mark") if text else EMPTY
    return Cleaned(doubt=ERROR_CELL) if upper in ERROR_WORDS else None


def tidy(text: str) -> str:
    """For keeping: readable width, single spaces, none beside Han characters, nothing invisible."""
    if not is_normalized("NFKC", text):
        text = _narrow(text)
    if _DIRTY.search(text) is None:
        return text
    text = " ".join(_UNSEEN.sub("", text).split()).lstrip("'‘’`").strip()
    return _SPACE_BESIDE_HAN.sub("", text) if " " in text else text


def _narrow(text: str) -> str:
    if _HAN.search(text) is None:
        return normalize("NFKC", text)
    return "".join(char if char in _KEPT_BESIDE_HAN else normalize("NFKC", char) for char in text)


def plain_number(value: float) -> str:
    """A spreadsheet's number as a person sees it: 15 digits, no `.0`."""
    return f"{value:.15g}"


def raw_text(value: Any) -> str:
    """A raw cell as text, for keeping beside the cleaned value. NUL is what PostgreSQL refuses."""
    if isinstance(value, float):
        return plain_number(value)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return str(value).replace("\x00", "")
