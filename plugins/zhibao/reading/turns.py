"""Shares the cost of a child between files: each child does a shift of several tasks in turn, a few work side by side.

A task that ends its child costs the others nothing: those behind it go on in a new child, and unless it was the first
of its shift it is tried again in a child of its own, so that what is said of it is never the doing of another.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from zhibao.reading.limits import Limits
from zhibao.reading.sandbox import Outcome, Running, Task, hear, run_limited, start, stop

# What a generator must have given before it ends what it began, however it is left.
_BEGUN: tuple[Task, Outcome] = (int, Outcome())


@dataclass(frozen=True, slots=True)
class Shift:
    """Tasks, and the child that does them."""

    tasks: Sequence[Task]
    running: Running


def run_in_turn(shifts: Iterable[Sequence[Task]], limits: Limits, at_once: int) -> Iterator[tuple[Task, Outcome]]:
    """Every task with its outcome, in order; a child a shift, `at_once` of them. The first begin with this call.

    Closing the iterator, or dropping it, ends the children.
    """
    outcomes = _run(iter(shifts), limits, at_once)
    next(outcomes)
    return outcomes


def _run(waiting: Iterator[Sequence[Task]], limits: Limits, at_once: int) -> Iterator[tuple[Task, Outcome]]:
    at_work: deque[Shift] = deque()
    try:
        _fill(at_work, waiting, limits, at_once)
        yield _BEGUN
        while at_work:
            yield from _first_shift(at_work, limits)
            _fill(at_work, waiting, limits, at_once)
    finally:
        for shift in at_work:
            stop(shift.running)


def _fill(at_work: deque[Shift], waiting: Iterator[Sequence[Task]], limits: Limits, at_once: int) -> None:
    while len(at_work) < at_once and (tasks := next(waiting, None)):
        at_work.append(Shift(tasks, start(tasks, limits)))


def _first_shift(at_work: deque[Shift], limits: Limits) -> Iterator[tuple[Task, Outcome]]:
    """The outcomes of the shift in front, up to its end or the first death; what is left of it is in front then."""
    shift = at_work[0]
    for place, task in enumerate(shift.tasks):
        outcome = hear(shift.running)
        if outcome.death is None:
            yield task, outcome
            continue
        stop(at_work.popleft().running)
        if rest := shift.tasks[place + 1 :]:
            at_work.appendleft(Shift(rest, start(rest, limits)))
        yield task, outcome if place == 0 else run_limited(task, limits)
        return
    stop(at_work.popleft().running)
