"""What a reader reads: every figure as its rule writes it, in the words of the programme."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from zhibao.documents import Content, Figures, annexes, render, views
from zhibao.documents.lists import Lists
from zhibao.documents.numbers import number
from zhibao.errors import OperatorError

from . import made_up
from .pages import Pages

BOTH = pytest.mark.parametrize("kind", ["annual", "monthly"])
SIZES = pytest.mark.parametrize("size", [0, 1, 1000])


def _content(kind: str, size: int) -> Content:
    return {"annual": made_up.annual, "monthly": made_up.monthly}[kind](size)


@BOTH
@SIZES
def test_quota_tables_hold_every_figure_in_its_row(kind: str, size: int) -> None:
    text, content = Pages(made_up.rendered(kind, size)).squeezed(), _content(kind, size)
    elapsed = number(content.figures.get("time_elapsed_pct")) if kind == "monthly" else ""
    found = 0
    for view in views.quota_views(content):
        for place, line in enumerate([*view.lines, view.total], start=1):
            cells = [number(figure) for figure in (line.quota, line.in_period, line.awarded, line.pct)]
            rank = number(line.rank) if line.rank else "—"
            label = "合计" if line is view.total else f"{place}{line.label}"
            assert "".join([label, *cells, elapsed, rank]) in text
            found += 1
    assert found == 11 + 10


@BOTH
@SIZES
def test_contests_criteria_and_returns_hold_every_figure(kind: str, size: int) -> None:
    text, content = Pages(made_up.rendered(kind, size)).squeezed(), _content(kind, size)
    events, returns = views.event_view(content), views.return_view(content)
    contests, kept = annexes.contest_view(content), annexes.discipline(content)
    if kind == "annual":
        events, returns = contests, kept
    for line in [*events.lines, events.total]:
        cells = line.cells if line.total is None else [*line.cells, line.total]
        assert line.label + line.note + "".join(map(number, cells)) in text
    for view in views.criteria_views(content):
        for criterion, cells in view.lines:
            assert "".join(map(number, cells)) in text.split(view.level.name.zh + "（候选人")[1]
            assert "".join(criterion.clause.split()) + criterion.name.zh in text
    for line in [*returns.lines, returns.total]:
        assert line.label + "".join(map(number, line.cells)) in text
    assert (len(events.lines), len(returns.lines)) == (10, 19)


def test_the_annual_report_says_how_far_the_targets_are() -> None:
    text = re.sub(r"—\d+—", "", Pages(made_up.rendered("annual")).squeezed())
    for said in (
        "关于2022年“百千万”创业引领工程工作开展情况的报告",
        "（代拟稿）",
        "甘肃省人力资源和社会保障厅、兰州市政府就业工作领导小组办公室：",
        "截至2022年11月底，全市累计选拔创业新秀81名（2022年选拔32名），完成三年目标任务180名的45.00%",
        "同期序时进度为63.84%，创业新秀选拔慢于序时进度",
        "完成率居前的是新业态领域创业群体（20名，83.33%）",
        "尚未举办的有“自强自立奋斗，创业实现价值”残疾人创业创新比赛。",
        "二、主要做法与成效各单位未报送文字材料。三、存在问题各单位未报送文字材料。四、下一步打算各单位未报送文字材料。",
        "附件：1．创业新秀分类别名额完成情况表2．新锐创客分区县名额完成情况表3．系列比赛分项情况表4．培训、对接和孵化工作情况表5．分单位重点工作完成情况表6．选拔标准核验情况表7．各单位报送情况表8．进度和报送情况图",
        "兰州市人力资源和社会保障局2022年11月30日",
        "安宁区（含兰州经济技术开发区）",
    ):
        assert said in text


def test_an_empty_year_is_said_in_words() -> None:
    text = Pages(made_up.rendered("annual", 0)).squeezed()
    assert "累计选拔创业新秀0名（2022年选拔0名），完成三年目标任务180名的0.00%" in text
    assert "各类别均尚未选拔" in text
    assert "各项比赛均尚未举办" in text
    assert "未计入" not in text


def test_the_bulletin_has_its_head() -> None:
    text = Pages(made_up.rendered("monthly")).squeezed()
    head = "内部资料“百千万”创业引领工程月报第10期（总第16期）（代拟稿）兰州市政府就业工作领导小组办公室2022年11月30日"
    assert text.startswith(head)
    assert "一、本月要点截至2022年10月底，全市累计选拔创业新秀81名（本月32名）" in text


def test_what_is_issued_is_no_draft_and_every_copy_tells_its_origin() -> None:
    content = made_up.monthly(draft=False, notes=["上期新锐创客累计授予更正为630名。"])
    text = Pages(render(content, made_up.TEMPLATES, made_up.font_set())).squeezed()
    assert "代拟稿" not in text
    assert "注：上期新锐创客累计授予更正为630名。" in text
    assert "数据时点2022年11月30日17:30:00" in text
    for key in ("rules", "figures", "templates", "fonts"):
        assert content.identity[key][:12] in text


def test_a_list_of_awardees_leaves_out_sensitive_categories() -> None:
    rows = [
        {"level": "rising_star", "category": "women", "name": "张*三", "venture": "甲公司", "project": "乙项目"},
        {"level": "rising_star", "category": "veterans", "name": "李*四", "venture": "丙公司", "project": "丁项目"},
    ]
    text = Pages(render(made_up.annual(lists=Lists(awardees=rows)), made_up.TEMPLATES, made_up.font_set())).squeezed()
    assert "1张*三甲公司乙项目创业新秀" in text
    assert "李*四" not in text


def test_a_figure_that_was_not_computed_is_named() -> None:
    content = made_up.annual()
    kept = [figure for figure in content.figures if figure.id != 'quota{category="women",level="rising_star"}']
    lacking = replace(content, figures=Figures(kept))
    with pytest.raises(OperatorError, match=r'quota\{category="women",level="rising_star"\}'):
        render(lacking, made_up.TEMPLATES, made_up.font_set())
