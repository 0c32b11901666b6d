"""Trace codes over the figures of a printed page: they take no room, and no reader aloud speaks them.

A code stands in an `<a>` without an address; `structure.py` makes whatever stands in one an artifact.
"""

from __future__ import annotations

import re
from html import unescape

from zhibao.documents.fonts import FontSet
from zhibao.documents.model import Content
from zhibao.tracecodes import codes_of

TOKEN = re.compile(
    r'<data class="figure" data-figure="(?P<id>[^"]*)" value="[^"]*">(?P<text>[^<]*)</data>'
    r"|<(?P<close>/?)(?P<tag>table|section)\b[^>]*>"
)
# Before the digits, and drawn back by its own width: lines break where they would without it. A longer code than its
# number reaches out on both sides alike.
OVER = '<a class="code" style="margin:0 -{after:.3f}em 0 -{before:.3f}em">{code}</a>'
NUMBER = re.compile(r"[−0-9][0-9.,]*%?")
DIGIT = 1.4  # width of a digit of the text in ems of a code


def with_codes(page: str, content: Content, fonts: FontSet) -> str:
    """A marked page with the codes of its figures: those in the tables of annexes (`annex`), or all (`text`).

    Where a document has no annexes, all its tables count as such.
    """
    codes = content_codes(content)
    around = {"table", "section"} if "<section" in page else {"table"}
    inside: list[str] = []

    def written(match: re.Match[str]) -> str:
        if tag := match["tag"]:
            inside.pop() if match["close"] else inside.append(tag)
            return match[0]
        code = codes.get(unescape(match["id"]))
        number = NUMBER.search(match["text"])
        is_shown = content.copy.codes == "text" or around <= set(inside)
        if not (code and number and is_shown):
            return match["text"]
        width = _width(code, fonts)
        before = max(width - DIGIT * len(number[0]), 0) / 2
        over = OVER.format(code=code, before=before, after=width - before)
        return match["text"][:number.start()] + over + match["text"][number.start():]

    return TOKEN.sub(written, page)


def content_codes(content: Content) -> dict[str, str]:
    """Figure id → code, of all figures of the report."""
    ids = (figure.id for figure in content.figures)
    return codes_of(content.programme.code, content.kind, str(content.period), content.identity["figures"], ids)


def _width(code: str, fonts: FontSet) -> float:
    """In ems of the code's own size."""
    glyphs = fonts.glyphs("latin")
    return sum(glyphs[ord(char)][1] for char in code)
