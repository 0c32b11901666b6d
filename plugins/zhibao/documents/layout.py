"""Lays a page of HTML out with WeasyPrint: in the set's fonts, and out of reach of any file or network."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from zhibao.documents.archive import VARIANT
from zhibao.documents.fetching import font_fetcher
from zhibao.documents.fitting import fit
from zhibao.documents.fonts import FontSet
from zhibao.documents.justifying import justify
from zhibao.documents.longtables import LongTable
from zhibao.documents.rowdrawing import Part, draw_on, parts_of
from zhibao.documents.sampling import sample_of
from zhibao.documents.typeset import is_rare, typeset

# What sample rows say: a character of each font that a row may need.
SAMPLE = "国1"


class Press:
    """Style sheet and fonts, read once for many documents."""

    def __init__(self, fonts: FontSet, stylesheet: str) -> None:
        from weasyprint import CSS
        from weasyprint.text.fonts import FontConfiguration

        self._faces, self._fetcher = FontConfiguration(), font_fetcher(fonts)
        self._css = CSS(
            string=fonts.stylesheet + stylesheet, font_config=self._faces, url_fetcher=self._fetcher,
            base_url="zhibao:style",
        )

    def lay_out(self, page: str) -> Any:
        """A WeasyPrint `Document`."""
        from weasyprint import HTML

        html = HTML(string=page, url_fetcher=self._fetcher, base_url="zhibao:page")
        document = html.render(stylesheets=[self._css], font_config=self._faces, pdf_variant=VARIANT)
        justify(document)
        fit(document)
        return document


def press_of(fonts: FontSet, templates_dir: Path) -> Press:
    return _press(fonts.digest, fonts, (templates_dir / "page.css").read_text("utf-8"))


@lru_cache(maxsize=2)
def _press(digest: str, fonts: FontSet, stylesheet: str) -> Press:
    """`digest` tells apart what other bytes under the same names would not."""
    return Press(fonts, stylesheet)


def lay_out(press: Press, page: str, tables: Sequence[LongTable], fonts: FontSet) -> tuple[Any, list[Part]]:
    """The document of a page with marks for long tables, and their rows, which it paints when it is written.

    Raises LookupError when the rows do not fit where they were meant to stand.
    """
    page = typeset(page, fonts)
    if not tables:
        return press.lay_out(page), []
    said = SAMPLE + next((char for char in _chars(tables) if is_rare(char, fonts)), "")
    probe = press.lay_out(_replaced(page, {table.mark: typeset(table.with_samples(said), fonts) for table in tables}))
    parts = {table.mark: parts_of(table, sample_of(probe, table), fonts) for table in tables}
    spaced = {mark: "".join(typeset(part.html, fonts) for part in some) for mark, some in parts.items()}
    document, every = press.lay_out(_replaced(page, spaced)), [part for some in parts.values() for part in some]
    draw_on(document, every, fonts)
    return document, every


def _chars(tables: Sequence[LongTable]) -> list[str]:
    return sorted({char for table in tables for row in table.rows for words in row for char in words})


def _replaced(page: str, texts: dict[str, str]) -> str:
    for mark, text in texts.items():
        page = page.replace(mark, text)
    return page
