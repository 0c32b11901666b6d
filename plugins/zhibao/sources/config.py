"""`programmes/<code>/sources.yaml`: which sources there are, and which units send through each."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError, field_validator

from zhibao.errors import ConfigurationError, Problem
from zhibao.programme.load import Lines, read_mapping
from zhibao.programme.models import Model, Programme
from zhibao.reading.limits import Limits

MEBIBYTE = 1024**2


class Spec(Model):
    """What all sources have. No `units` means all; `after` says what becomes of a thing once it is recorded."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_-]*$")
    units: list[str] = []
    after: Literal["leave", "move"] = "leave"
    taken: str = "taken"
    max_megabytes: int = Field(default=Limits().file_bytes // MEBIBYTE, ge=1)

    @property
    def max_bytes(self) -> int:
        return self.max_megabytes * MEBIBYTE


class TreeSpec(Spec):
    """Folders, one a unit: `path` holds `{unit}` (its code) or `{name}` (its Chinese name).

    A file younger than `quiet_seconds` may still be written, and waits. `received` says what counts as the receipt:
    the file's own time, or the clock where programs that upload carry over the time of the last edit.
    """

    path: str = "{unit}"
    quiet_seconds: int = Field(default=30, ge=0)
    received: Literal["own", "clock"] = "own"

    @field_validator("path")
    @classmethod
    def _names_the_unit(cls, path: str) -> str:
        try:
            names_unit = path.format(unit="\0", name="\0") != path.format(unit="\1", name="\1")
        except (KeyError, IndexError, ValueError):
            names_unit = False
        if not names_unit or ".." in path.split("/"):
            raise ValueError("expected a path with {unit} or {name} in it, and without ..")
        return path.rstrip("/")


class FolderSpec(TreeSpec):
    """A folder of this machine, or of a mounted share; a relative path begins at ZHIBAO_INBOX."""

    kind: Literal["folder"]


class SftpSpec(TreeSpec):
    kind: Literal["sftp"]
    connection: str
    received: Literal["own", "clock"] = "clock"


class S3Spec(TreeSpec):
    """A bucket; `path` is the beginning of the keys. Objects appear whole, so nothing waits."""

    kind: Literal["s3"]
    connection: str
    bucket: str
    quiet_seconds: int = 0


class MailboxSpec(Spec):
    """A mailbox. Mail from strangers and mail without a workbook goes to the folder `turned_away`.

    With `authenticated_by`, the mail server of that name must say of the sender's domain that DMARC passed.
    """

    kind: Literal["mailbox"]
    connection: str
    folder: str = "INBOX"
    after: Literal["leave", "move"] = "move"
    turned_away: str = "turned-away"
    authenticated_by: str | None = None


AnySpec = Annotated[FolderSpec | SftpSpec | S3Spec | MailboxSpec, Field(discriminator="kind")]


class SourcesFile(Model):
    sources: list[AnySpec] = Field(min_length=1)


def load_sources(programme: Programme, folder: Path, own: Path | None = None) -> list[AnySpec]:
    """The sources of the programme's folder, or of the installation's `own` file. Raises ConfigurationError."""
    lines = Lines()
    data = read_mapping(own or folder / "sources.yaml", lines, hashlib.sha256(), ())
    try:
        specs = SourcesFile.model_validate(data).sources
    except ValidationError as error:
        raise ConfigurationError([
            Problem(*lines.find(_without_tag(item["loc"])), f"{'.'.join(map(str, item['loc']))}: {item['msg']}")
            for item in error.errors()
        ]) from None
    problems = [Problem(*lines.find(loc), message) for loc, message in _faults(specs, programme)]
    if problems:
        raise ConfigurationError(problems)
    return specs


def _without_tag(loc: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """pydantic puts the kind between the index and the key."""
    return (*loc[:2], *loc[3:])


def _faults(specs: list[AnySpec], programme: Programme) -> Iterator[tuple[tuple[str | int, ...], str]]:
    units, names = {unit.code for unit in programme.units}, set()
    for index, spec in enumerate(specs):
        if spec.name in names:
            yield ("sources", index, "name"), f"source {spec.name!r} is given twice"
        names.add(spec.name)
        for position, unit in enumerate(spec.units):
            if unit not in units:
                yield ("sources", index, "units", position), f"{unit!r} is no unit"
