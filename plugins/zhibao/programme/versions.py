"""The texts of a programme that a database has seen: a result can be computed again under the rules of its day."""

from __future__ import annotations

from datetime import datetime

from pydantic import ValidationError

from zhibao.errors import RefusedError
from zhibao.programme.models import Programme
from zhibao.store.database import Connection


def rules_at(connection: Connection, programme: Programme, as_of: datetime) -> Programme | None:
    """The text that was recorded last by the instant, with today's addresses; None where none was, or it is today's."""
    row = connection.execute(
        "select content from programme_version where programme = %s and recorded_at <= %s"
        " order by recorded_at desc limit 1", (programme.code, as_of),
    ).fetchone()
    return None if row is None else _again(programme, row["content"])


def rules_of(connection: Connection, programme: Programme, digest: str) -> Programme:
    """The text with this digest. Raises RefusedError for one that this database has not seen."""
    if digest == programme.digest:
        return programme
    row = connection.execute(
        "select content from programme_version where programme = %s and digest = %s", (programme.code, digest)
    ).fetchone()
    if row is None:
        short = digest[:12]
        raise RefusedError(f"没有编号为 {short} 的方案版本", f"no version {short} of the programme is known")
    return _again(programme, row["content"]) or programme


def _again(programme: Programme, content: dict) -> Programme | None:
    if content["digest"] == programme.digest:
        return None
    contacts = [item.model_dump() for item in programme.contacts]
    try:
        return Programme.model_validate({**content, "contacts": contacts})
    except ValidationError:
        short = content["digest"][:12]
        raise RefusedError(
            f"方案版本 {short} 由另一版本的软件写成，本软件读不了",
            f"version {short} was written by another version of the software"
        ) from None
