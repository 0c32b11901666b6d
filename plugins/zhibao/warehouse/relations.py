"""The relations of `sql/`: one `select` a file, run in the order that their `-- reads:` lines give."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from psycopg import sql

from zhibao.errors import ConfigurationError, OperatorError, Problem
from zhibao.store.database import Connection
from zhibao.warehouse.reference import TABLES

FOLDERS = ("staging", "marts")
HEADER = re.compile(r"^-- reads:(.*(?:\n-- (?!reads:).*)*)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Relation:
    """One file: its name, its query, and the relations that it reads."""

    name: str
    query: str
    reads: tuple[str, ...]


@cache
def load_relations(sql_dir: Path) -> tuple[Relation, ...]:
    """All relations of staging and marts, each after what it reads. Raises ConfigurationError for a broken header."""
    found = {path.stem: _load(path) for folder in FOLDERS for path in sorted((sql_dir / folder).glob("*.sql"))}
    problems = [
        Problem(f"{relation.name}.sql", 1, f"reads {name!r}, which is no relation")
        for relation in found.values() for name in relation.reads if name not in found and name not in TABLES
    ]
    if problems:
        raise ConfigurationError(problems)
    graph = {name: [item for item in relation.reads if item in found] for name, relation in found.items()}
    try:
        return tuple(found[name] for name in TopologicalSorter(graph).static_order())
    except CycleError as error:
        raise ConfigurationError([Problem("sql", 1, f"relations read each other: {error.args[1]}")]) from None


def build(connection: Connection, sql_dir: Path) -> None:
    """Make every relation, as a table that lives as long as the transaction. The reference rows must be there."""
    for relation in load_relations(sql_dir):
        name = sql.Identifier(relation.name)
        connection.execute(sql.SQL("drop table if exists pg_temp.{}").format(name))
        create = sql.SQL("create temporary table {} on commit drop as ").format(name)
        connection.execute(create + sql.SQL(relation.query))
        connection.execute(sql.SQL("analyze {}").format(name))


def run_checks(connection: Connection, sql_dir: Path) -> None:
    """Run `sql/checks`: each gives what breaks an invariant. Raises OperatorError naming the first broken one."""
    for path in sorted((sql_dir / "checks").glob("*.sql")):
        rows = connection.execute(path.read_text("utf-8")).fetchall()
        if rows:
            raise OperatorError(
                f"结果不自洽（{path.stem}）：{rows[0]}，共 {len(rows)} 处。请勿发布，并告知维护人员",
                f"results break the invariant {path.stem}: {rows[0]} ({len(rows)} rows); do not publish them",
            )


def _load(path: Path) -> Relation:
    text = path.read_text("utf-8")
    header = HEADER.search(text)
    if header is None:
        raise ConfigurationError([Problem(path.name, 1, "the header has no `-- reads:` line")])
    names = header[1].replace("\n--", " ").replace(",", " ").split()
    return Relation(path.stem, text, tuple(names))
