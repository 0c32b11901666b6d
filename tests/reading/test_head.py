from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from zhibao.programme.models import Programme
from zhibao.reading.head import Head, HeadLabels, understand_head


def read_head(programme: Programme, rows: list[list[Any]], form: str = "candidate") -> Head:
    entries = HeadLabels(programme).find(enumerate([["" if cell is None else cell for cell in row] for row in rows]))
    return understand_head(entries, programme, programme.forms[form], "表")


def find_one(head: Head, field: str) -> Any:
    [finding] = [item for item in head.findings if item.field == field]
    return finding


@pytest.mark.parametrize("rows", [
    [["填报单位：城关区"]],
    [["填报单位:城关区"]],
    [["填 报 单 位 ： 城关区"]],
    [["填报单位（盖章）：城关区"]],
    [["填报单位", "城关区"]],
    [["填报单位：", None, "城关区"]],
    [["填报单位：城关区（公章）"]],
    [["报送单位：城关区    报告期：2022-03"]],
    [["标题"], [None, "单位：chengguan"]],
    [["填报单位　城关区"]],
    [["填报单位", "兰州市城关区"]],
    [["填报单位", "甘肃省兰州市城关区"]],
])
def test_the_unit_wherever_it_stands(programme: Programme, rows: list[list[Any]]) -> None:
    assert read_head(programme, rows).values["unit"] == "chengguan"


@pytest.mark.parametrize(("name", "code"), [
    ("安宁区（含兰州经济技术开发区）", "anning"), ("安宁区(含兰州经济技术开发区)", "anning"), ("高新区", "gaoxin"),
    ("经开区", "jingkai"),
    ("兰州市人力资源和社会保障局", "hrss_bureau"), ("团市委", "youth_league"), ("Chengguan District", "chengguan"),
])
def test_a_unit_by_name_alias_or_code(programme: Programme, name: str, code: str) -> None:
    assert read_head(programme, [["填报单位", name]]).values["unit"] == code


def test_a_place_that_is_no_unit_is_answered_politely(programme: Programme) -> None:
    head = read_head(programme, [["填报单位", "兰州新区管委会"]])
    finding = find_one(head, "unit")
    assert (finding.code, finding.row, finding.column) == ("reading.not_a_unit", 1, "B")
    assert finding.message == programme.not_units[0].reason
    assert "unit" not in head.values


@pytest.mark.parametrize("name", ["火星区", "城关", "白银市白银区"])
def test_an_unknown_unit(programme: Programme, name: str) -> None:
    finding = find_one(read_head(programme, [["填报单位", name]]), "unit")
    assert (finding.code, finding.severity) == ("reading.unknown_unit", "error")
    assert name in finding.message.zh


def test_several_pairs_in_one_row_and_an_empty_value(programme: Programme) -> None:
    head = read_head(programme, [
        ["填报单位", "城关区", "报告期", None, "填表日期", date(2022, 4, 2)],
        ["零报告：否 金额单位：万元", "模板版本", 2021.1],
    ])
    assert head.values == {
        "unit": "chengguan", "filled_on": date(2022, 4, 2), "nil_return": "no", "money_unit": "ten_thousand_yuan",
        "template_version": "2021.1",
    }
    assert find_one(head, "period").code == "reading.missing_head"
    assert len(head.findings) == 1
    assert head.money_unit(programme) == 10_000


@pytest.mark.parametrize(("text", "code"), [
    ("单位：万元", "ten_thousand_yuan"), ("单位：元", "yuan"), ("金额单位：人民币千元", "thousand_yuan"),
    ("金额单位：万", "ten_thousand_yuan"),
])
def test_a_unit_of_money_is_no_office(programme: Programme, text: str, code: str) -> None:
    head = read_head(programme, [["填报单位：城关区", text]])
    assert (head.values["unit"], head.values["money_unit"]) == ("chengguan", code)


@pytest.mark.parametrize(("raw", "code"), [
    ("三月份", "reading.unreadable_period"), (2022.1, "reading.unreadable_period"),
    ("2022年", "reading.period_of_other_cadence"),
    ("2022年一季度", "reading.period_of_other_cadence"),
])
def test_a_period_that_cannot_stand(programme: Programme, raw: Any, code: str) -> None:
    finding = find_one(read_head(programme, [["报告期", raw]]), "period")
    assert (finding.code, finding.row, finding.column, finding.header) == (code, 1, "B", "报告期")
    assert "2022-03" in finding.next_step.zh


@pytest.mark.parametrize("raw", ["2022-03", "2022年3月", "2022.3", "2022/03", date(2022, 3, 1), 44621.0])
def test_the_period(programme: Programme, raw: Any) -> None:
    assert read_head(programme, [["报告期", raw]]).values["period"] == "2022-03"


@pytest.mark.parametrize(("answer", "nil"), [("是", True), ("yes", True), ("否", False), (None, False),
("也许", False)])
def test_the_nil_mark(programme: Programme, answer: str | None, nil: bool) -> None:
    head = read_head(programme, [["零报告", answer]])
    assert head.is_nil is nil
    assert any(item.field == "nil_return" for item in head.findings) == (answer == "也许")


def test_a_persons_name_in_the_head_is_never_shown(programme: Programme) -> None:
    head = read_head(programme, [["填表人：测试乙", "填表日期：测试乙", "联系电话", 13800000000.0]])
    assert (head.values["filled_by"], head.values["contact_phone"]) == ("测试乙", "13800000000")
    assert "13800000000" not in str(head.findings)


@pytest.mark.parametrize("row", [
    ["填报单位", "报告期", "填表日期", "模板版本"], ["填 报 单 位", None, "报告期", None, "填表日期", "模板版本"],
])
def test_values_below_a_row_of_labels(programme: Programme, row: list[Any]) -> None:
    values = {"填报单位": "城关区", "报告期": "2022-03", "填表日期": "2022-04-02", "模板版本": "2021.1"}
    below = [values.get("".join(label.split())) if label else None for label in row]
    head = read_head(programme, [["候选人名册"], row, below])
    assert (head.values["unit"], head.values["period"]) == ("chengguan", "2022-03")
    assert head.values["template_version"] == "2021.1"


def test_what_stands_below_is_no_value_where_values_stand_beside(programme: Programme) -> None:
    head = read_head(programme, [["填报单位", "城关区", "报告期", "2022-03"], ["西固区", None, "2022-05", None]])
    assert (head.values["unit"], head.values["period"]) == ("chengguan", "2022-03")
    labels = read_head(programme, [["填报单位", "报告期"], ["填表日期：2022-04-02", "模板版本：2021.1"]])
    assert labels.values.keys() == {"filled_on", "template_version"}


def test_the_first_of_two_counts(programme: Programme) -> None:
    assert read_head(programme, [["填报单位：城关区"], ["填报单位：西固区"]]).values["unit"] == "chengguan"
