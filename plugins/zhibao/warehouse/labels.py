"""Names figures for people: `城关区新锐创客累计选拔人数`, from the catalogue and the programme's own words."""

from __future__ import annotations

from typing import Any

from zhibao.figures import Figure
from zhibao.programme.models import Programme
from zhibao.text import Language
from zhibao.warehouse.catalogue import load_catalogue

# The order in which labels are said.
ORDER = ("unit", "level", "category", "competition", "cadence", "criterion", "verdict", "state", "month", "reason")


def label(programme: Programme, figure: Figure, language: Language) -> str:
    """What the figure is, in words: whose, of what, and the name of the figure."""
    given = dict(figure.labels)
    words = [_word(programme, key, given, language) for key in (*ORDER, *given.keys() - set(ORDER)) if key in given]
    kind = load_catalogue().figures.get(figure.name)
    name = figure.name if kind is None else kind.zh if language == "zh" else kind.en
    return "".join([*words, name]) if language == "zh" else " · ".join([name, *words])


def _word(programme: Programme, key: str, given: dict[str, str], language: Language) -> str:
    code = given[key]
    lists: dict[str, Any] = {
        "unit": programme.units, "level": programme.levels, "category": programme.categories,
        "competition": programme.competitions, "cadence": programme.cadences,
    }
    if key in lists:
        names = {item.code: item.name for item in lists[key]}
    elif key == "criterion" and "level" in given:
        names = {item.code: item.name for item in programme.level(given["level"]).criteria}
    else:
        names = load_catalogue().labels.get(key, {})
    return names[code].in_(language) if code in names else code
