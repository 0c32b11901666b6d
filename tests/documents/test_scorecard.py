"""A card for each unit that owes returns: one page, its own figures beside the city's."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import openpyxl
import pytest
from warehouse.loading import CASES, instant, load_case

from zhibao.documents.reading_back import read_held, read_workbook
from zhibao.intake import record_programme
from zhibao.operations import Operations
from zhibao.programme.models import Programme
from zhibao.settings import load_settings
from zhibao.store import database

from .pages import Pages


@pytest.fixture(scope="module")
def cards(server: str, programme: Programme, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    settings = replace(load_settings(), var=tmp_path_factory.mktemp("cards"),
                       database_url=database.ensure_database(server, "cards"))
    operations = Operations(settings, programme)
    with operations.connection() as connection:
        record_programme(connection, programme)
        load_case(connection, programme, CASES / "progress")
    return operations.files_of(operations.compute("scorecard", "2022", instant("2022-12-01T09:00:00")))


def test_each_unit_has_one_page(cards: dict[str, bytes], programme: Programme) -> None:
    owing = [unit for unit in programme.units if any(form.is_owed_by(unit) for form in programme.forms.values())]
    pages = {name: content for name, content in cards.items() if name.endswith(".pdf")}
    assert list(pages) == [f"{unit.name.zh}_百千万创业引领工程2022年单位工作情况一览.pdf" for unit in owing]
    assert {len(Pages(pdf)) for pdf in pages.values()} == {1}
    assert sorted(cards) == sorted([*pages, *(name.replace(".pdf", ".xlsx") for name in pages)])


def test_a_card_tells_of_its_unit(cards: dict[str, bytes]) -> None:
    district, lead = (
        Pages(next(pdf for name, pdf in cards.items() if name.startswith(unit) and name.endswith("pdf"))).squeezed()
        for unit in ("城关区", "市妇联")
    )
    assert "新锐创客600" in district and "全市" in district and "个百分点" in district
    assert "牵头比赛" not in district and "举办培训班" in district
    assert "创业新秀·巾帼创业群体182" in lead and "牵头比赛" in lead and "举办培训班" not in lead


def test_what_a_card_carries_holds_its_own_figures_alone(cards: dict[str, bytes]) -> None:
    files = {name.rpartition(".")[2]: content for name, content in cards.items() if name.startswith("城关区")}
    book = openpyxl.load_workbook(BytesIO(files["xlsx"]))
    assert book.sheetnames == ["选拔", "培训、对接和孵化工作情况", "报送", "指标", "说明"]
    ids = [str(row[0]) for row in book["指标"].iter_rows(min_row=2, values_only=True)]
    assert any('unit="chengguan"' in id_ for id_ in ids)
    assert not [id_ for id_ in ids if 'unit="' in id_ and 'unit="chengguan"' not in id_]
    assert list(read_held(files["pdf"]).figures) == ids
    assert read_workbook(files["pdf"]) == files["xlsx"]
