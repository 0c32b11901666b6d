"""The child is truly killed here: by the kernel's limits, by its parent's clock, and by its own hand."""

from __future__ import annotations

import atexit
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from zhibao.reading.limits import MIB, Limits
from zhibao.reading.model import ReadReturn
from zhibao.reading.sandbox import run_limited

QUICK = Limits(memory_bytes=256 * MIB, cpu_seconds=1, wall_seconds=20)


class Panic(BaseException):
    """Like the panic of a Rust extension: no Exception."""


def test_a_value_comes_back_whole() -> None:
    big = list(range(300_000))
    assert run_limited(lambda: big, QUICK).value == big
    assert run_limited(lambda: ReadReturn(form="candidate"), QUICK).value == ReadReturn(form="candidate")


def test_a_memory_bomb_dies_and_the_parent_does_not() -> None:
    outcome = run_limited(lambda: bytearray(3 * 1024 * MIB), QUICK)
    assert (outcome.value, outcome.death) == (None, "memory")


def test_memory_within_the_limit_is_given_however_large_the_parent_is() -> None:
    ballast = bytearray(600 * MIB)
    assert run_limited(lambda: len(bytearray(128 * MIB)), QUICK).value == 128 * MIB
    assert len(ballast) == 600 * MIB


def test_an_endless_loop_is_ended_by_the_cpu_limit() -> None:
    def spin() -> None:
        while True:
            pass

    assert run_limited(spin, QUICK).death == "time"


def test_an_endless_sleep_is_ended_by_the_clock() -> None:
    began = time.monotonic()
    outcome = run_limited(lambda: time.sleep(60), Limits(wall_seconds=0.4))
    assert outcome.death == "time"
    assert time.monotonic() - began < 10


def test_an_abort_is_a_crash() -> None:
    assert run_limited(os.abort, QUICK).death == "crash"


def test_a_kill_from_outside_is_the_kernels_memory_killer() -> None:
    assert run_limited(lambda: os.kill(os.getpid(), signal.SIGKILL), QUICK).death == "memory"


def test_a_panic_is_a_crash_that_tells_its_kind_and_not_its_text() -> None:
    def panic() -> None:
        raise Panic("测试某 620102199001010019")

    outcome = run_limited(panic, QUICK)
    assert (outcome.value, outcome.death, outcome.error) == (None, "crash", "Panic")


def test_a_child_that_leaves_without_an_answer_is_a_crash() -> None:
    assert run_limited(lambda: os._exit(0), QUICK).death == "crash"


def test_an_answer_of_strange_classes_is_refused() -> None:
    assert run_limited(lambda: Path("x"), QUICK).death == "crash"


def test_nothing_of_the_child_reaches_the_terminal(capfd: pytest.CaptureFixture[str]) -> None:
    def speak() -> int:
        os.write(1, b"out 13800000000")
        os.write(2, b"err 13800000000")
        print("printed 13800000000", file=sys.stderr, flush=True)
        return 7

    assert run_limited(speak, QUICK).value == 7
    assert capfd.readouterr() == ("", "")


def test_the_child_neither_flushes_the_parents_buffers_nor_runs_its_exit_handlers(tmp_path: Path) -> None:
    log, marker = tmp_path / "log", tmp_path / "marker"
    handler: Any = atexit.register(marker.touch)
    try:
        with log.open("w") as stream:
            stream.write("once")
            assert run_limited(lambda: 1, QUICK).value == 1
            assert run_limited(lambda: 1 // 0, QUICK).death == "crash"
        assert log.read_text() == "once"
        assert not marker.exists()
    finally:
        atexit.unregister(handler)


def test_no_child_and_no_pipe_is_left_behind() -> None:
    before = len(os.listdir("/proc/self/fd"))
    for function in (lambda: 1, os.abort, lambda: os._exit(3)):
        run_limited(function, QUICK)
    assert len(os.listdir("/proc/self/fd")) == before
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)
