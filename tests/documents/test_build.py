"""A figure set becomes a document with the installation's own templates and fonts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from zhibao.documents.build import build_document, style_of
from zhibao.documents.lists import Lists, read_lists
from zhibao.errors import OperatorError
from zhibao.period import Period
from zhibao.programme.models import Programme
from zhibao.settings import load_settings
from zhibao.store import database
from zhibao.store.form_tables import ensure_form_tables
from zhibao.warehouse.compute import FigureSet, compute

from . import made_up
from .pages import Pages


@pytest.mark.parametrize(("kind", "period"), [("annual", "2022"), ("monthly", "2022-10")])
def test_a_figure_set_becomes_a_document(programme: Programme, kind: str, period: str) -> None:
    settings = load_settings()
    content = {"annual": made_up.annual, "monthly": made_up.monthly}[kind]()
    figure_set = FigureSet(
        kind, Period.parse(period), made_up.AS_OF, made_up.AS_OF, "inputs", programme.digest, tuple(content.figures)
    )
    final = build_document(programme, figure_set, Lists(), settings, draft=False)
    assert "代拟稿" not in Pages(final).squeezed()
    assert build_document(programme, figure_set, Lists(), settings, draft=True) == made_up.rendered(kind)


@pytest.mark.parametrize(("kind", "period"), [("annual", "2022"), ("monthly", "2022-10")])
def test_the_templates_find_every_figure_that_is_computed(
    programme: Programme, empty_database: str, kind: str, period: str
) -> None:
    settings = load_settings()
    database.migrate(empty_database, settings)
    with database.connect(empty_database, programme) as connection:
        ensure_form_tables(connection, programme)
        figure_set = compute(connection, programme, kind, Period.parse(period), made_up.AS_OF)
        lists = read_lists(connection, programme, figure_set)
    text = Pages(build_document(programme, figure_set, lists, settings, draft=False)).squeezed()
    assert (lists.awardees, lists.waivers, lists.narratives) == ([], [], None) if kind == "annual" else ([], (), None)
    assert "累计选拔创业新秀0名" in text
    assert "应报材料0份" not in text


def test_a_changed_list_of_names_is_another_style() -> None:
    name = {"level": "rising_star", "name": "张*三"}
    lists = Lists(awardees=[name])
    assert style_of(load_settings(), lists) != style_of(load_settings(), Lists(awardees=[name | {"name": "张*四"}]))
    assert style_of(load_settings(), lists) == style_of(load_settings(), Lists(awardees=[dict(name)]))


def test_digests_of_a_style_without_fonts_say_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match=r"bash scripts/install-fonts\.sh"):
        style_of(replace(load_settings(), fonts_dir=tmp_path), Lists())
