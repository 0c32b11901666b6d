"""Opens an OLE compound file just far enough to look into .xls and .et before a parser does: names and one stream.

Layout by [MS-CFB]. Chains that turn back, lead out or are longer than the file raise `BrokenOle`.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LAST_SECTOR = 0xFFFFFFFA
_ENTRY = 128
_STREAM, _ROOT = 2, 5
_HEADER_FATS = 109


class BrokenOle(ValueError):
    """The file's sectors do not hang together."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the directory: a storage or a stream."""

    name: str
    kind: int
    start: int
    size: int


class Ole:
    """An OLE file of `data`; `names` are those of all its storages and streams."""

    def __init__(self, data: bytes) -> None:
        if len(data) < 512:
            raise BrokenOle
        self._data = data
        shift, self._mini_shift = struct.unpack_from("<HH", data, 30)
        if shift not in (9, 12) or self._mini_shift != 6:
            raise BrokenOle
        self._size = 1 << shift
        self._directory, self._cutoff, self._mini_start = struct.unpack_from("<I4xII", data, 48)
        self._fat = self._read_fat()
        self.entries = list(self._read_directory())

    @property
    def names(self) -> set[str]:
        return {entry.name for entry in self.entries}

    def stream(self, name: str) -> bytes | None:
        """The bytes of the first stream of that name, in any letter case; None if there is none."""
        wanted = name.casefold()
        entry = next((e for e in self.entries if e.kind == _STREAM and e.name.casefold() == wanted), None)
        if entry is None:
            return None
        if entry.size >= self._cutoff:
            return self._chain(entry.start)[: entry.size]
        return self._mini_chain(entry.start)[: entry.size]

    def _sector(self, number: int) -> bytes:
        start = (number + 1) * self._size
        if start >= len(self._data):
            raise BrokenOle
        return self._data[start : start + self._size]

    def _read_fat(self) -> tuple[int, ...]:
        numbers = list(struct.unpack_from(f"<{_HEADER_FATS}I", self._data, 76))
        (further,) = struct.unpack_from("<I", self._data, 68)
        seen: set[int] = set()
        while further < _LAST_SECTOR:
            if further in seen:
                raise BrokenOle
            seen.add(further)
            more = _numbers(self._sector(further))
            numbers += more[:-1]
            further = more[-1] if more else _LAST_SECTOR
        tables = [number for number in numbers if number < _LAST_SECTOR]
        if len(tables) * self._size > len(self._data):
            raise BrokenOle
        return _numbers(b"".join(map(self._sector, tables)))

    def _read_directory(self) -> Iterator[Entry]:
        data = self._chain(self._directory)
        for place in range(0, len(data) - _ENTRY + 1, _ENTRY):
            length, kind, start, size = struct.unpack_from("<64xHB49xII", data, place)
            if kind:
                name = data[place : place + max(0, min(length, 64) - 2)].decode("utf-16-le", errors="replace")
                yield Entry(name, kind, start, size)

    def _chain(self, start: int) -> bytes:
        return b"".join(self._sector(number) for number in _walk(start, self._fat))

    def _mini_chain(self, start: int) -> bytes:
        size, minis = 1 << self._mini_shift, self._minis
        return b"".join(minis[number * size : (number + 1) * size] for number in _walk(start, self._mini_fat))

    @cached_property
    def _minis(self) -> bytes:
        root = next((entry for entry in self.entries if entry.kind == _ROOT), None)
        if root is None:
            raise BrokenOle
        return self._chain(root.start)

    @cached_property
    def _mini_fat(self) -> tuple[int, ...]:
        return _numbers(self._chain(self._mini_start))


def _numbers(data: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4])


def _walk(start: int, table: tuple[int, ...]) -> Iterator[int]:
    number, steps = start, 0
    while number < _LAST_SECTOR:
        steps += 1
        if number >= len(table) or steps > len(table):
            raise BrokenOle
        yield number
        number = table[number]
