"""Runs the suites over a batch of returns and gives each return its findings, at its own cells.

One validation a form, however many returns: Great Expectations costs tenths of a second before it sees a row.
"""

from __future__ import annotations

import logging
import re
import warnings
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zhibao.checking.frame import Facts, build_frame, facts_of
from zhibao.checking.suites import Rule, Suite, load_suite
from zhibao.errors import OperatorError
from zhibao.findings import Finding
from zhibao.programme.models import Programme
from zhibao.reading.model import ReadReturn
from zhibao.text import Text

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


def check_returns(
    programme: Programme, returns: Sequence[ReadReturn], expectations_dir: Path, today: date
) -> list[list[Finding]]:
    """Findings of each return, in the order of `returns`: those of its reading, then those of its form's suite.

    The latter are ordered by sheet row, column and rule. `today` bounds dates of a period that has not ended.
    Raises ConfigurationError for a faulty suite, OperatorError for a rule that raises.
    """
    findings = [list(item.findings) for item in returns]
    batches: dict[str, list[int]] = defaultdict(list)
    for position, item in enumerate(returns):
        if item.form in programme.forms and item.rows and not item.refused:
            batches[item.form].append(position)
    for form, positions in sorted(batches.items()):
        suite = load_suite(expectations_dir, programme.forms[form])
        batch = [returns[position] for position in positions]
        facts = [facts_of(programme, item, today) for item in batch]
        for position, found in zip(positions, _check_batch(suite, batch, facts), strict=True):
            findings[position] += found
    return findings


def _check_batch(suite: Suite, returns: Sequence[ReadReturn], facts: Sequence[Facts]) -> list[list[Finding]]:
    frame = build_frame(suite, returns, facts)
    starts = _starts(returns)
    writers = [_Writer(suite, item, facts[index]) for index, item in enumerate(returns)]
    owners = frame["_return"].to_numpy()
    for order, (rule, places) in enumerate(zip(suite.rules, validate(suite, frame), strict=True)):
        first_rows = _first_rows(rule, frame, places)
        for place, first_row in zip(places, first_rows, strict=True):
            owner = owners[place]
            writers[owner].add(order, rule, place - starts[owner], first_row)
    return [writer.sorted() for writer in writers]


def _starts(returns: Sequence[ReadReturn]) -> list[int]:
    starts, total = [], 0
    for item in returns:
        starts.append(total)
        total += len(item.rows)
    return starts


def _first_rows(rule: Rule, frame: pd.DataFrame, places: list[int]) -> list[int | None]:
    """For a repeated key, the sheet row where it stands first."""
    if rule.entry.meta.for_each != "key" or not places:
        return [None] * len(places)
    rows = frame.groupby(rule.kwargs["column_list"], sort=False)["_row"].transform("first")
    return [int(row) for row in rows.iloc[places]]


class _Writer:
    """Turns unexpected rows of one return into findings, with each text written once."""

    def __init__(self, suite: Suite, item: ReadReturn, facts: Facts) -> None:
        self.item, self.form = item, suite.form
        self.known = {key: "" if value is None else value for key, value in asdict(facts).items()}
        self.texts: dict[tuple[int, int | None], tuple[Text, Text]] = {}
        self.found: list[tuple[int, int, int, Finding]] = []

    def add(self, order: int, rule: Rule, index: int, first_row: int | None) -> None:
        letters = self.item.layout.get(rule.at)
        # Without its column a sheet has one finding, the reader's; a doubtful cell likewise.
        if letters is None or index in self.item.doubts.get(rule.at, ()):
            return
        key = (order, first_row)
        if key not in self.texts:
            self.texts[key] = self._texts(rule, first_row)
        message, next_step = self.texts[key]
        row = self.item.rows[index]
        finding = Finding(
            code=rule.code, severity=rule.entry.meta.severity, message=message, next_step=next_step,
            sheet=self.item.sheet, row=row, column=letters, header=self._header(rule.at), field=rule.at,
        )
        self.found.append((row, _column_number(letters), order, finding))

    def sorted(self) -> list[Finding]:
        return [item[-1] for item in sorted(self.found, key=lambda item: item[:3])]

    def _texts(self, rule: Rule, first_row: int | None) -> tuple[Text, Text]:
        others = [column for column in rule.columns if column != rule.at and not column.startswith("_")]
        values = {
            **rule.kwargs,
            **self.known,
            "header": self._header(rule.at),
            "other": "、".join(map(self._header, others)),
            "first_row": first_row,
        }
        meta = rule.entry.meta
        return meta.message.format(**values), meta.next_step.format(**values)

    def _header(self, code: str) -> str:
        return self.item.headers.get(code) or self.form.column(code).header


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter.upper()) - ord("A") + 1
    return number


def validate(suite: Suite, frame: pd.DataFrame) -> list[list[int]]:
    """Places in `frame` of the rows that each rule of `suite` does not expect, in the order of its rules."""
    import great_expectations as gx
    from great_expectations.data_context.types.base import (
        DataContextConfig,
        InMemoryStoreBackendDefaults,
        ProgressBarsConfig,
    )

    import zhibao.checking.expectations  # noqa: F401  registers the classes that the suites name

    with _quiet():
        context = gx.get_context(mode="ephemeral", project_config=DataContextConfig(
            store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
            progress_bars=ProgressBarsConfig(globally=False),
            analytics_enabled=False,
        ))
        asset = context.data_sources.add_pandas(suite.form.code).add_dataframe_asset("returns")
        batch = asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": frame})
        built = [_expectation(order, rule) for order, rule in enumerate(suite.rules)]
        try:
            result = batch.validate(gx.ExpectationSuite(suite.form.code, built), result_format=RESULT_FORMAT)
        except Exception as error:  # noqa: BLE001  whatever a rule raises is the operator's
            raise _broken(f"{suite.form.code}.*", type(error).__name__) from None
        finally:
            # GX keeps its last context, and with it the frame: personal data that nobody needs any more.
            context.data_sources.delete(suite.form.code)
    return _places(suite, result.results)


def _expectation(order: int, rule: Rule) -> Any:
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

    try:
        return ExpectationConfiguration(
            type=rule.entry.type, kwargs=dict(rule.kwargs), meta={"order": order}, severity=rule.entry.severity
        ).to_domain_obj()
    except Exception as error:  # noqa: BLE001
        raise _broken(rule.code, type(error).__name__) from None


def _places(suite: Suite, results: Sequence[Any]) -> list[list[int]]:
    by_order = {result.expectation_config.meta["order"]: result for result in results}
    places = []
    for order, rule in enumerate(suite.rules):
        if order not in by_order:
            raise _broken(rule.code, "no result")
        result = by_order[order]
        if kind := _exception_kind(result.exception_info):
            raise _broken(rule.code, kind)
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


def _broken(rule: str, kind: str) -> OperatorError:
    return OperatorError(
        f"校验规则 {rule} 无法执行（{kind}）。数据未被判定，请运维人员检查 expectations/ 中的该规则。",
        f"The rule {rule} could not run ({kind}). No data was judged; mend the rule in expectations/.",
    )


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
