"""`zhibao check` offline and the way that the DAGs go: the same findings for the same file, over all fixtures."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from intake.many_errors import planted
from intake.workbooks import workbook
from reading.strange.running import run_check

from zhibao.commands.base import now
from zhibao.operations import Operations
from zhibao.output import submission_json
from zhibao.period import Period
from zhibao.programme.models import Programme
from zhibao.samples import write_samples
from zhibao.settings import load_settings
from zhibao.warehouse.cross_checks import PREFIX


@pytest.fixture
def operations(empty_database: str, programme: Programme, tmp_path: Path) -> Operations:
    return Operations(replace(load_settings(), var=tmp_path / "var", database_url=empty_database), programme)


@pytest.fixture
def returns(programme: Programme, tmp_path: Path) -> list[Path]:
    """One month's samples of all forms, and the return of many errors, each under a name of its own."""
    month = Period.parse("2022-10")
    write_samples(programme, 11, None, month, month, tmp_path / "samples")
    (tmp_path / "samples" / "错漏.xlsx").write_bytes(workbook(programme, planted()[0]))
    (tmp_path / "returns").mkdir()
    files = (path for path in sorted((tmp_path / "samples").rglob("*")) if path.is_file() and path.suffix != ".json")
    return [
        path.rename(tmp_path / "returns" / f"{number:03}-{path.name}") for number, path in enumerate(files)
    ]


def test_offline_and_online_find_the_same(
    operations: Operations, returns: list[Path], strange_files: list[Path], strange_runs: dict[str, dict[str, Any]]
) -> None:
    clock = now(operations.programme)
    offline = {**run_check(returns), **strange_runs}
    online = {item.file_name: item for item in operations.submit([*returns, *strange_files], clock, clock)}
    assert len(online) == len(returns) + len(strange_files) > 200
    assert offline.keys() == online.keys()
    found = 0
    for name, item in online.items():
        own = [finding for finding in item.findings if not finding.code.startswith(PREFIX)]
        wanted = submission_json(name, item.form, item.unit, item.period, item.status, own, "zh")
        answer = json.loads(offline[name]["out"])
        assert answer["findings"] == wanted["findings"], name
        assert {**answer, "status": None} == {**wanted, "status": None}
        found += len(own)
    assert found > 1_000
