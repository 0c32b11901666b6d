"""A made-up full set of figures for any programme: empty, typical, and with the largest numbers."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from typing import Any

from zhibao.documents import Content, Figures, FontSet, identity_of, render
from zhibao.documents.corrections import Correction
from zhibao.documents.lists import Lists, Said
from zhibao.documents.words import RETURN_STATES, VERDICTS
from zhibao.figures import Figure
from zhibao.period import Period
from zhibao.programme.calendar import window
from zhibao.programme.load import load_programme
from zhibao.programme.models import Programme, QuotaTable
from zhibao.settings import ROOT, load_settings
from zhibao.text import Text

AS_OF = datetime(2022, 11, 30, 9, 30, tzinfo=UTC)
LONG = "（含黄河上游生态文化旅游融合发展示范片区及所属各街道、乡镇、社区）"
TEMPLATES = ROOT / "report_templates"
STATE_SHARES = {
    "expected": 1, "received": 0.9, "accepted": 0.8, "returned": 0.1, "nil": 0.2, "late": 0.1, "missing": 0.1,
}


@cache
def programme() -> Programme:
    return load_programme(ROOT / "programmes" / "lanzhou-bqw")


def with_long_names() -> Programme:
    """The programme as if every category, unit and competition had a very long name."""
    made_of = programme()

    def stretched(items: list) -> list:
        return [item.model_copy(update={"name": Text(zh=item.name.zh + LONG, en="long")}) for item in items]

    return made_of.model_copy(update={
        name: stretched(getattr(made_of, name)) for name in ("categories", "units", "competitions")
    })


@cache
def font_set() -> FontSet:
    """The real fonts, brought by scripts/install-fonts.sh."""
    return FontSet.load(TEMPLATES / "fonts.yaml", load_settings().fonts_dir)


@cache
def rendered(kind: str, size: int = 1) -> bytes:
    """The PDF of a made-up document, rendered once for all tests that look at it."""
    return render(made(kind, size), TEMPLATES, font_set())


def templates_with(folder: Path, name: str, text: str) -> Path:
    """A copy of the templates with one more."""
    copy = shutil.copytree(TEMPLATES, folder / "templates")
    (copy / name).write_text(text, "utf-8")
    return copy


class Maker:
    """Collects figures; `size` scales every count (0 gives an empty year)."""

    def __init__(self, size: Decimal, period: str) -> None:
        self.size, self.period = size, period
        self.figures: list[Figure] = []

    def add(self, name: str, value: Decimal | int | None, unit: str = "person", /, **labels: str) -> Decimal:
        exact = None if value is None else Decimal(value)
        self.figures.append(Figure(name, tuple(sorted(labels.items())), exact, unit, self.period, AS_OF))
        return exact or Decimal(0)

    def scaled(self, value: float) -> int:
        return int(Decimal(value) * self.size)


def pct_of(part: Decimal, whole: Decimal) -> Decimal | None:
    return (part * 100 / whole).quantize(Decimal("0.01"), ROUND_HALF_UP) if whole else None


def _quota(maker: Maker, table: QuotaTable) -> None:
    sums = {"awarded": Decimal(0), "period": Decimal(0)}
    rates: list[tuple[Decimal, dict[str, str]]] = []
    for place, (code, target) in enumerate(table.targets.items()):
        labels = {"level": table.level, table.by: code}
        maker.add("quota", target, **labels)
        awarded = maker.add("awarded_count", maker.scaled(target * (0.15 + 0.08 * place)), **labels)
        period = maker.add("awarded_in_period_count", maker.scaled(target * 0.05 * place), **labels)
        rate = pct_of(awarded, Decimal(target))
        maker.add("completion_pct", rate, "pct", **labels)
        rates.append((rate, labels))
        sums = {"awarded": sums["awarded"] + awarded, "period": sums["period"] + period}
    for rate, labels in rates:
        maker.add("completion_rank", 1 + sum(other > rate for other, _ in rates), "rank", **labels)
    maker.add("quota", table.total, level=table.level)
    maker.add("awarded_count", sums["awarded"], level=table.level)
    maker.add("awarded_in_period_count", sums["period"], level=table.level)
    maker.add("completion_pct", pct_of(sums["awarded"], Decimal(table.total)), "pct", level=table.level)


def figures(made_of: Programme, size: Decimal, period: str, months: list[str]) -> Figures:
    maker = Maker(size, period)
    maker.add("time_elapsed_pct", Decimal("63.84"), "pct")
    for table in made_of.quotas:
        _quota(maker, table)
        for place, month in enumerate(months):
            maker.add("awarded_by_month_count", maker.scaled(place * 7 % 11), level=table.level, month=month)
            maker.add("awarded_to_month_count", maker.scaled(5 + place * 6), level=table.level, month=month)
    counted = {table.level for table in made_of.quotas}
    for level in made_of.levels:
        if level.subject == "person" and level.code not in counted:
            maker.add("awarded_in_period_count", maker.scaled(4), level=level.code)
    _verdicts(maker, made_of)
    _events(maker, made_of, months)
    _returns(maker, made_of)
    _tasks(maker, made_of)
    maker.add("query_open_count", maker.scaled(3), "query")
    for reason in ("same_person", "revoked"):
        maker.add("award_excluded_count", maker.scaled(4), "award", reason=reason)
    return Figures(maker.figures)


def _verdicts(maker: Maker, made_of: Programme) -> None:
    for level in made_of.levels:
        if level.subject != "person":
            continue
        maker.add("candidate_count", maker.scaled(137), level=level.code)
        for place, criterion in enumerate(level.criteria):
            for step, verdict in enumerate(VERDICTS):
                count = maker.scaled((place * 13 + step * 17) % 60)
                labels = {"criterion": criterion.code, "level": level.code, "verdict": verdict}
                maker.add("criterion_verdict_count", count, **labels)


def _events(maker: Maker, made_of: Programme, months: list[str]) -> None:
    for step, month in enumerate(months):
        counts = [maker.scaled((place * 5 + step * 3) % 4) for place, _ in enumerate(made_of.competitions)]
        for competition, count in zip(made_of.competitions, counts, strict=True):
            maker.add("event_by_month_count", count, "event", competition=competition.code, month=month)
        maker.add("event_by_month_count", sum(counts), "event", month=month)
    for place, competition in enumerate(made_of.competitions):
        maker.add("contest_due_count", 15, "contest", competition=competition.code)
        maker.add("contest_met_count", maker.scaled(place), "contest", competition=competition.code)
    if made_of.competitions:
        maker.add("contest_due_count", 150, "contest")
        maker.add("contest_met_count", maker.scaled(45), "contest")
    by_cadence = {cadence.code: 0 for cadence in made_of.cadences}
    for place, competition in enumerate(made_of.competitions):
        row = 0
        for step, cadence in enumerate(by_cadence):
            count = maker.scaled(0 if place == 5 else (place * 3 + step * 5) % 13)
            maker.add("event_count", count, "event", cadence=cadence, competition=competition.code)
            by_cadence[cadence] += count
            row += count
        maker.add("event_count", row, "event", competition=competition.code)
    for cadence, count in by_cadence.items():
        maker.add("event_count", count, "event", cadence=cadence)
    maker.add("event_count", sum(by_cadence.values()), "event")


def _tasks(maker: Maker, made_of: Programme) -> None:
    for place, item in enumerate(made_of.indicators):
        scale = 1_234_567 if item.unit == "yuan" else 17
        for key in item.by:
            if key != "unit":
                for step, code in enumerate(made_of.choices_of(made_of.forms[item.form].column(key))):
                    maker.add(item.code, maker.scaled(scale * (place + step)), item.unit, **{key: code})
        maker.add(item.code, maker.scaled(scale * (place + 3)), item.unit)
        for step, unit in enumerate(_districts(made_of) if "unit" in item.by else []):
            maker.add(item.code, maker.scaled(scale * (place + step)), item.unit, unit=unit)


def _districts(made_of: Programme) -> list[str]:
    return [unit.code for unit in made_of.units if unit.kind == "district"]


def _returns(maker: Maker, made_of: Programme) -> None:
    owing = [unit for unit in made_of.units if unit.kind in ("district", "lead_department")]
    totals = dict.fromkeys(RETURN_STATES, 0)
    for place, unit in enumerate(owing):
        for state in RETURN_STATES:
            count = maker.scaled((33 + place) * STATE_SHARES[state])
            maker.add("return_count", count, "return", state=state, unit=unit.code)
            totals[state] += count
        _discipline(maker, place, unit=unit.code)
    _discipline(maker, 9)
    for state, count in totals.items():
        maker.add("return_count", count, "return", state=state)


def _discipline(maker: Maker, place: int, **labels: str) -> None:
    maker.add("return_on_time_count", maker.scaled(20 + place), "return", **labels)
    for step, name in enumerate(("first_pass_pct", "on_time_pct", "complete_pct")):
        rate = Decimal(9876 - 311 * place - 97 * step) / 100 if maker.size else None
        maker.add(name, rate, "pct", **labels)


OUTCOMES = ("on_time", "on_time", "late", "returned", "missing", "on_time", "not_due")


def lists(made_of: Programme, people: int = 12) -> Lists:
    """Names, waivers, words, bases and months: something of everything that the annual report lists."""
    units = [unit.name.zh for unit in made_of.units if unit.kind in ("district", "lead_department")]
    long = LONG if "黄河" in units[0] else ""
    levels = [level for level in made_of.levels if level.subject == "person"]
    awardees = [
        {"level": level.code, "category": "women", "unit": units[place % len(units)], "name": f"测*{place % 10}",
         "venture": f"示例{place}号科技创新创业发展有限责任公司{long}", "project": f"示例项目{place}{long}"}
        for level in levels for place in range(people)
    ]
    waivers = [
        {"unit": unit, "level": levels[0].name.zh, "category": "women", "name": "测*一", "criterion": "带动就业人数",
         "reason": "虚构理由，情况属实" + long, "actor": "示例主任", "on": "2022年11月1日"} for unit in units[:3]
    ]
    moved = [Correction("2021年", f"{unit}新锐创客累计选拔人数", "12", "10,011") for unit in units[:3]]
    said = {
        section: [Said(unit, ("示例文字，均为虚构。" * 12, "第二段同样为虚构的示例文字。" * 8)) for unit in units[:3]]
        for section in ("practices", "problems", "next_steps")
    }
    bases = [
        {"level": level.code, "unit": units[place % len(units)], "name": f"示例{place}号创业孵化基地{long}",
         "verdicts": {item.code: VERDICTS[(place + step) % 5] for step, item in enumerate(level.criteria)}}
        for level in made_of.levels if level.subject != "person" for place in range(7)
    ]
    months = [
        {"unit": unit, "month": f"2022-{month:02d}", "state": OUTCOMES[(place * 3 + month) % len(OUTCOMES)]}
        for place, unit in enumerate(units) for month in range(1, 12)
    ]
    return Lists(awardees, waivers, moved, said, units[3:], bases=bases, months=months)


# Of a kind that is not listed, the year's.
PERIODS = {"monthly": "2022-10", "quarterly": "2022Q3"}


def made(kind: str, size: Decimal | int = 1, *, made_of: Programme | None = None, **changes: object) -> Content:
    """The content of a report of this kind; `changes` set fields of it."""
    period, made_of = Period.parse(PERIODS.get(kind, "2022")), made_of or programme()
    return _content(kind, period, window(made_of, period), Decimal(size), made_of, changes)


def annual(size: Decimal | int = 1, **changes: Any) -> Content:
    return made("annual", size, **changes)


def monthly(size: Decimal | int = 1, **changes: Any) -> Content:
    return made("monthly", size, **changes)


def of_kind(kind: str, **changes: object) -> Content:
    """Content for a template of the test's own."""
    return made(kind, **changes)


def _content(
    kind: str, period: Period, span: tuple[date, date], size: Decimal, made_of: Programme, changes: dict[str, Any]
) -> Content:
    months = [f"2022-{month:02d}" for month in range(span[0].month, span[1].month + 1)]
    made = figures(made_of, size, str(period), months)
    identity = identity_of(made_of, made, TEMPLATES, font_set(), AS_OF)
    return Content(made_of, kind, period, made, AS_OF, span, identity, **changes)
