"""Whatever stands in the cells, reading answers with findings, and its answer keeps to its own contract."""

from __future__ import annotations

import random
from datetime import date, datetime, time, timedelta
from typing import Any

from zhibao.programme.models import Programme
from zhibao.reading.cells import Grid
from zhibao.reading.limits import Limits
from zhibao.reading.table import read_table

CELLS: list[Any] = [
    "无", "/", "约50", "50万元", "2021.6", 2021.1, 1e300,
    float("nan"), float("inf"), -0.0, True, date(2021, 6, 1),
    datetime(1, 1, 1), time(1, 2), timedelta(days=-3), "\x00", "合计", "样例",
    "填表人：", "单位：", "报告期", "零报告：是",
    "金额单位：万", "'", "(", "一" * 300, "9" * 300, "{header}",
    "%s", "１", "〇", "2021年99月", "填报单位：城关区", "1E+17",
]


def test_random_cells_in_random_places(programme: Programme) -> None:
    chance, recognised = random.Random(5), 0
    forms = list(programme.forms.values())
    for _ in range(250):
        width = chance.randint(1, 30)
        rows = [[chance.choice(CELLS) if chance.random() < 0.5 else "" for _ in range(width)] for _ in range(15)]
        headers = [column.header for column in chance.choice(forms).columns]
        rows[chance.randrange(10)] = [*chance.sample(headers, min(width, len(headers))), *[""] * width][:width]
        corners = [sorted(chance.sample(range(20), 2)) + sorted(chance.sample(range(20), 2)) for _ in range(3)]
        merged = [(top, left, bottom, right) for top, bottom, left, right in corners]
        result = read_table([Grid("表", rows, lambda rows=rows: iter(rows), merged)], programme, Limits())
        recognised += bool(result.rows)
        assert all(len(values) == len(result.rows) for values in result.columns.values())
        for code, doubts in result.doubts.items():
            assert all(result.columns[code][index] is None for index in doubts)
        assert all(item.sheet == "表" for item in result.findings)
        assert any(item.severity == "error" for item in result.findings)
    assert recognised > 100
