"""Tables of many rows: cut out of the page before it is laid out, so that their rows can be drawn without a box each.

WeasyPrint spends some 9 ms and 0.2 MB on a row. A long table's head and frame stay its work; the rows are measured,
shared out over pages and drawn here (`rowdrawing.py`), in the places and fonts that WeasyPrint gave a few sample rows.
"""

from __future__ import annotations

import re
from copy import deepcopy
from dataclasses import dataclass

from lxml import html

from zhibao.documents.typeset import SOURCE_BREAK

LEAST_ROWS = 100  # a table with fewer is laid out like any other
SAMPLE_ROWS = 3
DIGIT = "1"
TABLE = re.compile(r"<table\b.*?</table>", re.DOTALL)
SCOPE = ' scope="row"'
SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class LongTable:
    """`skeleton` is the table without its rows; `kinds` is the tag and class of each column's cells."""

    number: int
    skeleton: html.HtmlElement
    kinds: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def name(self) -> str:
        """The id of the table with samples."""
        return f"zb-long-{self.number}"

    @property
    def mark(self) -> str:
        return f"<!--{self.name}-->"

    def name_of(self, part: int) -> str:
        """The id of the space for a part's rows."""
        return f"zb-long-{self.number}-{part}"

    def with_samples(self, text: str) -> str:
        """The table with a few rows that all say `text`, and a last one of digits alone, for measuring."""
        said = [text] * (SAMPLE_ROWS - 1) + [DIGIT]
        return self._table("".join(map(self._row, said)), {"id": self.name})

    def _row(self, text: str) -> str:
        cells = (f'<{tag} class="{name}"{SCOPE if tag == "th" else ""}>{text}</{tag}>' for tag, name in self.kinds)
        return f"<tr>{''.join(cells)}</tr>"

    def with_space(self, part: int, height: float) -> str:
        """Part `part` of the table with an empty space of `height` pixels where its rows are to be drawn."""
        cell = (f'<td colspan="{len(self.kinds)}" id="{self.name_of(part)}"'
                f' style="height:{height:.4f}px;padding:0"></td>')
        return self._table(f"<tr>{cell}</tr>", {"style": "break-before:page"} if part else {})

    def _table(self, body: str, attributes: dict[str, str]) -> str:
        table = deepcopy(self.skeleton)
        for key, value in attributes.items():
            table.set(key, value)
        table.append(html.fromstring(f"<table><tbody>{body}</tbody></table>").find("tbody"))
        return html.tostring(table, encoding="unicode", with_tail=False)


def cut(page: str) -> tuple[str, list[LongTable]]:
    """`page` with a mark for each long table whose rows are plain words, and these tables."""
    found: list[LongTable] = []

    def take(match: re.Match[str]) -> str:
        table = _read(match[0], len(found)) if match[0].count("<tr") > LEAST_ROWS else None
        if table is None:
            return match[0]
        found.append(table)
        return table.mark

    return TABLE.sub(take, page), found


def _read(text: str, number: int) -> LongTable | None:
    """None where a row is more than words in columns: groups, totals, spans, marks within a cell."""
    table = html.fromstring(text)
    bodies, heads = table.findall("tbody"), table.findall("thead")
    if len(bodies) != 1 or len(heads) != 1 or table.get("id") or table.get("style"):
        return None
    rows = bodies[0].findall("tr")
    kinds = _kinds(rows[0]) if rows else ()
    if len(rows) < LEAST_ROWS or any(row.attrib or _kinds(row) != kinds for row in rows) or None in kinds:
        return None
    words = tuple(tuple(_words(cell.text or "") for cell in row) for row in rows)
    table.remove(bodies[0])
    return LongTable(number, table, kinds, words)


def _kinds(row: html.HtmlElement) -> tuple[tuple[str, str] | None, ...]:
    return tuple(
        (cell.tag, cell.get("class", "")) if not len(cell) and {*cell.attrib} <= {"class", "scope"} else None
        for cell in row
    )


def _words(text: str) -> str:
    return SPACE.sub(" ", SOURCE_BREAK.sub("", text)).strip()
