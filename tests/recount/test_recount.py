"""An independent recount of every figure of the annual report; and what the same returns say of traces and instants."""

from __future__ import annotations

import ast
import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook

from recount.recount import Recount
from zhibao.cli import main
from zhibao.operations import Operations
from zhibao.period import Period
from zhibao.programme.load import load_programme
from zhibao.samples import write_samples
from zhibao.settings import ROOT, load_settings
from zhibao.store import database, landing
from zhibao.warehouse.compute import FigureSet, compute
from zhibao.warehouse.trace import trace_in

NOW = datetime(2026, 1, 1, tzinfo=UTC)
PROGRAMME = ROOT / "programmes" / "lanzhou-bqw"
# Seed → first and last month of the samples, and the year of the report. One of them begins late: awards without a
# roster; and reaches into a second year: 同比.
SEEDS = {31: ("2021-07", "2021-11", 2021), 32: ("2021-07", "2021-11", 2021), 33: ("2021-07", "2021-11", 2021),
         34: ("2022-08", "2022-11", 2022), 35: ("2021-09", "2022-02", 2022)}
# What no workbook says: it counts what the checks told, which have tests of their own.
NOT_IN_WORKBOOKS = {"query_open_count", "first_try_count", "first_pass_count", "first_pass_pct"}


@dataclass(frozen=True)
class Taken:
    folder: Path
    operations: Operations
    year: int
    figures: FigureSet


@pytest.fixture(scope="module", params=SEEDS)
def taken(request: pytest.FixtureRequest, server: str, tmp_path_factory: pytest.TempPathFactory) -> Taken:
    folder, (first, last, year) = tmp_path_factory.mktemp(f"seed{request.param}"), SEEDS[request.param]
    programme = load_programme(PROGRAMME)
    write_samples(programme, request.param, None, Period.parse(first), Period.parse(last), folder / "inbox", tidy=True)
    operations = Operations(
        replace(load_settings(), var=folder / "var", inbox_dir=folder / "inbox",
                database_url=database.ensure_database(server, f"recount_{request.param}")),
        programme,
    )
    counts: dict[str, int] = {}
    for batch in operations.stage_sources("file", NOW):
        for status, count in operations.take_batch(batch, NOW).items():
            counts[status] = counts.get(status, 0) + count
    operations.cross_check(NOW)
    assert counts.keys() == {"accepted"} and counts["accepted"] > 350, counts
    return Taken(folder / "inbox", operations, year, operations.compute("annual", str(year), NOW))


def test_the_recount_shares_no_code() -> None:
    tree = ast.parse((Path(__file__).with_name("recount.py")).read_text("utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert "pandas" in names and not [name for name in names if "zhibao" in name]


def test_every_figure_agrees(taken: Taken) -> None:
    counted = Recount(taken.folder, PROGRAMME, taken.year).figures()
    figures = {item.id: item.value for item in taken.figures.figures if item.name not in NOT_IN_WORKBOOKS}
    assert len(figures) > 600 and sum(bool(value) for value in figures.values()) > 250
    differing = {
        id: (figures.get(id, "absent"), counted.get(id, "absent")) for id in sorted(figures.keys() | counted.keys())
        if figures.get(id, "absent") != counted.get(id, "absent")
    }
    assert differing == {}
    assert forms_of(taken) == set(taken.operations.programme.forms)


def forms_of(taken: Taken) -> set[str]:
    with taken.operations.connection() as connection:
        return {row["form"] for row in connection.execute("select distinct form from submission")}


def test_the_parts_of_drawn_figures_add_up(taken: Taken) -> None:
    """200 figures over the five seeds: 40 of each, half of them above zero."""
    with taken.operations.connection() as connection:
        computed = compute(connection, taken.operations.programme, "annual", Period.parse(str(taken.year)), NOW)
        sums = [item for item in computed.figures if item.name != "completion_rank"]
        random = Random(taken.year)
        for figure in [*random.sample(sums, 20), *random.sample([item for item in sums if item.value], 20)]:
            found = trace_in(connection, taken.operations.programme, computed, figure.id)
            sides = dict(found.sides) or {figure.id: figure.value}
            added = {side: sum((part.contribution for part in found.parts if part.side == side), Decimal(0))
                     for side in sides}
            assert (found.value, added) == (figure.value, sides), figure.id
            assert all(part.sha256 for part in found.parts if part.row), figure.id
        connection.rollback()


def test_an_instant_says_the_same_before_and_after_a_correction(
    taken: Taken, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`zhibao figures annual YEAR --as-of …`, word for word; without the instant the correction shows."""
    operations = taken.operations
    monkeypatch.setenv("ZHIBAO_DATABASE_URL", operations.settings.database_url or "")
    monkeypatch.setenv("ZHIBAO_VAR", str(operations.settings.var))

    def said(*arguments: str) -> list[dict[str, str]]:
        done = CliRunner().invoke(main, ["figures", "annual", str(taken.year), *arguments, "--json"])
        assert done.exit_code == 0, done.output
        return [item | {"as_of": ""} for item in json.loads(done.stdout)]

    instant = f"{taken.year}-12-20T00:00:00"
    before, before_now = said("--as-of", instant), said()
    path = _without_its_titles(operations, tmp_path)
    received = datetime(taken.year, 12, 21, 9, tzinfo=operations.zone)
    assert operations.submit([path], received, NOW)[0].status == "accepted"
    assert said("--as-of", instant) == before
    assert said() != before_now


def _without_its_titles(operations: Operations, folder: Path) -> Path:
    """A selection result as it was sent, but for the rows that grant: a correction that takes titles away."""
    with operations.connection() as connection:
        row = connection.execute(
            "select sha256, file_name, row_number, header_row from selection_result join submission"
            " using (submission_id) join acceptance using (submission_id) where result = 'granted'"
            " order by decided_on desc limit 1"
        ).fetchone()
        rows = connection.execute(
            "select row_number from selection_result join submission using (submission_id)"
            " where sha256 = %s and result = 'granted' order by row_number desc", (row["sha256"],)
        ).fetchall()
    path = folder / row["file_name"]
    path.write_bytes(landing.read(operations.settings.landing_dir, row["sha256"]))
    book = load_workbook(path)
    for item in rows:
        book.active.delete_rows(item["row_number"])
    book.save(path)
    return path
