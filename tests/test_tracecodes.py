"""A code is short, belongs to one set of figures, and is read as people type it."""

from __future__ import annotations

import pytest

from zhibao.tracecodes import ALPHABET, LENGTH, codes_of, read_code

IDS = [f'awarded_count{{unit="u{number}"}}' for number in range(3000)]


def test_codes_are_unique_in_a_set_and_the_same_whatever_the_order() -> None:
    codes = codes_of("p", "annual", "2022", "d", IDS)
    assert list(codes) == sorted(IDS) and len(set(codes.values())) == len(IDS)
    assert {len(code) for code in codes.values()} == {LENGTH} and set("".join(codes.values())) == set(ALPHABET)
    assert codes_of("p", "annual", "2022", "d", reversed(IDS)) == codes


def test_two_that_meet_get_codes_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zhibao.tracecodes.LENGTH", 2)  # of 1,024 codes nine hundred figures meet often
    codes = codes_of("p", "annual", "2022", "d", IDS[:900])
    assert len(set(codes.values())) == 900


@pytest.mark.parametrize("other", [("q", "annual", "2022", "d"), ("p", "monthly", "2022", "d"),
                                   ("p", "annual", "2023", "d"), ("p", "annual", "2022", "e")])
def test_another_set_has_other_codes(other: tuple[str, str, str, str]) -> None:
    one, two = codes_of("p", "annual", "2022", "d", IDS[:100]), codes_of(*other, IDS[:100])
    assert not set(one.values()) & set(two.values())


@pytest.mark.parametrize(("typed", "code"), [
    ("7K2QXM", "7K2QXM"), ("7k2qxm", "7K2QXM"), (" 7K2-QXM ", "7K2QXM"), ("OIL123", "011123"),
    ("7K2QX", None), ("7K2QXMA", None), ("7K2QXU", None), ("quota", None), ("awarded_count", None), ("", None),
])
def test_a_code_is_read_as_people_type_it(typed: str, code: str | None) -> None:
    assert read_code(typed) == code
