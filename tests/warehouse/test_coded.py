"""A printed code leads to the figures that were printed, also after a correction; what it cannot lead to is said."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from warehouse.loading import CASES, instant, load_case, submit
from zhibao import tracecodes
from zhibao.cli import main
from zhibao.errors import RefusedError
from zhibao.intake import record_programme
from zhibao.operations import Operations
from zhibao.programme.models import Programme
from zhibao.settings import load_settings
from zhibao.tracecodes import codes_of
from zhibao.warehouse.coded import find_code
from zhibao.warehouse.compute import FigureSet, store

AS_OF = instant("2022-12-01T09:00:00")
ID = "event_count"


@pytest.fixture
def operations(empty_database: str, programme: Programme, tmp_path: Path) -> Operations:
    operations = Operations(replace(load_settings(), var=tmp_path / "var", database_url=empty_database), programme)
    with operations.connection() as connection:
        record_programme(connection, programme)
        load_case(connection, programme, CASES / "events")
    return operations


def kept(operations: Operations, kind: str = "annual", period: str = "2022") -> FigureSet:
    with operations.connection() as connection:
        figures = operations.compute(kind, period, AS_OF)
        store(connection, operations.programme, figures)
    return figures


def codes(operations: Operations, figures: FigureSet) -> dict[str, str]:
    key = (operations.programme.code, figures.kind, str(figures.period), figures.figures_digest)
    return codes_of(*key, [item.id for item in figures.figures])


def code_of(operations: Operations, figures: FigureSet) -> str:
    return codes(operations, figures)[ID]


def correct(operations: Operations) -> None:
    with operations.connection() as connection:
        submit(connection, operations.programme, form="event", unit="xigu", period="2022-05", content="late",
               received_at=instant("2022-06-03T09:00:00"), rows=[{
                   "event_no": "LATE", "event_name": "示例", "competition": "youth", "cadence": "monthly_contest",
                   "held_on": "2022-05-05", "entered_project_count": 3}])


def test_a_code_leads_to_its_figure_and_its_rows(operations: Operations) -> None:
    figures = kept(operations)
    coded, found = operations.trace_code(code_of(operations, figures).lower())
    assert (coded.figure_id, coded.kind, coded.period, coded.document_id) == (ID, "annual", "2022", None)
    value = next(item.value for item in figures.figures if item.id == ID)
    assert found.value == value == sum(part.contribution for part in found.parts) > 0


def test_after_a_correction_it_tells_what_was_printed(operations: Operations) -> None:
    before = kept(operations)
    correct(operations)
    after = kept(operations)
    old, new = (operations.trace_code(code_of(operations, figures))[1].value for figures in (before, after))
    assert new == old + 1


def test_of_a_document_it_says_which(operations: Operations) -> None:
    from zhibao.documents.build import style_of
    from zhibao.documents.lists import Lists
    from zhibao.issuing import draft

    figures = operations.compute("monthly", "2022-05", AS_OF)
    with operations.connection() as connection:
        document = draft(connection, operations.programme, figures, style_of(operations.settings, Lists()), b"%PDF",
                         operations.settings.documents_dir, is_replay=False)
    coded, _ = operations.trace_code(code_of(operations, figures))
    assert (coded.document_id, coded.version, coded.kind) == (document, 1, "monthly")


def test_a_report_in_print_can_be_traced(operations: Operations) -> None:
    figures = operations.compute("monthly", "2022-05", AS_OF)
    with pytest.raises(RefusedError, match="no figure has the code"):
        operations.trace_code(code_of(operations, figures))
    operations.files_of(figures)
    assert operations.trace_code(code_of(operations, figures))[0].figure_id == ID


def test_what_it_cannot_lead_to_is_said(operations: Operations, monkeypatch: pytest.MonkeyPatch) -> None:
    annual = kept(operations)
    for typed, said in (("quota", "is no trace code"), ("ZZZZZZ", "no figure has the code ZZZZZZ")):
        with pytest.raises(RefusedError, match=said), operations.connection() as connection:
            find_code(connection, operations.programme, typed)
    monkeypatch.setattr(tracecodes, "LENGTH", 3)  # two sets of hundreds of figures meet
    one, two = (set(codes(operations, item).values()) for item in (annual, kept(operations, "monthly", "2022-05")))
    with operations.connection() as connection, pytest.raises(RefusedError, match="2 figures have the code") as refused:
        find_code(connection, operations.programme, min(one & two))
    assert "annual 2022" in refused.value.text.zh and "monthly 2022-05" in refused.value.text.zh


def test_the_command(operations: Operations, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHIBAO_DATABASE_URL", operations.settings.database_url or "")
    monkeypatch.setenv("ZHIBAO_VAR", str(operations.settings.var))
    code = code_of(operations, kept(operations))
    told = json.loads(CliRunner().invoke(main, ["trace", code, "--json"]).stdout)
    assert (told["code"], told["figure_id"], told["kind"]) == (code, ID, "annual") and told["parts"]
    words = CliRunner().invoke(main, ["trace", code])
    assert words.exit_code == 0 and words.stdout.startswith(f"{code}：2022年年度工作报告，指标集")
    plain = CliRunner().invoke(main, ["trace", ID, "annual", "2022", "--as-of", AS_OF.isoformat(), "--json"])
    assert json.loads(plain.stdout)["value"] == told["value"]
    assert CliRunner().invoke(main, ["trace", "ZZZZZZ"]).exit_code == 1
    assert CliRunner().invoke(main, ["trace", ID, "annual"]).exit_code == 2
