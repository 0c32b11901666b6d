"""The servers run once for all these tests and end with them; each test has a place and a database of its own."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
import yaml

from sources import servers
from sources.places import Mailbox, Place, folder_place, mail_place, s3_place, sftp_place
from zhibao.operations import Operations
from zhibao.programme.models import Programme
from zhibao.settings import load_settings
from zhibao.sources.endpoint import Endpoint
from zhibao.store import database

KINDS = ("folder", "sftp", "s3", "mailbox")


@pytest.fixture(scope="package")
def homes() -> Iterator[Callable[[str], Path]]:
    """Folders that the servers' own users may enter, unlike pytest's."""
    top = Path(tempfile.mkdtemp(prefix="zhibao-servers-"))
    top.chmod(0o755)

    def home(name: str) -> Path:
        (top / name).mkdir()
        return top / name

    yield home
    shutil.rmtree(top)


@pytest.fixture(scope="package")
def sftp(homes: Callable[[str], Path]) -> Iterator[servers.Server]:
    with servers.sftp_server(homes("sftp")) as server:
        yield server


@pytest.fixture(scope="package")
def s3(homes: Callable[[str], Path]) -> Iterator[servers.Server]:
    with servers.s3_server(homes("s3")) as server:
        yield server


@pytest.fixture(scope="package")
def imap(homes: Callable[[str], Path]) -> Iterator[servers.Server]:
    with servers.imap_server(homes("imap")) as server:
        yield server


@pytest.fixture
def mailbox(imap: servers.Server, programme: Programme) -> Mailbox:
    return mail_place(imap, programme)


@pytest.fixture(params=KINDS)
def place(request: pytest.FixtureRequest, tmp_path: Path, programme: Programme) -> Place:
    """A place of each kind in turn."""
    makers: dict[str, Callable[[], Place]] = {
        "folder": lambda: folder_place(tmp_path / "inbox"),
        "sftp": lambda: sftp_place(request.getfixturevalue("sftp")),
        "s3": lambda: s3_place(request.getfixturevalue("s3")),
        "mailbox": lambda: mail_place(request.getfixturevalue("imap"), programme),
    }
    return makers[request.param]()


@pytest.fixture(scope="package")
def schema(server: str, programme: Programme) -> str:
    """The name of a database with the schema and nothing else, to be copied: that costs less than to migrate."""
    Operations(replace(load_settings(), database_url=database.ensure_database(server, "sources_schema")), programme).url  # noqa: B018
    return "sources_schema"


@pytest.fixture
def fresh_database(server: str, schema: str) -> Iterator[str]:
    """Dropped again: a hundred of them are more than the server can put on the disk in the time it has to stop."""
    name = f"t{uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"create database {name} template {schema}")
        yield server.replace("/postgres?", f"/{name}?")
        connection.execute(f"drop database {name} with (force)")


@pytest.fixture
def operations_over(
    tmp_path: Path, fresh_database: str, programme: Programme
) -> Callable[..., Operations]:
    """The engine over these places, each with options of its spec changed."""

    def over(*places: Place, **changed: Any) -> Operations:
        endpoints: dict[str, Endpoint] = {}
        specs = []
        for number, place in enumerate(places):
            spec = place.spec | {key: value for key, value in changed.items() if key != "path" or "path" in place.spec}
            if "connection" in spec:
                spec["connection"] = f"place{number}"
                endpoints[spec["connection"]] = place.endpoint
            specs.append(spec)
        file = tmp_path / "sources.yaml"
        file.write_text(yaml.safe_dump({"sources": specs}, allow_unicode=True), "utf-8")
        settings = replace(
            load_settings(), var=tmp_path / "var", inbox_dir=tmp_path / "inbox", database_url=fresh_database,
            sources_file=file,
        )
        return Operations(settings, programme, endpoints.__getitem__)

    return over
