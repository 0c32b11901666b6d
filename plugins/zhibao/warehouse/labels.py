"""Names figures for people: `城关区新锐创客累计选拔人数`, from the catalogue and the programme's own words."""

from __future__ import annotations

from typing import Any

from zhibao.figures import Figure
from zhibao.period import Period
from zhibao.programme.models import Programme
from zhibao.text import Language
from zhibao.warehouse.catalogue import figure_kinds, load_catalogue
from zhibao.warehouse.reference import results_of

# The order in which labels are said.
ORDER = (
    "period", "unit", "form", "column", "rule", "severity", "level", "category", "competition", "cadence", "criterion",
    "verdict", "step", "state", "decision", "month", "reason",
)


def label(programme: Programme, figure: Figure, language: Language) -> str:
    """What the figure is, in words: whose, of what, and the name of the figure."""
    given = dict(figure.labels)
    keys = (*ORDER, *sorted(given.keys() - set(ORDER)))
    words = [_word(programme, key, given, language) for key in keys if key in given]
    kind = figure_kinds(programme).get(figure.name)
    name = figure.name if kind is None else kind.zh if language == "zh" else kind.en
    return "".join([*words, name]) if language == "zh" else " · ".join([name, *words])


def _choices(programme: Programme, key: str) -> dict[str, list[str]]:
    """The words of a column by which an indicator is told; none for other labels."""
    for item in programme.indicators:
        if key in item.by and key != "unit":
            return programme.choices_of(programme.forms[item.form].column(key))
    return {}


def rule_label(programme: Programme, code: str, language: Language) -> str:
    """What a rule says, and its code: two rules may say the same."""
    from zhibao.rules import rule_words

    known = rule_words(programme)
    return f"{known[code].says.in_(language)} [{code}]" if code in known else code


def _word(programme: Programme, key: str, given: dict[str, str], language: Language) -> str:
    code = given[key]
    if key in ("period", "month"):
        return Period.parse(code).zh() if language == "zh" else code
    if key == "rule":
        return rule_label(programme, code, language)
    if key == "column":
        header = programme.forms[given["form"]].column(code).header
        return f"“{header}”" if language == "zh" else code
    lists: dict[str, Any] = {
        "unit": programme.units, "level": programme.levels, "category": programme.categories,
        "competition": programme.competitions, "cadence": programme.cadences, "form": programme.forms.values(),
    }
    if key in lists:
        names = {item.code: item.name for item in lists[key]}
    elif key == "criterion" and "level" in given:
        names = {item.code: item.name for item in programme.level(given["level"]).criteria}
    elif choices := _choices(programme, key):
        return choices[code][0] if language == "zh" and code in choices else code.replace("_", " ")
    elif key == "step":
        return results_of(programme)[code][0] if language == "zh" else code.replace("_", " ")
    else:
        names = load_catalogue().labels.get(key, {})
    return names[code].in_(language) if code in names else code
