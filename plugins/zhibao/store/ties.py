"""What ties rows together (`sql/staging/ties.yaml`): rows with an equal tie may move each other's figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml
from psycopg import sql

from zhibao.programme.models import Form
from zhibao.settings import load_settings

TITLE = "title"  # the tie of a candidate's rows in whichever form: concat_ws('/', unit, level, candidate_no)

# A date as a number of days, since its text depends on a setting and could have no index.
DAY, TEXT, AND = "({} - date '2000-01-01')::text", "{}::text", " || '/' || "


@dataclass(frozen=True, slots=True)
class Tie:
    """`value` is an expression of text over `columns` of a form; equal ones of one `name` are tied, null ones not."""

    name: str
    columns: tuple[str, ...]
    value: sql.Composable


def ties_of(form: Form) -> list[Tie]:
    """The ties of a form; none where it is not named and has no key."""
    by_key = {form.code: {"of": ["unit", *form.key]}} if form.key else {}
    return [
        Tie(name, tuple(item["of"]), sql.SQL(item["as"]) if "as" in item else _joined(form, item["of"]))
        for name, item in _named().get(form.code, by_key).items()
    ]


def _joined(form: Form, columns: Sequence[str]) -> sql.Composable:
    days = {column.code for column in form.columns if column.type == "date"}
    return sql.SQL(AND).join(sql.SQL(DAY if code in days else TEXT).format(sql.Identifier(code)) for code in columns)


@cache
def _named() -> dict[str, dict[str, dict[str, Any]]]:
    path = load_settings().sql_dir / "staging" / "ties.yaml"
    return yaml.safe_load(path.read_text("utf-8"))
