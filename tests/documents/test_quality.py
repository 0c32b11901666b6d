"""The data-quality report in its three forms and GX's pages: the same figures, no network, nobody in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from intake.workbooks import candidate, workbook
from lxml import html

from zhibao.documents.numbers import number
from zhibao.errors import RefusedError
from zhibao.operations import Operations
from zhibao.programme.models import Programme
from zhibao.quality import KIND
from zhibao.settings import load_settings
from zhibao.warehouse.compute import FigureSet, load_set

from .conformance import PROFILES, faults
from .pages import Pages

SHANGHAI = ZoneInfo("Asia/Shanghai")
AS_OF = datetime(2022, 4, 20, 12, tzinfo=SHANGHAI)


@pytest.fixture(scope="module")
def operations(server: str, programme: Programme, tmp_path_factory: pytest.TempPathFactory) -> Operations:
    """A month in which 城关区 sent its roster twice, the first time with errors, and 七里河区 once, late."""
    from zhibao.store import database

    var = tmp_path_factory.mktemp("quality")
    settings = replace(load_settings(), var=var, database_url=database.ensure_database(server, "quality"))
    operations = Operations(settings, programme)
    bad = candidate(1) | {"jobs_created_count": -3}
    sent = [("城关区", 1, [bad, candidate(2)]), ("城关区", 2, [candidate(1), candidate(2)])]
    for unit, day, rows in (*sent, ("七里河区", 15, [candidate(3)])):
        path = var / f"{unit}{day}.xlsx"
        path.write_bytes(workbook(programme, rows, unit=unit, period="2022年3月"))
        at = datetime(2022, 4, day, 10, tzinfo=SHANGHAI)
        operations.submit([path], at, at)
    return operations


@pytest.fixture(scope="module")
def kept(operations: Operations) -> Iterator[tuple[FigureSet, Path]]:
    """The figures of the report and the folder it was kept in."""
    number_of_set = operations.keep_quality_report("2022-03", AS_OF)
    with operations.connection() as connection:
        yield load_set(connection, number_of_set), operations.settings.quality_dir / "2022-03"


def the(folder: Path, ending: str) -> Path:
    (path,) = folder.glob(f"*{ending}")
    return path


def values(figures: FigureSet) -> dict[str, Decimal | None]:
    return {item.id: item.value for item in figures.figures}


def test_the_month_is_told_as_it_was(kept: tuple[FigureSet, Path]) -> None:
    found = values(kept[0])
    assert found['first_pass_count{form="candidate"}'] == 1
    assert found['return_on_time_count{form="candidate"}'] == 1
    assert found['rule_returned_count{rule="candidate.count_not_negative"}'] == 1
    assert found['rule_delay_days{rule="candidate.count_not_negative"}'] == 1
    assert found['filled_pct{column="person_name",form="candidate"}'] == 100
    assert found['cell_count{column="person_name",form="candidate"}'] == 3


def test_all_three_say_the_same(kept: tuple[FigureSet, Path]) -> None:
    figures, folder = kept
    rates = [number(item) for item in figures.figures if item.name.endswith("_pct") and not item.labels]
    assert len(rates) == 3
    paper = Pages(the(folder, ".pdf").read_bytes()).squeezed()
    page = html.fromstring(the(folder, ".html").read_bytes()).text_content()
    for rate in rates:
        assert rate in paper and rate in page
    said = "“该项”小于0"
    assert said in paper and said in page.replace(" ", "")
    book = openpyxl.load_workbook(the(folder, ".xlsx"))
    listed = {row[0]: row[2] for row in book["指标"].iter_rows(min_row=2, values_only=True)}
    assert {key: None if value is None else Decimal(str(value)) for key, value in listed.items()} == values(figures)
    rules = {row[1]: row for row in book["主要问题及其代价"].iter_rows(min_row=2, values_only=True)}
    assert rules["candidate.count_not_negative"][2:] == ("错误", 1, 0, 1, 1)


@pytest.mark.parametrize("profile", PROFILES)
def test_the_pdf_is_one_for_the_archive(kept: tuple[FigureSet, Path], profile: str) -> None:
    assert faults(the(kept[1], ".pdf").read_bytes(), profile) == []


def test_pages_ask_for_nothing_from_anywhere(kept: tuple[FigureSet, Path]) -> None:
    folder = kept[1]
    pages = [the(folder, ".html"), *(folder / "data-docs").glob("*.html"), folder.parent / "index.html"]
    assert len(pages) == 4  # the report, the index of the documents, the page of the rosters, the list of reports
    for path in pages:
        root = html.fromstring(path.read_bytes())
        assert root.xpath("//meta[contains(@content, \"default-src 'none'\")]"), path.name
        assert not root.xpath("//script | //link | //img | //iframe | //*[@src]")
        for link in root.xpath("//a/@href"):
            assert link.startswith("#") or (path.parent / link).exists(), (path.name, link)
        assert "url(" not in path.read_text("utf-8").replace("local(", "")


def test_data_docs_are_great_expectations_own_in_chinese(kept: tuple[FigureSet, Path]) -> None:
    text = html.fromstring((kept[1] / "data-docs" / "candidate.html").read_bytes()).text_content()
    assert "“姓名”为必填项，此处为空 [candidate.required]" in text
    assert "100% 已填" in text and "执行的规则" in text
    assert not re.search(r"Expectation|unexpected|Newsletter", text)


def test_nobody_is_in_any_of_them(kept: tuple[FigureSet, Path], operations: Operations) -> None:
    with operations.connection() as connection:
        rows = connection.execute("select person_name, venture_name from candidate").fetchall()
    personal = {row["person_name"] for row in rows} | {candidate(1)["id_number"], candidate(1)["phone"]}
    assert len(personal) >= 4
    texts = [Pages(the(kept[1], ".pdf").read_bytes()).squeezed()]
    texts += [path.read_text("utf-8") for path in kept[1].parent.rglob("*.html")]
    book = openpyxl.load_workbook(BytesIO(the(kept[1], ".xlsx").read_bytes()))
    texts += [str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row]
    assert not [word for word in personal for text in texts if word in text]


def test_the_history_is_kept_and_a_period_replaced_whole(operations: Operations, kept: tuple[FigureSet, Path]) -> None:
    folder = kept[1].parent
    operations.keep_quality_report("2022-02", AS_OF)
    (kept[1] / "left.txt").write_text("of an earlier run")
    operations.keep_quality_report("2022-03", AS_OF)
    assert not (kept[1] / "left.txt").exists()
    assert sorted(path.name for path in folder.iterdir()) == ["2022-02", "2022-03", "index.html"]
    listed = html.fromstring((folder / "index.html").read_bytes()).text_content()
    assert listed.index("2022年3月") < listed.index("2022年2月")


def test_a_later_instant_knows_more(operations: Operations) -> None:
    early = datetime(2022, 4, 1, 12, tzinfo=SHANGHAI)
    found = values(operations.compute(KIND, "2022-03", early))
    assert found["first_pass_pct"] == 0
    assert found['finding_count{rule="candidate.count_not_negative"}'] == 1
    assert found["return_due_count"] == 0 and found["complete_pct"] is None


@pytest.mark.parametrize("period", ["2022", "2022Q1"])
def test_quarters_and_years_too(operations: Operations, period: str) -> None:
    found = values(operations.compute(KIND, period, AS_OF))
    assert found["first_try_count"] == 2
    files = operations.files_of(operations.compute(KIND, period, AS_OF))
    assert sorted(Path(name).suffix for name in files) == [".html", ".pdf", ".xlsx"]


def test_an_unknown_report_is_refused(operations: Operations) -> None:
    with pytest.raises(RefusedError, match="数据质量"):
        operations.compute("数据质量", "2022-03", AS_OF)


def test_an_empty_month_says_so(operations: Operations) -> None:
    files = operations.files_of(operations.compute(KIND, "2021-09", datetime(2021, 10, 20, tzinfo=SHANGHAI)))
    text = Pages(next(content for name, content in files.items() if name.endswith(".pdf"))).squeezed()
    assert "一次通过率—" in text and "本期没有。" in text
