"""The local services behind `make demo` and `make up`: they start, are found again, and end for certain."""

from __future__ import annotations

import mailbox
import os
import re
import shutil
import signal
import smtplib
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from zhibao.settings import ROOT


@pytest.fixture
def processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    import processes

    started = processes.Processes(tmp_path)
    yield started
    started.stop()


def wait_for(is_done: Any, seconds: float = 15) -> None:
    import processes

    assert processes.wait_until(is_done, seconds)


def test_stopping_finds_what_left_its_group_and_its_session(processes: Any) -> None:
    child = "import os, time; os.setsid(); time.sleep(600)"
    parent = f"import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', {child!r}]); time.sleep(600)"
    processes.start("tree", [sys.executable, "-c", parent], os.environ)
    wait_for(lambda: len(processes.pids()) == 2)
    assert processes.stop() == 2
    assert processes.pids() == []


def test_stopping_finds_what_another_run_has_left(processes: Any) -> None:
    processes.start("left", ["sleep", "600"], os.environ)
    wait_for(lambda: len(processes.pids()) == 1)
    other = type(processes)(processes.state)
    assert other.stop() == 1


def test_what_does_not_listen_is_killed(processes: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("processes.GRACE_SECONDS", 0.5)
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up'); time.sleep(600)"
    processes.start("deaf", [sys.executable, "-u", "-c", deaf], os.environ)
    wait_for(lambda: "up" in (processes.logs / "deaf.log").read_text())
    processes.stop()
    assert processes.pids() == []


WORK = """
import os, subprocess, sys, time
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from processes import Processes, overseen
state = Path(sys.argv[2])

def work():
    server = subprocess.Popen(["sleep", "600"], start_new_session=True)
    print(server.pid, subprocess.Popen(["sleep", "600"]).pid, flush=True)
    while sys.argv[3] == "deaf":
        try:
            time.sleep(600)
        except BaseException:
            pass
    return 7

sys.exit(overseen(work, state, Processes(state).stop))
"""


@pytest.mark.parametrize(("how", "status"), [("deaf", 130), ("done", 7)])
def test_a_signal_to_end_is_obeyed_whatever_the_work_makes_of_it(
    processes: Any, tmp_path: Path, how: str, status: int
) -> None:
    """A library within may swallow it; what was started is gone all the same, also what left the session."""
    argv = [sys.executable, "-c", WORK, str(ROOT / "scripts"), str(tmp_path), how]
    running = subprocess.Popen(argv, stdout=subprocess.PIPE, text=True)
    assert running.stdout is not None
    started = [int(word) for word in running.stdout.readline().split()]
    assert len(started) == 2
    if how == "deaf":
        running.terminate()
    assert running.wait(timeout=20) == status
    wait_for(lambda: not any(is_alive(pid) for pid in started))


def is_alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_two_that_start_at_once_take_different_ports(processes: Any) -> None:
    """Between asking for a port and listening on it another may ask; while the first lives the port is its own."""
    from airflow_settings import free_port

    ask = f"import sys; sys.path.insert(0, {str(ROOT / 'scripts')!r}); from airflow_settings import free_port;"
    first = subprocess.Popen(
        [sys.executable, "-c", f"{ask} print(free_port(23456), flush=True); input()"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )
    assert first.stdout is not None
    port = int(first.stdout.readline())
    assert 23456 <= port < free_port(23456)
    first.communicate("\n")
    again = subprocess.run([sys.executable, "-c", f"{ask} print(free_port(23456))"], capture_output=True, text=True)
    assert int(again.stdout) == port


def test_one_program_is_killed_and_the_others_live(processes: Any) -> None:
    for name in ("one", "two"):
        processes.start(name, ["sleep", "600"], os.environ)
    wait_for(lambda: len(processes.pids()) == 2)
    processes.kill("one")
    wait_for(lambda: len(processes.pids()) == 1)
    processes.check()


def test_a_program_that_ended_is_noticed_with_its_log(processes: Any) -> None:
    from processes import ServiceError

    processes.start("brief", ["false"], os.environ)
    with pytest.raises(ServiceError, match=r"brief ended \(status 1\).*brief\.log"):
        wait_for(processes.check)


def test_the_mail_server_keeps_what_it_has_confirmed(processes: Any, tmp_path: Path) -> None:
    from airflow_settings import free_port

    port, box = free_port(20025), tmp_path / "mail"
    argv = [sys.executable, str(ROOT / "scripts/mail_server.py"), "--maildir", str(box), "--port", str(port)]
    processes.start("mail-server", argv, os.environ)
    wait_for(lambda: (processes.check(), answers(port))[1])
    text = "Message-ID: <one@zhibao.invalid>\nSubject: =?utf-8?b?5bm05oql?=\n\nbody"
    with smtplib.SMTP("127.0.0.1", port) as smtp:
        smtp.sendmail("from@example.org", ["to@example.org"], text)
    os.kill(processes.pids()[0], signal.SIGKILL)
    kept = list(mailbox.Maildir(box, create=False))
    assert [(item["Message-ID"], item["X-RcptTo"]) for item in kept] == [("<one@zhibao.invalid>", "to@example.org")]


def answers(port: int) -> bool:
    try:
        with smtplib.SMTP("127.0.0.1", port, timeout=1) as smtp:
            return smtp.noop()[0] == 250
    except OSError:
        return False


def test_secrets_are_made_once_and_only_the_owner_reads_them(processes: Any, tmp_path: Path) -> None:
    from airflow_settings import airflow_environment, load_secrets

    first = load_secrets(tmp_path)
    assert load_secrets(tmp_path) == first
    environment = airflow_environment(tmp_path, 18080, "postgresql+psycopg2:///airflow")
    assert environment["AIRFLOW__CORE__FERNET_KEY"] == first.fernet_key and len(first.jwt_secret) >= 64
    for path in (tmp_path / "secrets.json", tmp_path / "airflow" / "passwords.json"):
        assert path.stat().st_mode & 0o777 == 0o600


def test_the_environment_lets_bytecode_be_written_and_spares_the_proxy(
    processes: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from airflow_settings import base_environment

    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("ZHIBAO_DATABASE_URL", "postgresql:///office")
    monkeypatch.setenv("NO_PROXY", "office.example")
    environment = base_environment(without=("ZHIBAO_",))
    assert "PYTHONDONTWRITEBYTECODE" not in environment and "ZHIBAO_DATABASE_URL" not in environment
    assert environment["no_proxy"] == "office.example,127.0.0.1,localhost"


def test_a_killed_database_is_started_again(processes: Any) -> None:
    from services import Services

    # Not below pytest's own folder: another run may close that to the server's user.
    services = Services(Path(tempfile.mkdtemp(prefix="zhibao-")) / "var", alone=True)
    try:
        services.start_database()
        pid = int((services.state / "postgres" / "postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGKILL)
        services.start_database()
        services.check()
    finally:
        services.stop()
        shutil.rmtree(services.state.parent, ignore_errors=True)


def test_the_shell_scripts_are_sound() -> None:
    scripts = [*sorted((ROOT / "scripts").glob("*.sh")), ROOT / ".ci" / "run"]
    assert len(scripts) >= 3
    for path in scripts:
        subprocess.run(["bash", "-n", str(path)], check=True)
        assert "set -euo pipefail" in path.read_text("utf-8")


def test_ci_runs_the_test_command_of_the_readme() -> None:
    assert re.search(r"^make test$", (ROOT / ".ci" / "run").read_text("utf-8"), flags=re.M)
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    assert "make test" in (ROOT / "README.md").read_text("utf-8")


def test_make_lists_its_targets() -> None:
    text = subprocess.run(["make", "-s", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for target in ("demo", "demo-clean", "test", "bench", "rules-off", "up", "down", "lint"):
        assert re.search(rf"^  make {target} ", text, flags=re.M), target


def test_an_unchanged_installation_is_only_looked_at() -> None:
    """`make demo` on a ready machine must not wait for an installation: it looks, and says nothing."""
    assert (ROOT / "var" / "tools" / "installed").exists(), "bootstrap has not run here"
    done = subprocess.run(["bash", "scripts/bootstrap.sh"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == ""
