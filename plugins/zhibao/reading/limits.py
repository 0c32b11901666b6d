"""What a stranger's file may cost before it is refused, in one place so that an operator can see and change it."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on one file. `memory_bytes` comes on top of what the forked child holds when it starts."""

    file_bytes: int = 50 * MIB
    entries: int = 2_000
    inflated_bytes: int = 400 * MIB
    ratio: int = 200
    cells: int = 12_000_000
    memory_bytes: int = 640 * MIB
    cpu_seconds: int = 12
    wall_seconds: float = 60.0
    findings: int = 20_000
