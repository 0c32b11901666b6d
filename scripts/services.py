"""Everything that Zhibao runs on, on one machine: PostgreSQL, a mail server that keeps what it gets, and Airflow.

`services.py up` and `services.py down` are `make up` and `make down`; the demo uses the same class on its own folder.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from airflow_client import AirflowClient
from airflow_settings import (
    LOOPBACK,
    ROOT,
    USER,
    airflow_environment,
    base_environment,
    free_port,
    load_secrets,
    write_private,
)
from processes import Processes, ServiceError, wait_until
from zhibao.errors import TransientError, ZhibaoError
from zhibao.store import database, embedded

BIN = Path(sys.executable).parent
# Logs are read from the folder that all parts share; serving them would only take two fixed ports.
AIRFLOW_PARTS = {
    "api-server": [], "scheduler": ["--skip-serve-logs"], "dag-processor": [], "triggerer": ["--skip-serve-logs"],
}
DAGS = ("collect_returns", "monthly_report", "annual_report")
DATABASE_SECONDS = 60
HEALTHY_SECONDS = 180


class Services:
    """The services of one state folder (`var`, or `var/demo`)."""

    def __init__(self, state: Path, *, alone: bool = False) -> None:
        """`alone`: whatever database and mail server the environment names, use those of the state folder."""
        self.state, self.alone = state.resolve(), alone
        self.processes = Processes(self.state)
        self.maildir, self.boxes = self.state / "mail", self.state / "boxes"
        self.environment: dict[str, str] = {}
        self.url = ""

    def start_database(self) -> None:
        """Start PostgreSQL, also after it was killed, and make both databases. Sets the environment of the rest."""
        self.state.mkdir(parents=True, exist_ok=True)
        if not wait_until(self._database_answers, DATABASE_SECONDS, poll=1):
            raise ServiceError(f"PostgreSQL 未能启动 / PostgreSQL does not start：{self.state / 'postgres' / 'log'}")
        admin = embedded.start(self.state)
        self.environment = base_environment(without=("ZHIBAO_", "AIRFLOW_") if self.alone else ())
        self.environment.setdefault("ZHIBAO_DATABASE_URL", database.ensure_database(admin, "zhibao"))
        self.environment["ZHIBAO_VAR"] = str(self.state)
        metadata = database.ensure_database(admin, "airflow").replace("postgresql://", "postgresql+psycopg2://")
        port = free_port(8080)
        self.url = f"http://{LOOPBACK}:{port}"
        self.environment |= airflow_environment(self.state, port, metadata)

    def start_mail(self, *, boxes: bool = False) -> None:
        """Start the local mail server, unless a real one is configured; `boxes` gives each address a Maildir."""
        if "ZHIBAO_SMTP_HOST" in self.environment:
            return
        port = free_port(1025)
        self.environment |= {
            "ZHIBAO_SMTP_HOST": LOOPBACK, "ZHIBAO_SMTP_PORT": str(port), "ZHIBAO_MAIL_JOURNAL": str(self.maildir),
            "ZHIBAO_MAIL_SETTLE_SECONDS": "2",  # our own server is done with a mail at once
        }
        program = ROOT / "scripts" / "mail_server.py"
        argv = [sys.executable, str(program), "--maildir", str(self.maildir), "--port", str(port)]
        argv += ["--boxes", str(self.boxes)] if boxes else []
        self.processes.start("mail-server", argv, self.environment)

    def start_airflow(self) -> None:
        """Bring Airflow's tables up to date where its version is new here, then start its parts."""
        self._migrate()
        for part in AIRFLOW_PARTS:
            self._start_part(part)

    def start_api(self) -> None:
        """Start of Airflow only what a person talks to; whoever calls this runs the DAGs by itself."""
        self._migrate()
        self._start_part("api-server")

    def restart_scheduler(self) -> None:
        """Start the scheduler anew; it takes up what its predecessor left.

        A LocalExecutor of which an idle worker was killed never hands out a task again (the worker dies with the lock
        of their common queue), and its scheduler does not notice.
        """
        self.processes.kill("scheduler")
        self._start_part("scheduler")

    def client(self) -> AirflowClient:
        """A session with Airflow, once it is healthy and knows the DAGs."""
        client = AirflowClient(self.url, USER, load_secrets(self.state).password)
        if not wait_until(client.is_healthy, HEALTHY_SECONDS, poll=0.5, watch=self.check):
            raise ServiceError(f"Airflow 未就绪 / Airflow is not ready：{self.processes.logs}")
        client.login()
        for dag_id in DAGS:
            if not wait_until(lambda dag=dag_id: client.has_dag(dag), HEALTHY_SECONDS, poll=0.5, watch=self.check):
                raise ServiceError(f"Airflow 未载入 {dag_id} / Airflow did not load {dag_id}：{self.processes.logs}")
        return client

    def check(self) -> None:
        """Raises ServiceError when something that was started has ended."""
        if embedded.running_url(self.state) is None:  # first, because the others end with it
            raise ServiceError(f"PostgreSQL 已停止 / PostgreSQL is down：{self.state / 'postgres' / 'log'}")
        self.processes.check()

    def stop(self) -> None:
        """End everything of this state folder. Airflow goes first, so that it can still write."""
        self.processes.stop()
        with suppress(subprocess.CalledProcessError):  # raised where it was killed and there is nothing left to stop
            embedded.stop(self.state)

    def _start_part(self, part: str) -> None:
        self.processes.start(part, [str(BIN / "airflow"), part, *AIRFLOW_PARTS[part]], self.environment)

    def _database_answers(self) -> bool:
        try:
            database.ensure_database(embedded.start(self.state), "zhibao")
        except (subprocess.SubprocessError, TransientError, AssertionError):
            _forget_dead_postmaster(self.state / "postgres" / "postmaster.pid")
            return False
        return True

    def _migrate(self) -> None:
        from importlib.metadata import version

        stamp, wanted = self.state / "airflow" / "migrated", version("apache-airflow")
        if stamp.exists() and stamp.read_text() == wanted:
            return
        self.processes.logs.mkdir(parents=True, exist_ok=True)
        with (self.processes.logs / "migrate.log").open("ab") as log:
            done = subprocess.run(
                [BIN / "airflow", "db", "migrate"], env=self.environment, stdout=log, stderr=subprocess.STDOUT,
                check=False,
            )
        if done.returncode:
            raise ServiceError(f"airflow db migrate 失败 / failed：{self.processes.logs / 'migrate.log'}")
        stamp.write_text(wanted)


def _forget_dead_postmaster(pid_file: Path) -> None:
    """Remove the pid file of a server that was killed, when its number is now another process's or a zombie's."""
    try:
        pid = int(pid_file.read_text().splitlines()[0])
        name, state = Path(f"/proc/{pid}/stat").read_text().split("(", 1)[1].rsplit(") ", 1)
    except (OSError, ValueError, IndexError):
        return
    if name != "postgres" or state.startswith("Z"):
        pid_file.unlink(missing_ok=True)


def up(state: Path) -> None:
    """Start what does not run yet, and leave it running."""
    services, address = Services(state), state / "airflow" / "address.json"
    if not (services.processes.pids() and address.exists()):
        print("正在启动各项服务 … / starting PostgreSQL, the mail server and Airflow …", flush=True)
        services.processes.stop()
        services.start_database()
        services.start_mail()
        services.start_airflow()
        services.client()
        write_private(address, json.dumps({"url": services.url}))
    url = json.loads(address.read_text())["url"]
    print(f"Airflow   {url}\n用户/user {USER}\n密码/pass {load_secrets(state).password}")
    print(f"邮件/mail {services.maildir}\n日志/logs {services.processes.logs}\n停止/stop make down")


def down(state: Path) -> None:
    """End everything."""
    (state / "airflow" / "address.json").unlink(missing_ok=True)
    Services(state).stop()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("command", choices=["up", "down"])
    state = Path(os.environ.get("ZHIBAO_VAR", ROOT / "var"))
    try:
        {"up": up, "down": down}[parser.parse_args().command](state)
    except (ServiceError, ZhibaoError, KeyboardInterrupt) as error:
        print(f"{error or 'interrupted'}", file=sys.stderr)
        down(state)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
