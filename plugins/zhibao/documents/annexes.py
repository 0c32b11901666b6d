"""The annexes of the annual report: competition by competition, task by task, unit by unit, base by base.

As in `views`, figures are found and ordered here, never computed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from zhibao.documents.masks import listable
from zhibao.documents.model import Content
from zhibao.documents.views import (
    Line,
    criteria_views,
    event_view,
    quota_views,
    return_view,
    target_views,
    task_views,
)
from zhibao.figures import Figure
from zhibao.programme.models import Competition, Criterion, Indicator, Level, QuotaTable

RATES = ("first_pass_pct", "on_time_pct", "complete_pct")
MOST_UPRIGHT = 4  # results that a table of units holds on an upright page


@dataclass(frozen=True, slots=True)
class Annex:
    """`kind` names the macro that prints it; a wide one has pages of its own that lie on their side."""

    kind: str
    number: int
    title: str
    view: object
    is_wide: bool = False


@dataclass(frozen=True, slots=True)
class ContestView:
    """Each competition: events by cadence and in all, contests owed and held, and the awards of its category.

    `cells` of a line hold these one after the other. `level` is the title that goes by category; without one there are
    no awards.
    """

    cadences: list[str]
    level: Level | None
    lines: list[Line]
    total: Line


@dataclass(frozen=True, slots=True)
class UnitsView:
    """The results that are told by unit: `heads` are (name, measure word); a unit that has none of one has a dash."""

    heads: list[tuple[str, str]]
    lines: list[Line]
    total: Line


@dataclass(frozen=True, slots=True)
class Discipline:
    """How each unit kept to the deadlines: counts of returns, then rates."""

    heads: list[str]
    lines: list[Line]
    total: Line


@dataclass(frozen=True, slots=True)
class BaseView:
    """The bases of one level: name, unit, and the verdict of each criterion in order."""

    level: Level
    criteria: list[Criterion]
    rows: list[tuple[str, str, list[str]]]


def contest_view(content: Content) -> ContestView:
    table = next((table for table in _in_force(content) if table.level and table.by == "category"), None)
    held = event_view(content)
    competitions = [item for item in content.programme.competitions if item.in_force(content.window[1])]
    lines = [
        Line(line.label, line.note, [*line.cells, line.total, *_duty(content, item), *_awards(content, table, item)])
        for line, item in zip(held.lines, competitions, strict=True)
    ]
    total = Line("合计", "", [
        *held.total.cells, held.total.total, *_duty(content, None), *_awards(content, table, None),
    ])
    return ContestView(
        list(held.heads.values()), content.programme.level(table.level) if table else None, lines, total
    )


def _in_force(content: Content) -> list[QuotaTable]:
    return [table for table in content.programme.quotas if table.in_force(content.window[1])]


def _duty(content: Content, item: Competition | None) -> list[Figure | None]:
    labels = {"competition": item.code} if item else {}
    return [content.figures.find(name, **labels) for name in ("contest_due_count", "contest_met_count")]


def _awards(content: Content, table: QuotaTable | None, item: Competition | None) -> list[Figure | None]:
    if table is None:
        return []
    labels = {"level": table.level, **({"category": item.category} if item else {})}
    names = ("quota", "awarded_in_period_count", "awarded_count", "completion_pct")
    return [content.figures.find(name, **labels) for name in names]


def units_view(content: Content) -> UnitsView | None:
    """None where no result is told by unit."""
    items = [item for item in content.programme.indicators if "unit" in item.by]
    lines = [
        Line(unit.name.zh, "", cells) for unit in content.programme.units
        if any(cells := [content.figures.find(item.code, unit=unit.code) for item in items])
    ]
    if not lines:
        return None
    total = Line("合计", "", [content.figures.get(item.code) for item in items])
    return UnitsView([_head(item) for item in items], lines, total)


def _head(item: Indicator) -> tuple[str, str]:
    return item.name.zh, item.measure


def discipline(content: Content) -> Discipline:
    """The table of returns, with how many came on time, and the rates."""
    find, codes = content.figures.find, {unit.name.zh: unit.code for unit in content.programme.units}
    view = return_view(content)
    heads = list(view.heads.values())
    after = list(view.heads).index("accepted") + 1

    def line(row: Line, **labels: str) -> Line:
        rates = [find(name, **labels) for name in RATES]
        on_time = find("return_on_time_count", **labels)
        return Line(row.label, "", [*row.cells[:after], on_time, *row.cells[after:], *rates])

    return Discipline(
        [*heads[:after], "按时", *heads[after:], "一次通过率", "及时率", "完整率"],
        [line(row, unit=codes[row.label]) for row in view.lines], line(view.total),
    )


def base_views(content: Content) -> list[BaseView]:
    """The bases that the lists tell of, level by level."""
    return [
        BaseView(level, criteria, [
            (row["name"], row["unit"], [row["verdicts"].get(item.code, "") for item in criteria]) for row in rows
        ])
        for level in content.programme.levels
        if (rows := [row for row in content.lists.bases if row["level"] == level.code])
        for criteria in [[item for item in level.criteria if item.in_force(content.window[1])]]
    ]


def month_rows(content: Content) -> list[tuple[str, Mapping[str, str]]]:
    """(unit, month → state) in the official order."""
    rows: dict[str, dict[str, str]] = {}
    for row in content.lists.months:
        rows.setdefault(row["unit"], {})[row["month"]] = row["state"]
    return list(rows.items())


def annexes(content: Content) -> list[Annex]:
    """All that there is something to tell of, in order, numbered from 1."""
    programme, lists = content.programme, content.lists
    quotas, units = quota_views(content), units_view(content)
    bases, tasks, criteria = base_views(content), task_views(content), criteria_views(content)
    listed: list[tuple[str, str, object, bool] | None] = [
        *(("quota", view.title, view, False) for view in quotas),
        *(("target", view.title, view, False) for view in target_views(content)),
        ("contests", "系列比赛分项情况表", contest_view(content), True) if programme.competitions else None,
        ("tasks", f"{content.tasks_title}表", tasks, False) if tasks else None,
        ("units", "分单位重点工作完成情况表", units, len(units.heads) > MOST_UPRIGHT) if units else None,
        ("criteria", "选拔标准核验情况表", criteria, False) if criteria else None,
        *(("bases", f"{view.level.name.zh}核验情况表", view, True) for view in bases),
        ("discipline", "各单位报送情况表", discipline(content), False),
        ("charts", "进度和报送情况图", quotas, False) if quotas or lists.months else None,
        ("awardees", "授予称号人员名单", None, False) if listable(lists.awardees, programme) else None,
        ("waivers", "选拔标准豁免情况表", None, False) if listable(lists.waivers, programme) else None,
        ("corrections", "更正情况表", None, False) if lists.all_corrections else None,
    ]
    return _numbered([item for item in listed if item])


def _numbered(listed: Sequence[tuple[str, str, object, bool]]) -> list[Annex]:
    return [Annex(kind, number, *rest) for number, (kind, *rest) in enumerate(listed, start=1)]
