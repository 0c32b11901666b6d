"""Turns one setting of a programme, by path: what-if in small, for tests."""

from __future__ import annotations

import hashlib
from typing import Any

from zhibao.programme.models import Programme


def changed(programme: Programme, settings: dict[str, Any]) -> Programme:
    """`programme` with each path set, such as `levels.rising_star.criteria.jobs_created.threshold`.

    An item of a list is named by its code, a quota table by its level.
    """
    if not settings:
        return programme
    content = programme.model_dump(by_alias=True)
    for path, value in settings.items():
        *way, last = path.split(".")
        place: Any = content
        for step in way:
            place = _step(place, step)
        assert isinstance(place, dict), path
        assert last in place or way[-1] in ("reports", "targets", "overrides", "annual_plan"), path
        place[last] = value
    content["digest"] = hashlib.sha256(f"{programme.digest} {settings}".encode()).hexdigest()
    return Programme.model_validate(content)


def _step(place: Any, name: str) -> Any:
    if isinstance(place, list):
        return next(item for item in place if name in (item.get("code"), item.get("level")))
    return place[name]
