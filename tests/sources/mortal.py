"""Stages one source in a process of its own that dies (SIGKILL) at a given point: `python mortal.py NAME POINT`.

`fetched`: the second thing has been fetched and nothing is recorded. `recorded`: all is, and the source knows nothing.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from zhibao.operations import open_operations
from zhibao.sources.endpoint import find_in
from zhibao.sources.model import Outcome, Source, Thing
from zhibao.sources.opening import open_source
from zhibao.sources.stage import stage


class Mortal:
    """A source whose process dies at a point of its pass."""

    def __init__(self, source: Source, point: str) -> None:
        self._source, self._point, self._fetched = source, point, 0
        self.name, self.has_own_time = source.name, source.has_own_time

    def things(self, now: datetime) -> list[Thing]:
        return self._source.things(now)

    def fetch(self, thing: Thing) -> Iterable[Any]:
        pieces = list(self._source.fetch(thing))
        self._fetched += 1
        if self._point == "fetched" and self._fetched == 2:
            os.kill(os.getpid(), signal.SIGKILL)
        return pieces

    def settle(self, thing: Thing, outcome: Outcome) -> None:
        if self._point == "recorded":
            os.kill(os.getpid(), signal.SIGKILL)
        self._source.settle(thing, outcome)

    def close(self) -> None:
        self._source.close()


def main(name: str, point: str, now: datetime) -> None:
    operations = open_operations()
    source = open_source(
        operations.sources[name], operations.programme, operations.settings.inbox_dir,
        find_in(operations.settings.connections),
    )
    stage(Mortal(source, point), operations.intake, operations.connection, now, by_clock=False, batch_files=250)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], datetime.fromisoformat(sys.argv[3]))
