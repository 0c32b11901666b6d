"""Validates a suite with Great Expectations, which is what checks returns on their way into the warehouse.

One validation a form, however many returns: Great Expectations costs tenths of a second before it sees a row.
"""

from __future__ import annotations

import gc
import logging
import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from zhibao.checking.faults import broken
from zhibao.checking.frame import Frame
from zhibao.checking.suites import Rule, Suite

if TYPE_CHECKING:
    import pandas as pd

# COMPLETE names every unexpected row by its place in the frame. Values are left out: they are personal.
RESULT_FORMAT = {
    "result_format": "COMPLETE",
    "exclude_unexpected_values": True,
    "return_unexpected_index_query": False,
    "partial_unexpected_count": 0,
}
EXCEPTION_LINE = re.compile(r"^([A-Za-z_][\w.]*)(?::|$)", re.MULTILINE)


def prepare() -> None:
    """Import Great Expectations and our classes: seconds of one processor, well spent while others read."""
    with _without_collecting():
        import great_expectations  # noqa: F401

        import zhibao.checking.expectations  # noqa: F401  registers the classes that the suites name


def evaluate(suite: Suite, frame: Frame) -> list[list[int]]:
    """Places in `frame` of the rows that each rule of `suite` does not expect, in the order of its rules.

    Raises OperatorError for a rule that raises, by its code.
    """
    return _places(suite, validate(suite, frame).results)


def validate(suite: Suite, frame: Frame, descriptions: Sequence[str] | None = None) -> Any:
    """GX's own result (ExpectationSuiteValidationResult), without any value of the rows.

    `descriptions` are what it says of each rule, in the order of the rules. Raises OperatorError for a rule that
    cannot be run at all.
    """
    prepare()
    import great_expectations as gx
    from great_expectations.data_context.types.base import (
        DataContextConfig,
        InMemoryStoreBackendDefaults,
        ProgressBarsConfig,
    )

    with _quiet(), _without_collecting():
        context = gx.get_context(mode="ephemeral", project_config=DataContextConfig(
            store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
            progress_bars=ProgressBarsConfig(globally=False),
            analytics_enabled=False,
        ))
        asset = context.data_sources.add_pandas(suite.form.code).add_dataframe_asset("returns")
        batch = asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": _pandas_frame(frame)})
        built = [_expectation(order, rule) for order, rule in enumerate(suite.rules)]
        for expectation, description in zip(built, descriptions or (), strict=bool(descriptions)):
            expectation.description = description
        try:
            return batch.validate(gx.ExpectationSuite(suite.form.code, built), result_format=RESULT_FORMAT)
        except Exception as error:  # noqa: BLE001  whatever a rule raises is the operator's
            raise broken(f"{suite.form.code}.*", type(error).__name__) from None
        finally:
            # GX keeps its last context, and with it the frame: personal data that nobody needs any more.
            context.data_sources.delete(suite.form.code)


def _pandas_frame(frame: Frame) -> pd.DataFrame:
    import pandas as pd

    # pandas would turn an array of objects into its text type, at the cost of a copy.
    return pd.DataFrame(
        {code: pd.Series(values, dtype=object) if values.dtype == object else values for code, values in frame.items()},
        copy=False,
    )


def _expectation(order: int, rule: Rule) -> Any:
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

    try:
        return ExpectationConfiguration(
            type=rule.entry.type, kwargs=dict(rule.kwargs), meta={"order": order}, severity=rule.entry.severity
        ).to_domain_obj()
    except Exception as error:  # noqa: BLE001
        raise broken(rule.code, type(error).__name__) from None


def _places(suite: Suite, results: Sequence[Any]) -> list[list[int]]:
    by_order = {result.expectation_config.meta["order"]: result for result in results}
    places = []
    for order, rule in enumerate(suite.rules):
        if order not in by_order:
            raise broken(rule.code, "no result")
        result = by_order[order]
        if kind := _exception_kind(result.exception_info):
            raise broken(rule.code, kind)
        places.append([int(place) for place in result.result.get("unexpected_index_list") or ()])
    return places


def _exception_kind(info: dict[str, Any] | None) -> str | None:
    """The kind of exception that GX swallowed, if any. Its text is left out, for it may quote a cell."""
    for item in [info] if "raised_exception" in (info or {}) else (info or {}).values():
        facts = item if isinstance(item, dict) else item.to_json_dict()
        if facts["raised_exception"]:
            # The first of a chain is the cause; what GX makes of it follows.
            kinds = EXCEPTION_LINE.findall(facts.get("exception_traceback") or "")
            return kinds[0] if kinds else "exception"
    return None


@contextmanager
def _quiet() -> Iterator[None]:
    """GX logs and warns with values of the rows that it looks at; they are personal."""
    logger = logging.getLogger("great_expectations")
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Millions of small objects that live until the end: looking for garbage among them takes a sixth of the time."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()
