"""The template's cell styles: what is locked is grey or blue, what is to be filled in is white."""

from __future__ import annotations

from functools import cache
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format

from zhibao.workbooks.words import settings


class Styles:
    """Formats of one workbook, each made once."""

    def __init__(self, book: Workbook) -> None:
        self._book, known = book, settings()
        self._text, title, self._colours = known["fonts"]["text"], known["fonts"]["title"], known["colours"]
        book.formats[0].set_font_name(self._text)
        book.formats[0].set_font_size(11)
        boxed = {"border": 1, "border_color": self._colours["line"], "valign": "vcenter"}
        middle = {**boxed, "align": "center", "text_wrap": True, "bold": True}
        self.title = self._make(font_name=title, font_size=20, align="center", valign="vcenter")
        self.subtitle = self._make(font_size=12, align="center", valign="vcenter")
        self.label = self._make(**boxed, align="right", bg_color=self._colours["label"])
        self.given = self._make(**boxed, align="left", bg_color=self._colours["label"])
        self.header = self._make(**middle, bg_color=self._colours["header"])
        self.required = self._make(**middle, bg_color=self._colours["required"])
        self.bold = self._make(bold=True)
        self.star = self._make(bold=True, font_color=self._colours["star"])
        self.paragraph = self._make(text_wrap=True, valign="vcenter")
        self.cell = self._make(**boxed, text_wrap=True)
        self.centred = self._make(**boxed, align="center")
        self.entry, self.severity = cache(self._entry), cache(self._severity)
        self._boxed = boxed

    def _make(self, **properties: Any) -> Format:
        return self._book.add_format({"font_name": self._text, "font_size": 11, **properties})

    def _entry(self, kind: str, *, is_long: bool = False, is_head: bool = False) -> Format:
        """An unlocked cell; codes and words are text, so that no program turns them into numbers."""
        # Some programs show a cell of text format with more than 255 characters as a row of hashes.
        form = settings()["formats"].get(kind, "General" if is_long else "@")
        layout = {"valign": "top" if is_long else "vcenter", **({"align": "left"} if is_head else {"text_wrap": True})}
        return self._make(**{**self._boxed, **layout}, locked=False, num_format=form)

    def _severity(self, severity: str) -> Format:
        return self._book.add_format({"bg_color": settings()["severities"][severity]["colour"]})
