"""Computes a report from the figures that were last kept of it: the cost follows the change (DESIGN, decision 5).

Only rows that the change can reach are looked at (`slices.py`). The same relations are built over them twice, as of the
kept figures and as of the question; kept sums, less the first, plus the second, are the sums now, and ratios and ranks
follow from these. Figures that rest on no row of a form, such as the states of returns, are computed as ever. A full
compute gives the same: it is the oracle, each night and in the tests.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from psycopg.types.json import Jsonb

from zhibao.figures import Labels
from zhibao.period import Period
from zhibao.programme.models import Programme
from zhibao.settings import load_settings
from zhibao.store.database import Connection
from zhibao.warehouse.compute import (
    FigureSet,
    compute,
    figures_of,
    input_digest_of,
    last_set,
    question_of,
    relations_for,
    relations_of,
)
from zhibao.warehouse.reference import TABLES, Question, load_reference, set_instants
from zhibao.warehouse.relations import (
    FACTS,
    RATIOS,
    VALUES,
    Relation,
    add_values,
    build,
    build_values,
    needed_for,
    run_invariants,
)
from zhibao.warehouse.slices import cut_forms, reach

TOUCHED = ("touched_return", "touched_title")
MOST_ROWS = 50_000  # beyond, computing the whole is hardly dearer

Sums = dict[tuple[str, Labels], Decimal | None]


def refresh(
    connection: Connection, programme: Programme, kind: str, period: Period, as_of: datetime,
    since: FigureSet | None = None,
) -> FigureSet:
    """What `compute` gives, from the kept set `since` (default: the last of this report) and what came after it.

    In full where it can't be had so. No relation stays behind. Raises as `compute` does.
    """
    kept = since or last_set(connection, programme, kind, period)
    found = from_kept(connection, programme, kept, as_of) if kept else None
    return found or compute(connection, programme, kind, period, as_of)


def from_kept(
    connection: Connection, programme: Programme, kept: FigureSet, as_of: datetime
) -> FigureSet | None:
    """The report of a kept set as of another instant.

    None where the set was computed by other rules, or from what is not there any more, or was changed since; where the
    change reaches too far, and where a target is a cap.
    """
    question = question_of(connection, programme, kept.kind, kept.period, as_of, None)
    if kept.programme_digest != programme.digest or not kept.is_intact or not _is_local(programme):
        return None
    with connection.transaction(force_rollback=True):
        return _from_kept(connection, programme, question, kept)


def _is_local(programme: Programme) -> bool:
    """Whether a title counts by its own ties alone: where a target is a cap, the first ones of all fill it."""
    return programme.switches.quota.semantics != "cap"


def _from_kept(
    connection: Connection, programme: Programme, question: Question, kept: FigureSet
) -> FigureSet | None:
    relations, computed = relations_of(programme), relations_for(programme, question.kind)
    load_reference(connection, programme, question, since=(kept.as_of, kept.known_at))
    build(connection, needed_for(relations, TOUCHED))
    set_instants(connection, programme, question, kept.as_of, kept.known_at)
    then = [item for item in needed_for(relations, ["input_digest", "last_return"]) if item.name not in TOUCHED]
    build(connection, then)
    is_as_kept = input_digest_of(connection, computed) == kept.input_digest
    forms = reach(connection, programme, MOST_ROWS) if is_as_kept else None
    if forms is None:
        return None
    facts = _facts(relations, computed, programme, forms)
    cut_forms(connection, facts.forms)
    build(connection, [item for item in facts.below_moved if item not in then])
    build_values(connection, facts.moved)
    before = _values(connection, facts.moved)
    set_instants(connection, programme, question, question.as_of, question.known_at)
    build(connection, [item for item in computed.values() if item in facts.below_moved or item in facts.below_still])
    build_values(connection, [*facts.moved, *facts.still])
    inputs = input_digest_of(connection, computed)
    _hold(connection, facts.below_moved)
    sums = _sum_up(kept, before, _values(connection, facts.moved), {item.name for item in facts.moved + facts.kept})
    if sums is None:
        return None
    _put(connection, sums)
    add_values(connection, [item for item in computed.values() if item.folder == RATIOS])
    _hold(connection, facts.below_still)
    figures = figures_of(connection, programme, question)
    return FigureSet(
        question.kind, question.period, question.as_of, question.known_at, inputs, programme.digest, figures
    )


@dataclass(frozen=True, slots=True)
class _Facts:
    """The facts of a report: those that the change may move, those whose sums stay as they were kept, and those that
    rest on no form. `forms` are what the first ones rest on, `below_…` all relations."""

    moved: list[Relation]
    kept: list[Relation]
    still: list[Relation]
    forms: set[str]
    below_moved: list[Relation]
    below_still: list[Relation]


def _facts(
    relations: dict[str, Relation], computed: Mapping[str, Relation], programme: Programme, touched: set[str]
) -> _Facts:
    forms = {
        fact.name: {name for item in needed_for(relations, [fact.name]) for name in item.reads} & programme.forms.keys()
        for fact in computed.values() if fact.folder == FACTS
    }
    moved = [computed[name] for name, read in forms.items() if read & touched]
    still = [computed[name] for name, read in forms.items() if not read]
    return _Facts(
        moved, [computed[name] for name, read in forms.items() if read and not read & touched], still,
        set().union(*(forms[item.name] for item in moved)),
        needed_for(relations, [item.name for item in moved]),
        needed_for(relations, [*(item.name for item in still), "input_digest"]),
    )


def _hold(connection: Connection, below: Iterable[Relation]) -> None:
    """Hold the invariants that read nothing but values and these relations: of a slice they hold as of the whole."""
    run_invariants(connection, load_settings().sql_dir, {*TABLES, VALUES, *(item.name for item in below)})


def _values(connection: Connection, facts: Iterable[Relation]) -> Sums:
    rows = connection.execute(
        "select name, labels, value from figure_value where name = any(%s)", ([item.name for item in facts],),
        prepare=False,
    )
    return {(row["name"], tuple(sorted(row["labels"].items()))): row["value"] for row in rows}


def _sum_up(kept: FigureSet, before: Sums, after: Sums, names: set[str]) -> Sums | None:
    """The sums of these facts now; none where labels left the slice, which can't tell whether others bear them."""
    sums = {(item.name, item.labels): item.value for item in kept.figures if item.name in names}
    if not (before.keys() <= after.keys() and before.keys() <= sums.keys()):
        return None
    return sums | {key: sums.get(key, 0) + value - before.get(key, 0) for key, value in after.items()}


def _put(connection: Connection, sums: Sums) -> None:
    """Set these values in `figure_value`."""
    connection.execute("delete from figure_value where name = any(%s)", ([name for name, _ in sums],), prepare=False)
    with connection.cursor() as cursor, cursor.copy("copy figure_value (name, labels, value) from stdin") as copy:
        for (name, labels), value in sums.items():
            copy.write_row((name, Jsonb(dict(labels)), value))
