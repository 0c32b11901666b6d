"""One place per kind of source, fresh for each test: put a file there as an office would, and see what is left."""

from __future__ import annotations

import imaplib
import os
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

from sources.servers import Server
from zhibao.programme.models import Programme
from zhibao.sources.endpoint import Endpoint

NOW = datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=5)
EARLIER = NOW - timedelta(hours=1)


class Place(Protocol):
    """`spec` is a line of sources.yaml whose connection is `place`."""

    spec: dict[str, Any]
    endpoint: Endpoint | None

    def put(self, unit: str, name: str, content: bytes) -> None: ...

    def left(self) -> int:
        """How many files (or mails) lie where they were put."""
        ...

    def taken(self) -> int:
        """How many lie where they are moved once they were recorded."""
        ...


@dataclass
class Folders:
    """Folders of units on this machine, read as they are or through an SFTP server."""

    root: Path
    spec: dict[str, Any]
    endpoint: Endpoint | None = None

    def put(self, unit: str, name: str, content: bytes, at: datetime = EARLIER) -> None:
        path = self.root / unit / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        os.utime(path, (at.timestamp(), at.timestamp()))

    def left(self) -> int:
        return len([path for path in self.root.glob("*/*") if path.is_file()])

    def taken(self) -> int:
        return len(list(self.root.glob("*/taken/*")))


@dataclass
class Bucket:
    """A bucket of its own, seen from outside the server as a folder."""

    client: Any
    folder: Path
    spec: dict[str, Any]
    endpoint: Endpoint | None

    def put(self, unit: str, name: str, content: bytes) -> None:
        self.client.put_object(Bucket=self.spec["bucket"], Key=f"{unit}/{name}", Body=content)

    def left(self) -> int:
        return len([path for path in self.folder.glob("*/*") if path.is_file()])

    def taken(self) -> int:
        return len(list(self.folder.glob("*/taken/*")))


@dataclass
class Mailbox:
    """A folder of the mailbox with its own folders for what was taken and what was not."""

    server: Server
    programme: Programme
    spec: dict[str, Any]
    endpoint: Endpoint | None = field(init=False)

    def __post_init__(self) -> None:
        self.endpoint = self.server.endpoint
        self._do(lambda imap: imap.create(self.spec["folder"]))

    def put(self, unit: str, name: str, content: bytes) -> None:
        mail = EmailMessage()
        mail["From"] = f"报表专员 <{self.programme.addresses_of(unit)[0].upper()}>"
        mail["Subject"] = name
        mail.set_content("请查收。")
        mail.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
        self.append(mail.as_bytes())

    def append(self, mail: bytes) -> None:
        at = imaplib.Time2Internaldate(EARLIER)
        status, _ = self._do(lambda imap: imap.append(self.spec["folder"], "", at, mail))
        assert status == "OK"

    def left(self) -> int:
        return self.count(self.spec["folder"])

    def taken(self) -> int:
        return self.count(self.spec["taken"])

    def count(self, folder: str) -> int:
        status, answer = self._do(lambda imap: imap.select(folder, readonly=True))
        return int(answer[0]) if status == "OK" else 0

    def _do(self, action: Callable[[imaplib.IMAP4], Any]) -> Any:
        context = ssl.create_default_context(cafile=self.endpoint.extra["ca_file"])
        with imaplib.IMAP4_SSL(self.endpoint.host, self.endpoint.port, ssl_context=context) as imap:
            imap.login(self.endpoint.login, self.endpoint.password)
            return action(imap)


def folder_place(root: Path) -> Folders:
    return Folders(root, {"kind": "folder", "name": "inbox", "path": f"{root}/{{unit}}"})


def sftp_place(server: Server) -> Folders:
    root = server.home / uuid4().hex
    root.mkdir()
    return Folders(
        root, {"kind": "sftp", "name": "sftp", "connection": "place", "path": f"{root}/{{unit}}"}, server.endpoint
    )


def s3_place(server: Server) -> Bucket:
    import boto3
    from botocore.config import Config

    bucket, endpoint = f"returns-{uuid4().hex[:8]}", server.endpoint
    client = boto3.client(
        "s3", endpoint_url=endpoint.extra["endpoint_url"], verify=endpoint.extra["ca_file"], region_name="us-east-1",
        aws_access_key_id=endpoint.login, aws_secret_access_key=endpoint.password,
        config=Config(request_checksum_calculation="when_required"),
    )
    client.create_bucket(Bucket=bucket)
    spec = {"kind": "s3", "name": "s3", "connection": "place", "bucket": bucket}
    return Bucket(client, server.home / "buckets" / bucket, spec, endpoint)


def mail_place(server: Server, programme: Programme) -> Mailbox:
    box = uuid4().hex[:8]
    return Mailbox(server, programme, {
        "kind": "mailbox", "name": "mail", "connection": "place", "folder": box, "taken": f"{box}-taken",
        "turned_away": f"{box}-turned-away",
    })
