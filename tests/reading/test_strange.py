"""The whole strange corpus through `zhibao check FILE --json`: an answer for each, and none of them hurts.

`strange/running.py` runs the command on each, in a process that holds nothing but the program. Its processor time and
its largest process are held against what one file may cost: 15 seconds and 1 GiB. Waiting for a busy machine is not
counted.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from zhibao.findings import Severity

from .strange import CORPUS, Strange

MOST_SECONDS, MOST_MIB = 15, 1024
SEVERITIES: set[Severity] = {"error", "query", "warning"}

def test_the_corpus_is_large_and_no_two_have_one_name() -> None:
    assert len(CORPUS) > 100
    assert len({item.name for item in CORPUS}) == len(CORPUS)


@pytest.mark.parametrize("item", CORPUS, ids=lambda item: item.name)
def test_each_is_answered(strange_runs: dict[str, dict[str, Any]], item: Strange) -> None:
    run = strange_runs[item.name]
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
