"""What may be shown of a person or of a small group, on both sides of each bound."""

from __future__ import annotations

import pytest

from zhibao.documents import masks
from zhibao.programme.models import EndsMask, NameMask, Programme


@pytest.mark.parametrize(
    ("name", "masked"),
    [("", ""), ("张", "*"), ("张三", "张*"), ("张小三", "张*三"), ("欧阳小三", "欧**三"), ("阿卜杜拉", "阿**拉")],
)
def test_names(programme: Programme, name: str, masked: str) -> None:
    assert masks.mask_name(name, programme.masking.name) == masked


def test_a_mask_may_keep_more() -> None:
    assert masks.mask_name("欧阳小三", NameMask(keep_first=2, keep_last_from_length=5)) == "欧阳**"


def test_id_numbers_and_phones(programme: Programme) -> None:
    assert masks.mask_id_number("620102199001011234"[:-2] + "11", programme.masking) == "6201************11"
    assert masks.mask_phone("13800001234", programme.masking) == "138****1234"


@pytest.mark.parametrize(("value", "masked"), [("123456", "******"), ("1234567", "1234*67"), ("", "")])
def test_what_is_too_short_is_hidden_whole(value: str, masked: str) -> None:
    assert masks.mask_ends(value, EndsMask(keep_first=4, keep_last=2)) == masked


SENSITIVE = {"disabled"}


def test_counts_from_the_bound_on_stay_and_zero_is_no_secret() -> None:
    table = {"a": {"disabled": 5, "women": 2}, "b": {"disabled": 0, "women": 3}}
    assert masks.suppressed_cells(table, SENSITIVE, 5) == set()


def test_a_small_cell_takes_others_along_so_that_no_line_has_one_blank() -> None:
    table = {
        "a": {"disabled": 4, "women": 9, "farmers": 7},
        "b": {"disabled": 8, "women": 6, "farmers": 5},
        "c": {"disabled": 11, "women": 1, "farmers": 2},
    }
    blanks = masks.suppressed_cells(table, SENSITIVE, 5)
    assert blanks == {("a", "disabled"), ("a", "farmers"), ("b", "disabled"), ("b", "farmers")}


def test_the_bound_itself_is_shown_and_one_below_is_not() -> None:
    table = {"a": {"disabled": 4, "women": 9}, "b": {"disabled": 9, "women": 9}}
    assert ("a", "disabled") in masks.suppressed_cells(table, SENSITIVE, 5)
    assert masks.suppressed_cells(table, SENSITIVE, 4) == set()


def test_no_line_keeps_a_single_blank_whatever_the_table() -> None:
    table = {
        f"d{row}": {f"c{column}": (row * 7 + column * 3) % 11 for column in range(6)} for row in range(9)
    }
    blanks = masks.suppressed_cells(table, {"c1", "c4"}, 5)
    assert blanks
    for row in table:
        assert sum((row, column) in blanks for column in table[row]) != 1
    for column in table["d0"]:
        assert sum((row, column) in blanks for row in table) != 1


def test_a_lone_cell_ends_the_search() -> None:
    assert masks.suppressed_cells({"a": {"disabled": 1}}, SENSITIVE, 5) == {("a", "disabled")}


def test_people_of_sensitive_categories_are_not_listed(programme: Programme) -> None:
    rows = [{"name": "甲", "category": "women"}, {"name": "乙", "category": "disabled"}, {"name": "丙"}]
    assert [row["name"] for row in masks.listable(rows, programme)] == ["甲", "丙"]
