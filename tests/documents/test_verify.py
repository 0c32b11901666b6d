"""A report proves itself: made again as of its instant it is the same to the byte, or what moved is named."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest
from click.testing import CliRunner
from warehouse.loading import CASES, instant, load_case, submit

from zhibao.cli import main
from zhibao.errors import RefusedError
from zhibao.intake import record_programme
from zhibao.issuing import draft
from zhibao.operations import Operations
from zhibao.programme.models import Programme
from zhibao.settings import load_settings
from zhibao.verifying import verify

AS_OF = instant("2022-12-01T09:00:00")


@pytest.fixture
def operations(empty_database: str, programme: Programme, tmp_path: Path) -> Operations:
    operations = Operations(replace(load_settings(), var=tmp_path / "var", database_url=empty_database), programme)
    with operations.connection() as connection:
        record_programme(connection, programme)
        load_case(connection, programme, CASES / "full")
    return operations


def kept(operations: Operations, kind: str, period: str) -> bytes:
    """A document as `draft_document` keeps it."""
    from zhibao.documents.build import build_document, style_of
    from zhibao.documents.lists import read_lists

    figures = operations.compute(kind, period, AS_OF)
    with operations.connection() as connection:
        lists = read_lists(connection, operations.programme, figures)
        pdf = build_document(operations.programme, figures, lists, operations.settings, draft=False)
        draft(connection, operations.programme, figures, style_of(operations.settings, lists), pdf,
              operations.settings.documents_dir, is_replay=False)
    return pdf


@pytest.mark.parametrize(("kind", "period"), [("annual", "2022"), ("quarterly", "2022Q1"), ("monthly", "2022-03"),
                                              ("data-quality", "2022-03"), ("scorecard", "2022"),
                                              ("transmittal", "2022"), ("public-list", "2022")])
def test_a_report_is_made_again_to_the_byte(operations: Operations, kind: str, period: str) -> None:
    files = operations.files_of(operations.compute(kind, period, AS_OF))
    found = verify(operations, next(iter(files.values())))
    assert (found.state, found.causes, found.document_id) == ("same", [], None)


def test_a_copy_with_trace_codes_is_made_again_with_them(operations: Operations) -> None:
    files = operations.files_of(operations.compute("monthly", "2022-03", AS_OF), "annex")
    pdf = next(iter(files.values()))
    found = verify(operations, pdf)
    assert (found.state, found.told.copy.codes) == ("same", "annex")


def test_what_moved_is_named(operations: Operations) -> None:
    pdf = kept(operations, "annual", "2022")
    assert (verify(operations, pdf).state, verify(operations, pdf).document_id) == ("same", 1)
    with operations.connection() as connection:  # later knowledge does not reach back
        submit(connection, operations.programme, form="event", unit="xigu", period="2022-05", content="late",
               received_at=instant("2022-06-03T09:00:00"), rows=[{
                   "event_no": "LATE", "event_name": "示例", "competition": "youth", "cadence": "monthly_contest",
                   "held_on": "2022-05-05", "entered_project_count": 3}])
    assert verify(operations, pdf).state == "same"
    with operations.connection() as connection:  # what nothing in this system does: history is rewritten
        connection.execute("update acceptance set effective_at = %s where form = 'selection_result'"
                           " and recorded_at <= (select known_at from figure_set)", (AS_OF.replace(year=2023),))
    found = verify(operations, pdf)
    assert (found.state, found.causes[0]) == ("differs", "figures")
    assert ('awarded_count{level="rising_star"}' in [id for id, _, _ in found.moved]) and found.document_id == 1


def test_other_rules_are_brought_back(operations: Operations) -> None:
    pdf = kept(operations, "monthly", "2022-03")
    later = operations.programme.model_copy(update={"digest": "another", "city": {"zh": "本市", "en": "the city"}})
    assert verify(replace(operations, programme=later), pdf).state == "same"
    unknown = replace(operations, programme=later.model_copy(update={"code": "elsewhere"}))
    with pytest.raises(RefusedError, match="of the programme lanzhou-bqw"):
        verify(unknown, pdf)


def test_the_template_and_the_font_that_moved_are_named(operations: Operations, tmp_path: Path) -> None:
    settings = operations.settings
    pdf = kept(operations, "monthly", "2022-03")
    templates, fonts = tmp_path / "root" / "report_templates", tmp_path / "fonts"
    shutil.copytree(settings.templates_dir, templates)
    shutil.copytree(settings.fonts_dir, fonts)
    (tmp_path / "root" / "sql").symlink_to(settings.sql_dir)
    with (templates / "bulletin.html.j2").open("a", encoding="utf-8") as file:
        file.write("{# another #}")
    moved = replace(operations, settings=replace(settings, root=tmp_path / "root"))
    found = verify(moved, pdf)
    assert (found.state, found.causes, found.sources) == ("differs", ["templates"], ["templates/bulletin.html.j2"])
    with (fonts / "FandolKai-Regular.otf").open("ab") as file:
        file.write(b"\0")
    found = verify(replace(operations, settings=replace(settings, fonts_dir=fonts)), pdf)
    assert (found.state, found.causes, found.sources) == ("differs", ["fonts"], ["fonts/kai"])


def test_a_changed_file_is_told(operations: Operations, tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(kept(operations, "monthly", "2022-03"))
    with pikepdf.open(tmp_path / "a.pdf") as document:
        del document.pages[-1]
        document.save(tmp_path / "b.pdf")
    found = verify(operations, (tmp_path / "b.pdf").read_bytes())
    assert (found.state, found.causes, found.document_id) == ("tampered", [], 1)


def test_the_command(operations: Operations, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ZHIBAO_DATABASE_URL", operations.settings.database_url or "")
    monkeypatch.setenv("ZHIBAO_VAR", str(operations.settings.var))
    (tmp_path / "月报.pdf").write_bytes(kept(operations, "monthly", "2022-03"))
    done = CliRunner().invoke(main, ["verify", str(tmp_path / "月报.pdf"), "--json"])
    assert done.exit_code == 0 and json.loads(done.stdout)["state"] == "same"
    (tmp_path / "x.pdf").write_bytes(b"%PDF-1.7 nothing")
    refused = CliRunner().invoke(main, ["verify", str(tmp_path / "x.pdf")])
    assert refused.exit_code == 1 and "PDF" in refused.output
