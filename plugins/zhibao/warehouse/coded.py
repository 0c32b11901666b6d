"""Finds the figure that a printed trace code stands over, in the figure sets that were kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from zhibao.errors import RefusedError
from zhibao.programme.models import Programme
from zhibao.store.database import Connection
from zhibao.tracecodes import codes_of, read_code

# Of sets with the same figures one: that of the last document, else the newest.
SETS = (
    "select distinct on (set.kind, set.period, set.figures_digest) set.figure_set_id, set.kind, set.period,"
    " set.figures_digest, document.document_id, document.version from figure_set as set"
    " left join document using (figure_set_id) where set.programme = %s"
    " order by set.kind, set.period, set.figures_digest, document.document_id desc nulls last, set.figure_set_id desc"
)


@dataclass(frozen=True, slots=True)
class Coded:
    """A figure of a kept set; `document_id` and `version` where a document was made of these figures."""

    code: str
    figure_id: str
    figure_set_id: int
    kind: str
    period: str
    document_id: int | None
    version: int | None


def find_code(connection: Connection, programme: Programme, typed: str) -> Coded:
    """The figure of a code; a document's goes before one of a set that no document was made of.

    Raises RefusedError for what can be no code, for one that no kept set has, and for one that several figures have.
    """
    code = read_code(typed)
    if code is None:
        raise RefusedError(
            f"{typed} 不是追溯码（6 位字母和数字）；查一项指标须写明 FIGURE KIND PERIOD",
            f"{typed} is no trace code (6 letters and digits); for a figure give FIGURE KIND PERIOD",
        )
    found = list(_found(connection, programme, code))
    found = [item for item in found if item.document_id] or found
    if not found:
        raise RefusedError(
            f"没有追溯码为 {code} 的指标：请核对，或该文件的指标集不在本机数据库中",
            f"no figure has the code {code}: check it, or the figures of that document are not in this database",
        )
    if len(found) > 1:
        lines = "\n".join(f"  {item.figure_id} {item.kind} {item.period}" for item in found)
        raise RefusedError(
            f"追溯码 {code} 对应 {len(found)} 项指标，请改用 FIGURE KIND PERIOD：\n{lines}",
            f"{len(found)} figures have the code {code}; give FIGURE KIND PERIOD:\n{lines}",
        )
    return found[0]


def _found(connection: Connection, programme: Programme, code: str) -> Iterator[Coded]:
    for row in connection.execute(SETS, (programme.code,)).fetchall():
        ids = [item["id"] for item in _ids(connection, row["figure_set_id"])]
        codes = codes_of(programme.code, row["kind"], row["period"], row.pop("figures_digest"), ids)
        yield from (Coded(code, id_, **row) for id_, own in codes.items() if own == code)


def _ids(connection: Connection, figure_set_id: int) -> list[dict[str, Any]]:
    return connection.execute("select id from figure where figure_set_id = %s", (figure_set_id,)).fetchall()
