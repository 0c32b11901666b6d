"""The relations of `sql/`: one `select` a file, run in the order that their `-- reads:` lines give.

`staging` and `marts` are relations by their path's last name. Below marts, `facts/<figure>.sql` gives the rows that a
figure adds up (labels, contribution, is_counted, reason, form, row_id, subject; a row of zero without form makes the
figure exist), `figures/<figure>.sql` computes a figure from others (labels, value). `delta` tells what was touched
since a set was kept (delta.py), `invariants` give what breaks one; `checks` are run elsewhere (cross_checks.py). Some
are written from a programme's files (completeness.py, criteria.py, indicators.py).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

from psycopg import sql
from psycopg.types.json import Jsonb

from zhibao.errors import ConfigurationError, OperatorError, Problem
from zhibao.figures import Labels
from zhibao.store.database import Connection
from zhibao.warehouse.reference import TABLES

FACTS, RATIOS, VALUES = "marts/facts", "marts/figures", "figure_value"
FOLDERS = ("delta", "staging", "marts", FACTS, RATIOS)
STORE = {
    "submission", "assessment", "acceptance", "finding", "explanation", "explanation_review", "waiver", "title_ruling",
    "return_ruling",
}
READS, OF = (re.compile(rf"^-- {word}:(.*(?:\n--   .*)*)", re.MULTILINE) for word in ("reads", "of"))

VIEW = re.compile(r"^-- as: view\b", re.MULTILINE)

# What is read once need not be written down: its header says `-- as: view`.
MAKE = (
    "drop table if exists pg_temp.{name} cascade; create temporary table {name} on commit drop as {query};"
    " analyze {name}"
)
MAKE_VIEW = "drop view if exists pg_temp.{name} cascade; create temporary view {name} as {query}"

# How figures get their values: facts add up where they count, the others say what they are computed to.
VALUED = {
    FACTS: "insert into figure_value select {code}, labels, coalesce(sum(contribution) filter (where is_counted), 0)"
    " from ({query}) as fact group by labels",
    RATIOS: "insert into figure_value select {code}, labels, value from ({query}) as computed",
}


@dataclass(frozen=True, slots=True)
class Relation:
    """One file: its name, folder and query, the relations that it reads, and the figures that it is computed of."""

    name: str
    folder: str
    query: str
    reads: tuple[str, ...]
    of: tuple[str, ...] = ()


@cache
def load_relations(sql_dir: Path, forms: frozenset[str], made: tuple[Relation, ...] = ()) -> dict[str, Relation]:
    """All relations by name, each after what it reads. Raises ConfigurationError for a broken header.

    `forms` are the tables of accepted rows, which a relation may read as well; `made` are relations without a file.
    """
    paths = [(folder, path) for folder in FOLDERS for path in sorted((sql_dir / folder).glob("*.sql"))]
    found = {path.stem: _load(folder, path) for folder, path in paths} | {item.name: item for item in made}
    taken = TABLES.keys() | STORE | forms | {VALUES}
    problems = [
        Problem(f"{item.folder}/{item.name}.sql", 1, f"reads {name!r}, which is no relation")
        for item in found.values() for name in (*item.reads, *item.of) if name not in found.keys() | taken
    ]
    problems += [
        Problem(f"{item.folder}/{name}.sql", 1, "this name is taken") for name, item in found.items() if name in taken
    ]
    if len(found) < len(paths) + len(made):
        problems.append(Problem("sql", 1, "two relations have one name"))
    if problems:
        raise ConfigurationError(problems)
    graph = {
        name: [read for read in (*item.reads, *item.of) if read in found] for name, item in found.items()
    }
    try:
        return {name: found[name] for name in TopologicalSorter(graph).static_order()}
    except CycleError as error:
        raise ConfigurationError([Problem("sql", 1, f"relations read each other: {error.args[1]}")]) from None


def needed_for(relations: dict[str, Relation], targets: Iterable[str]) -> list[Relation]:
    """The targets and all that they rest on, in order."""
    wanted, waiting = set(), list(targets)
    while waiting:
        name = waiting.pop()
        if name in relations and name not in wanted:
            wanted.add(name)
            waiting += relations[name].reads + relations[name].of
    return [item for name, item in relations.items() if name in wanted]


def build(connection: Connection, relations: Iterable[Relation]) -> None:
    """Make the relations of `staging`, `marts` and `delta`, which live as long as the transaction.

    The reference rows must be there. Figures are read once, as values (`build_values`) or in part (`facts_of`).
    """
    connection.execute("set local work_mem = '64MB'")  # else the joins of a year's candidates go by the disk
    for item in relations:
        if item.folder not in VALUED:
            make = MAKE_VIEW if VIEW.search(item.query) else MAKE
            statement = sql.SQL(make).format(name=sql.Identifier(item.name), query=sql.SQL(item.query))
            connection.execute(statement, prepare=False)


def build_values(connection: Connection, relations: Iterable[Relation]) -> None:
    """Make `figure_value` (name, labels, value): every figure, summed from its facts or computed from others."""
    connection.execute(
        "drop table if exists pg_temp.figure_value;"
        " create temporary table figure_value (name text, labels jsonb, value numeric) on commit drop",
        prepare=False,
    )
    add_values(connection, relations)


def add_values(connection: Connection, relations: Iterable[Relation]) -> None:
    """Add the figures of these relations to `figure_value`, in order."""
    for item in relations:
        if item.folder in VALUED:
            statement = sql.SQL(VALUED[item.folder]).format(code=sql.Literal(item.name), query=sql.SQL(item.query))
            connection.execute(statement, prepare=False)


def facts_of(connection: Connection, relation: Relation, labels: Labels) -> list[dict[str, Any]]:
    """The facts that a figure adds up or leaves out, counted ones first. What it rests on must have been built."""
    statement = sql.SQL(
        "select contribution, is_counted, reason, form, row_id, subject from ({query}) as fact"
        " where labels = {labels} and form is not null order by is_counted desc, form, subject, row_id"
    ).format(query=sql.SQL(relation.query), labels=sql.Literal(Jsonb(dict(labels))))
    return connection.execute(statement, prepare=False).fetchall()


def run_invariants(connection: Connection, sql_dir: Path, built: Collection[str]) -> None:
    """Run those of `sql/invariants` that read only what was `built`; each gives what breaks an invariant.

    Raises OperatorError naming the first broken one.
    """
    known = {*built, *TABLES}
    for path in sorted((sql_dir / "invariants").glob("*.sql")):
        if not known.issuperset(_load("invariants", path).reads):
            continue
        rows = connection.execute(path.read_text("utf-8"), prepare=False).fetchall()
        if rows:
            first = " ".join(f"{key}={value}" for key, value in rows[0].items())
            raise OperatorError(
                f"结果不自洽（sql/invariants/{path.name}），共 {len(rows)} 处，如：{first}。请勿发布，并告知维护人员",
                f"results break sql/invariants/{path.name} in {len(rows)} rows, such as {first}: do not publish them",
            )


def digest_of_sql(relations: Iterable[Relation]) -> str:
    """Names this text of the relations: figures computed by another text are not fresh."""
    lines = sorted(f"{item.folder}/{item.name}\0{item.query}" for item in relations)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _load(folder: str, path: Path) -> Relation:
    text = path.read_text("utf-8")
    header = READS.search(text)
    if header is None:
        raise ConfigurationError([Problem(f"{folder}/{path.name}", 1, "the header has no `-- reads:` line")])
    of = OF.search(text)
    return Relation(path.stem, folder, text, _names(header[1]), _names(of[1]) if of else ())


def _names(told: str) -> tuple[str, ...]:
    return tuple(told.replace("\n--", " ").replace(",", " ").split())
