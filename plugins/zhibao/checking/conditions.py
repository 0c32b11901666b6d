"""What the expectations of this domain ask of a row, each written once: identifiers, dates, keys, and figures by peers.

A condition takes columns as `frame.py` lays them out and says of each row whether it holds. Great Expectations runs it
as a class of its own (expectations.py), the offline check as it stands (native.py); a new one is a function here.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, get_type_hints

import numpy as np
from pydantic import BaseModel, ConfigDict, create_model

from zhibao.checking import identifiers
from zhibao.checking.groups import first_places, group_of_each, medians

Reads = Literal["column", "pair", "columns"]
# Which rows are not asked at all: those where any, or all, of the columns are empty, or none.
Ignores = Literal["any", "all", "none"]

# A sum of money has two decimals; rounding to four takes away what binary multiplication adds.
DECIMALS = 4


@dataclass(frozen=True)
class Condition:
    """`holds(*columns, **settings)` gives one bool a row; its keyword-only parameters are the settings of a suite.

    `type` is its name in a suite, and `reads` tells how a suite names its columns there.
    """

    type: str
    reads: Reads
    holds: Callable[..., np.ndarray]
    ignores: Ignores

    @cached_property
    def settings(self) -> dict[str, tuple[Any, Any]]:
        """Annotation and default of each setting; `...` where it must be given."""
        hints = get_type_hints(self.holds)
        return {
            name: (hints[name], ... if parameter.default is parameter.empty else parameter.default)
            for name, parameter in inspect.signature(self.holds).parameters.items()
            if parameter.kind is parameter.KEYWORD_ONLY
        }

    @cached_property
    def _model(self) -> type[BaseModel]:
        fields: dict[str, Any] = self.settings
        return create_model(self.type, __config__=ConfigDict(extra="forbid"), **fields)

    def validated(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The settings as the function takes them. Raises ValidationError for a wrong, unknown or missing one."""
        return dict(self._model.model_validate(dict(given)))


CONDITIONS: dict[str, Condition] = {}


def condition(
    name: str, reads: Reads, *, ignores: Ignores | None = None, table: dict[str, Condition] = CONDITIONS
) -> Callable[[Callable[..., np.ndarray]], Callable[..., np.ndarray]]:
    """Make a function the meaning of the expectation `name`. An empty cell of a single column is not asked."""

    def register(function: Callable[..., np.ndarray]) -> Callable[..., np.ndarray]:
        table[name] = Condition(name, reads, function, ignores or ("any" if reads == "column" else "none"))
        return function

    return register


@condition("expect_id_number", "column")
def id_number(values: np.ndarray, *, aspect: Literal["format", "check_character"]) -> np.ndarray:
    """A 身份证号 has the form (`format`), or the check character, of GB 11643. Only the first fault is reported."""
    numbers = identifiers.decode_id_numbers(values)
    return numbers.well_formed if aspect == "format" else ~numbers.well_formed | numbers.check_agrees


@condition("expect_id_region_known", "column")
def id_region_known(values: np.ndarray) -> np.ndarray:
    """The first six digits of a sound 身份证号 are a division that exists or once did."""
    return ~identifiers.decode_id_numbers(values).sound | identifiers.regions_known(values)


@condition("expect_id_birth_date_within", "pair")
def id_birth_date_within(values: np.ndarray, days: np.ndarray, *, earliest_year: int) -> np.ndarray:
    """The birth date in a sound 身份证号 is a day of the calendar, from `earliest_year` to the day beside it."""
    numbers = identifiers.decode_id_numbers(values)
    first = np.datetime64(f"{earliest_year:04d}-01-01")
    return ~numbers.sound | ((numbers.born_on >= first) & (numbers.born_on <= days))


@condition("expect_id_age_between", "pair")
def id_age_between(values: np.ndarray, days: np.ndarray, *, min_age: int, max_age: int) -> np.ndarray:
    """The completed age by a sound 身份证号 at the day beside it is from `min_age` to `max_age`, both included."""
    numbers = identifiers.decode_id_numbers(values)
    ages = identifiers.years_between(numbers.born_on, days)
    # A birth after the day itself is the birth date's fault, not an age.
    return ~(numbers.sound & (ages >= 0) & ((ages < min_age) | (ages > max_age)))


@condition("expect_gender_agrees_with_id", "pair")
def gender_agrees_with_id(genders: np.ndarray, values: np.ndarray, *, male: str, female: str) -> np.ndarray:
    """The sex (`male` or `female`; other words pass) is that of the sound 身份证号 beside it."""
    numbers = identifiers.decode_id_numbers(values)
    return ~(numbers.sound & np.where(numbers.male, genders == female, genders == male))


@condition("expect_uscc", "column")
def uscc(values: np.ndarray, *, aspect: Literal["format", "check_character"]) -> np.ndarray:
    """A 统一社会信用代码 has the form (`format`), or the check character, of GB 32100; N-codes included."""
    well_formed, check_agrees = identifiers.decode_usccs(values)
    return well_formed if aspect == "format" else ~well_formed | check_agrees


@condition("expect_mobile", "column")
def mobile(values: np.ndarray) -> np.ndarray:
    """A mobile number of the mainland."""
    return np.fromiter(map(identifiers.is_mobile, values), dtype=bool, count=len(values))


@condition("expect_no_identifier", "column")
def no_identifier(values: np.ndarray) -> np.ndarray:
    """No 身份证号 and no mobile number stands anywhere in the text."""
    return ~np.fromiter(map(identifiers.holds_identifier, values), dtype=bool, count=len(values))


@condition("expect_date_within", "columns")
def date_within(days: np.ndarray, first: np.ndarray, last: np.ndarray) -> np.ndarray:
    """[date, first day, last day]: both days belong to the span, a missing one leaves it open."""
    return ~((days < first) | (days > last))


@condition("expect_key_unique_in_return", "columns")
def key_unique_in_return(*key: np.ndarray) -> np.ndarray:
    """[`_return`, key …]: the first row of a key stands, each later one does not; a key with an empty part passes."""
    groups = group_of_each(key)
    return (groups < 0) | (first_places(groups) == np.arange(len(groups)))


@condition("expect_within_times_of_peers", "columns")
def within_times_of_peers(figures: np.ndarray, *by: np.ndarray, times: float, min_peers: int) -> np.ndarray:
    """[figure, grouping …]: below `times` the median of its group, if that has `min_peers` figures."""
    # A zero says that there was no business, not how large a business is.
    groups = np.where(figures > 0, group_of_each(by), -1)
    median, peers = medians(figures, groups)
    outside = np.round(figures, DECIMALS) >= np.round(median * times, DECIMALS)
    return ~(outside & (peers >= min_peers))
