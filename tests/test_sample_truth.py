"""Five months of messy sample returns through the whole engine, held against what was planted and counted beforehand.

The samples share the programme's forms with the engine and nothing else; their truth is counted from their own records.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from zhibao.operations import Operations
from zhibao.period import Period
from zhibao.programme.load import load_programme
from zhibao.settings import ROOT, load_settings
from zhibao.store import database
from zhibao.submissions import latest_findings

FIRST, LAST = "2021-07", "2021-11"  # to the end of the annual window
NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def taken(server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Operations, dict[str, Any]]]:
    from zhibao.samples import write_samples

    folder: Path = tmp_path_factory.mktemp("samples")
    programme = load_programme(ROOT / "programmes" / "lanzhou-bqw")
    write_samples(programme, 20, None, Period.parse(FIRST), Period.parse(LAST), folder / "inbox")
    operations = Operations(
        replace(load_settings(), var=folder / "var", inbox_dir=folder / "inbox",
                database_url=database.ensure_database(server, "sample_truth")),
        programme,
    )
    for batch in operations.stage_sources("file", NOW):
        operations.take_batch(batch, NOW)
    yield operations, json.loads((folder / "inbox" / "planted.json").read_text("utf-8"))


def test_every_figure_that_was_counted_beforehand_agrees(taken: tuple[Operations, dict[str, Any]]) -> None:
    operations, planted = taken
    figures = {figure.id: figure.value for figure in operations.compute("annual", "2021", NOW).figures}
    truth = {item["id"]: Decimal(str(item["value"])) for item in planted["truth"] if "value" in item}
    assert len(truth) > 100
    assert sum(value > 0 for value in truth.values()) > 50
    assert {id: figures.get(id) for id in truth} == truth


def test_every_file_has_the_status_that_was_planted(taken: tuple[Operations, dict[str, Any]]) -> None:
    operations, planted = taken
    with operations.connection() as connection:
        rows = connection.execute(
            "select sent_for, file_name, status from arrival"
            " join submission using (programme, sha256, source, file_name)"
            " join assessment using (submission_id)"
        ).fetchall()
    found = {f"{row['sent_for']}/{row['file_name']}": row["status"] for row in rows}
    wanted = {item["file"]: item["expect_status"] for item in planted["files"]}
    assert {"accepted", "accepted_with_queries", "returned", "refused"} <= set(wanted.values())
    same = {file for file in wanted if file not in found}  # the same bytes under another name are one submission
    assert len(same) <= 2
    assert {file: status for file, status in found.items() if wanted[file] != status} == {}


def test_every_planted_cell_that_should_be_found_is_found(taken: tuple[Operations, dict[str, Any]]) -> None:
    operations, planted = taken
    with operations.connection() as connection:
        cells = {
            (row["file_name"], row["row_number"], row["column_letters"], row["severity"])
            for row in latest_findings(connection, operations.programme, None)
        }
    files = {row[0] for row in cells}
    wanted = [
        (Path(item["file"]).name, item["row"], item.get("column"), item["expect"]) for item in planted["planted"]
        if item["expect"] in ("error", "query") and item.get("row") and Path(item["file"]).name in files
        and item["kind"] != "missing_unit"
    ]
    assert len(wanted) >= 20
    assert [item for item in wanted if item not in cells] == []
