"""Folders of this machine, or of a share that is mounted here."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

from zhibao.sources.model import ItemError, readable
from zhibao.sources.tree import Entry


class FolderTree:
    """Paths are relative to `root`. A file's version is its size and its time in nanoseconds."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def folders(self, path: str) -> list[str]:
        return [entry.name for entry in self._scan(path) if entry.is_dir(follow_symlinks=False)]

    def files(self, path: str) -> list[Entry]:
        found = [_entry(Path(entry.path)) for entry in self._scan(path) if entry.is_file(follow_symlinks=False)]
        return [entry for entry in found if entry is not None]

    def read(self, entry: Entry) -> bytes:
        try:
            return Path(entry.ref).read_bytes()
        except OSError as error:
            raise ItemError(type(error).__name__) from None

    def look(self, entry: Entry) -> Entry | None:
        return _entry(entry.ref)

    def move(self, entry: Entry, folder: str, name: str) -> None:
        try:
            target = entry.ref.parent / folder
            target.mkdir(exist_ok=True)
            entry.ref.replace(target / name)
        except OSError as error:
            raise ItemError(type(error).__name__) from None

    def close(self) -> None:
        """There is no connection."""

    def _scan(self, path: str) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(self._root / path) as entries:
                return list(entries)
        except FileNotFoundError:
            return []
        except OSError as error:
            raise ItemError(type(error).__name__) from None


def _entry(path: Path) -> Entry | None:
    try:
        state = path.stat()
    except FileNotFoundError:
        return None
    return Entry(
        readable(os.fsencode(path.name)), state.st_size, datetime.fromtimestamp(state.st_mtime, UTC),
        f"{state.st_size}-{state.st_mtime_ns}", path,
    )
