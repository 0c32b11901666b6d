"""Names figures for people: `全市新锐创客累计选拔人数`, from the catalogue and the programme's own words."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from zhibao.figures import Figure
from zhibao.programme.models import Programme
from zhibao.text import Language, Text

VERDICTS = {
    "pass": Text(zh="符合", en="pass"), "fail": Text(zh="不符合", en="fail"),
    "needs_review": Text(zh="待人工判断", en="needs review"), "not_provided": Text(zh="未提供", en="not provided"),
    "waived": Text(zh="豁免", en="waived"),
}
STATES = {
    "expected": Text(zh="应报", en="expected"), "received": Text(zh="已收", en="received"),
    "accepted": Text(zh="通过", en="accepted"), "returned": Text(zh="退回", en="returned"),
    "missing": Text(zh="未报", en="missing"), "nil": Text(zh="零报告", en="nil"), "late": Text(zh="迟报", en="late"),
}
ORDER = ("unit", "level", "category", "competition", "cadence", "criterion", "verdict", "state", "month", "reason")


def label(programme: Programme, figure: Figure, language: Language) -> str:
    """What the figure is, in words: whose, of what, and the name of the figure."""
    given = dict(figure.labels)
    words = [_word(programme, key, given, language) for key in ORDER if key in given]
    name = catalogue()[figure.name][language]
    return "".join([*words, name]) if language == "zh" else " · ".join([name, *words])


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """The names of all figures, from figures.yaml beside this module."""
    return yaml.safe_load(Path(__file__).with_name("figures.yaml").read_text("utf-8"))


def _word(programme: Programme, key: str, given: dict[str, str], language: Language) -> str:
    code = given[key]
    lists: dict[str, Any] = {
        "unit": programme.units, "level": programme.levels, "category": programme.categories,
        "competition": programme.competitions, "cadence": programme.cadences,
    }
    if key in lists:
        names = {item.code: item.name for item in lists[key]}
    elif key == "criterion":
        names = {item.code: item.name for item in programme.level(given["level"]).criteria}
    else:
        names = {"verdict": VERDICTS, "state": STATES}.get(key, {})
    return names[code].in_(language) if code in names else code
