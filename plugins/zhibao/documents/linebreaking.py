"""Breaks the words of a narrow cell into lines as Chinese typography wants, each character in the right font.

No line starts with a closing mark or ends with an opening one; a number or a Latin word stays whole (GB/T 15835)
unless it is wider than the cell by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from unicodedata import category

from zhibao.documents.fonts import FontSet
from zhibao.documents.typeset import SIGN, WORD, is_rare

PIECE = re.compile(rf"{WORD}|{SIGN}|.")
NO_START = frozenset("，。、；：？！）》」』】〕”’…—·%％‰℃々.,;:?!)]}")
NO_END = frozenset("（《「『【〔“‘([{")


@dataclass(frozen=True, slots=True)
class Piece:
    """What is not broken: its characters, each with the role of its font, and its width in ems."""

    text: str
    chars: tuple[tuple[str, str], ...]
    width: float


@dataclass(slots=True)
class Line:
    """Pieces side by side; `width` in ems."""

    pieces: list[Piece] = field(default_factory=list)
    width: float = 0.0

    def add(self, piece: Piece) -> None:
        self.pieces.append(piece)
        self.width += piece.width

    def take_last(self) -> Piece:
        piece = self.pieces.pop()
        self.width -= piece.width
        return piece

    @property
    def runs(self) -> Iterator[tuple[str, str]]:
        """(role, characters), neighbours of one font joined."""
        chars = (char for piece in self.pieces for char in piece.chars)
        for role, run in groupby(chars, key=itemgetter(1)):
            yield role, "".join(char for char, _ in run)


class Breaker:
    """Breaks words set in the font `role`. Pieces are measured once: the same words come again and again."""

    def __init__(self, fonts: FontSet, role: str) -> None:
        self._fonts, self._role = fonts, role
        self._known: dict[str, Piece] = {}

    def lines(self, words: str, width: float) -> list[Line]:
        """`width` in ems. At least one line."""
        lines = [Line()]
        for piece in self._pieces(words, width):
            line = lines[-1]
            if line.width + piece.width <= width or not line.pieces:
                line.add(piece)
            elif piece.text != " ":
                lines.append(_next_line(line, piece))
        return [_without_end_space(line) for line in lines]

    def _pieces(self, words: str, width: float) -> Iterator[Piece]:
        for text in PIECE.findall(words):
            piece = self._known.get(text) or self._measured(text)
            if piece.width > width and len(text) > 1:
                yield from (self._known.get(char) or self._measured(char) for char in text)
            else:
                yield piece

    def _measured(self, text: str) -> Piece:
        chars = tuple(self._with_roles(text))
        piece = Piece(text, chars, sum(self._fonts.glyphs(role)[ord(char)][1] for char, role in chars))
        self._known[text] = piece
        return piece

    def _with_roles(self, text: str) -> Iterator[tuple[str, str]]:
        """Characters with their fonts; what has no shape, such as a joiner, is left out."""
        is_run = text[0].isascii() and text[0].isalnum()
        for char in text:
            if is_run and char.isascii():
                yield char, "latin"
            elif category(char) != "Cf":
                yield char, "rare" if is_rare(char, self._fonts) else self._role


def _next_line(line: Line, piece: Piece) -> Line:
    """A line that starts with `piece`, and with what may not be parted from it."""
    moved = [piece]
    while len(line.pieces) > 1 and (moved[0].text in NO_START or line.pieces[-1].text in NO_END):
        moved.insert(0, line.take_last())
    following = Line()
    for item in moved:
        following.add(item)
    return following


def _without_end_space(line: Line) -> Line:
    while line.pieces and line.pieces[-1].text == " ":
        line.take_last()
    return line
