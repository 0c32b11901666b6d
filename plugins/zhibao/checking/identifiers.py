"""Checks 身份证号, 统一社会信用代码 and mobile numbers by the thousand, where python-stdnum is too strict or too slow.

stdnum's `cn.ric.validate` rejects genuine numbers of 620102 to 620111 with a birth year before 1983, and its
`cn.uscc` takes microseconds a character; its check character for 身份证号 and its table of divisions are sound.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from stdnum import numdb

LENGTH = 18
ASCII = 128
# GB 11643-1999: weight of place i is 2^(17-i) mod 11; the weighted sum with the check character is 1 mod 11.
ID_WEIGHTS = np.array([pow(2, 17 - place, 11) for place in range(LENGTH)])
# GB 32100-2015: 31 characters (no I, O, S, V, Z); weight of place i is 3^i mod 31; the whole sum is 0 mod 31.
USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
USCC_WEIGHTS = np.array([*(pow(3, place, 31) for place in range(LENGTH - 1)), 1])
MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
MOBILE_NOISE = re.compile(r"^(\+86|0086)|[\s-]")

# Within a text. A disability certificate begins with the identity number of its holder, so digits may follow it.
ID_WITHIN = re.compile(
    r"(?<!\d)[1-9]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dX]", re.ASCII
)
MOBILE_WITHIN = re.compile(r"(?<!\d)(?:(?:\+|00)?86)?1[3-9]\d{9}(?!\d|\.\d|元)", re.ASCII)
NOISE_WITHIN = re.compile(r"(?<=\d)[\s-]+(?=[\dX])", re.ASCII)

_USCC_VALUES = np.full(ASCII, -1)
_USCC_VALUES[[ord(character) for character in USCC_ALPHABET]] = range(len(USCC_ALPHABET))


@dataclass(frozen=True, slots=True)
class IdNumbers:
    """What many 身份证号 say, one entry a value; the later three hold only where `well_formed` does.

    `born_on` is datetime64[D], NaT for a day that no calendar has.
    """

    well_formed: np.ndarray
    check_agrees: np.ndarray
    born_on: np.ndarray
    male: np.ndarray

    @property
    def sound(self) -> np.ndarray:
        return self.well_formed & self.check_agrees


def normalise(value: Any) -> str:
    """NFKC, no surrounding space, upper case; an absent value is the empty text."""
    if not isinstance(value, str):
        return ""
    text = value if value.isascii() else unicodedata.normalize("NFKC", value)
    return text.strip().upper()


def decode_id_numbers(values: Sequence[Any]) -> IdNumbers:
    """Read 身份证号 (GB 11643-1999): form, check character, birth date, sex. Empty values are not well formed."""
    digits = _code_points(values) - ord("0")
    last_is_x = digits[:, -1] == ord("X") - ord("0")
    digits[last_is_x, -1] = 10
    is_digit = (digits >= 0) & (digits <= 9)
    is_digit[last_is_x, -1] = True
    well_formed = is_digit.all(axis=1)
    return IdNumbers(
        well_formed=well_formed,
        check_agrees=digits @ ID_WEIGHTS % 11 == 1,
        born_on=_dates(np.where(well_formed[:, None], digits, 0)),
        male=digits[:, 16] % 2 == 1,
    )


def years_between(born_on: np.ndarray, days: np.ndarray) -> np.ndarray:
    """Completed years of age at `days`; NaN where either date is missing."""
    return np.where(np.isnat(born_on) | np.isnat(days), np.nan, (_as_number(days) - _as_number(born_on)) // 10_000)


def regions_known(values: Iterable[Any]) -> np.ndarray:
    """Whether the first six digits are a division that GB/T 2260 has, or once had."""
    return np.fromiter((_is_region(normalise(value)[:6]) for value in values), dtype=bool)


def decode_usccs(values: Sequence[Any]) -> tuple[np.ndarray, np.ndarray]:
    """(well formed, check character agrees) for each 统一社会信用代码 (GB 32100-2015).

    Places 3 to 8 are a division and so digits; the first two may be letters (N1, N2, N3 are rural collectives).
    """
    points = _code_points(values)
    numbers = _USCC_VALUES[np.where(points < ASCII, points, 0)]
    division = numbers[:, 2:8]
    well_formed = (numbers >= 0).all(axis=1) & (division <= 9).all(axis=1)
    return well_formed, numbers @ USCC_WEIGHTS % 31 == 0


def is_mobile(value: Any) -> bool:
    """Eleven digits from 13 to 19, after +86, spaces and hyphens are taken away."""
    return MOBILE.fullmatch(MOBILE_NOISE.sub("", normalise(value))) is not None


def holds_identifier(text: Any) -> bool:
    """Whether an 身份证号 or a mobile number stands in `text`, spaced or hyphenated, whatever its check character."""
    joined = NOISE_WITHIN.sub("", normalise(text))
    return ID_WITHIN.search(joined) is not None or MOBILE_WITHIN.search(joined) is not None


def _code_points(values: Sequence[Any]) -> np.ndarray:
    """Values as rows of 18 code points; a value of another length is a row of zeros, which no check accepts."""
    points = _matrix([value if isinstance(value, str) else "" for value in values])
    points[(points >= ord("a")) & (points <= ord("z"))] -= ord("a") - ord("A")
    # Only what is not plain text of 18 places is worth normalising one by one.
    filled = (points > 0).sum(axis=1)
    strange = np.flatnonzero((filled > 0) & ((filled != LENGTH) | (points[:, :-1] >= ASCII).any(axis=1)))
    if strange.size:
        points[strange] = _matrix([normalise(values[place]) for place in strange])
    points[(points[:, -1] > 0) | (points[:, -2] == 0)] = 0
    return points[:, :-1]


def _matrix(texts: Sequence[str]) -> np.ndarray:
    """One place more than a number has, so that a longer text is not taken for one."""
    width = LENGTH + 1
    return np.array(texts, dtype=f"U{width}").view(np.uint32).reshape(len(texts), width).astype(np.int64)


def _dates(digits: np.ndarray) -> np.ndarray:
    year, month, day = (digits[:, first:last] @ 10 ** np.arange(last - first)[::-1]
                        for first, last in ((6, 10), (10, 12), (12, 14)))
    possible = (year > 0) & (month >= 1) & (month <= 12) & (day >= 1)
    months = ((year - 1970) * 12 + month - 1).astype("datetime64[M]")
    dates = months.astype("datetime64[D]") + (day - 1)
    return np.where(possible & (dates.astype("datetime64[M]") == months), dates, np.datetime64("NaT"))


def _as_number(days: np.ndarray) -> np.ndarray:
    """20221031 for 2022-10-31, so that a difference divided by 10,000 is completed years."""
    days = days.astype("datetime64[D]")
    months = days.astype("datetime64[M]")
    years = months.astype("datetime64[Y]")
    month = (months - years).astype(int) + 1
    return (years.astype(int) + 1970) * 10_000 + month * 100 + (days - months).astype(int) + 1


@lru_cache(maxsize=8192)
def _is_region(code: str) -> bool:
    # The table says from which year a code was used; numbers were given later than births, so years don't count.
    return any("county" in properties for _, properties in numdb.get("cn/loc").info(code))
