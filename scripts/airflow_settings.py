"""Airflow's settings on one machine, as environment variables. Everything that it keeps lies under one state folder."""

from __future__ import annotations

import base64
import fcntl
import json
import os
import secrets
import socket
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parents[1]
USER = "admin"
LOOPBACK = "127.0.0.1"
_held: list[IO[str]] = []


@dataclass(frozen=True)
class Secrets:
    """Made once per state folder. A changed Fernet key would make what Airflow has stored unreadable."""

    fernet_key: str
    jwt_secret: str
    api_secret: str
    password: str


def load_secrets(state: Path) -> Secrets:
    """The secrets of this state folder, generated the first time (readable by the owner only)."""
    path = state / "secrets.json"
    if not path.exists():
        made = Secrets(
            fernet_key=base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
            jwt_secret=secrets.token_urlsafe(64),
            api_secret=secrets.token_urlsafe(32),
            password=secrets.token_urlsafe(12),
        )
        write_private(path, json.dumps(asdict(made)))
    return Secrets(**json.loads(path.read_text()))


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.unlink(missing_ok=True)
    with os.fdopen(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write(text)
    temporary.replace(path)


def free_port(preferred: int) -> int:
    """`preferred`, or the next port above it that nobody listens on, or is about to.

    It is kept for this process while it lives: another that starts services at the same moment gets the next one.
    """
    folder = Path(tempfile.gettempdir()) / f"zhibao-ports-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    for port in range(preferred, preferred + 200):
        if _is_taken(folder / str(port)) or _is_in_use(port):
            continue
        return port
    raise OSError(f"no free port from {preferred} on")


def _is_taken(path: Path) -> bool:
    """Whether a process that lives holds this port's file; else it is ours from here on."""
    holder = path.open("w")
    try:
        fcntl.flock(holder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder.close()
        return True
    _held.append(holder)
    return False


def _is_in_use(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return True
    return False


def base_environment(without: tuple[str, ...] = ()) -> dict[str, str]:
    """This process's environment, without what would slow Airflow down or send its own calls through a proxy.

    `without`: beginnings of names to leave out.
    """
    left_out = ("PYTHONDONTWRITEBYTECODE", *without)
    environment = {key: value for key, value in os.environ.items() if not key.startswith(left_out)}
    excepted = (os.environ.get("NO_PROXY"), os.environ.get("no_proxy"), LOOPBACK, "localhost")
    environment["NO_PROXY"] = environment["no_proxy"] = ",".join(filter(None, excepted))
    return environment


def airflow_environment(state: Path, port: int, metadata_url: str) -> dict[str, str]:
    """LocalExecutor, one API server on `port`, metadata at `metadata_url`."""
    known = load_secrets(state)
    passwords = state / "airflow" / "passwords.json"
    write_private(passwords, json.dumps({USER: known.password}))
    sections = {
        "CORE": {
            "DAGS_FOLDER": ROOT / "dags", "PLUGINS_FOLDER": ROOT / "plugins", "LOAD_EXAMPLES": False,
            "EXECUTOR": "LocalExecutor", "PARALLELISM": 4, "FERNET_KEY": known.fernet_key,
            "EXECUTION_API_SERVER_URL": f"http://{LOOPBACK}:{port}/execution/",
            "SIMPLE_AUTH_MANAGER_USERS": f"{USER}:admin", "SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": passwords,
            "DEFAULT_TASK_RETRY_DELAY": 5,
        },
        "API": {
            "HOST": LOOPBACK, "PORT": port, "WORKERS": 1, "BASE_URL": f"http://{LOOPBACK}:{port}",
            "SECRET_KEY": known.api_secret,
        },
        "API_AUTH": {"JWT_SECRET": known.jwt_secret},
        "DATABASE": {"SQL_ALCHEMY_CONN": metadata_url},
        "DAG_PROCESSOR": {"MIN_FILE_PROCESS_INTERVAL": 60},
        # A task whose process was killed is noticed after a minute, one whose scheduler is gone after half of that.
        "SCHEDULER": {
            "SCHEDULER_IDLE_SLEEP_TIME": 0.1, "TASK_INSTANCE_HEARTBEAT_TIMEOUT": 60,
            "ORPHANED_TASKS_CHECK_INTERVAL": 30,
        },
    }
    settings = {
        f"AIRFLOW__{section}__{key}": str(value) for section, keys in sections.items() for key, value in keys.items()
    }
    return {"AIRFLOW_HOME": str(state / "airflow"), **settings}
