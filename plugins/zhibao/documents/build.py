"""Makes the document of a computed figure set with this installation's templates and fonts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from zhibao.documents.fonts import FontSet
from zhibao.documents.identity import identity_of, templates_digest
from zhibao.documents.masks import mask_name
from zhibao.documents.model import Content, Figures
from zhibao.documents.render import render
from zhibao.issuing import Style
from zhibao.programme.calendar import window
from zhibao.programme.models import Programme
from zhibao.settings import Settings
from zhibao.store.database import Connection
from zhibao.warehouse.compute import FigureSet, compute


def build_document(
    programme: Programme, figure_set: FigureSet, awardees: Sequence[Mapping[str, str]], settings: Settings, *,
    draft: bool,
) -> bytes:
    """The PDF of `figure_set`, with `awardees` as `list_awardees` gives them.

    Raises OperatorError for a missing font, glyph or figure and for a faulty template.
    """
    fonts, figures = load_fonts(settings), Figures(figure_set.figures)
    content = Content(
        programme=programme,
        kind=figure_set.kind,
        period=figure_set.period,
        figures=figures,
        as_of=figure_set.as_of,
        window=window(programme, figure_set.period),
        identity=identity_of(programme, figures, settings.templates_dir, fonts, figure_set.as_of),
        draft=draft,
        awardees=awardees,
    )
    return render(content, settings.templates_dir, fonts)


def list_awardees(connection: Connection, programme: Programme, figure_set: FigureSet) -> list[dict[str, str]]:
    """Who the report lists, masked, in the official order; read as of the set's own instants."""
    levels = programme.reports[figure_set.kind].lists_levels
    if not levels:
        return []
    compute(connection, programme, figure_set.kind, figure_set.period, figure_set.as_of, figure_set.known_at)
    rows = connection.execute(
        "select awardee.* from awardee join ref_level using (level)"
        " join ref_unit on ref_unit.code = awardee.unit where level = any(%s)"
        " order by ref_level.ordinal, ref_unit.ordinal, counted_on, candidate_no",
        (levels,),
    )
    return [
        {
            "level": row["level"], "category": row["category"] or "", "unit": programme.unit(row["unit"]).name.zh,
            "name": mask_name(row["person_name"], programme.masking.name), "venture": row["venture_name"],
            "project": row["project_name"], "granted_on": row["counted_on"].isoformat(),
            "document_number": row["document_no"] or "",
        }
        for row in rows
    ]


def style_of(settings: Settings, awardees: Sequence[Mapping[str, str]]) -> Style:
    """Digests of all that a document shows beside its figures, without rendering anything."""
    lists = hashlib.sha256(json.dumps(list(awardees), ensure_ascii=False, sort_keys=True).encode()).hexdigest()
    return Style(templates_digest(settings.templates_dir), load_fonts(settings).digest, lists)


def load_fonts(settings: Settings) -> FontSet:
    """The installation's fonts, named in report_templates/fonts.yaml; checked, and read once a process."""
    fonts = _load(settings.templates_dir / "fonts.yaml", settings.fonts_dir)
    fonts.check()
    return fonts


@cache
def _load(config: Path, folder: Path) -> FontSet:
    return FontSet.load(config, folder)
