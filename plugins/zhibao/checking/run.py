"""Runs the suites over a batch of returns, one run a form, and gives each return its findings, at its own cells."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Literal

from zhibao.checking.frame import Facts, Frame, build_frame, facts_of
from zhibao.checking.groups import first_places, group_of_each
from zhibao.checking.suites import Rule, Suite, load_suite
from zhibao.findings import Finding
from zhibao.programme.models import Programme
from zhibao.reading.model import ReadReturn
from zhibao.text import Text

Engine = Literal["gx", "native"]
Evaluate = Callable[[Suite, Frame], list[list[int]]]


def check_returns(
    programme: Programme, returns: Sequence[ReadReturn], expectations_dir: Path, today: date, *, engine: Engine = "gx"
) -> list[list[Finding]]:
    """Findings of each return, in the order of `returns`: those of its reading, then those of its form's suite.

    The latter are ordered by sheet row, column and rule. `today` bounds dates of a period that has not ended.
    `engine` is Great Expectations (`gx`) or what gives the same without its import (`native`).
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
        checked = _check_batch(suite, batch, facts, _evaluator(engine, suite))
        for position, found in zip(positions, checked, strict=True):
            findings[position] += found
    return findings


def _evaluator(engine: Engine, suite: Suite) -> Evaluate:
    """A suite with a rule that only Great Expectations knows is left to it: slower, but no rule is passed over."""
    if engine == "native":
        from zhibao.checking import native

        if native.covers(suite):
            return native.evaluate
    from zhibao.checking import gx

    return gx.evaluate


def _check_batch(
    suite: Suite, returns: Sequence[ReadReturn], facts: Sequence[Facts], evaluate: Evaluate
) -> list[list[Finding]]:
    frame = build_frame(suite, returns, facts)
    starts = _starts(returns)
    writers = [_Writer(suite, item, facts[index]) for index, item in enumerate(returns)]
    owners = frame["_return"].tolist()
    for order, (rule, places) in enumerate(zip(suite.rules, evaluate(suite, frame), strict=True)):
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


def _first_rows(rule: Rule, frame: Frame, places: list[int]) -> list[int | None]:
    """For a repeated key, the sheet row where it stands first."""
    if rule.entry.meta.for_each != "key" or not places:
        return [None] * len(places)
    groups = group_of_each([frame[code] for code in rule.kwargs["column_list"]])
    return frame["_row"][first_places(groups)[places]].tolist()


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
