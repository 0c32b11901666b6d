"""What figures are called, count and rest on: `sql/marts/figures.yaml`, in the order in which figures are listed."""

from __future__ import annotations

from functools import cache
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict

from zhibao.programme.models import Programme
from zhibao.settings import load_settings
from zhibao.text import Text


class FigureKind(BaseModel):
    """One name of figures. `of` are the figures on both sides of a ratio, `ranks` the one that is ranked."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    unit: str
    zh: str
    en: str
    means: str
    column: str | None = None
    of: tuple[str, str] | None = None
    ranks: str | None = None
    group: str = "programme"


class Catalogue(BaseModel):
    """All kinds of figures, and the words of labels and reasons that are not the programme's own."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    figures: dict[str, FigureKind]
    reports: dict[str, list[str]]
    labels: dict[str, dict[str, Text]]
    reasons: dict[str, Text]

    def reason(self, code: str) -> Text | None:
        return self.reasons.get(code) or self.labels["reason"].get(code)


def figure_kinds(programme: Programme) -> dict[str, FigureKind]:
    """All names of figures that a programme has: the catalogue's, then its own indicators."""
    if not _last or _last[0] is not programme:
        _last[:] = [programme, _figure_kinds(programme)]
    return _last[1]


# The programme asked for last, and its answer: a document asks for hundreds of labels of one programme.
_last: list[Any] = []


def _figure_kinds(programme: Programme) -> dict[str, FigureKind]:
    kinds = dict(load_catalogue().figures)
    for item in programme.indicators:
        kinds[item.code] = FigureKind(
            unit=item.unit, zh=item.name.zh, en=item.name.en, means=f"{item.task}, {item.clause}", column=item.column
        )
        if item.over == "window":
            before, growth = item.before_code, item.growth_code
            kinds[before] = kinds[item.code].model_copy(update={
                "zh": f"上年同期{item.name.zh}", "en": f"{item.name.en}, the year before",
                "means": "the same within the window a year before, from the programme's second year on",
            })
            kinds[growth] = FigureKind(
                unit="pct", of=(item.code, before), zh=f"{item.name.zh}同比增幅", en=f"{item.name.en}, growth",
                means="growth over the year before × 100, two decimals; nothing without a base",
            )
        if programme.targets_of(item.code) or item.to_date:
            kinds[item.to_date_code] = kinds[item.code].model_copy(update={
                "zh": f"累计{item.name.zh}", "en": f"{item.name.en} so far",
                "means": "the same since the programme began",
            })
        if programme.targets_of(item.code):
            kinds[item.target_code] = FigureKind(
                unit=item.unit, zh=f"{item.name.zh}目标", en=f"{item.name.en}, target",
                means="the target of the programme",
            )
            kinds[item.reached_code] = FigureKind(
                unit="pct", of=(item.to_date_code, item.target_code), zh=f"{item.name.zh}目标完成率",
                en=f"{item.name.en}, completion", means="so far ÷ target × 100, two decimals, half up",
            )
    return kinds


def computed_for(programme: Programme, kind: str) -> list[str]:
    """The names of the figures that a kind of report computes."""
    reports = load_catalogue().reports
    groups = reports.get(kind, reports["default"])
    return [name for name, item in figure_kinds(programme).items() if item.group in groups]


@cache
def load_catalogue() -> Catalogue:
    path = load_settings().sql_dir / "marts" / "figures.yaml"
    content: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    return Catalogue.model_validate(content)
