"""A unit's habits: each office fills in its returns its own way, month after month."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any, Literal

from zhibao.period import Period
from zhibao.programme.models import Column, Form, Programme, Unit

HAN = "〇一二三四五六七八九"
DATE_HABITS = ("excel", "iso", "dot", "slash", "zh", "compact")
# How a period is written, by its cadence; an office keeps to one place of each row.
PERIOD_HABITS = {
    "monthly": ("{y}年{m}月", "{y}-{m:02d}", "{y}.{m}", "{y}年{m:02d}月"),
    "quarterly": ("{y}年第{han}季度", "{y}Q{m}", "{y}年{m}季度", "{y}年{han}季度"),
    "annual": ("{y}年", "{y}", "{y}年度", "{y}年"),
}
SHORT_PERIODS = {"monthly": "{m}月", "quarterly": "{han}季度", "annual": "全年"}
PERIOD_CODES = {"monthly": "{y}{m:02d}", "quarterly": "{y}Q{m}", "annual": "{y}"}
FILE_HABITS = (
    "{unit}_{form}_{period}",
    "{period}{form}（最终版）",
    "{unit}{short}{form}{y}",
    "{form}-{code}-{unit}",
    "{period}{form}（盖章版）",
)
FORM_WORDS = {"candidate": "候选人名册", "selection_result": "评审公示表彰表", "event": "赛事台账"}
DISTRICT_PLACES = (3, 4)  # totals and 万元: habits that some office with many rows must have
OPENING = 5  # columns of a table that a shuffled order keeps in front
# Columns that an office which cuts its table short leaves out: optional, and no criterion needs them.
DISPENSABLE = {
    "id_type",
    "gender",
    "industry_code",
    "registered_division",
    "business_address",
    "project_summary",
    "insured_count",
    "attachments",
    "sponsor",
    "co_organiser",
    "organiser",
    "coverage",
    "objection",
    "remark",
    "online_view_count",
}


@dataclass(frozen=True, slots=True)
class Style:
    """What a unit always does. The counts are rows; `headers` holds the synonyms that it prefers."""

    unit: str
    unit_word: str
    file_habit: str
    file_format: Literal["xlsx", "utf-8-sig", "gb18030"] = "xlsx"
    titles: int = 1
    title_merged: bool = True
    head_place: Literal["after_title", "before_title"] = "after_title"
    head_layout: Literal["one_cell", "neighbours"] = "neighbours"
    head_per_row: int = 2
    header_rows: Literal["single", "groups", "split"] = "single"
    shuffled: bool = False
    numbered: bool = False
    contact: bool = False
    terse: bool = False
    synonyms: bool = False
    aliases: bool = False
    dates: str = "iso"
    period_habit: int = 0
    money: Literal["yuan", "wan_by_head", "wan_by_header"] = "yuan"
    total: bool = False
    sample_row: bool = False
    hidden_sheet: bool = False
    instructions: Literal["before", "after"] | None = None
    empty_rows: int = 0
    footer: int = 0
    filtered: bool = False
    blank: str | None = None
    series_as_number: bool = False
    headers: dict[tuple[str, str], str] = field(default_factory=dict)
    order: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def wan(self) -> bool:
        return self.money != "yuan"


def style_units(programme: Programme, seed: int, units: list[Unit]) -> dict[str, Style]:
    """One style a unit. Options rotate through a shuffled list of units, so that every habit has somebody."""
    rng = Random(f"{seed}:styles")
    shuffled = rng.sample(units, len(units))
    for place in DISTRICT_PLACES:
        at = next((at for at in range(place, len(shuffled)) if shuffled[at].kind == "district"), place)
        shuffled[place], shuffled[at] = shuffled[at], shuffled[place]
    return {unit.code: _style(programme, rng, unit, place) for place, unit in enumerate(shuffled)}


def tidy_styles(programme: Programme, units: list[Unit]) -> dict[str, Style]:
    """The template's own shape for each unit."""
    orders = _orders(programme, Random(0), False, False)
    return {unit.code: Style(unit.code, unit.name.zh, FILE_HABITS[0], order=orders) for unit in units}


def _style(programme: Programme, rng: Random, unit: Unit, place: int) -> Style:
    """`place` is the unit's turn: 0 keeps the template, 1 and 2 send text files, the others have some mess."""
    if place == 0:
        return Style(unit.code, unit.name.zh, FILE_HABITS[0], order=_orders(programme, rng, False, False))
    csv = {1: "utf-8-sig", 2: "gb18030"}.get(place, "xlsx")
    shuffled, terse, synonyms = place % 3 == 1, place % 4 == 1, place % 2 == 1
    return Style(
        unit=unit.code,
        unit_word=rng.choice([unit.name.zh, *unit.aliases]),
        file_habit=FILE_HABITS[place % len(FILE_HABITS)],
        file_format=csv,  # type: ignore[arg-type]
        titles=place % 3,
        title_merged=place % 2 == 0,
        head_place="before_title" if place % 4 == 2 else "after_title",
        head_layout="one_cell" if place % 2 == 1 else "neighbours",
        head_per_row=1 + place % 3,
        header_rows="single"
        if place < 3
        else {3: "split", 6: "groups", 9: "groups", 14: "groups"}.get(place, "single"),  # type: ignore[arg-type]
        shuffled=shuffled,
        numbered=place % 2 == 0,
        contact=place % 5 == 3,
        terse=terse,
        synonyms=synonyms,
        aliases=place % 3 == 2,
        dates=DATE_HABITS[place % len(DATE_HABITS)],
        period_habit=place % len(PERIOD_HABITS["monthly"]),
        money={4: "wan_by_head", 7: "wan_by_header", 11: "wan_by_header", 16: "wan_by_head"}.get(place, "yuan"),  # type: ignore[arg-type]
        total=place % 3 == 0,
        sample_row=place in (5, 12),
        hidden_sheet=place in (8, 13),
        instructions={6: "before", 10: "after", 15: "before"}.get(place),  # type: ignore[arg-type]
        empty_rows=rng.randint(2, 6) if place in (8, 10, 14) else 0,
        footer=place % 4,
        filtered=place == 17,
        blank={5: "无", 9: "/", 13: "—"}.get(place),
        series_as_number=place % 2 == 0,
        headers=_synonyms(programme, rng) if synonyms else {},
        order=_orders(programme, rng, shuffled, terse),
    )


def _synonyms(programme: Programme, rng: Random) -> dict[tuple[str, str], str]:
    return {
        (form.code, column.code): rng.choice(column.synonyms)
        for form in programme.forms.values()
        for column in form.columns
        if column.synonyms and rng.random() < 0.5
    } | {
        ("head", label.code): rng.choice(label.synonyms)
        for label in programme.head
        if label.synonyms and rng.random() < 0.3
    }


def _orders(programme: Programme, rng: Random, shuffled: bool, terse: bool) -> dict[str, tuple[str, ...]]:
    orders = {}
    for form in programme.forms.values():
        codes = [column.code for column in form.columns if not (terse and column.code in DISPENSABLE)]
        orders[form.code] = tuple(_swapped(rng, codes) if shuffled else codes)
    return orders


def _swapped(rng: Random, codes: list[str]) -> list[str]:
    """The key stays first, the next few change places among themselves, as do the others; a notice's end follows.

    So no row opens with a fictional name: 示例 in the first cells would say that the row is an example.
    """
    near, far = codes[1:OPENING], [code for code in codes[OPENING:] if code != "notice_to_on"]
    rng.shuffle(near)
    rng.shuffle(far)
    if "notice_to_on" in codes:
        far.insert(far.index("notice_from_on") + 1, "notice_to_on")
    return [codes[0], *near, *far]


def file_stem(style: Style, programme: Programme, form: Form, period: Period) -> str:
    return style.file_habit.format(
        unit=programme.unit(style.unit).name.zh, form=FORM_WORDS.get(form.code, form.name.zh), y=period.year,
        period=period.zh(), short=_spell(SHORT_PERIODS[period.cadence], period),
        code=_spell(PERIOD_CODES[period.cadence], period),
    )  # fmt: skip


def period_word(style: Style, period: Period) -> str:
    return _spell(PERIOD_HABITS[period.cadence][style.period_habit], period)


def _spell(pattern: str, period: Period) -> str:
    return pattern.format(y=period.year, m=period.part, han=HAN[period.part % len(HAN)])


def choice_word(programme: Programme, style: Style, column: Column, code: str) -> str | int:
    words = programme.choices_of(column)[code]
    if column.choices == "competitions":
        return int(words[0]) if style.series_as_number else words[1]
    return words[1] if style.aliases and len(words) > 1 else words[0]


def date_word(day: date, habit: str) -> str | date:
    """The day in one of the spellings of DOMAIN §4; an Excel date stays a date."""
    if habit == "han":
        return f"{_han_year(day.year)}年{_han(day.month)}月{_han(day.day)}日"
    spelled = {
        "iso": f"{day:%Y-%m-%d}",
        "dot": f"{day.year}.{day.month}.{day.day}",
        "slash": f"{day:%Y/%m/%d}",
        "zh": f"{day.year}年{day.month}月{day.day}日",
        "compact": f"{day:%Y%m%d}",
    }
    return spelled.get(habit, day)


def _han_year(year: int) -> str:
    return "".join(HAN[int(digit)] for digit in str(year))


def _han(number: int) -> str:
    """1 to 99 in Chinese figures: 三, 十二, 二十, 二十七."""
    tens, ones = divmod(number, 10)
    return ("" if tens < 2 else HAN[tens]) + ("十" if tens else "") + (HAN[ones] if ones else "")


def han_month(day: date) -> str:
    return f"{_han_year(day.year)}年{_han(day.month)}月"


def render(programme: Programme, style: Style, column: Column, value: Any) -> Any:
    """The clean `value` as this office writes it in a cell."""
    if value is None:
        return style.blank if column.type == "text" and not column.required and column.required_when is None else None
    if column.choices:
        return choice_word(programme, style, column, value)
    if isinstance(value, date):
        habit = "iso" if style.dates == "excel" and style.file_format != "xlsx" else style.dates
        return date_word(value, habit)
    if isinstance(value, Decimal):
        return _number(value / 10_000 if style.wan and column.type == "money" else value)
    return value


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)
