"""Orders a report's figures into the tables that a template prints: found and sorted here, never computed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from zhibao.documents.masks import listable
from zhibao.documents.model import Content, label_of
from zhibao.documents.words import (
    BY,
    RETURN_ASIDES,
    RETURN_STATES,
    VERDICTS,
    exclusion_reason,
    return_state_words,
    unit_label,
    verdict_words,
)
from zhibao.figures import Figure
from zhibao.programme.models import Criterion, Indicator, Level, Programme, QuotaTable

LEADERS = 3


@dataclass(frozen=True, slots=True)
class QuotaLine:
    """One row of a quota table. A total has no rank; `growth` needs a year before, `planned` an annual plan."""

    label: str
    quota: Figure
    awarded: Figure
    in_period: Figure
    pct: Figure
    rank: Figure | None = None
    ahead: Figure | None = None
    growth: Figure | None = None
    over: Figure | None = None
    planned: Figure | None = None
    planned_pct: Figure | None = None


@dataclass(frozen=True, slots=True)
class QuotaView:
    """Progress of one level against its quotas, by category or by unit."""

    level: Level
    by: str
    clause: str
    lines: list[QuotaLine]
    total: QuotaLine
    months: list[Figure]
    months_to_date: list[Figure]

    @property
    def title(self) -> str:
        return f"{self.level.name.zh}分{self.by}名额完成情况表"

    @property
    def leaders(self) -> list[QuotaLine]:
        """Ranks 1 to 3 of those that have awards, best first."""
        ranked = [line for line in self.lines if line.awarded.value and line.rank and line.rank.value]
        best = [line for line in ranked if line.rank.value <= LEADERS]
        return sorted(best, key=lambda line: line.rank.value)

    @property
    def over(self) -> list[QuotaLine]:
        """Those with more awards than their target."""
        return [line for line in self.lines if line.over is not None and line.over.value]

    @property
    def without_awards(self) -> list[str]:
        return [line.label for line in self.lines if not line.awarded.value]


@dataclass(frozen=True, slots=True)
class Line:
    """A named row of figures. `note` is what stands beside the name."""

    label: str
    note: str
    cells: list[Figure | None]
    total: Figure | None = None


@dataclass(frozen=True, slots=True)
class TableView:
    """Rows of figures under `heads` (code → word), with a row of totals. `asides` are names told in words alone."""

    heads: dict[str, str]
    lines: list[Line]
    total: Line
    asides: dict[str, list[str]] = field(default_factory=dict)

    def total_of(self, code: str) -> Figure:
        return self.total.cells[list(self.heads).index(code)]

    def labels_where(self, code: str) -> list[str]:
        """Names of the rows whose cell under this head is above zero."""
        place = list(self.heads).index(code)
        return [line.label for line in self.lines if line.cells[place].value]

    @property
    def is_empty(self) -> bool:
        return self.total.total is not None and not self.total.total.value

    @property
    def empty_labels(self) -> list[str]:
        return [line.label for line in self.lines if line.total is not None and not line.total.value]


@dataclass(frozen=True, slots=True)
class CriteriaView:
    """Verdicts of one level, criterion by criterion."""

    level: Level
    candidates: Figure
    heads: dict[str, str]
    lines: list[tuple[Criterion, list[Figure]]]

    @property
    def measure(self) -> str:
        """What candidates are counted by: persons, or bases."""
        return "名" if self.level.subject == "person" else "个"

    @property
    def failures(self) -> list[tuple[Criterion, Figure]]:
        """The criteria that most candidates failed, worst first."""
        place = list(self.heads).index("fail")
        failed = [(criterion, cells[place]) for criterion, cells in self.lines if cells[place].value]
        return sorted(failed, key=lambda pair: -pair[1].value)[:LEADERS]


@dataclass(frozen=True, slots=True)
class TaskLine:
    """One result of a task: in all, and by the words of a column, where it is told so."""

    name: str
    measure: str
    total: Figure
    parts: list[tuple[str, Figure]]


@dataclass(frozen=True, slots=True)
class TaskView:
    """The results of one task. `parted` is the first of them that has parts."""

    name: str
    lines: list[TaskLine]
    parted: TaskLine | None


@dataclass(frozen=True, slots=True)
class TargetView:
    """Targets of an indicator by unit: target, reached so far, completion."""

    name: str
    measure: str
    clause: str
    lines: list[Line]
    total: Line

    @property
    def title(self) -> str:
        return f"{self.name}目标完成情况表"


@dataclass(frozen=True, slots=True)
class AwardList:
    """Who was granted one level's title in the window, of whom may be listed; `granted` counts all."""

    level: Level
    granted: Figure
    rows: list[Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Scorecard:
    """What a card prints. `quotas` are (name, line); `tasks` are (name, measure word, of the unit, of all)."""

    name: str
    quotas: list[tuple[str, QuotaLine]]
    contests_owed: Figure | None
    contests_held: Figure | None
    tasks: list[tuple[str, str, Figure, Figure]]
    returns: Line
    all_returns: TableView


def quota_views(content: Content) -> list[QuotaView]:
    return [_quota_view(content, table) for table in _title_tables(content)]


def target_views(content: Content) -> list[TargetView]:
    """What has targets in other things than titles, in the order of the quota tables."""
    return [
        _target_view(content, table) for table in content.programme.quotas
        if table.indicator is not None and table.in_force(content.window[1])
    ]


def _target_view(content: Content, table: QuotaTable) -> TargetView:
    item = next(item for item in content.programme.indicators if item.code == table.indicator)
    get = content.figures.get
    codes = (item.target_code, item.to_date_code, item.reached_code)
    lines = [
        Line(unit_label(content.programme, unit), "", [get(code, unit=unit) for code in codes])
        for unit in _ordered(content.programme, table)
    ]
    return TargetView(item.name.zh, item.measure, table.clause, lines, Line("合计", "", [get(code) for code in codes]))


def _quota_view(content: Content, table: QuotaTable) -> QuotaView:
    lines = [
        _quota_line(content, _name(content.programme, table.by, code), level=table.level, **{table.by: code})
        for code in _ordered(content.programme, table)
    ]
    return QuotaView(
        level=content.programme.level(table.level),
        by=table.by_name.zh if table.by_name else BY[table.by],
        clause=table.clause,
        lines=lines,
        total=_quota_line(content, "合计", level=table.level),
        months=content.figures.rows("awarded_by_month_count", "month", level=table.level),
        months_to_date=content.figures.rows("awarded_to_month_count", "month", level=table.level),
    )


def _quota_line(content: Content, label: str, **labels: str) -> QuotaLine:
    get = content.figures.get
    return QuotaLine(
        label=label,
        quota=get("quota", **labels),
        awarded=get("awarded_count", **labels),
        in_period=get("awarded_in_period_count", **labels),
        pct=get("completion_pct", **labels),
        rank=content.figures.find("completion_rank", **labels),
        ahead=content.figures.find("completion_ahead_pp", **labels),
        growth=content.figures.find("awarded_yoy_pct", **labels),
        over=content.figures.find("over_quota_count", **labels),
        planned=content.figures.find("planned_count", **labels),
        planned_pct=content.figures.find("plan_completion_pct", **labels),
    )


def _ordered(programme: Programme, table: QuotaTable) -> list[str]:
    """The codes of a quota table in the official order of its dimension."""
    listed = programme.categories if table.by == "category" else programme.units
    return [item.code for item in listed if item.code in table.targets]


def _name(programme: Programme, by: str, code: str) -> str:
    if by == "unit":
        return unit_label(programme, code)
    return next(category.name.zh for category in programme.categories if category.code == code)


def event_view(content: Content) -> TableView:
    programme, get = content.programme, content.figures.get
    cadences = [cadence.code for cadence in programme.cadences]
    lines = [
        Line(
            label=competition.name.zh,
            note="、".join(programme.unit(lead).name.zh for lead in competition.leads),
            cells=[get("event_count", cadence=cadence, competition=competition.code) for cadence in cadences],
            total=get("event_count", competition=competition.code),
        )
        for competition in _in_force(programme.competitions, content.window[1])
    ]
    total = Line("合计", "", [get("event_count", cadence=cadence) for cadence in cadences], get("event_count"))
    return TableView({cadence.code: cadence.name.zh for cadence in programme.cadences}, lines, total)


def contest_lines(content: Content) -> list[tuple[str, Figure, Figure]]:
    """(cadence, contests owed, contests held) of each cadence of which some were owed in the window."""
    owed = {label_of(figure, "cadence"): figure for figure in content.figures.rows("contest_due_count", "cadence")}
    return [
        (cadence.name.zh, owed[cadence.code], content.figures.get("contest_met_count", cadence=cadence.code))
        for cadence in content.programme.cadences if cadence.code in owed
    ]


def _in_force(items: list, day: date) -> list:
    return [item for item in items if item.in_force(day)]


def task_views(content: Content) -> list[TaskView]:
    """The programme's indicators, task by task, in their order."""
    lines: dict[str, list[TaskLine]] = {}
    for item in content.programme.indicators:
        lines.setdefault(item.task, []).append(TaskLine(
            item.name.zh, item.measure, content.figures.get(item.code), _parts(content, item)
        ))
    return [TaskView(task, found, next((line for line in found if line.parts), None)) for task, found in lines.items()]


def _parts(content: Content, item: Indicator) -> list[tuple[str, Figure]]:
    column = next((key for key in item.by if key != "unit"), None)
    if column is None:
        return []
    words = content.programme.choices_of(content.programme.forms[item.form].column(column))
    return [(_apart(said[0]), content.figures.get(item.code, **{column: code})) for code, said in words.items()]


def _apart(word: str) -> str:
    """A word before its number: one in Latin letters needs a space."""
    return f"{word} " if word[-1].isascii() else word


def criteria_views(content: Content) -> list[CriteriaView]:
    """Levels of which verdicts were computed, in the programme's order."""
    return [
        _criteria_view(content, level)
        for level in content.programme.levels
        if content.figures.rows("criterion_verdict_count", "criterion", "verdict", level=level.code)
    ]


def _criteria_view(content: Content, level: Level) -> CriteriaView:
    get = content.figures.get
    return CriteriaView(
        level=level,
        candidates=get("candidate_count", level=level.code),
        heads=verdict_words(),
        lines=[
            (
                criterion,
                [
                    get("criterion_verdict_count", criterion=criterion.code, level=level.code, verdict=verdict)
                    for verdict in VERDICTS
                ],
            )
            for criterion in level.criteria
            if criterion.in_force(content.window[1])
        ],
    )


def return_view(content: Content) -> TableView:
    """Units that owe returns in the window, in the official order."""
    programme, figures = content.programme, content.figures
    owing = set(figures.values("return_count", "unit", state="expected"))
    lines = [
        Line(unit.name.zh, "", [figures.get("return_count", state=state, unit=unit.code) for state in RETURN_STATES])
        for unit in programme.units
        if unit.code in owing
    ]
    total = Line("合计", "", [figures.get("return_count", state=state) for state in RETURN_STATES])
    asides = {state: _units_in(content, state) for state in RETURN_ASIDES}
    return TableView(return_state_words(), lines, total, asides=asides)


def _units_in(content: Content, state: str) -> list[str]:
    """The units with a return in this state, in the official order."""
    figures = content.figures
    return [
        unit.name.zh for unit in content.programme.units
        if figures.has("return_count", state=state, unit=unit.code)
        and figures.get("return_count", state=state, unit=unit.code).value
    ]


def scorecard_view(content: Content) -> Scorecard:
    """One unit's own figures beside the whole city's: what it selects, the contests it owes, its tasks, its returns."""
    programme, figures, unit = content.programme, content.figures, content.copy.unit
    assert unit is not None
    led = {item.category for item in programme.competitions if item.leads[0] == unit}
    quotas = [
        (view.level.name.zh if code == unit else f"{view.level.name.zh}·{line.label}", line)
        for view, table in zip(quota_views(content), _title_tables(content), strict=True)
        for code, line in zip(_ordered(programme, table), view.lines, strict=True)
        if code == unit or (table.by == "category" and code in led)
    ]
    tasks = [
        (item.name.zh, item.measure, figures.get(item.code, unit=unit), figures.get(item.code))
        for item in programme.indicators
        if "unit" in item.by and figures.has(item.code, unit=unit)
    ]
    owed = figures.find("contest_due_count", unit=unit)
    return Scorecard(
        programme.unit(unit).name.zh, quotas, owed, figures.find("contest_met_count", unit=unit), tasks,
        next(line for line in return_view(content).lines if line.label == programme.unit(unit).name.zh),
        return_view(content),
    )


def award_lists(content: Content) -> list[AwardList]:
    """The levels that the report lists, in the programme's order."""
    report, rows = content.programme.reports.get(content.kind), listable(content.lists.awardees, content.programme)
    return [
        AwardList(level, content.figures.get("awarded_in_period_count", level=level.code),
                  [row for row in rows if row["level"] == level.code])
        for level in content.programme.levels if report and level.code in report.lists_levels
    ]


def _title_tables(content: Content) -> list[QuotaTable]:
    return [
        table for table in content.programme.quotas if table.level is not None and table.in_force(content.window[1])
    ]


def exclusions(content: Content) -> list[tuple[str, Figure]]:
    """(reason, count) of the awards that the rules leave out; reasons without any are not told."""
    rows = content.figures.rows("award_excluded_count", "reason")
    return [(exclusion_reason(label_of(figure, "reason")), figure) for figure in rows if figure.value]
