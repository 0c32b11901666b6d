"""Persons and ventures: valid check characters, visibly fictional."""

from __future__ import annotations

from datetime import date
from random import Random

import pytest

from zhibao.programme.models import Programme
from zhibao.samples.people import People, credit_code, id_number
from zhibao.samples.specials import bend
from zhibao.samples.story import Story, tell_story

ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643
CODE_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)  # GB 32100
CODE_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@pytest.fixture(scope="module")
def story(programme: Programme) -> Story:
    def present(unit: str, form: str, period: object) -> bool:
        return True

    told = tell_story(programme, 5, present)
    bend(programme, 5, told, present)
    return told


def has_valid_id(number: str) -> bool:
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], ID_WEIGHTS, strict=True))
    return number[17] == "10X98765432"[total % 11]


def has_valid_code(code: str) -> bool:
    total = sum(CODE_ALPHABET.index(sign) * weight for sign, weight in zip(code[:17], CODE_WEIGHTS, strict=True))
    return code[17] == CODE_ALPHABET[-total % 31]


@pytest.mark.parametrize(
    ("region", "born", "sequence", "number"),
    [("110105", date(1949, 12, 31), 2, "11010519491231002X"), ("440524", date(1880, 1, 1), 1, "440524188001010014")],
)
def test_id_number_gives_the_examples_of_the_standard(region: str, born: date, sequence: int, number: str) -> None:
    assert id_number(region, born, sequence) == number


def test_credit_codes_differ_and_have_a_valid_check_character() -> None:
    codes = {credit_code("enterprise", "620102", serial) for serial in range(3000)}
    assert len(codes) == 3000
    assert all(map(has_valid_code, codes))


def test_all_of_the_story_have_valid_numbers_and_look_invented(story: Story) -> None:
    candidates = [candidate for rows in story.candidates.values() for candidate in rows]
    assert len(candidates) > 2500
    for candidate in candidates:
        assert has_valid_id(candidate.person.id_number)
        assert candidate.person.id_number[14:16] == "00"
        assert (int(candidate.person.id_number[16]) % 2 == 1) == (candidate.person.gender == "男")
        assert "某" in candidate.person.name
        assert candidate.person.phone[:7] in ("1380000", "1390000")
        assert candidate.venture.name.startswith("示例")
        assert (candidate.venture.uscc is None) == (candidate.venture.kind == "team")
        assert candidate.venture.uscc is None or has_valid_code(candidate.venture.uscc)


def test_no_number_is_given_twice() -> None:
    people = People(Random(1))
    persons = [people.person("620102", "youth", date(2022, 1, 31)) for _ in range(2000)]
    assert len({person.id_number for person in persons}) == len({person.phone for person in persons}) == 2000


def test_rare_characters_and_compound_surnames_occur(story: Story) -> None:
    names = {candidate.person.name for rows in story.candidates.values() for candidate in rows}
    assert any(set(name) & set("喆堃犇") for name in names)
    assert any(name.startswith("欧阳") for name in names)


@pytest.mark.parametrize("code", ["jobs_created", "annual_revenue"])
@pytest.mark.parametrize("level", ["rising_star", "emerging_maker"])
def test_values_lie_below_on_and_above_each_threshold(
    programme: Programme, story: Story, level: str, code: str
) -> None:
    wanted = next(item.threshold for item in programme.level(level).criteria if item.code == code)
    values = [
        candidate.jobs_created if code == "jobs_created" else candidate.revenue_yuan
        for rows in story.candidates.values()
        for candidate in rows
        if candidate.level == level
    ]
    assert {(value > wanted) - (value < wanted) for value in values} == {-1, 0, 1}
