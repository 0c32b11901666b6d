"""Makes the document of a computed figure set with this installation's templates and fonts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache, partial
from pathlib import Path

from pypdfium2 import PdfDocument

from zhibao.documents.fonts import FontSet
from zhibao.documents.identity import identity_of, templates_digest
from zhibao.documents.lists import Lists
from zhibao.documents.model import Content, Copy, Figures, copy_alone
from zhibao.documents.processes import in_processes
from zhibao.documents.reading_back import read_workbook
from zhibao.documents.render import render
from zhibao.documents.templating import has_web, web_html
from zhibao.documents.word import word_document
from zhibao.issuing import Style
from zhibao.programme.calendar import window
from zhibao.programme.models import Programme
from zhibao.settings import Settings
from zhibao.store import landing
from zhibao.warehouse.compute import FigureSet


def build_document(
    programme: Programme, figure_set: FigureSet, lists: Lists, settings: Settings, *, draft: bool,
    copy: Copy | None = None,
) -> bytes:
    """The PDF of `figure_set`, with its `lists` as `read_lists` gives them; one `copy`, where there are several.

    Raises OperatorError for a missing font, glyph or figure and for a faulty template.
    """
    copy = copy or copy_alone(programme, figure_set.kind)
    content = replace(_content(programme, figure_set, lists, settings, draft=draft), copy=copy)
    return render(content, settings.templates_dir, load_fonts(settings))


def build_copies(
    programme: Programme, figure_set: FigureSet, lists: Lists, settings: Settings, *, draft: bool,
    copies: Sequence[Copy],
) -> list[dict[str, bytes]]:
    """Of each copy all files by extension: the PDF and what is made of the same figures beside it.

    Several copies are made at once, by as many processes as the machine has cores. Raises as `build_document`.
    """
    content = _content(programme, figure_set, lists, settings, draft=draft)
    make = partial(_files, content, settings)
    return [make(copy) for copy in copies] if len(copies) == 1 else [*in_processes(make, copies)]


def _files(content: Content, settings: Settings, copy: Copy) -> dict[str, bytes]:
    """The PDF, and its companions; a letter has nothing beside it.

    The workbook that the PDF carries; where the kind has them, a page for a browser and a document that can be edited.
    """
    content, templates, fonts = replace(content, copy=copy), settings.templates_dir, load_fonts(settings)
    made = {".pdf": render(content, templates, fonts)}
    if copy.addressee:
        return made
    if workbook := read_workbook(made[".pdf"]):
        made[".xlsx"] = workbook
    if has_web(content, templates):
        made[".html"] = web_html(content, templates).encode()
    if content.programme.reports[content.kind].is_editable:
        made[".docx"] = word_document(content, templates, fonts)
    return made


def _content(
    programme: Programme, figure_set: FigureSet, lists: Lists, settings: Settings, *, draft: bool
) -> Content:
    fonts, figures = load_fonts(settings), Figures(figure_set.figures)
    return Content(
        programme=programme,
        kind=figure_set.kind,
        period=figure_set.period,
        figures=figures,
        as_of=figure_set.as_of,
        window=window(programme, figure_set.period),
        identity=identity_of(programme, figures, settings.templates_dir, fonts, figure_set.as_of),
        draft=draft,
        lists=lists,
        enclosed_pages=_pages_of(lists.enclosed, settings) if lists.enclosed else None,
    )


def _pages_of(sha256: str, settings: Settings) -> int:
    with PdfDocument(landing.read(settings.documents_dir, sha256)) as document:
        return len(document)


def style_of(settings: Settings, lists: Lists) -> Style:
    """Digests of all that a document shows beside its figures, without rendering anything."""
    return Style(templates_digest(settings.templates_dir), load_fonts(settings).digest, lists.digest)


def load_fonts(settings: Settings) -> FontSet:
    """The installation's fonts, named in report_templates/fonts.yaml; checked, and read once a process."""
    fonts = _load(settings.templates_dir / "fonts.yaml", settings.fonts_dir)
    fonts.check()
    return fonts


@cache
def _load(config: Path, folder: Path) -> FontSet:
    return FontSet.load(config, folder)
