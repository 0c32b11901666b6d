"""The whole strange corpus through `zhibao check FILE --json`: an answer for each, and none of them hurts.

Each runs in a child of its own, forked from here so that the program is loaded once. Its processor time and its largest
process are held against what one file may cost: 15 seconds and 1 GiB. Waiting for a busy machine is not counted.
"""

from __future__ import annotations

import json
import os
import sys
from collections import deque
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from zhibao.cli import main
from zhibao.findings import Severity

from .books import record, sheet_rows, write_openpyxl
from .strange import CORPUS, Strange

MOST_SECONDS, MOST_MIB = 15, 1024
SEVERITIES: set[Severity] = {"error", "query", "warning"}


@dataclass(frozen=True)
class Run:
    """How one `zhibao check` ended: exit status, what it wrote, what it cost."""

    status: int
    out: str
    err: str
    seconds: float
    mib: int


@dataclass(frozen=True)
class Started:
    """A child at work, and where it writes."""

    child: int
    path: Path

    @classmethod
    def check(cls, path: Path) -> Started:
        child = os.fork()
        if child == 0:
            _be_the_command(path)
        return cls(child, path)

    def end(self) -> Run:
        _, status, usage = os.wait4(self.child, 0)
        out, err = (self.path.with_name(f"{self.path.name}.{end}").read_text("utf-8") for end in ("out", "err"))
        self.path.unlink()
        return Run(os.waitstatus_to_exitcode(status), out, err, usage.ru_utime + usage.ru_stime,
                   usage.ru_maxrss // 1024)


def _be_the_command(path: Path) -> None:
    status = 99
    try:
        for name, end in (("stdout", "out"), ("stderr", "err")):
            setattr(sys, name, path.with_name(f"{path.name}.{end}").open("w", encoding="utf-8"))
        main(["check", str(path), "--json"], prog_name="zhibao")
    except SystemExit as end:
        status = int(end.code or 0)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Run]:
    """Each file's run, one for each processor at a time."""
    folder, done, at_work = tmp_path_factory.mktemp("strange"), {}, deque()
    # Loads the program and what it keeps, once and before the forks.
    CliRunner().invoke(main, ["check", str(write_openpyxl(folder / "sound.xlsx", sheet_rows([record()])))])

    def finish() -> None:
        started = at_work.popleft()
        done[started.path.name] = started.end()

    for item in CORPUS:
        item.write(folder / item.name)
        at_work.append(Started.check(folder / item.name))
        if len(at_work) >= (os.cpu_count() or 1):
            finish()
    while at_work:
        finish()
    return done


def test_the_corpus_is_large_and_no_two_have_one_name() -> None:
    assert len(CORPUS) > 100
    assert len({item.name for item in CORPUS}) == len(CORPUS)


@pytest.mark.parametrize("item", CORPUS, ids=lambda item: item.name)
def test_each_is_answered(runs: dict[str, Run], item: Strange) -> None:
    run = runs[item.name]
    assert run.status in (0, 1, 2)
    assert run.err == ""
    answer = json.loads(run.out)
    assert answer["file"] == item.name
    assert all(found["message"] and found["next_step"] and found["severity"] in SEVERITIES
               for found in answer["findings"])
    assert "Traceback" not in run.out
    if item.code:
        assert item.code in {found["code"] for found in answer["findings"]}
    assert run.seconds < MOST_SECONDS
    assert run.mib < MOST_MIB
