"""Identifier checks on both sides, held against python-stdnum where that is right."""

from __future__ import annotations

import random
import time

import numpy as np
import pytest
from stdnum.cn import ric, uscc

from zhibao.checking import identifiers

from .returns import credit_code, id_number


@pytest.mark.parametrize("region", ["620102", "620103", "620104", "620105", "620111"])
@pytest.mark.parametrize("born", ["19500101", "19661231", "19821231"])
def test_numbers_of_lanzhou_before_1983_are_sound(region: str, born: str) -> None:
    number = id_number(region, born)
    assert not ric.is_valid(number)  # why stdnum's own check cannot be used
    assert identifiers.decode_id_numbers([number]).sound.all()
    assert identifiers.regions_known([number]).all()


def test_check_character_agrees_with_stdnum_on_every_last_place() -> None:
    body = "62010219900101" + "001"
    numbers = [body + last for last in "0123456789X"]
    agrees = identifiers.decode_id_numbers(numbers).check_agrees
    assert [number for number, sound in zip(numbers, agrees, strict=True) if sound] == [
        body + ric.calc_check_digit(body + "0")
    ]


def test_birth_dates_and_sex() -> None:
    born = ["20000229", "19990229", "19000228", "20991231", "19901301", "19900100", "00000101"]
    numbers = identifiers.decode_id_numbers([id_number(born=day, order=12) for day in born])
    assert numbers.sound.all()
    assert not numbers.male.any()
    assert [str(day) for day in numbers.born_on] == [
        "2000-02-29", "NaT", "1900-02-28", "2099-12-31", "NaT", "NaT", "NaT"
    ]


@pytest.mark.parametrize(
    "value", [None, "", " ", 1, "620102", id_number() + "0", "6201021990I1010111", "身" * 18]
)
def test_other_things_are_not_well_formed(value: object) -> None:
    assert not identifiers.decode_id_numbers([value, id_number()]).well_formed[0]
    assert not identifiers.decode_usccs([value, credit_code()])[0][0]


def test_full_width_small_letters_and_space_are_normalised() -> None:
    number = next(found for order in range(999) if (found := id_number(order=order)).endswith("X"))
    wide = number.translate(str.maketrans("0123456789X", "０１２３４５６７８９ｘ"))
    assert identifiers.decode_id_numbers([number.lower(), wide, f" {number} "]).sound.all()


def test_no_values_at_all() -> None:
    assert identifiers.decode_id_numbers([]).sound.size == 0
    assert identifiers.decode_usccs([])[0].size == 0


def test_regions() -> None:
    known = ["620100", "620121", "110101", "440305"]
    assert list(identifiers.regions_known([*known, "999999", "620199", "", None])) == [True] * 4 + [False] * 4


def test_credit_codes_agree_with_stdnum_where_that_reads_them() -> None:
    draw = random.Random(1)
    alphabet = identifiers.USCC_ALPHABET
    bodies = ["".join(draw.choices("159", k=2) + draw.choices("0123456789", k=6) + draw.choices(alphabet, k=9))
              for _ in range(500)]
    codes = [body + draw.choice([uscc.calc_check_digit(body), draw.choice(alphabet)]) for body in bodies]
    well_formed, agrees = identifiers.decode_usccs(codes)
    assert list(well_formed & agrees) == [uscc.is_valid(code) for code in codes]
    assert 200 < np.count_nonzero(agrees) < 500


def test_codes_of_rural_collectives_are_read_and_checked() -> None:
    code = credit_code("N2620102MF0000")
    assert not uscc.is_valid(code)  # why stdnum's own check cannot be used
    last = "1" if code[-1] != "1" else "2"
    well_formed, agrees = identifiers.decode_usccs([code, code[:-1] + last])
    assert list(well_formed) == [True, True]
    assert list(agrees) == [True, False]


@pytest.mark.parametrize("letter", "IOSVZ")
def test_letters_that_the_standard_leaves_out(letter: str) -> None:
    assert not identifiers.decode_usccs(["91620102MA00000" + letter + "1X"])[0][0]


@pytest.mark.parametrize(
    ("value", "mobile"),
    [("13000000000", True), ("19999999999", True), ("+8613800000000", True), ("138 0000-0000", True),
     ("１３８００００００００", True), ("12999999999", False), ("1380000000", False), ("138000000000", False),
     ("09318000000", False), ("", False), (None, False), ("86138000000", False)],
)
def test_mobile(value: object, mobile: bool) -> None:
    assert identifiers.is_mobile(value) is mobile


def test_ages_at_birthdays() -> None:
    born = np.array(["2006-10-31", "2006-11-01", "2004-02-29", "NaT"], dtype="datetime64[D]")
    days = np.array(["2022-10-31", "2022-10-31", "2022-02-28", "2022-10-31"], dtype="datetime64[s]")
    assert np.array_equal(identifiers.years_between(born, days), [16, 15, 17, np.nan], equal_nan=True)


def test_a_hundred_thousand_numbers_within_a_second() -> None:
    numbers = [id_number(born=f"19{60 + order % 40}0101", order=order) for order in range(1000)] * 100
    start = time.process_time()
    assert identifiers.decode_id_numbers(numbers).sound.all()
    assert identifiers.regions_known(numbers).all()
    assert time.process_time() - start < 1


@pytest.mark.parametrize(("text", "holds"), [
    ("联系人13800000000", True),
    ("+86 138-0000-0000。", True),
    ("１３８ ００００ ００００", True),
    ("138000000001", False),  # twelve digits
    ("1380000000", False),  # ten
    ("12800000000", False),  # no such prefix
    ("投入13800000000元", False),
    ("13800000000.50", False),
    (f"（{id_number()}）", True),
    (f"{id_number()[:-1]}x", True),  # whatever its check character
    (f"残疾人证{id_number()}44", True),
    ("620102199013010019", False),  # no thirteenth month
    ("620102199012320019", False),  # no 32nd day
    ("62010219901201001", False),  # seventeen places
    ("6201**********11", False),
    ("138****0000", False),
    ("", False),
    (None, False),
])
def test_identifiers_within_a_text(text: str | None, holds: bool) -> None:
    assert identifiers.holds_identifier(text) is holds
