"""Sources that hold files in folders, one folder a unit: what a local folder, SFTP and S3 have in common."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from zhibao.programme.models import Unit
from zhibao.sources.config import S3Spec, TreeSpec
from zhibao.sources.model import Fetched, ItemError, Outcome, Thing, TurnedAway, is_workbook

# What programs leave beside the files that they are writing or have opened.
_UNFINISHED = (".part", ".filepart", ".tmp", ".crdownload")
_NO_FILES = (".", "~$")
_SYSTEM = {"thumbs.db", "desktop.ini"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One file now. `version` changes whenever its content may have; `ref` is the tree's own handle."""

    name: str
    byte_count: int
    modified_at: datetime
    version: str
    ref: Any


class Tree(Protocol):
    """Files by folder, over some connection. A missing folder is an empty one.

    ItemError says that this call failed, SourceDownError and SourceRefusedError that there is no connection.
    """

    def folders(self, path: str) -> list[str]: ...

    def files(self, path: str) -> list[Entry]: ...

    def read(self, entry: Entry) -> bytes: ...

    def look(self, entry: Entry) -> Entry | None:
        """The same file as it is now; None when it is gone."""
        ...

    def move(self, entry: Entry, folder: str, name: str) -> None:
        """Into a folder beside the file, made if need be; what bears the name there is replaced."""
        ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class _Place:
    entry: Entry
    unit: str | None


@dataclass(frozen=True, slots=True)
class _Closed:
    """A folder that cannot be listed: told like a file that cannot be had."""

    what: str


class TreeSource:
    """A source over one tree. The key of a file is its path with its version."""

    def __init__(self, spec: TreeSpec | S3Spec, tree: Tree, units: Iterable[Unit]) -> None:
        self.name = spec.name
        self.has_own_time = spec.received == "own"
        self._spec, self._tree = spec, tree
        self._paths = {spec.path.format(unit=unit.code, name=unit.name.zh): unit.code for unit in units}
        self._ours = {path: code for path, code in self._paths.items() if not spec.units or code in spec.units}

    def things(self, now: datetime) -> list[Thing]:
        found = [thing for path, unit in self._ours.items() for thing in self._in(path, unit, now)]
        return found + list(self._astray(now))

    def fetch(self, thing: Thing) -> list[Fetched | TurnedAway]:
        if isinstance(thing.ref, _Closed):
            raise ItemError(thing.ref.what)
        place: _Place = thing.ref
        name = place.entry.name
        if place.unit is None:
            return [TurnedAway("no_unit", name)]
        if thing.byte_count > self._spec.max_bytes:
            return [TurnedAway("too_large", name, place.unit)]
        content = self._tree.read(place.entry)
        if len(content) != thing.byte_count or self._tree.look(place.entry) != place.entry:
            raise ItemError("still being written")
        return [Fetched(name, content, place.unit)]

    def settle(self, thing: Thing, outcome: Outcome) -> None:
        """Move what was taken, unless another file has come under its name meanwhile: that one is still to be had."""
        entry: Entry = thing.ref.entry
        if self._spec.after == "leave" or outcome != "taken" or self._tree.look(entry) != entry:
            return
        mark = hashlib.sha256(thing.key.encode("utf-8", "surrogateescape")).hexdigest()[:8]
        self._tree.move(entry, self._spec.taken, f"{mark}_{entry.name}")

    def close(self) -> None:
        self._tree.close()

    def _in(self, path: str, unit: str | None, now: datetime) -> Iterator[Thing]:
        try:
            entries = self._tree.files(path)
        except ItemError as error:
            self._tree.close()
            yield Thing(f"{path}|closed", path, 0, now, _Closed(error.what))
            return
        for entry in sorted(entries, key=lambda entry: entry.name):
            if _is_nothing(entry.name) or (unit is None and not is_workbook(entry.name)):
                continue
            yield Thing(
                key=f"{join(path, entry.name)}|{entry.version}", label=join(path, entry.name),
                byte_count=entry.byte_count, own_time=entry.modified_at, ref=_Place(entry, unit),
                is_whole=not entry.name.lower().endswith(_UNFINISHED) and not self._is_fresh(entry, now),
            )

    def _is_fresh(self, entry: Entry, now: datetime) -> bool:
        return abs(now - entry.modified_at) < timedelta(seconds=self._spec.quiet_seconds)

    def _astray(self, now: datetime) -> Iterator[Thing]:
        """Workbooks beside the units' folders, or in a folder that no unit has (a slip in its name)."""
        for parent in sorted({_parent(path) for path in self._paths if self._ends_with_the_unit}):
            yield from self._in(parent, None, now)
            for name in sorted(self._tree.folders(parent)):
                path = join(parent, name)
                if path not in self._paths and name != self._spec.taken:
                    yield from self._in(path, None, now)

    @property
    def _ends_with_the_unit(self) -> bool:
        return self._spec.path.rpartition("/")[2] in ("{unit}", "{name}")


def join(folder: str, name: str) -> str:
    """A path below a folder; the empty folder is where the tree begins."""
    return f"{folder.rstrip('/')}/{name}" if folder else name


def _parent(path: str) -> str:
    head, slash, _ = path.rpartition("/")
    return head or slash


def _is_nothing(name: str) -> bool:
    return name.startswith(_NO_FILES) or name.lower() in _SYSTEM
