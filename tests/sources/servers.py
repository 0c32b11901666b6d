"""Real servers on the loopback, each in a folder of its own: OpenSSH, Dovecot, and rclone's S3 server."""

from __future__ import annotations

import getpass
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from zhibao.sources.endpoint import Endpoint

READY_SECONDS = 60
PASSWORD = "throwaway"
KEY_ID, SECRET = "returnsreader", "throwawaysecret"


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: where it keeps its files, how to reach it, how to stop and start it.

    `drop` kills the processes that serve the connections of now, and says how many; the server itself goes on.
    """

    home: Path
    endpoint: Endpoint
    stop: Callable[[], None]
    start: Callable[[], None]
    drop: Callable[[], int]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def run(*argv: str | Path) -> str:
    return subprocess.run([str(item) for item in argv], check=True, capture_output=True, text=True).stdout


def throwaway_certificate(folder: Path) -> tuple[Path, Path]:
    """A key and a certificate for the loopback, good for a day."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost",
        "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost", "-keyout", key, "-out", certificate)
    return key, certificate


@contextmanager
def _serving(argv: list[str | Path], home: Path, endpoint: Endpoint) -> Iterator[Server]:
    running: list[subprocess.Popen[bytes]] = []

    def start() -> None:
        log = (home / "server.log").open("ab")
        running.append(subprocess.Popen(
            [str(item) for item in argv], stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True
        ))
        _wait_for(endpoint.port or 0, running[-1], home)

    def stop() -> None:
        while running:
            process = running.pop()
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(20)

    def drop() -> int:
        names = ("sshd", "sshd-session", "imap")
        serving = [child for child in psutil.Process(running[0].pid).children(recursive=True) if child.name() in names]
        for child in serving:
            child.kill()
        return len(serving)

    start()
    try:
        yield Server(home, endpoint, stop, start, drop)
    finally:
        stop()


def _wait_for(port: int, process: subprocess.Popen[bytes], home: Path) -> None:
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError(f"no server on {port}: " + (home / "server.log").read_text("utf-8", "replace")[-2000:])


@contextmanager
def sftp_server(home: Path) -> Iterator[Server]:
    """OpenSSH's own daemon as this user, with its internal SFTP, a host key and a user key of its own."""
    user = getpass.getuser()
    for name in ("host", "user"):
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", home / name)
    shutil.copy(home / "user.pub", home / "authorized")
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)  # where sshd locks itself in while it asks who is there
    port = free_port()
    config = home / "sshd_config"
    config.write_text("\n".join([
        f"Port {port}", "ListenAddress 127.0.0.1", f"HostKey {home / 'host'}",
        f"AuthorizedKeysFile {home / 'authorized'}", "StrictModes no", "UsePAM no", "PasswordAuthentication no",
        "KbdInteractiveAuthentication no", "PidFile none",
        "PermitRootLogin prohibit-password", f"AllowUsers {user}", "Subsystem sftp internal-sftp",
        "ForceCommand internal-sftp",
    ]))
    endpoint = Endpoint("127.0.0.1", port, user, None, {
        "host_key": (home / "host.pub").read_text(), "private_key": (home / "user").read_text(),
    })
    with _serving([shutil.which("sshd") or "/usr/sbin/sshd", "-D", "-e", "-f", config], home, endpoint) as server:
        yield server


@contextmanager
def s3_server(home: Path) -> Iterator[Server]:
    """rclone's S3 server over HTTPS: a bucket is a folder of `home/buckets`.

    It looks at a folder again after a millisecond; with a time of nothing its timers keep a core busy.
    """
    key, certificate = throwaway_certificate(home)
    (home / "buckets").mkdir()
    port = free_port()
    argv = [
        Path(sys.executable).with_name("rclone"), "--config", home / "rclone.conf", "serve", "s3",
        "--addr", f"127.0.0.1:{port}", "--auth-key", f"{KEY_ID},{SECRET}", "--cert", certificate, "--key", key,
        "--vfs-cache-mode", "off", "--dir-cache-time", "1ms", home / "buckets",
    ]
    endpoint = Endpoint("127.0.0.1", port, KEY_ID, SECRET, {
        "endpoint_url": f"https://127.0.0.1:{port}", "ca_file": str(certificate),
    })
    with _serving(argv, home, endpoint) as server:
        yield server


@contextmanager
def imap_server(home: Path) -> Iterator[Server]:
    """Dovecot over TLS with one mailbox, `returns`, as Maildir in `home/mail`."""
    key, certificate = throwaway_certificate(home)
    port, plain, user = free_port(), free_port(), getpass.getuser()
    internal, login = ("dovecot", "dovenull") if os.geteuid() == 0 else (user, user)  # the package's own users
    owner = pwd.getpwnam("mail") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())  # root may own no mail
    (home / "mail").mkdir()
    os.chown(home / "mail", owner.pw_uid, owner.pw_gid)
    (home / "users").write_text(f"returns:{{PLAIN}}{PASSWORD}:{owner.pw_uid}:{owner.pw_gid}::{home}/mail::\n")
    (home / "dovecot.conf").write_text(f"""
protocols = imap
base_dir = {home}/run
state_dir = {home}/state
log_path = {home}/server.log
default_internal_user = {internal}
default_internal_group = {run("id", "-gn", internal).strip()}
default_login_user = {login}
first_valid_uid = 1
first_valid_gid = 1
mail_location = maildir:{home}/mail
ssl = required
ssl_cert = <{certificate}
ssl_key = <{key}
disable_plaintext_auth = yes
auth_mechanisms = plain
passdb {{
  driver = passwd-file
  args = {home}/users
}}
userdb {{
  driver = passwd-file
  args = {home}/users
}}
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    address = 127.0.0.1
    port = {plain}
  }}
  inet_listener imaps {{
    address = 127.0.0.1
    port = {port}
    ssl = yes
  }}
}}
service stats {{
  chroot =
}}
""")
    endpoint = Endpoint("127.0.0.1", port, "returns", PASSWORD, {"ca_file": str(certificate), "plain_port": plain})
    with _serving([shutil.which("dovecot") or "/usr/sbin/dovecot", "-F", "-c", home / "dovecot.conf"], home,
                  endpoint) as server:
        yield server
