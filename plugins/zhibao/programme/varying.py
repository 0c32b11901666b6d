"""A programme with some of its rules changed, for a what-if: nothing of it is kept.

Paths: `criteria.LEVEL.CRITERION` (its threshold), `quotas.LEVEL.CODE` (the target of a category or unit; an
indicator in place of a level),
`switches.NAME` or `switches.GROUP.NAME`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import yaml
from pydantic import ValidationError

from zhibao.errors import RefusedError
from zhibao.programme.checks import check_programme
from zhibao.programme.models import Programme

Data = dict[str, Any]


def vary(programme: Programme, settings: Mapping[str, str]) -> Programme:
    """`programme` with each PATH set to its value. Raises RefusedError for an unknown path or an impossible value."""
    data = programme.model_dump(by_alias=True)
    for path, text in settings.items():
        group, _, rest = path.partition(".")
        if group not in _GROUPS:
            raise _unknown(path, _GROUPS)
        _GROUPS[group](data, path, rest.split("."), yaml.safe_load(text))
    try:
        varied = Programme.model_validate(data)
    except ValidationError as error:
        raise _impossible("；".join(f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors())) \
            from None
    if problems := [message for _, message in check_programme(varied)]:
        raise _impossible("；".join(problems))
    return varied


def _set_criterion(data: Data, path: str, names: list[str], value: Any) -> None:
    level, code = _two(path, names)
    criteria = _one_of(path, data["levels"], level)["criteria"]
    _one_of(path, criteria, code)["threshold"] = value


def _set_quota(data: Data, path: str, names: list[str], value: Any) -> None:
    level, code = _two(path, names)
    tables = [table for table in data["quotas"] if level in (table["level"], table["indicator"])]
    if not tables:
        raise _unknown(path, [table["level"] or table["indicator"] for table in data["quotas"]])
    holding = [table for table in tables if code in table["targets"]]
    if not holding:
        raise _unknown(path, [known for table in tables for known in table["targets"]])
    for table in holding:
        if not isinstance(value, int):
            raise _impossible(f"{path}={value}")
        table["total"] += value - table["targets"][code]
        table["targets"][code] = value


def _set_switch(data: Data, path: str, names: list[str], value: Any) -> None:
    place = data["switches"]
    for depth, name in enumerate(names, 1):
        if not isinstance(place, dict) or name not in place:
            raise _unknown(path, place if isinstance(place, dict) else [])
        if depth == len(names):
            place[name] = value
        place = place[name]


def _two(path: str, names: list[str]) -> tuple[str, str]:
    if len(names) != 2:
        raise _unknown(path, ["criteria.LEVEL.CRITERION", "quotas.LEVEL.CODE"])
    return names[0], names[1]


def _one_of(path: str, items: list[Data], code: str) -> Data:
    for item in items:
        if item["code"] == code:
            return item
    raise _unknown(path, [item["code"] for item in items])


def _unknown(path: str, known: Iterable[str]) -> RefusedError:
    listed = "、".join(dict.fromkeys(known))
    return RefusedError(f"没有“{path}”这一设置，可选：{listed}", f"no setting {path!r}; known here: {listed}")


def _impossible(why: str) -> RefusedError:
    return RefusedError(f"设置不能成立：{why}", f"the settings cannot stand: {why}")


_GROUPS: dict[str, Callable[[Data, str, list[str], Any], None]] = {
    "criteria": _set_criterion, "quotas": _set_quota, "switches": _set_switch,
}
