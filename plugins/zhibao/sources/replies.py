"""A mail that answers a reminder with 零报告: what the sender wrote himself, without what he quotes. Pure."""

from __future__ import annotations

import re
import unicodedata
from email.message import Message
from html.parser import HTMLParser

from zhibao.sources.letters import MESSAGE_ID

QUOTED = re.compile(
    r"^(>|-{2,}\s*(原始邮件|original message|转发)|_{5,}|(发件人|from)\s*[:：]|on .{0,200}wrote:|在.{0,200}写道[:：]?)",
    re.IGNORECASE,
)
NIL = re.compile(r"^零报告[\s。.!！]*$|^零报告\s*[:：]\s*(?P<named>.+?)[\s。.!！]*$")
BETWEEN = re.compile(r"[、,，;；\s]+")


def answered(message: Message) -> list[str]:
    """The Message-IDs that the mail says it answers, the nearest first."""
    ids: list[str] = []
    for header in ("In-Reply-To", "References"):
        found = MESSAGE_ID.findall(" ".join(map(str, message.get_all(header, []))))
        ids += found if header == "In-Reply-To" else reversed(found)
    return list(dict.fromkeys(ids))


def named_nil(message: Message) -> list[str] | None:
    """The forms that the first own line calls nil, by the words there: none where it says 零报告 alone; None for
    another line, or where no person wrote the mail."""
    if str(message.get("Auto-Submitted", "no")).strip().lower() != "no":
        return None
    found = NIL.match(unicodedata.normalize("NFKC", _first_own_line(message)))
    if found is None:
        return None
    return [word for word in BETWEEN.split(found["named"] or "") if word]


def _first_own_line(message: Message) -> str:
    for line in _text_of(message).splitlines():
        words = line.strip().strip("\u200b\ufeff\u3000")
        if words:
            return "" if QUOTED.match(words) else words
    return ""


def _text_of(message: Message) -> str:
    """The plain text; of a mail without one, the words of its HTML."""
    parts = [part for part in message.walk() if not part.is_multipart() and part.get_filename() is None]
    plain = [part for part in parts if part.get_content_type() == "text/plain"]
    if plain:
        return _decoded(plain[0])
    html = [part for part in parts if part.get_content_type() == "text/html"]
    return _Words.of(_decoded(html[0])) if html else ""


def _decoded(part: Message) -> str:
    raw = part.get_payload(decode=True)
    assert isinstance(raw, bytes)
    charset = {"gb2312": "gb18030", "gbk": "gb18030"}.get((part.get_content_charset() or "").lower())
    try:
        return raw.decode(charset or part.get_content_charset() or "utf-8", "replace")
    except LookupError:
        return raw.decode("utf-8", "replace")


class _Words(HTMLParser):
    """The text of a page, one block a line, without what is quoted in it."""

    BLOCKS = frozenset({"p", "div", "br", "li", "tr", "h1", "h2", "h3", "table"})

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.hidden = 0

    @classmethod
    def of(cls, page: str) -> str:
        reader = cls()
        reader.feed(page)
        return "".join(reader.words)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("blockquote", "style", "script", "title"):
            self.hidden += 1
        if tag in self.BLOCKS:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("blockquote", "style", "script", "title"):
            self.hidden = max(0, self.hidden - 1)
        if tag in self.BLOCKS:
            self.words.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.words.append(re.sub(r"\s+", " ", data))
