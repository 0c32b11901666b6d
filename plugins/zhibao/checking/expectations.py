"""Great Expectations of this domain: identifiers, dates against other columns, keys, and figures against their peers.

Importing this module imports Great Expectations (seconds) and registers the classes under their names in snake case,
which is how `expectations/*.json` calls them. An empty cell always passes: whether it may be empty is another rule.
"""

from __future__ import annotations

from abc import ABC
from typing import ClassVar, Literal

import numpy as np
import pandas as pd
from great_expectations.execution_engine import PandasExecutionEngine
from great_expectations.expectations.expectation import (
    ColumnMapExpectation,
    ColumnPairMapExpectation,
    MulticolumnMapExpectation,
)
from great_expectations.expectations.metrics.map_metric_provider import (
    ColumnMapMetricProvider,
    ColumnPairMapMetricProvider,
    MulticolumnMapMetricProvider,
    column_condition_partial,
    column_pair_condition_partial,
    multicolumn_condition_partial,
)

from zhibao.checking import identifiers

# A sum of money has two decimals; rounding to four takes away what binary multiplication adds.
DECIMALS = 4


class PairExpectation(ColumnPairMapExpectation, ABC):
    """A pair of columns whose metric itself passes rows with an empty cell, which spares GX a copy of the frame."""

    ignore_row_if: Literal["neither"] = "neither"
    domain_keys: ClassVar[tuple[str, ...]] = (*ColumnPairMapExpectation.domain_keys, "ignore_row_if")


class ManyExpectation(MulticolumnMapExpectation, ABC):
    """Several columns whose metric itself passes rows with an empty cell."""

    ignore_row_if: Literal["never"] = "never"


class IdNumberSound(ColumnMapMetricProvider):
    condition_metric_name = "column_values.id_number"
    condition_value_keys = ("aspect",)

    @column_condition_partial(engine=PandasExecutionEngine)
    def _pandas(cls, column: pd.Series, aspect: str, **kwargs: object) -> pd.Series:
        numbers = identifiers.decode_id_numbers(column.tolist())
        passes = numbers.well_formed if aspect == "format" else ~numbers.well_formed | numbers.check_agrees
        return pd.Series(passes, index=column.index)


class ExpectIdNumber(ColumnMapExpectation):
    """A 身份证号 has the form (`format`), or the check character, of GB 11643. Only the first fault is reported."""

    aspect: Literal["format", "check_character"]
    map_metric: ClassVar[str] = "column_values.id_number"
    success_keys: ClassVar[tuple[str, ...]] = ("mostly", "aspect")


class IdRegionKnown(ColumnMapMetricProvider):
    condition_metric_name = "column_values.id_region_known"

    @column_condition_partial(engine=PandasExecutionEngine)
    def _pandas(cls, column: pd.Series, **kwargs: object) -> pd.Series:
        sound = identifiers.decode_id_numbers(column.tolist()).sound
        return pd.Series(~sound | identifiers.regions_known(column.tolist()), index=column.index)


class ExpectIdRegionKnown(ColumnMapExpectation):
    """The first six digits of a sound 身份证号 are a division that exists or once did."""

    map_metric: ClassVar[str] = "column_values.id_region_known"


class IdBirthDateWithin(ColumnPairMapMetricProvider):
    condition_metric_name = "column_pair_values.id_birth_date_within"
    condition_value_keys = ("earliest_year",)

    @column_pair_condition_partial(engine=PandasExecutionEngine)
    def _pandas(cls, column_A: pd.Series, column_B: pd.Series, earliest_year: int, **kwargs: object) -> pd.Series:
        numbers = identifiers.decode_id_numbers(column_A.tolist())
        days = column_B.to_numpy().astype("datetime64[D]")
        within = (numbers.born_on >= np.datetime64(f"{earliest_year:04d}-01-01")) & (numbers.born_on <= days)
        return pd.Series(~numbers.sound | within, index=column_A.index)


class ExpectIdBirthDateWithin(PairExpectation):
    """The birth date in a sound 身份证号 (A) is a day of the calendar, from `earliest_year` to the day in B."""

    earliest_year: int
    map_metric: ClassVar[str] = "column_pair_values.id_birth_date_within"
    success_keys: ClassVar[tuple[str, ...]] = ("mostly", "earliest_year")


class IdAgeBetween(ColumnPairMapMetricProvider):
    condition_metric_name = "column_pair_values.id_age_between"
    condition_value_keys = ("min_age", "max_age")

    @column_pair_condition_partial(engine=PandasExecutionEngine)
    def _pandas(
        cls, column_A: pd.Series, column_B: pd.Series, min_age: int, max_age: int, **kwargs: object
    ) -> pd.Series:
        numbers = identifiers.decode_id_numbers(column_A.tolist())
        ages = identifiers.years_between(numbers.born_on, column_B.to_numpy())
        # A birth after the day itself is the birth date's fault, not an age.
        outside = (ages >= 0) & ((ages < min_age) | (ages > max_age))
        return pd.Series(~(numbers.sound & outside), index=column_A.index)


class ExpectIdAgeBetween(PairExpectation):
    """The completed age by a sound 身份证号 (A) at the day in B is from `min_age` to `max_age`, both included."""

    min_age: int
    max_age: int
    map_metric: ClassVar[str] = "column_pair_values.id_age_between"
    success_keys: ClassVar[tuple[str, ...]] = ("mostly", "min_age", "max_age")


class GenderAgreesWithId(ColumnPairMapMetricProvider):
    condition_metric_name = "column_pair_values.gender_agrees_with_id"
    condition_value_keys = ("male", "female")

    @column_pair_condition_partial(engine=PandasExecutionEngine)
    def _pandas(
        cls, column_A: pd.Series, column_B: pd.Series, male: str, female: str, **kwargs: object
    ) -> pd.Series:
        numbers = identifiers.decode_id_numbers(column_B.tolist())
        contradicts = np.where(numbers.male, column_A == female, column_A == male)
        return pd.Series(~(numbers.sound & contradicts), index=column_A.index)


class ExpectGenderAgreesWithId(PairExpectation):
    """The sex in A (`male` or `female`; other words pass) is that of the sound 身份证号 in B."""

    male: str
    female: str
    map_metric: ClassVar[str] = "column_pair_values.gender_agrees_with_id"
    success_keys: ClassVar[tuple[str, ...]] = ("mostly", "male", "female")


class UsccSound(ColumnMapMetricProvider):
    condition_metric_name = "column_values.uscc"
    condition_value_keys = ("aspect",)

    @column_condition_partial(engine=PandasExecutionEngine)
    def _pandas(cls, column: pd.Series, aspect: str, **kwargs: object) -> pd.Series:
        well_formed, check_agrees = identifiers.decode_usccs(column.tolist())
        return pd.Series(well_formed if aspect == "format" else ~well_formed | check_agrees, index=column.index)


class ExpectUscc(ColumnMapExpectation):
    """A 统一社会信用代码 has the form (`format`), or the check character, of GB 32100; N-codes included."""

    aspect: Literal["format", "check_character"]
    map_metric: ClassVar[str] = "column_values.uscc"
    success_keys: ClassVar[tuple[str, ...]] = ("mostly", "aspect")


class IsMobile(ColumnMapMetricProvider):
    condition_metric_name = "column_values.mobile"

    @column_condition_partial(engine=PandasExecutionEngine)
    def _pandas(cls, column: pd.Series, **kwargs: object) -> pd.Series:
        return pd.Series([identifiers.is_mobile(value) for value in column.tolist()], index=column.index, dtype=bool)


class ExpectMobile(ColumnMapExpectation):
    """A mobile number of the mainland."""

    map_metric: ClassVar[str] = "column_values.mobile"


class NoIdentifier(ColumnMapMetricProvider):
    condition_metric_name = "column_values.no_identifier"

    @column_condition_partial(engine=PandasExecutionEngine)
    def _pandas(cls, column: pd.Series, **kwargs: object) -> pd.Series:
        passes = [not identifiers.holds_identifier(value) for value in column.tolist()]
        return pd.Series(passes, index=column.index, dtype=bool)


class ExpectNoIdentifier(ColumnMapExpectation):
    """No 身份证号 and no mobile number stands anywhere in the text."""

    map_metric: ClassVar[str] = "column_values.no_identifier"


class DateWithin(MulticolumnMapMetricProvider):
    condition_metric_name = "multicolumn_values.date_within"

    @multicolumn_condition_partial(engine=PandasExecutionEngine)
    def _pandas(cls, column_list: pd.DataFrame, **kwargs: object) -> pd.Series:
        day, first, last = (column_list[name] for name in column_list.columns)
        return ~((day < first) | (day > last))


class ExpectDateWithin(ManyExpectation):
    """`column_list` is [date, first day, last day]; both days belong to the span, a missing one leaves it open."""

    map_metric: ClassVar[str] = "multicolumn_values.date_within"


class KeyUniqueInReturn(MulticolumnMapMetricProvider):
    condition_metric_name = "multicolumn_values.key_unique_in_return"

    @multicolumn_condition_partial(engine=PandasExecutionEngine)
    def _pandas(cls, column_list: pd.DataFrame, **kwargs: object) -> pd.Series:
        return ~column_list.duplicated(keep="first") | column_list.isna().any(axis=1)


class ExpectKeyUniqueInReturn(ManyExpectation):
    """`column_list` is [`_return`, key …]. The first row of a key stands; each later one is unexpected."""

    map_metric: ClassVar[str] = "multicolumn_values.key_unique_in_return"


class WithinTimesOfPeers(MulticolumnMapMetricProvider):
    condition_metric_name = "multicolumn_values.within_times_of_peers"
    condition_value_keys = ("times", "min_peers")

    @multicolumn_condition_partial(engine=PandasExecutionEngine)
    def _pandas(cls, column_list: pd.DataFrame, times: float, min_peers: int, **kwargs: object) -> pd.Series:
        value, *by = column_list.columns
        # A zero says that there was no business, not how large a business is.
        positive = column_list[column_list[value] > 0]
        peers = positive.groupby(by, sort=False)[value]
        limit = (peers.transform("median") * times).round(DECIMALS)
        outside = (positive[value].round(DECIMALS) >= limit) & (peers.transform("size") >= min_peers)
        return ~outside.reindex(column_list.index, fill_value=False)


class ExpectWithinTimesOfPeers(ManyExpectation):
    """`column_list` is [figure, grouping …]: below `times` the median of its group, if that has `min_peers` figures."""

    times: float
    min_peers: int
    map_metric: ClassVar[str] = "multicolumn_values.within_times_of_peers"
    success_keys: ClassVar[tuple[str, ...]] = ("mostly", "times", "min_peers")
