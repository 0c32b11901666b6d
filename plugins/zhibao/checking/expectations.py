"""Makes every condition of this domain an expectation of Great Expectations, under the name that suites call it by.

Importing this module imports Great Expectations (seconds) and registers the classes.
"""

from __future__ import annotations

import types
from typing import Any, ClassVar, Literal

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

from zhibao.checking.conditions import CONDITIONS, Condition


class PairExpectation(ColumnPairMapExpectation):
    """A pair of columns whose metric itself passes rows with an empty cell, which spares GX a copy of the frame."""

    ignore_row_if: Literal["neither"] = "neither"
    domain_keys: ClassVar[tuple[str, ...]] = (*ColumnPairMapExpectation.domain_keys, "ignore_row_if")


class ManyExpectation(MulticolumnMapExpectation):
    """Several columns whose metric itself passes rows with an empty cell."""

    ignore_row_if: Literal["never"] = "never"


KINDS: dict[str, tuple[type, type, Any, str]] = {
    "column": (ColumnMapExpectation, ColumnMapMetricProvider, column_condition_partial, "column_values"),
    "pair": (PairExpectation, ColumnPairMapMetricProvider, column_pair_condition_partial, "column_pair_values"),
    "columns": (ManyExpectation, MulticolumnMapMetricProvider, multicolumn_condition_partial, "multicolumn_values"),
}


def register(condition: Condition) -> type:
    """The expectation's class, which GX finds by its name; its metric asks the condition."""
    expectation, provider, partial, prefix = KINDS[condition.reads]
    metric = f"{prefix}.{condition.type.removeprefix('expect_')}"
    settings = condition.settings

    @partial(engine=PandasExecutionEngine)
    def _pandas(cls: type, *given: pd.Series | pd.DataFrame, **kwargs: Any) -> pd.Series:
        series = [part[name] for part in given for name in part] if condition.reads == "columns" else given
        columns = [part.to_numpy() for part in series]
        chosen = condition.validated({name: kwargs[name] for name in settings})
        return pd.Series(condition.holds(*columns, **chosen), index=given[0].index)

    name = "".join(word.title() for word in condition.type.split("_"))
    _subclass(f"{name}Metric", provider, {
        "condition_metric_name": metric, "condition_value_keys": tuple(settings), "_pandas": _pandas,
    })
    return _subclass(name, expectation, {
        "__doc__": condition.holds.__doc__,
        "__annotations__": {key: annotation for key, (annotation, _) in settings.items()},
        **{key: default for key, (_, default) in settings.items() if default is not ...},
        "map_metric": metric,
        "success_keys": ("mostly", *settings),
    })


def _subclass(name: str, base: type, body: dict[str, Any]) -> type:
    return types.new_class(name, (base,), exec_body=lambda namespace: namespace.update(body, __module__=__name__))


CLASSES = tuple(register(condition) for condition in CONDITIONS.values())
