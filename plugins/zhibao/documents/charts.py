"""Where each mark of a chart stands. The macros of charts.html.j2 draw it as SVG, so that its text stays text.

Lengths are points on a drawing as wide as the type area (156 mm). Shades differ enough for a grey print.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from zhibao.documents.model import label_of
from zhibao.documents.numbers import month_zh, number
from zhibao.documents.views import QuotaView
from zhibao.figures import Figure

WIDTH = 442
EM = 9  # size of a label
LABEL_MOST = 18  # characters of a label; a longer one is shortened in the drawing, never in the table
ROW, BAR = 13, 8
BASELINE = Decimal(7)  # of a label, below the top of its bar
PCT_MOST = Decimal(200)  # bars beyond are drawn to the edge; their label tells the value
MONTH_HEIGHT, MONTH_TOP, MONTH_FOOT = 84, 16, 18


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar with its texts: `x`, `y`, `width`, `height` of the bar; `label`, `value` and `detail` with their places."""

    label: str
    value: str
    x: str
    y: str
    width: str
    height: str
    label_x: str
    label_y: str
    value_x: str
    value_y: str
    detail: str = ""
    detail_x: str = ""
    top_height: str = ""


@dataclass(frozen=True, slots=True)
class Tick:
    x: str
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing: `description` says in words what it shows, for whoever cannot see it."""

    width: int
    height: str
    description: str
    bars: list[Bar]
    ticks: list[Tick]
    top: str
    base: str
    left: str
    right: str
    mark: Tick | None = None
    heads: tuple[Tick, ...] = ()


def progress_chart(view: QuotaView, elapsed: Figure) -> Chart:
    """Completion of each row as a bar, with the time elapsed as a dashed line across all."""
    top, left = Decimal(22), Decimal(EM * max(len(short(line.label)) for line in view.lines) + 8)
    details = [f"{number(line.awarded)}/{number(line.quota)}" for line in view.lines]
    detail_x = WIDTH - _digits(details)
    value_x = detail_x - 12
    right = value_x - _digits([number(line.pct) for line in view.lines]) - 10
    most = _scale([line.pct.value for line in view.lines])
    bars = []
    for place, (line, detail) in enumerate(zip(view.lines, details, strict=True)):
        y = top + ROW * place + Decimal(ROW - BAR) / 2
        width = (right - left) * min(line.pct.value or Decimal(0), most) / most
        bars.append(Bar(
            label=short(line.label), value=number(line.pct), detail=detail, x=pt(left), y=pt(y), width=pt(width),
            height=pt(BAR), label_x=pt(left - 6), label_y=pt(y + BASELINE), value_x=pt(value_x),
            value_y=pt(y + BASELINE), detail_x=pt(WIDTH),
        ))
    base = top + ROW * len(view.lines)
    return Chart(
        width=WIDTH, height=pt(base + 16), bars=bars, top=pt(top), base=pt(base), left=pt(left), right=pt(right),
        ticks=[Tick(pt(left + (right - left) * tick / most), f"{tick}%") for tick in _ticks(most)],
        mark=_mark(elapsed, left, right, most),
        heads=(Tick(pt(value_x), "完成率"), Tick(pt(WIDTH), "累计/目标")),
        description=_describe(
            f"{view.level.name.zh}分{view.by}完成率", [(line.label, number(line.pct)) for line in view.lines],
            f"序时进度{number(elapsed)}",
        ),
    )


def month_chart(view: QuotaView) -> Chart:
    """What had been awarded by the end of each month as columns; their tops, set off, are the month's own awards."""
    months = [
        (month_zh(label_of(total, "month")), total, added)
        for total, added in zip(view.months_to_date, view.months, strict=True)
    ]
    return column_chart(
        f"{view.level.name.zh}累计授予人数（括号内为当月）",
        [(label, total) for label, total, _ in months], [added for *_, added in months],
    )


def column_chart(title: str, columns: Sequence[tuple[str, Figure]], tops: Sequence[Figure] = ()) -> Chart:
    """A column for each labelled figure, with its value above it; `tops` are the parts of them that are set off."""
    step = Decimal(WIDTH - 20) / max(len(columns), 1)
    width = min(step * Decimal("0.5"), Decimal(26))
    most = max((figure.value or Decimal(0) for _, figure in columns), default=Decimal(0))
    base = Decimal(MONTH_TOP + (MONTH_HEIGHT if most else 0))
    bars = []
    for (place, (label, figure)), top in zip(enumerate(columns), tops or [None] * len(columns), strict=True):
        height = MONTH_HEIGHT * (figure.value or Decimal(0)) / (most or 1)
        middle = 10 + step * place + step / 2
        bars.append(Bar(
            label=label, value=number(figure), x=pt(middle - width / 2),
            y=pt(base - height), width=pt(width), height=pt(height), label_x=pt(middle), label_y=pt(base + 13),
            value_x=pt(middle), value_y=pt(base - height - 4),
            detail=f"（{number(top)}）" if top else "",
            top_height=pt(MONTH_HEIGHT * (top.value or Decimal(0)) / (most or 1)) if top else "",
        ))
    return Chart(
        width=WIDTH, height=pt(base + MONTH_FOOT + (EM + 2 if tops else 0)), bars=bars, ticks=[], top=pt(MONTH_TOP),
        base=pt(base), left="10", right=pt(WIDTH - 10),
        description=_describe(title, [(bar.label, bar.value + bar.detail) for bar in bars], ""),
    )


def _digits(texts: list[str]) -> Decimal:
    """Room for the longest text of digits, and for the head above it."""
    return max(Decimal(max(map(len, texts))) * EM / 2, Decimal(4 * EM))


def _scale(values: list[Decimal | None]) -> Decimal:
    """What the right edge stands for: 100 %, or more when a row is over it."""
    most = max((value for value in values if value is not None), default=Decimal(0))
    if most <= 100:
        return Decimal(100)
    return min((most / 50).to_integral_value("ROUND_CEILING") * 50, PCT_MOST)


def _ticks(most: Decimal) -> list[Decimal]:
    step = 25 if most <= 100 else 50
    return [Decimal(value) for value in range(0, int(most) + 1, step)]


def _mark(elapsed: Figure, left: Decimal, right: Decimal, most: Decimal) -> Tick | None:
    if elapsed.value is None:
        return None
    return Tick(pt(left + (right - left) * min(elapsed.value, most) / most), f"序时进度 {number(elapsed)}")


def _describe(title: str, pairs: list[tuple[str, str]], tail: str) -> str:
    listed = "，".join(f"{label}{value}" for label, value in pairs)
    return f"{title}：{listed or '无数据'}" + (f"；{tail}。" if tail else "。")


def short(label: str) -> str:
    return label if len(label) <= LABEL_MOST else label[: LABEL_MOST - 1] + "…"


def pt(value: Decimal | int) -> str:
    return format(Decimal(value).quantize(Decimal("0.01")).normalize(), "f")
