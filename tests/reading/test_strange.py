"""The whole strange corpus through `zhibao check FILE --json`: an answer for each, and none of them hurts.

`strange/running.py` runs the command on each, in a process that holds nothing but the program. Its processor time and
its largest process are held against what one file may cost: 15 seconds and 1 GiB. Waiting for a busy machine is not
counted.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from zhibao.findings import Severity

from .books import record, sheet_rows, write_openpyxl
from .strange import CORPUS, Strange

MOST_SECONDS, MOST_MIB = 15, 1024
SEVERITIES: set[Severity] = {"error", "query", "warning"}
RUNNING = Path(__file__).parent / "strange" / "running.py"


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Each file's run by its name, one for each processor at a time."""
    folder = tmp_path_factory.mktemp("strange")
    for item in CORPUS:
        item.write(folder / item.name)
    sound = write_openpyxl(folder.parent / "sound.xlsx", sheet_rows([record()]))
    run = subprocess.run([sys.executable, RUNNING, sound, folder], check=True, stdout=subprocess.PIPE)
    return json.loads(run.stdout)


def test_the_corpus_is_large_and_no_two_have_one_name() -> None:
    assert len(CORPUS) > 100
    assert len({item.name for item in CORPUS}) == len(CORPUS)


@pytest.mark.parametrize("item", CORPUS, ids=lambda item: item.name)
def test_each_is_answered(runs: dict[str, dict[str, Any]], item: Strange) -> None:
    run = runs[item.name]
    assert run["status"] in (0, 1, 2)
    assert run["err"] == ""
    answer = json.loads(run["out"])
    assert answer["file"] == item.name
    assert all(found["message"] and found["next_step"] and found["severity"] in SEVERITIES
               for found in answer["findings"])
    assert "Traceback" not in run["out"]
    if item.code:
        assert item.code in {found["code"] for found in answer["findings"]}
    assert run["cpu_seconds"] < MOST_SECONDS
    assert run["mib"] < MOST_MIB
