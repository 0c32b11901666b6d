"""`make demo`: sample returns in, an approved PDF in a mailbox, through the real DAGs on a real PostgreSQL.

Everything lies in `var/demo`. The demo may be killed at any point and run again: it goes on from what is there.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from airflow_client import FINAL_STATES, AirflowClient
from airflow_settings import ROOT
from demo_report import count_returns, print_report, reports, save_reports
from processes import ServiceError, wait_until
from services import BIN, Services
from zhibao.errors import ZhibaoError
from zhibao.programme.load import load_programme

STATE = ROOT / "var" / "demo"
PROGRAMME = ROOT / "programmes" / "lanzhou-bqw"
FIRST, LAST, SEED = "2021-07", "2022-11", "2022"
MONTH, YEAR = "2022-10", "2022"
COLLECT = ("collect_returns", "demo", {"received": "file", "receipts_since": "2022-12-01T00:00:00+08:00"})
REPORTS = (
    ("monthly_report", f"demo-{MONTH}", {"period": MONTH}),
    ("annual_report", f"demo-{YEAR}", {"period": YEAR}),
)
QUALITY = ("data_quality_report", f"demo-{MONTH}", {"period": MONTH})
EXPLANATION = "演示：已与填报单位电话核实，数据属实。"
COMMENT = "演示：数据已核对，同意报送。"
RUN_SECONDS, STALL_SECONDS, MAIL_SECONDS = 900, 150, 60

Run = tuple[str, str, dict[str, Any]]


class Demo:
    """The steps, in order. Each finds out by itself what an earlier run has already done."""

    def __init__(self) -> None:
        self.services = Services(STATE, alone=True)
        self.began = time.monotonic()
        self.seen: dict[str, str] = {}
        self.moved_at = self.began

    def say(self, zh: str, en: str) -> None:
        print(f"[{time.monotonic() - self.began:4.0f} s] {zh} / {en}", flush=True)

    def run(self) -> None:
        """All steps. Where Airflow cannot be asked, the reason is looked for among the services first."""
        try:
            self._steps()
        except httpx.HTTPError as error:
            self.services.check()
            raise ServiceError(f"Airflow 应答异常 / Airflow does not answer as it should：{error}") from None

    def _steps(self) -> None:
        if self.services.processes.stop():
            self.say("已清理上次遗留的进程", "ended what an earlier run left behind")
        samples = Samples(STATE / "inbox")
        self.say("启动 PostgreSQL、邮件服务和 Airflow", "starting PostgreSQL, the mail server and Airflow")
        self.services.start_database()
        self.services.start_mail()
        samples.start(self.services.environment)
        self.services.start_airflow()
        client = self.services.client()
        self.say(f"Airflow 已就绪：{self.services.url}", "Airflow is ready")
        count = samples.finish()
        self.say(f"样例报表 {count} 份（{FIRST} 至 {LAST}，均为虚构）", "sample returns, all fictional")
        self.collect(client)
        self.explain()
        self.report(client)
        self.quality(client)
        self.wait_for_mail()
        save_reports(self.services.maildir, STATE / "reports")
        zhibao(["findings", "-o", str(STATE / "findings")], self.services.environment)
        figures = zhibao(["figures", "annual", YEAR, "--json"], self.services.environment)
        (STATE / "figures.json").write_text(figures)
        print_report(STATE, self.services.maildir, self.counts(), json.loads(figures), PROGRAMME)

    def counts(self) -> dict[str, int]:
        """Submissions by status."""
        from zhibao.operations import open_operations

        os.environ.update({key: value for key, value in self.services.environment.items() if key.startswith("ZHIBAO_")})
        return count_returns(open_operations())

    def collect(self, client: AirflowClient) -> None:
        self.say("收取报表：collect_returns", "taking the returns in")
        self.finish(client, [COLLECT])

    def explain(self) -> None:
        answered = json.loads(zhibao(
            ["explain", "--all-open", "--text", EXPLANATION, "--by", "演示操作员", "--json"], self.services.environment
        ))
        self.say(f"已书面说明 {len(answered)} 项核实性问题", f"{len(answered)} queries explained in writing")

    def report(self, client: AirflowClient) -> None:
        self.say(f"编制 {MONTH} 月报和 {YEAR} 年报", "making the bulletin and the annual summary")
        self.finish(client, REPORTS)

    def quality(self, client: AirflowClient) -> None:
        self.say(f"编制 {MONTH} 数据质量报告", "making the data-quality report")
        self.finish(client, [QUALITY])

    def finish(self, client: AirflowClient, runs: tuple[Run, ...] | list[Run]) -> None:
        """Start these runs, or go on with them, and see them through; a person's answers are given on the way."""
        for dag_id, run_id, conf in runs:
            client.unpause(dag_id)
            state = client.run_state(dag_id, run_id)
            if state is None:
                client.trigger(dag_id, run_id, conf)
            elif state == "failed":
                self.say(f"{dag_id} 上次未完成，继续", "going on with what failed before")
                client.clear_failed(dag_id, run_id)
        self.moved_at = time.monotonic()
        if not wait_until(lambda: self._all_done(client, runs), RUN_SECONDS, poll=1, watch=self._watch):
            raise ServiceError(f"运行超时 / not done after {RUN_SECONDS} s：{self.services.processes.logs}")

    def wait_for_mail(self) -> None:
        """Every recipient has each report once; a second copy is a failure."""
        programme = load_programme(PROGRAMME)
        kinds = [dag_id.removesuffix("_report") for dag_id, _, _ in REPORTS]
        wanted = sum(kind in recipient.receives for recipient in programme.recipients for kind in kinds)
        maildir = self.services.maildir
        if not wait_until(lambda: len(reports(maildir)) >= wanted, MAIL_SECONDS, watch=self.services.check):
            raise ServiceError(f"未收到全部邮件 / not all mail arrived：{maildir}")
        found = reports(maildir)
        if len(found) != wanted or len({letter["Message-ID"] for letter in found}) != wanted:
            raise ServiceError(f"应有 {wanted} 封邮件，实有 {len(found)} / {wanted} mails expected, {len(found)} found")
        self.say(f"收到报告邮件 {wanted} 封，每人每份报告一封", "one mail per recipient and report has arrived")

    def _all_done(self, client: AirflowClient, runs: tuple[Run, ...] | list[Run]) -> bool:
        states = [self._is_done(client, dag_id, run_id) for dag_id, run_id, _ in runs]  # each is looked at
        return all(states)

    def _is_done(self, client: AirflowClient, dag_id: str, run_id: str) -> bool:
        tasks = client.tasks(dag_id, run_id)
        for question in client.questions(dag_id, run_id):
            self.say(question["subject"], "asked for approval, approving")
            client.answer(dag_id, run_id, question["task_instance"]["task_id"], "Approve", COMMENT)
        done = [task for task in tasks if task["state"] == "success"]
        self._progress(dag_id, f"{len(done)}/{len(tasks)}")
        state = client.run_state(dag_id, run_id)
        if state == "failed":
            names = "、".join(sorted({task["task_id"] for task in tasks if task["state"] == "failed"}))
            raise ServiceError(f"{dag_id} 失败 / failed：{names}。{STATE / 'airflow' / 'logs'}")
        return state in FINAL_STATES

    def _progress(self, dag_id: str, words: str) -> None:
        if self.seen.get(dag_id) != words:
            self.seen[dag_id], self.moved_at = words, time.monotonic()
            self.say(f"  {dag_id} 完成 {words}", "tasks done")

    def _watch(self) -> None:
        """Raises ServiceError when a service has ended; a scheduler that stands still is started anew."""
        self.services.check()
        if time.monotonic() - self.moved_at > STALL_SECONDS:
            self.moved_at = time.monotonic()
            self.say("调度器停滞，重新启动", "the scheduler stands still, starting it anew")
            self.services.restart_scheduler()


class Samples:
    """Writes the sample returns beside the start of Airflow, once: a folder that is there is whole."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._thread: threading.Thread | None = None
        self._error: ServiceError | None = None

    def start(self, environment: dict[str, str]) -> None:
        if not self.folder.exists():
            self._thread = threading.Thread(target=self._write, args=(environment,))
            self._thread.start()

    def finish(self) -> int:
        """Wait for the last file; gives their number."""
        if self._thread is not None:
            self._thread.join()
        if self._error is not None:
            raise self._error
        return sum(1 for path in self.folder.glob("*/*") if path.is_file())

    def _write(self, environment: dict[str, str]) -> None:
        part = self.folder.with_name("inbox.part")
        try:
            subprocess.run(["rm", "-rf", str(part)], check=True)
            zhibao(["sample", "--seed", SEED, "--from", FIRST, "--to", LAST, "-o", str(part)], environment)
            part.rename(self.folder)
        except ServiceError as error:
            self._error = error


def zhibao(arguments: list[str], environment: dict[str, str]) -> str:
    """Run one command of the command line and give what it printed."""
    done = subprocess.run(
        [BIN / "zhibao", *arguments], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode not in (0, 1):
        raise ServiceError(f"zhibao {arguments[0]}：{done.stderr.strip()}")
    return done.stdout


@contextmanager
def only_one(state: Path) -> Iterator[None]:
    """No two demos on one folder. The lock goes with the process, however it ends."""
    state.mkdir(parents=True, exist_ok=True)
    with (state / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ServiceError("演示已在运行 / the demo is already running") from None
        yield


def interrupt(number: int, frame: Any) -> None:
    raise KeyboardInterrupt


def interrupt_by_signal() -> None:
    """A signal to end is taken as a person's Ctrl-C, so that what was started is stopped."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)


def main() -> int:
    interrupt_by_signal()
    try:
        with only_one(STATE):
            demo = Demo()
            try:
                demo.run()
            finally:
                for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                    signal.signal(number, signal.SIG_IGN)
                demo.services.stop()
                demo.say("已停止全部服务", "all that was started is stopped")
    except KeyboardInterrupt:
        print("已中断，可重新运行 make demo 继续 / interrupted; run make demo again to go on", file=sys.stderr)
        return 130
    except (ServiceError, ZhibaoError, OSError) as error:
        print(f"演示未完成 / the demo did not finish：{error}\n修复后重新运行 make demo，将从断点继续", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(main())
