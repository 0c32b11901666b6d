"""Runs `zhibao check FILE --json` on each of many files, and says how each run ended and what it cost.

The program is loaded once; each run is then a child forked from it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import deque
from pathlib import Path
from typing import Any


def run_check(paths: list[Path]) -> dict[str, dict[str, Any]]:
    """`run_each` in a process of its own, which holds nothing but the program."""
    run = subprocess.run([sys.executable, __file__, *paths], check=True, stdout=subprocess.PIPE)
    return json.loads(run.stdout)


def run_each(paths: list[Path]) -> dict[str, dict[str, Any]]:
    """Each file's run by its name, one for each processor at a time."""
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
            setattr(sys, name, _written(path, end).open("w", encoding="utf-8"))
        from zhibao.cli import main

        main(["check", str(path), "--json"], prog_name="zhibao")
    except SystemExit as end:
        status = int(end.code or 0)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _ended(child: int, path: Path) -> dict[str, Any]:
    _, status, usage = os.wait4(child, 0)
    return {
        "status": os.waitstatus_to_exitcode(status),
        "out": _written(path, "out").read_text("utf-8"),
        "err": _written(path, "err").read_text("utf-8"),
        "cpu_seconds": usage.ru_utime + usage.ru_stime,
        "mib": usage.ru_maxrss // 1024,
    }


def _written(path: Path, end: str) -> Path:
    """Where a run writes: beside the folder, which stays as it was."""
    return path.parent.with_name(f"{path.name}.{end}")


def _load() -> None:
    """What a run needs, imported before the first of them."""
    import zhibao.checking.native
    import zhibao.cli
    import zhibao.commands.returns
    import zhibao.reading.read  # noqa: F401


if __name__ == "__main__":
    _load()
    print(json.dumps(run_each([Path(name) for name in sys.argv[1:]])))
