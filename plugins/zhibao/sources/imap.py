"""The few IMAP commands that a mailbox of returns needs, always over TLS."""

from __future__ import annotations

import base64
import imaplib
import re
import ssl
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from zhibao.sources.endpoint import Endpoint
from zhibao.sources.model import TIMEOUT_SECONDS, ItemError, SourceDownError, SourceRefusedError

imaplib.Commands.setdefault("ID", ("AUTH", "SELECTED"))

STARTTLS_PORT, TLS_PORT = 143, 993
_NUMBER = {name: re.compile(rb"\b%s (\d+)" % name.encode()) for name in ("UID", "RFC822.SIZE")}
_DATE = re.compile(rb'INTERNALDATE "([^"]+)"')


@dataclass(frozen=True, slots=True)
class Mail:
    uid: int
    byte_count: int
    arrived_at: datetime


class Imap:
    """One login to one folder. The endpoint's extra may name a `ca_file`, and `tls: starttls` on another port."""

    def __init__(self, endpoint: Endpoint, name: str, folder: str) -> None:
        """Connect, log in and open `folder`. Raises SourceDownError or SourceRefusedError."""
        self._name, self._there = name, set[str]()
        try:
            self._imap = _connect(endpoint)
        except ssl.SSLCertVerificationError:
            raise SourceRefusedError(
                name, "服务器证书不可信：请核对主机名，自签证书请在 extra 的 ca_file 中给出",
                "the server's certificate is not trusted: check the host, or name its ca_file in the extra",
            ) from None
        except (OSError, imaplib.IMAP4.error) as error:
            raise SourceDownError(name, type(error).__name__) from None
        self._log_in(endpoint)
        self.uid_validity = self._select(folder)

    def mails(self) -> list[Mail]:
        """All mails of the folder: number, size and when the server got them. Nothing is downloaded."""
        if not self._count:
            return []
        try:
            lines = self._run("uid", "FETCH", "1:*", "(UID RFC822.SIZE INTERNALDATE)")
        except ItemError as error:
            raise SourceDownError(self._name, error.what) from None
        return [_mail(line) for line in lines if isinstance(line, bytes) and _DATE.search(line)]

    def header(self, uid: int) -> bytes:
        return self._literal(uid, "BODY.PEEK[HEADER]")

    def whole(self, uid: int) -> bytes:
        return self._literal(uid, "BODY.PEEK[]")

    def move(self, uid: int, folder: str) -> None:
        """Mark as read and move; what is gone already is no fault."""
        target = quoted(folder)
        self._run("uid", "STORE", str(uid), "+FLAGS.SILENT", r"(\Seen)")
        if b"MOVE" in self._abilities:
            self._run("uid", "MOVE", str(uid), target)
            return
        self._run("uid", "COPY", str(uid), target)
        self._run("uid", "STORE", str(uid), "+FLAGS.SILENT", r"(\Deleted)")
        self._run(*(("uid", "EXPUNGE", str(uid)) if b"UIDPLUS" in self._abilities else ("expunge",)))

    def ensure_folder(self, folder: str) -> None:
        if folder in self._there:
            return
        if not [line for line in self._run("list", '""', quoted(folder)) if line]:
            self._run("create", quoted(folder))
            self._run("subscribe", quoted(folder))
        self._there.add(folder)

    def close(self) -> None:
        with suppress(OSError, imaplib.IMAP4.error):
            self._imap.logout()

    def _log_in(self, endpoint: Endpoint) -> None:
        try:
            self._imap.login(endpoint.login or "", endpoint.password or "")
            self._abilities = self._imap.capability()[1][0].upper().split()  # those after the login
            if b"ID" in self._abilities:  # NetEase's servers open no folder to a program that gives no name
                self._imap._simple_command("ID", '("name" "zhibao")')
        except (imaplib.IMAP4.abort, OSError) as error:
            raise SourceDownError(self._name, type(error).__name__) from None
        except imaplib.IMAP4.error:
            raise SourceRefusedError(
                self._name, "登录被拒绝，请核对连接的用户名和密码（或客户端授权码）",
                "login refused: check user and password",
            ) from None

    def _select(self, folder: str) -> int:
        try:
            self._count = int(self._run("select", quoted(folder))[0])
            return int(self._imap.response("UIDVALIDITY")[1][0])
        except (ItemError, TypeError):
            self.close()
            raise SourceRefusedError(
                self._name, "打不开收件文件夹，请核对 sources.yaml 的 folder",
                "the folder of sources.yaml cannot be opened",
            ) from None

    def _literal(self, uid: int, part: str) -> bytes:
        parts = [item[1] for item in self._run("uid", "FETCH", str(uid), f"({part})") if isinstance(item, tuple)]
        if not parts:
            raise ItemError("gone meanwhile")
        return parts[0]

    def _run(self, command: str, *arguments: str) -> list[bytes | tuple[bytes, bytes]]:
        try:
            status, answer = getattr(self._imap, command)(*arguments)
        except (OSError, imaplib.IMAP4.error) as error:
            raise ItemError(type(error).__name__) from None
        if status != "OK":
            raise ItemError(f"{arguments[0] if command == 'uid' else command}: {status}")
        return answer


def _connect(endpoint: Endpoint) -> imaplib.IMAP4:
    context = ssl.create_default_context(cafile=endpoint.extra.get("ca_file") or None)
    port = endpoint.port or TLS_PORT
    if endpoint.extra.get("tls") != "starttls" and port != STARTTLS_PORT:
        return imaplib.IMAP4_SSL(endpoint.host, port, ssl_context=context, timeout=TIMEOUT_SECONDS)
    imap = imaplib.IMAP4(endpoint.host, port, timeout=TIMEOUT_SECONDS)
    imap.starttls(context)
    return imap


def _mail(line: bytes) -> Mail:
    number = {name: int(found[1]) for name, pattern in _NUMBER.items() if (found := pattern.search(line))}
    at = datetime.strptime(_DATE.search(line)[1].decode().strip(), "%d-%b-%Y %H:%M:%S %z")
    return Mail(number["UID"], number["RFC822.SIZE"], at)


def quoted(folder: str) -> str:
    """A folder's name as IMAP writes it: quoted, and in modified UTF-7 (RFC 3501, 5.1.3)."""

    def encode(found: re.Match[str]) -> str:
        text = base64.b64encode(found[0].encode("utf-16-be")).decode().rstrip("=").replace("/", ",")
        return f"&{text}-"

    name = re.sub(r"[^\x20-\x7e]+", encode, folder.replace("&", "&-"))
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
