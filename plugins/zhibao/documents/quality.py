"""Orders the figures of the data-quality report into tables: the PDF, the page and the workbook print the same ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from zhibao.documents.model import Content, label_of
from zhibao.documents.words import RETURN_STATES, return_state_words
from zhibao.figures import Figure
from zhibao.period import Period
from zhibao.programme.models import Column
from zhibao.rules import RuleWords, rule_words
from zhibao.warehouse.catalogue import load_catalogue

QUALITY = "data-quality"
SEVERITIES = ("error", "query", "warning")
DECISIONS = ("accept", "reject", "waiting")
# Of the states of a return, those that the tables of quality name; a nil return is an accepted one.
STATES = tuple(state for state in RETURN_STATES if state != "nil")
RULES_PRINTED = 20

# A count that no figure stands for, since nothing was found to count.
ZERO = Decimal(0)

Cell = Figure | Decimal | str


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of words and figures under `heads`; `words` is the number of columns, from the left, that hold words.

    `widths` (mm) are those of a printed page, which leaves out a column of width 0; `printed` are the rows that it
    shows, `note` what it says below them. The browser's page and the workbook show all.
    """

    code: str
    title: str
    heads: tuple[str, ...]
    widths: tuple[float, ...]
    words: int
    rows: Sequence[Sequence[Cell]]
    printed: Sequence[Sequence[Cell]]
    note: str = ""


@dataclass(frozen=True, slots=True)
class QualityView:
    """`trend` are the errors of each period, oldest first; `corrected` the units that corrected what had passed."""

    tables: list[Table]
    trend: list[tuple[str, Figure]]
    corrected: list[tuple[str, Figure]]


def quality_view(content: Content) -> QualityView:
    figures = content.figures
    corrected = [
        (content.programme.unit(label_of(figure, "unit")).name.zh, figure)
        for figure in figures.rows("correction_count", "unit") if figure.value
    ]
    trend = [
        (_short(Period.parse(label_of(figure, "period"))), figure)
        for figure in _oldest_first(figures.rows("finding_count", "period", severity="error"))
    ]
    tables = [_units(content), _forms(content), _rules(content), _trend(content), _explanations(content),
              _columns(content)]
    return QualityView(tables, trend, corrected)


def _units(content: Content) -> Table:
    get = content.figures.get
    rows = [
        [
            unit.name.zh, *(get("return_count", state=state, unit=unit.code) for state in STATES),
            *(get(name, unit=unit.code) for name in ("first_pass_pct", "on_time_pct", "complete_pct")),
            get("finding_count", unit=unit.code), get("finding_before_count", unit=unit.code),
        ]
        for unit in content.programme.units if content.figures.has("return_count", state="expected", unit=unit.code)
    ]
    rows.append([
        "合计", *(get("return_count", state=state) for state in STATES),
        *(get(name) for name in ("first_pass_pct", "on_time_pct", "complete_pct")),
        get("finding_count"), get("finding_before_count"),
    ])
    heads = ("单位", *_state_heads(), "一次通过率", "及时率", "完整率", "问题", "上期问题")
    return Table("units", "分单位报送质量", heads, (31.5, *[8] * 6, 18, 15, 15, 13, 15.5), 1, rows, rows)


def _forms(content: Content) -> Table:
    get = content.figures.get
    rows = [
        [
            form.name.zh, *(get("return_by_form_count", form=form.code, state=state) for state in STATES),
            get("first_pass_pct", form=form.code),
            *(get("finding_count", form=form.code, severity=severity) for severity in SEVERITIES),
            get("finding_before_count", form=form.code), get("correction_count", form=form.code),
        ]
        for form in content.programme.forms.values()
        if content.figures.has("return_by_form_count", form=form.code, state="expected")
    ]
    heads = ("表种", *_state_heads(), "一次通过率", *_words("severity", SEVERITIES), "上期问题", "更正")
    return Table("forms", "分表种报送质量", heads, (30, *[8] * 6, 18, 11, 11, 11, 15, 12), 1, rows, rows)


def _rules(content: Content) -> Table:
    figures, known = content.figures, rule_words(content.programme)
    found = {label_of(figure, "rule"): figure for figure in figures.rows("finding_count", "rule")}
    before = {label_of(figure, "rule"): figure for figure in figures.rows("finding_before_count", "rule")}
    returned = {label_of(figure, "rule"): figure for figure in figures.rows("rule_returned_count", "rule")}
    delay = {label_of(figure, "rule"): figure for figure in figures.rows("rule_delay_days", "rule")}
    codes = sorted(found, key=lambda code: (-returned[code].value, -found[code].value, code))
    gone = [code for code in before if code not in found and before[code].value]
    rows = [
        [_rule_says(known, code), code, _rule_kind(known, code), found.get(code) or ZERO, before.get(code) or ZERO,
         returned.get(code) or ZERO, delay.get(code) or ZERO]
        for code in [*codes, *gone]
    ]
    printed = rows[: min(RULES_PRINTED, len(codes))]
    note = "延误天数指首次报送有该项错误的报表从首次报送到首次通过的天数之和；一份报表有多项错误的，各规则分别计入。"
    if len(codes) > RULES_PRINTED:
        note = f"本表列出退回文件最多的{RULES_PRINTED}项规则，全部规则见网页版和电子表格。{note}"
    heads = ("规则", "代码", "性质", "本期", "上期", "退回文件", "延误天数")
    return Table("rules", "主要问题及其代价", heads, (87, 0, 12, 12, 12, 16, 17), 3, rows, printed, note)


def _trend(content: Content) -> Table:
    figures = content.figures
    periods = [label_of(figure, "period") for figure in _oldest_first(figures.rows("return_due_count", "period"))]
    rows = [
        [
            Period.parse(period).zh(),
            *(figures.get(name, period=period)
              for name in ("return_due_count", "first_pass_pct", "on_time_pct", "complete_pct")),
            *(figures.get("finding_count", period=period, severity=severity) for severity in SEVERITIES),
        ]
        for period in periods
    ]
    heads = ("报告期", "到期应报", "一次通过率", "及时率", "完整率", *_words("severity", SEVERITIES))
    return Table("trend", "各期质量变化", heads, (36, 18, 21, 18, 18, 15, 15, 15), 1, rows, rows)


def _explanations(content: Content) -> Table:
    figures, known = content.figures, rule_words(content.programme)
    codes = dict.fromkeys(label_of(figure, "rule") for figure in figures.rows("explanation_count", "decision", "rule"))
    rows = [
        [_rule_says(known, code), code,
         *(figures.find("explanation_count", decision=decision, rule=code) or ZERO for decision in DECISIONS)]
        for code in codes
    ]
    heads = ("规则", "代码", *_words("decision", DECISIONS))
    return Table("explanations", "核实性问题的书面说明", heads, (96, 0, 20, 20, 20), 2, rows, rows)


def _columns(content: Content) -> Table:
    figures = content.figures
    rows: list[Sequence[Cell]] = []
    for form in content.programme.forms.values():
        for column in form.columns:
            place = {"column": column.code, "form": form.code}
            if figures.has("cell_count", **place):
                rows.append([
                    form.name.zh, column.header, _need(column), figures.get("cell_count", **place),
                    figures.get("filled_count", **place), figures.get("filled_pct", **place),
                ])
    printed = [row for row in rows if row[3].value != row[4].value]
    heads = ("表种", "列", "要求", "记录", "已填", "填报率")
    note = "只列未填满的列；其余各列均已填满。" if rows else ""
    return Table("columns", "各列填报情况", heads, (44, 48, 16, 16, 16, 16), 3, rows, printed, note)


def _need(column: Column) -> str:
    return "必填" if column.required else "视情形" if column.required_when else "选填"


def _rule_says(known: dict[str, RuleWords], code: str) -> str:
    return known[code].says.zh if code in known else code


def _rule_kind(known: dict[str, RuleWords], code: str) -> str:
    return load_catalogue().labels["severity"][known[code].severity].zh if code in known else "—"


def _state_heads() -> list[str]:
    words = return_state_words()
    return [words[state] for state in STATES]


def _words(key: str, codes: tuple[str, ...]) -> list[str]:
    return [load_catalogue().labels[key][code].zh for code in codes]


def _oldest_first(figures: Sequence[Figure]) -> list[Figure]:
    return sorted(figures, key=lambda figure: Period.parse(label_of(figure, "period")).starts_on)


def _short(period: Period) -> str:
    """22-03, 22Q1, 2022: narrow enough for the foot of a column."""
    return str(period)[2:] if period.cadence != "annual" else str(period)
