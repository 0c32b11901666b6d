"""What was planted where, and what a correct system must make of it: the answer sheet beside the files."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from zhibao.findings import Status

Expect = Literal["read", "warning", "query", "error"]

NOTICE = (
    "All persons, ventures, identity numbers, credit codes, phone numbers and addresses are invented; "
    "their check characters are valid so that checks can be tried. 全部人员、单位、证件号码、电话均为虚构。"
)
LEGEND = {
    "read": "readable as `means` (a cell of data) or to be passed over (layout); nothing worse than a warning",
    "warning": "taken in, with a warning at this cell",
    "query": "taken in, with a query at this cell",
    "error": "the whole file comes back (intake.acceptance: whole)",
    "row": "1-based, as a person sees it; absent for the whole file; `sheet` is absent for a text file",
    "written": "what stands in the cell; dates as ISO",
}


@dataclass(frozen=True, slots=True)
class Planted:
    """One piece of mess at one cell. `row` is 1-based, `column` in letters; absent for the whole file."""

    file: str
    kind: str
    expect: Expect
    sheet: str | None = None
    row: int | None = None
    column: str | None = None
    field: str | None = None
    written: Any = None
    means: Any = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class FileEntry:
    """One file. `received_at` is ISO 8601 with +08:00; `unit` is absent where the file belongs to none."""

    file: str
    unit: str | None
    form: str
    period: str
    received_at: str
    expect_status: Status
    row_count: int
    nil_return: bool = False
    supersedes: str | None = None
    cross_checks: tuple[str, ...] = ()


@dataclass(slots=True)
class Manifest:
    """Everything that `planted.json` holds. `truth` is a list of conclusions; those about figures have an `id`."""

    seed: int
    programme: str
    first: str
    last: str
    units: list[str]
    files: list[FileEntry] = field(default_factory=list)
    planted: list[Planted] = field(default_factory=list)
    missing: list[dict[str, str]] = field(default_factory=list)
    truth: list[dict[str, Any]] = field(default_factory=list)

    def to_json(self) -> str:
        """Deterministic JSON, one entry a line, so that it can be searched and compared."""
        head = {
            "notice": NOTICE,
            "legend": LEGEND,
            "seed": self.seed,
            "programme": self.programme,
            "from": self.first,
            "to": self.last,
            "units": self.units,
        }
        parts = [f'"{key}": {_dump(value)}' for key, value in head.items()]
        for key in ("files", "planted", "missing", "truth"):
            lines = ",\n".join(_dump(_plain(item)) for item in getattr(self, key))
            parts.append(f'"{key}": [\n{lines}\n]')
        return "{\n" + ",\n".join(parts) + "\n}\n"

    def write(self, path: Path) -> None:
        path.write_text(self.to_json(), encoding="utf-8")


def _plain(item: Any) -> dict[str, Any]:
    if isinstance(item, dict):
        return item
    return {
        key: value
        for key, value in asdict(item).items()
        if value is not None and value is not False and value != "" and value != ()
    }


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
