"""Runs `zhibao check FILE --json` on each file of a folder and writes how each run ended, and what it cost, as JSON.

The program is loaded once, by a first run on a sound file; each run is then a child forked from here.
"""

from __future__ import annotations

import json
import os
import sys
from collections import deque
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from zhibao.cli import main


def run_each(paths: list[Path]) -> dict[str, dict[str, Any]]:
    """Each file's run by its name, one for each processor at a time. The files are gone afterwards."""
    done: dict[str, dict[str, Any]] = {}
    at_work: deque[tuple[int, Path]] = deque()
    for path in [*paths, *[None] * (os.cpu_count() or 1)]:
        if at_work and (path is None or len(at_work) == os.cpu_count()):
            child, earlier = at_work.popleft()
            done[earlier.name] = _ended(child, earlier)
        if path is not None:
            at_work.append((_started(path), path))
    return done


def _started(path: Path) -> int:
    child = os.fork()
    if child == 0:
        _be_the_command(path)
    return child


def _be_the_command(path: Path) -> None:
    status = 99
    try:
        for name, end in (("stdout", "out"), ("stderr", "err")):
            setattr(sys, name, _beside(path, end).open("w", encoding="utf-8"))
        main(["check", str(path), "--json"], prog_name="zhibao")
    except SystemExit as end:
        status = int(end.code or 0)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _ended(child: int, path: Path) -> dict[str, Any]:
    _, status, usage = os.wait4(child, 0)
    path.unlink()
    return {
        "status": os.waitstatus_to_exitcode(status),
        "out": _beside(path, "out").read_text("utf-8"),
        "err": _beside(path, "err").read_text("utf-8"),
        "cpu_seconds": usage.ru_utime + usage.ru_stime,
        "mib": usage.ru_maxrss // 1024,
    }


def _beside(path: Path, end: str) -> Path:
    return path.with_name(f"{path.name}.{end}")


if __name__ == "__main__":
    sound, folder = map(Path, sys.argv[1:])
    CliRunner().invoke(main, ["check", str(sound)])
    print(json.dumps(run_each(sorted(folder.iterdir()))))
