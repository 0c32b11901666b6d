"""Prepares the text of a rendered page for Chinese typography, which CSS alone cannot do.

Digits and Latin letters go into spans of the Latin font that do not stretch the line (GB/T 9704's 22 lines) and do
not break (GB/T 15835: no break inside a number), or the whole cell takes that font; rare characters go into spans of
the font that has them. Dashes, 万元 and a paragraph's last characters stay together. A line break of the template's
source is layout, not a space.
"""

from __future__ import annotations

import re

from zhibao.documents.fonts import FontSet

TAG = re.compile(r"(<[^>]*>)")
SOURCE_BREAK = re.compile(r"[ \t]*\n\s*")
# A number or a Latin word with what holds it together; 万 and 亿 belong to the number before them.
WORD = r"[0-9A-Za-z](?:[0-9A-Za-z.,:/+%-]*[0-9A-Za-z%])?[万亿]?"
# A dash and an ellipsis are two characters that make one sign.
SIGN = r"—{2,}|…{2,}"
# In a line of text their 元 too, which a narrow cell may part from them.
RUN = re.compile(rf"&[#\w]+;|{WORD}(?:(?<=[万亿])元)?|{SIGN}")
SCALE = re.compile("[万亿]元?$")
# A cell that holds one run and nothing else takes the Latin font itself: most cells of a report do.
CELL = re.compile(rf"<(t[dh])((?: [^<>]*)?)>\s*({WORD})\s*</\1>")
# No last line of a single character with its mark: it takes the one or the number before it along.
LAST = re.compile(r"((?:[0-9.,]+[万亿]?|[\u4e00-\u9fff])[\u4e00-\u9fff][。；：！？])(?=\s*</(?:p|li)>)")
LATIN_CELL = "latin-cell"
CLASSES = re.compile(' class="([^"]*)"')
# Elements whose text is not set in lines: charts name their fonts themselves, the title is metadata.
VERBATIM = ("svg", "title", "style")


def typeset(page: str, fonts: FontSet) -> str:
    """`page` (HTML) with runs wrapped."""
    parts, verbatim = [], ""
    for part in TAG.split(LAST.sub(r'<span class="nb">\1</span>', CELL.sub(_latin_cell, page))):
        if part.startswith("<"):
            verbatim = _verbatim_after(part, verbatim)
            parts.append(part)
        else:
            is_set = verbatim or parts and LATIN_CELL in parts[-1]
            parts.append(part if is_set else _wrap(SOURCE_BREAK.sub("", part), fonts))
    return "".join(parts)


def _latin_cell(match: re.Match[str]) -> str:
    tag, attributes, run = match.groups()
    if SCALE.search(run):
        return match[0]
    classes = CLASSES.search(attributes)
    named = f'{classes[1]} {LATIN_CELL}' if classes else LATIN_CELL
    return f'<{tag}{CLASSES.sub("", attributes)} class="{named}">{run}</{tag}>'


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
    if run[0] in "—…":
        return f'<span class="nb">{run}</span>'
    if scale := SCALE.search(run):
        return f'<span class="nb"><span class="n">{run[:scale.start()]}</span>{scale[0]}</span>'
    return f'<span class="n">{run}</span>'


def _rare(char: str) -> str:
    return f'<span class="rare">{char}</span>'


def is_rare(char: str, fonts: FontSet) -> bool:
    return ord(char) not in fonts.han and ord(char) in fonts.rare and not char.isspace()
