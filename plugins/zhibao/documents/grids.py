"""Charts of squares: a row for each unit or competition, a column for each month; every square says what it means.

A square tells by its word and by its lightness, so that it reads in grey print and without colours. Lengths are points.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from zhibao.documents.annexes import month_rows
from zhibao.documents.charts import EM, LABEL_MOST, WIDTH, pt, short
from zhibao.documents.model import Content, label_of
from zhibao.documents.numbers import month_zh, number
from zhibao.figures import Figure
from zhibao.warehouse.catalogue import load_catalogue

ROW, HEAD, GAP, KEY = 15, 16, 2, 18
# From nothing to most; white ink stands on the dark ones.
SHADES = ("#ffffff", "#dfe6ee", "#b4c4d6", "#7d97b3", "#4a6785")
DARK = ("#7d97b3", "#4a6785")
# The worse, the more it stands out: what is in order is pale, what is missing is black.
OUTCOMES = {"on_time": "#e6ebf1", "late": "#b4c4d6", "returned": "#4a6785", "missing": "#000000", "not_due": "#ffffff"}
WHITE_ON = (*DARK, "#000000")


@dataclass(frozen=True, slots=True)
class Square:
    x: str
    y: str
    text: str
    fill: str
    ink: str
    middle: str


@dataclass(frozen=True, slots=True)
class Row:
    label: str
    y: str
    text_y: str
    squares: list[Square]


@dataclass(frozen=True, slots=True)
class Grid:
    """`key` explains the squares; `side` and `tall` are their size, `label_x` where labels end."""

    width: int
    height: str
    description: str
    heads: list[tuple[str, str]]
    rows: list[Row]
    key: list[Square]
    key_y: str
    label_x: str
    side: str
    tall: str


def contest_grid(content: Content) -> Grid | None:
    """Events of each competition by month, and of all; none for a report of a single month, or without contests."""
    competitions = [item for item in content.programme.competitions if item.in_force(content.window[1])]
    totals = content.figures.rows("event_by_month_count", "month")
    if len(totals) < 2 or not competitions:
        return None
    named = [
        (item.name.zh, content.figures.rows("event_by_month_count", "month", competition=item.code))
        for item in competitions
    ]
    most = max((figure.value or Decimal(0) for _, row in named for figure in row), default=Decimal(0))

    def fill(figure: Figure) -> str:
        steps = len(SHADES) - 1
        return SHADES[int(-(-(figure.value or 0) * steps // most))] if most else SHADES[0]

    rows = [(label, [(number(figure), fill(figure)) for figure in row]) for label, row in named]
    rows.append(("合计", [(number(figure), SHADES[0]) for figure in totals]))
    said = "；".join(f"{label}{'、'.join(text for text, _ in row)}" for label, row in rows)
    return _grid([_head(figure) for figure in totals], rows, f"各项比赛分月举办场次：{said}。", [])


def return_grid(content: Content) -> Grid | None:
    """What became of the returns that were due, unit by month; none where the lists do not tell."""
    told = month_rows(content)
    if not told:
        return None
    words = {code: text.zh for code, text in load_catalogue().labels["outcome"].items()}
    months = sorted({month for _, states in told for month in states})
    rows = [
        (unit, [(words[states[month]] if month in states else "", OUTCOMES.get(states.get(month, ""), SHADES[0]))
                for month in months])
        for unit, states in told
    ]
    behind = [(unit, _behind(states, words)) for unit, states in told]
    said = "；".join(f"{unit}{text}" for unit, text in behind if text)
    description = f"各单位分月报送情况：{said + '；' if said else ''}其余均按时。"
    return _grid([month_zh(month) for month in months], rows, description,
                 [(words[code], OUTCOMES[code]) for code in OUTCOMES])


def _behind(states: Mapping[str, str], words: Mapping[str, str]) -> str:
    return "、".join(f"{month_zh(month)}{words[state]}" for month, state in states.items() if state != "on_time")


def _head(figure: Figure) -> str:
    return month_zh(label_of(figure, "month"))


def _grid(
    heads: Sequence[str], rows: Sequence[tuple[str, Sequence[tuple[str, str]]]], description: str,
    key: Sequence[tuple[str, str]],
) -> Grid:
    left = Decimal(EM * min(max(len(label) for label, _ in rows), LABEL_MOST) + 8)
    step = (WIDTH - left) / len(heads)
    side, place_of = step - GAP, _places(left, step)
    base = Decimal(HEAD + ROW * len(rows))
    drawn = [
        Row(short(label), pt(HEAD + ROW * line), pt(HEAD + ROW * line + 10), [
            _square(place_of(place), Decimal(HEAD + ROW * line), side, *cell) for place, cell in enumerate(cells)
        ])
        for line, (label, cells) in enumerate(rows)
    ]
    keys = [_square(_places(left, Decimal(56))(place), base + 6, Decimal(44), *cell) for place, cell in enumerate(key)]
    return Grid(
        width=WIDTH, height=pt(base + (KEY + 6 if key else 4)), description=description,
        heads=[(pt(place_of(place) + side / 2), head) for place, head in enumerate(heads)], rows=drawn, key=keys,
        key_y=pt(base + 16), label_x=pt(left - 6), side=pt(side), tall=pt(ROW - GAP),
    )


def _places(left: Decimal, step: Decimal) -> Callable[[int], Decimal]:
    return lambda place: left + step * place


def _square(x: Decimal, y: Decimal, side: Decimal, text: str, fill: str) -> Square:
    ink = "#ffffff" if fill in WHITE_ON else "#000000"
    return Square(pt(x), pt(y), text, fill, ink, pt(x + side / 2))
