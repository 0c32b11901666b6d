"""Prepares the text of a rendered page for Chinese typography, which CSS alone cannot do.

Digits and Latin letters go into spans of the Latin font that do not stretch the line (GB/T 9704's 22 lines) and do
not break (GB/T 15835: no break inside a number); rare characters go into spans of the font that has them. A line
break of the template's source is layout, not a space.
"""

from __future__ import annotations

import re

from zhibao.documents.fonts import FontSet

TAG = re.compile(r"(<[^>]*>)")
SOURCE_BREAK = re.compile(r"[ \t]*\n\s*")
# A number or a Latin word with what holds it together; 万 and 亿 belong to the number before them.
RUN = re.compile(r"&[#\w]+;|[0-9A-Za-z](?:[0-9A-Za-z.,:/+%-]*[0-9A-Za-z%])?[万亿]?")
# Elements whose text is not set in lines: charts name their fonts themselves, the title is metadata.
VERBATIM = ("svg", "title", "style")


def typeset(page: str, fonts: FontSet) -> str:
    """`page` (HTML) with runs wrapped."""
    parts, verbatim = [], ""
    for part in TAG.split(page):
        if part.startswith("<"):
            verbatim = _verbatim_after(part, verbatim)
            parts.append(part)
        else:
            parts.append(part if verbatim else _wrap(SOURCE_BREAK.sub("", part), fonts))
    return "".join(parts)


def _verbatim_after(tag: str, inside: str) -> str:
    """The verbatim element that we are in once `tag` is read, or an empty string."""
    name = re.match(r"</?([A-Za-z0-9]*)", tag)[1].lower()
    if inside:
        return "" if tag.startswith("</") and name == inside else inside
    return name if name in VERBATIM and not tag.startswith("</") and not tag.endswith("/>") else ""


def _wrap(text: str, fonts: FontSet) -> str:
    wrapped = RUN.sub(_wrap_run, text)
    return "".join(_rare(char) if is_rare(char, fonts) else char for char in wrapped)


def _wrap_run(match: re.Match[str]) -> str:
    run = match[0]
    if run.startswith("&"):
        return run
    if run[-1] in "万亿":
        return f'<span class="nb"><span class="n">{run[:-1]}</span>{run[-1]}</span>'
    return f'<span class="n">{run}</span>'


def _rare(char: str) -> str:
    return f'<span class="rare">{char}</span>'


def is_rare(char: str, fonts: FontSet) -> bool:
    return ord(char) not in fonts.han and ord(char) in fonts.rare and not char.isspace()
