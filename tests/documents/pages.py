"""Reads a PDF as a reader sees it: lines of characters with their places, in millimetres from the top left."""

from __future__ import annotations

from dataclasses import dataclass

import pypdfium2

MM = 72 / 25.4


@dataclass(frozen=True, slots=True)
class Char:
    """One printed character: its em box (`left`, `right`) and its ink (`top`, `bottom`)."""

    text: str
    left: float
    right: float
    top: float
    bottom: float
    ink_left: float
    ink_right: float


class Pages:
    """An opened PDF."""

    def __init__(self, pdf: bytes) -> None:
        self._document = pypdfium2.PdfDocument(pdf)

    def __len__(self) -> int:
        return len(self._document)

    def size(self, page: int) -> tuple[float, float]:
        width, height = self._document[page].get_size()
        return width / MM, height / MM

    def upright(self) -> list[int]:
        """The pages that do not lie on their side."""
        return [page for page in range(len(self)) if self.size(page)[0] < self.size(page)[1]]

    def text(self, page: int) -> str:
        return self._document[page].get_textpage().get_text_range()

    def squeezed(self, page: int | None = None) -> str:
        """Text without any white space, of one page or of all."""
        pages = range(len(self)) if page is None else [page]
        return "".join("".join(self.text(number).split()) for number in pages)

    def lines(self, page: int) -> list[str]:
        return [line for line in self.text(page).splitlines() if line.strip()]

    def chars(self, page: int) -> list[Char]:
        loaded = self._document[page]
        text, height = loaded.get_textpage(), loaded.get_size()[1]
        chars = []
        for place in range(text.count_chars()):
            char = text.get_text_range(place, 1)
            if not char.strip():
                continue
            left, _, right, _ = text.get_charbox(place, loose=True)
            ink_left, bottom, ink_right, top = text.get_charbox(place)
            chars.append(Char(
                char, left / MM, right / MM, (height - top) / MM, (height - bottom) / MM, ink_left / MM, ink_right / MM
            ))
        return chars

    def boxes(self, page: int) -> list[tuple[float, float, float, float]]:
        """Left, top, right and bottom (outer edges) of what has a border of its own and fills the width."""
        loaded = self._document[page]
        height, found = loaded.get_size()[1], []
        for item in loaded.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_PATH]):
            left, bottom, right, top = item.get_bounds()
            if right - left > 150 * MM:
                found.append((left / MM, (height - top) / MM, right / MM, (height - bottom) / MM))
        return sorted(found, key=lambda box: box[1])

    def rows(self, page: int) -> list[list[Char]]:
        """The characters of the type area, line by line, as they follow each other in the text."""
        rows: list[list[Char]] = []
        for char in (char for char in self.chars(page) if char.bottom < 262.2):
            middle = (char.top + char.bottom) / 2
            if rows and abs(middle - (rows[-1][0].top + rows[-1][0].bottom) / 2) < 5:
                rows[-1].append(char)
            else:
                rows.append([char])
        return rows
