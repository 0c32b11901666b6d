"""Reading against bare calamine: how much cleaning, provenance and findings cost on top of parsing. Ratios in one run.

Both sides read the same workbooks in turns of a few files, each turn in a process of its own, measured without its
imports. For many files the other side forks a child a file under the same limits and leaves the rows there; for one
large file it is `to_python` alone, unconfined. Run by `make bench`; prints a table and nothing that a test depends on.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable
from functools import partial
from pathlib import Path

from intake import HEADER_ROWS, write_returns
from python_calamine import CalamineWorkbook

from zhibao.programme.load import load_programme
from zhibao.reading.limits import Limits
from zhibao.reading.read import read_many
from zhibao.reading.sandbox import Running, hear, start, stop
from zhibao.settings import load_settings

DIFFERENT = 20
MOST_MIB = 600
WHO = {"parent": resource.RUSAGE_SELF, "child": resource.RUSAGE_CHILDREN}


def ours(paths: list[Path]) -> Callable[[], int]:
    programme = load_programme(load_settings().programme_dir)
    files = [(path, path.name) for path in paths]
    return lambda: sum(len(read.rows) for read in read_many(files, programme) if not read.refused)


def bare(paths: list[Path]) -> Callable[[], int]:
    return lambda: sum(map(_parse, paths))


def forked(paths: list[Path]) -> Callable[[], int]:
    return partial(_parse_in_children, paths)


def _parse(path: Path) -> int:
    return len(CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python())


def _parse_in_children(paths: list[Path]) -> int:
    at_work: deque[Running] = deque()
    rows = 0
    for path in [*paths, *[None] * (os.cpu_count() or 1)]:
        if at_work and (path is None or len(at_work) == os.cpu_count()):
            running = at_work.popleft()
            rows += hear(running).value
            stop(running)
        if path is not None:
            at_work.append(start([partial(_parse, path)], Limits()))
    return rows


SIDES = {"ours": ours, "bare": bare, "forked": forked}


def one_turn(side: str, paths: list[Path]) -> dict[str, float]:
    """Seconds of wall and CPU, and the largest MiB of the process and of any child; called in a fresh process."""
    work = SIDES[side](paths)
    begun, before = time.perf_counter(), _cpu_seconds()
    rows = work()
    figures = {"rows": rows, "wall": time.perf_counter() - begun, "cpu": _cpu_seconds() - before}
    return figures | {name: resource.getrusage(who).ru_maxrss / 1024 for name, who in WHO.items()}


def _cpu_seconds() -> float:
    usages = [resource.getrusage(who) for who in WHO.values()]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def compare(name: str, other: str, turns: list[list[Path]], wanted: float) -> None:
    sums: dict[str, dict[str, float]] = {"ours": {}, other: {}}
    for paths in turns:
        for side, total in sums.items():
            for key, value in _in_a_process(side, paths).items():
                total[key] = max(total.get(key, 0), value) if key in WHO else total.get(key, 0) + value
    mine, theirs = sums["ours"], sums[other]
    assert mine["rows"] == theirs["rows"] - HEADER_ROWS * sum(map(len, turns)), "some rows were not read"
    for side, total in sums.items():
        print(f"{name:24} {side:6} {total['wall']:7.2f} s {total['cpu']:7.2f} CPU s"
              f"  parent {total['parent']:4.0f} MiB  child {total['child']:4.0f} MiB")
    wall, cpu = (mine[kind] / theirs[kind] for kind in ("wall", "cpu"))
    print(f"{name:24} ratio ours/{other} {wall:.2f} wall, {cpu:.2f} CPU (wanted at most {wanted:g})")
    print(f"{name:24} memory {max(mine['parent'], mine['child']):.0f} MiB (wanted at most {MOST_MIB})\n")


def _in_a_process(side: str, paths: list[Path]) -> dict[str, float]:
    command = [sys.executable, __file__, "--side", side, *map(str, paths)]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--side", choices=SIDES)
    parser.add_argument("paths", nargs="*", type=Path)
    given = parser.parse_args()
    if given.side:
        print(json.dumps(one_turn(given.side, given.paths)))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        models = write_returns(folder, DIFFERENT, 200)
        files = [Path(shutil.copy(models[n % DIFFERENT], folder / f"{n:04}.xlsx")) for n in range(1_000)]
        compare("1,000 files of 200 rows", "forked", [files[n : n + 200] for n in range(0, 1_000, 200)], 1.2)
        compare("1 file of 100,000 rows", "bare", [write_returns(folder, 1, 100_000)] * 3, 1.4)


if __name__ == "__main__":
    main()
