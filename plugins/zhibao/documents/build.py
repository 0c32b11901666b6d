"""Makes the document of a computed figure set with this installation's templates and fonts."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from zhibao.documents.fonts import FontSet
from zhibao.documents.identity import identity_of, templates_digest
from zhibao.documents.model import Content, Figures
from zhibao.documents.render import render
from zhibao.issuing import Rendered
from zhibao.programme.calendar import window
from zhibao.programme.models import Programme
from zhibao.settings import Settings
from zhibao.store.database import Connection
from zhibao.warehouse.compute import FigureSet


def build_document(
    connection: Connection, programme: Programme, figure_set: FigureSet, settings: Settings, *, draft: bool
) -> Rendered:
    """The PDF of `figure_set` and the digests of its style. `connection` is for lists by person; none is printed yet.

    Raises OperatorError for a missing font, glyph or figure and for a faulty template.
    """
    fonts, figures = load_fonts(settings), Figures(figure_set.figures)
    identity = identity_of(programme, figures, settings.templates_dir, fonts, figure_set.as_of)
    content = Content(
        programme=programme,
        kind=figure_set.kind,
        period=figure_set.period,
        figures=figures,
        as_of=figure_set.as_of,
        window=window(programme, figure_set.period),
        identity=identity,
        draft=draft,
    )
    return Rendered(render(content, settings.templates_dir, fonts), identity["templates"], identity["fonts"])


def style_digests(settings: Settings) -> tuple[str, str]:
    """Digests of the templates and of the fonts, without rendering anything."""
    return templates_digest(settings.templates_dir), load_fonts(settings).digest


def load_fonts(settings: Settings) -> FontSet:
    """The installation's fonts, named in report_templates/fonts.yaml; checked, and read once a process."""
    fonts = _load(settings.templates_dir / "fonts.yaml", settings.fonts_dir)
    fonts.check()
    return fonts


@cache
def _load(config: Path, folder: Path) -> FontSet:
    return FontSet.load(config, folder)
