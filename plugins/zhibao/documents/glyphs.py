"""The gate for characters that no font draws: the document stops, and says which, where they stand, and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from html import unescape
from unicodedata import category

from lxml import html

from zhibao.documents.fonts import FontSet
from zhibao.errors import OperatorError

HEADINGS = ("h1", "h2", "h3", "h4", "caption")
WHERE_MOST = 3


def check_glyphs(page: str, fonts: FontSet, document: str) -> None:
    """Raise OperatorError naming each character of the printed text that cannot be drawn, with its place."""
    suspects = {char for char in set(unescape(page)) if not drawable(char, fonts)}
    found: dict[str, dict[str, None]] = {}
    for place, text in _texts(html.fromstring(page)) if suspects else ():
        for char in suspects.intersection(text):
            found.setdefault(char, {})["".join("□" if item in suspects else item for item in place)] = None
    if found:
        raise _missing(found, document)


def drawable(char: str, fonts: FontSet) -> bool:
    return char.isspace() or category(char) == "Cf" or ord(char) in fonts.han or ord(char) in fonts.rare


def _texts(root: html.HtmlElement) -> Iterator[tuple[str, str]]:
    """Each text with its place: the heading it stands under and the head of its column, never words of the data."""
    heading = ""
    for element in root.iter():
        if element.tag in HEADINGS:
            heading = " ".join(element.text_content().split())
            yield heading, heading
        elif isinstance(element.tag, str) and element.tag not in ("style", "title"):
            yield _place(heading, element), element.text or ""
        if element.getparent() is not None:
            yield _place(heading, element.getparent()), element.tail or ""


def _place(heading: str, element: html.HtmlElement) -> str:
    cell = next((item for item in (element, *element.iterancestors()) if item.tag in ("td", "th")), None)
    return "，".join(filter(None, [heading, _head_of(cell) if cell is not None else ""])) or "正文"


def _head_of(cell: html.HtmlElement) -> str:
    """The word above a cell, by its place in the row."""
    table = next(cell.iterancestors("table"))
    heads = table.xpath("./thead/tr[last()]/th")
    place = sum(int(item.get("colspan", 1)) for item in cell.itersiblings("td", "th", preceding=True))
    return f"“{heads[place].text_content().strip()}”列" if place < len(heads) else ""


def _missing(found: dict[str, dict[str, None]], document: str) -> OperatorError:
    places = {char: "；".join([*where][:WHERE_MOST]) for char, where in found.items()}
    named = "、".join(f"“{char}”（U+{ord(char):04X}，{where}）" for char, where in places.items())
    listed = ", ".join(f"{char!r} (U+{ord(char):04X}, at {where})" for char, where in places.items())
    return OperatorError(
        f"报告“{document}”中有字体不能显示的字：{named}。请在 fonts.yaml 的 rare 处换用收字更全的字体。",
        f"the document {document!r} holds characters that no font draws: {listed}. "
        "Name a font with more characters under rare in fonts.yaml.",
    )
