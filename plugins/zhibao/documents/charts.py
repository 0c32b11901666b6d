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
    top, left = Decimal(22), Decimal(EM * max(len(_short(line.label)) for line in view.lines) + 8)
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
            label=_short(line.label), value=number(line.pct), detail=detail, x=_pt(left), y=_pt(y), width=_pt(width),
            height=_pt(BAR), label_x=_pt(left - 6), label_y=_pt(y + BASELINE), value_x=_pt(value_x),
            value_y=_pt(y + BASELINE), detail_x=_pt(WIDTH),
        ))
    base = top + ROW * len(view.lines)
    return Chart(
        width=WIDTH, height=_pt(base + 16), bars=bars, top=_pt(top), base=_pt(base), left=_pt(left), right=_pt(right),
        ticks=[Tick(_pt(left + (right - left) * tick / most), f"{tick}%") for tick in _ticks(most)],
        mark=_mark(elapsed, left, right, most),
        heads=(Tick(_pt(value_x), "完成率"), Tick(_pt(WIDTH), "累计/目标")),
        description=_describe(
            f"{view.level.name.zh}分{view.by}完成率", [(line.label, number(line.pct)) for line in view.lines],
            f"序时进度{number(elapsed)}",
        ),
    )


def month_chart(view: QuotaView) -> Chart:
    """Awards of each month as columns."""
    months = [(month_zh(label_of(figure, "month")), figure) for figure in view.months]
    return column_chart(f"{view.level.name.zh}各月授予人数", months)


def column_chart(title: str, columns: Sequence[tuple[str, Figure]]) -> Chart:
    """A column for each labelled figure, with its value above it."""
    step = Decimal(WIDTH - 20) / max(len(columns), 1)
    width = min(step * Decimal("0.5"), Decimal(26))
    most = max((figure.value or Decimal(0) for _, figure in columns), default=Decimal(0))
    base = Decimal(MONTH_TOP + (MONTH_HEIGHT if most else 0))
    bars = []
    for place, (label, figure) in enumerate(columns):
        height = MONTH_HEIGHT * (figure.value or Decimal(0)) / (most or 1)
        middle = 10 + step * place + step / 2
        bars.append(Bar(
            label=label, value=number(figure), x=_pt(middle - width / 2),
            y=_pt(base - height), width=_pt(width), height=_pt(height), label_x=_pt(middle), label_y=_pt(base + 13),
            value_x=_pt(middle), value_y=_pt(base - height - 4),
        ))
    return Chart(
        width=WIDTH, height=_pt(base + MONTH_FOOT), bars=bars, ticks=[], top=_pt(MONTH_TOP), base=_pt(base),
        left="10", right=_pt(WIDTH - 10),
        description=_describe(title, [(label, number(figure)) for label, figure in columns], ""),
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
    return Tick(_pt(left + (right - left) * min(elapsed.value, most) / most), f"序时进度 {number(elapsed)}")


def _describe(title: str, pairs: list[tuple[str, str]], tail: str) -> str:
    listed = "，".join(f"{label}{value}" for label, value in pairs)
    return f"{title}：{listed or '无数据'}" + (f"；{tail}。" if tail else "。")


def _short(label: str) -> str:
    return label if len(label) <= LABEL_MOST else label[: LABEL_MOST - 1] + "…"


def _pt(value: Decimal | int) -> str:
    return format(Decimal(value).quantize(Decimal("0.01")).normalize(), "f")
