"""Renders several documents at once: a render keeps one core busy, and Python's threads would share it."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any, TypeVar

Given, Made = TypeVar("Given"), TypeVar("Made")

# What the process does; set in each child when it starts.
_work: Callable[[Any], Any] = NotImplemented


def in_processes(work: Callable[[Given], Made], tasks: Sequence[Given]) -> Iterator[Made]:
    """What `work` makes of each of `tasks`, in their order; the first error ends it.

    The processes are forked, so `work` may hold what cannot be pickled, and what is loaded is loaded once.
    """
    import weasyprint  # noqa: F401  before the fork, so that each child has it

    workers = min(os.cpu_count() or 1, len(tasks))
    forked = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(workers, mp_context=forked, initializer=_take, initargs=(work,)) as pool:
        yield from pool.map(_do, tasks)


def _take(work: Callable[[Any], Any]) -> None:
    global _work
    _work = work


def _do(task: Any) -> Any:
    return _work(task)
