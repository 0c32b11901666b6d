"""Several tasks a child: whatever one of them does, the others get their answers, in order, and no child is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import pytest

from zhibao.reading.limits import MIB, Limits
from zhibao.reading.sandbox import Task
from zhibao.reading.turns import run_in_turn

QUICK = Limits(memory_bytes=256 * MIB, cpu_seconds=1, wall_seconds=20)
IMPATIENT = Limits(memory_bytes=256 * MIB, cpu_seconds=5, wall_seconds=0.5)


def _say(number: int) -> int:
    return number


def _my_number() -> int:
    return os.getpid()


def _spin() -> None:
    while True:
        pass


def _hog() -> int:
    return len(bytearray(3 * 1024 * MIB))


def _raise() -> None:
    raise ValueError("测试某")


def _answers(tasks: Sequence[Task], limits: Limits = QUICK, at_once: int = 1) -> list[tuple[object, str | None]]:
    return [(outcome.value, outcome.death) for _, outcome in run_in_turn([tasks], limits, at_once)]


def _children() -> set[int]:
    listed = Path(f"/proc/self/task/{os.getpid()}/children").read_text()
    return {int(number) for number in listed.split()}


@pytest.mark.parametrize(
    ("culprit", "death"),
    [(os.abort, "crash"), (_spin, "time"), (_hog, "memory"), (_raise, "crash"), (partial(os._exit, 0), "crash")],
)
@pytest.mark.parametrize("place", [0, 1])
def test_a_culprit_gets_its_own_verdict_and_the_others_their_answers(
    culprit: Callable[[], object], death: str, place: int
) -> None:
    tasks: list[Task] = [partial(_say, number) for number in range(2)]
    tasks.insert(place, culprit)
    expected: list[tuple[object, str | None]] = [(0, None), (1, None)]
    expected.insert(place, (None, death))
    assert _answers(tasks) == expected


def test_a_sleeper_is_ended_by_the_clock_and_the_others_are_not() -> None:
    tasks = [partial(_say, 0), partial(time.sleep, 60), partial(_say, 2)]
    assert _answers(tasks, IMPATIENT) == [(0, None), (None, "time"), (2, None)]


def test_two_culprits_in_a_row_and_one_at_the_end() -> None:
    tasks = [partial(_say, 0), os.abort, _raise, partial(_say, 3), os.abort]
    crash = (None, "crash")
    assert _answers(tasks) == [(0, None), crash, crash, (3, None), crash]


def test_order_is_kept_over_children_that_work_side_by_side() -> None:
    shifts = [[partial(_say, 10 * shift + task) for task in range(3)] for shift in range(7)]
    outcomes = [(task, outcome.value) for task, outcome in run_in_turn(shifts, QUICK, 3)]
    assert [value for _, value in outcomes] == [10 * shift + task for shift in range(7) for task in range(3)]
    assert [task for task, _ in outcomes] == [task for shift in shifts for task in shift]


def test_a_shift_is_one_child_and_another_shift_another() -> None:
    numbers = [outcome.value for _, outcome in run_in_turn([[_my_number] * 3, [_my_number] * 2], QUICK, 2)]
    assert numbers[:1] * 3 + numbers[3:4] * 2 == numbers
    assert len({*numbers, os.getpid()}) == 3


def test_a_task_that_fails_behind_another_is_tried_alone(tmp_path: Path) -> None:
    """Fails in the company of others only, as one would that the memory of those before it starves."""
    def only_once() -> str:
        if (mark := tmp_path / "mark").exists():
            return "alone"
        mark.touch()
        return str(1 // 0)

    assert _answers([partial(_say, 0), only_once, partial(_say, 2)]) == [(0, None), ("alone", None), (2, None)]


def test_processor_time_is_each_tasks_own() -> None:
    def work() -> bool:
        until = time.process_time() + 0.6
        while time.process_time() < until:
            pass
        return True

    assert _answers([work] * 3) == [(True, None)] * 3


def test_a_child_may_wait_to_be_heard_for_longer_than_a_task_may_take() -> None:
    big = bytes(3 * MIB)
    outcomes = run_in_turn([[lambda: big, lambda: big]], IMPATIENT, 1)
    time.sleep(2)
    assert [outcome.value for _, outcome in outcomes] == [big, big]


def test_work_begins_at_the_call_and_not_before_it_is_time(tmp_path: Path) -> None:
    shifts = [[(tmp_path / str(number)).touch] for number in range(3)]
    outcomes = run_in_turn(shifts, QUICK, 2)
    deadline = time.monotonic() + 20
    while not {"0", "1"} <= set(os.listdir(tmp_path)) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert set(os.listdir(tmp_path)) == {"0", "1"}
    assert len(list(outcomes)) == 3
    assert set(os.listdir(tmp_path)) == {"0", "1", "2"}


@pytest.mark.parametrize("heard", [0, 1, 2, None])
def test_no_child_and_no_pipe_is_left_however_it_is_left(heard: int | None) -> None:
    pipes, children = len(os.listdir("/proc/self/fd")), _children()
    shifts: list[list[Task]] = [[partial(_say, 0), os.abort, partial(_say, 2)], [_spin], [partial(_say, 4)]]
    outcomes = run_in_turn(shifts, QUICK, 2)
    assert _children() > children
    if heard is None:
        assert len(list(outcomes)) == 5
    else:
        for _ in range(heard):
            next(outcomes)
    del outcomes
    assert (len(os.listdir("/proc/self/fd")), _children()) == (pipes, children)


def test_a_source_of_tasks_that_fails_leaves_no_child() -> None:
    def broken() -> object:
        yield [partial(_say, 0)]
        raise OSError

    children = _children()
    with pytest.raises(OSError):
        list(run_in_turn(broken(), QUICK, 2))
    assert _children() == children


_PARENT = """
import os, sys, time
from functools import partial
from zhibao.reading.limits import Limits
from zhibao.reading.turns import run_in_turn
def work(seconds):
    print_pid(); time.sleep(seconds); return bytes(4 << 20)
def print_pid():
    with open(sys.argv[1], "a") as file: file.write(f"{os.getpid()}\\n")
outcomes = run_in_turn([[partial(work, 0), print_pid], [partial(work, 1), print_pid]], Limits(), 2)
time.sleep(60)
"""


def test_a_killed_parent_leaves_no_child(tmp_path: Path) -> None:
    """One child is about to answer then, the other at work; neither goes on to its next task."""
    numbers = tmp_path / "numbers"
    numbers.touch()
    own = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    parent = subprocess.Popen([sys.executable, "-c", _PARENT, str(numbers)], env=own)
    try:
        _wait(lambda: len(numbers.read_text().split()) == 2)
    finally:
        parent.send_signal(signal.SIGKILL)
        parent.wait()
    children = {int(number) for number in numbers.read_text().split()}
    _wait(lambda: not any(_is_at_work(child) for child in children))
    assert len(numbers.read_text().split()) == 2


def _is_at_work(child: int) -> bool:
    try:
        return Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def _wait(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)
