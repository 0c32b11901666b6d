"""The SQL files keep their own rules: headers tell the truth, no literal of the programme, invariants that bite."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.warehouse.loading import CASES, instant, load_case

from zhibao.errors import ConfigurationError, OperatorError
from zhibao.period import Period
from zhibao.programme.models import Programme
from zhibao.settings import load_settings
from zhibao.store.database import Connection
from zhibao.warehouse.catalogue import figure_kinds
from zhibao.warehouse.compute import compute, relations_for, relations_of
from zhibao.warehouse.labels import label
from zhibao.warehouse.reference import TABLES
from zhibao.warehouse.relations import FOLDERS, VALUES, load_relations, needed_for, run_invariants

SQL = load_settings().sql_dir
FILES = [path for folder in (*FOLDERS, "invariants", "checks") for path in sorted((SQL / folder).glob("*.sql"))]
FORMS = frozenset({"candidate", "selection_result", "event"})
# What PostgreSQL 16 to 18 brought and a file here might want to use.
NEWER = (
    r"\b(?:any_value|pg_input_is_valid|pg_input_error_info|array_shuffle|array_sample|array_sort|array_reverse|json_array"
    r"|json_arrayagg|json_objectagg|json_table|json_value|json_query|json_exists|json_scalar|json_serialize|date_add"
    r"|date_subtract|erf|random_normal|to_regtypemod|casefold|uuidv7|uuidv4|crc32|gamma|virtual)\b"
    r"|\bis\s+json\b|\bat\s+local\b|\b\d+_\d|\b0[xob][0-9a-f]|\bmerge\s+into\b|nulls\s+not\s+distinct|\breturning\s+old\b"
)
HEADS = ("-- Why:", "-- reads:")


def body(path: Path) -> str:
    return "\n".join(line.split("--")[0] for line in path.read_text("utf-8").splitlines())


def test_there_are_files() -> None:
    assert len(FILES) > 40


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_header_tells_what_is_read(path: Path) -> None:
    text = path.read_text("utf-8")
    gives = path.parent.name in ("invariants", "checks")
    wanted = (*HEADS, "-- gives:") if gives else (*HEADS, "-- grain:", "-- keys:", "-- clause:")
    assert all(head in text for head in wanted)
    reads = re.search(r"^-- reads:(.*(?:\n--   .*)*)", text, re.MULTILINE)
    assert reads
    told = set(reads[1].replace("\n--", " ").replace(",", " ").split())
    sql = body(path)
    inside = set(re.findall(r"^(?:with )?(\w+) as (?:materialized )?\(", sql, re.MULTILINE))
    sources = re.sub(r"distinct from|extract\(\w+ from", "", sql)
    used = set(re.findall(r"\b(?:from|join)\s+(\w+)\b(?!\s*\()", sources)) - inside
    assert used == told


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_literal_of_the_programme(path: Path, programme: Programme) -> None:
    words = set(re.findall(r"'([^']*)'", body(path)))
    lists = (programme.units, programme.levels, programme.categories, programme.competitions, programme.cadences)
    codes = {item.code for items in lists for item in items}
    codes |= {item.code for level in programme.levels for item in level.criteria}
    assert not words & codes
    assert not re.search(r"\b20\d\d\b", body(path)), "no year"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_columns_are_explicit(path: Path) -> None:
    assert not re.search(r"select\s+(\w+\.)?\*", body(path))


@pytest.mark.parametrize("path", [*FILES, *sorted(SQL.glob("migrations/versions/*.sql"))], ids=lambda path: path.stem)
def test_nothing_is_newer_than_postgresql_15(path: Path) -> None:
    text = body(path)
    assert not re.findall(NEWER, text, re.IGNORECASE)
    for start in re.finditer(r"\b(?:from|join|lateral)\s*\((?=\s*select)", text):
        rest = text[_closing(text, start.end()) + 1 :]
        assert re.match(r"\s+as\s+\w+", rest), "a subquery without a name"


def _closing(text: str, at: int) -> int:
    depth = 1
    while depth:
        depth += {"(": 1, ")": -1}.get(text[at], 0)
        at += 1
    return at - 1


def test_every_figure_is_in_the_catalogue(programme: Programme) -> None:
    made = {item.name for item in relations_of(programme).values() if item.folder in ("marts/facts", "marts/figures")}
    assert made == figure_kinds(programme).keys()


def test_every_parameter_is_read(programme: Programme) -> None:
    written = [item.query for item in relations_of(programme).values()]
    text = "\n".join([*(body(path) for path in FILES), *written])
    assert [name for name in TABLES if not re.search(rf"\b{name}\b", text)] == []
    for column in TABLES["param"].split(","):
        name = column.split()[0]
        assert name in ("kind", "period") or re.search(rf"\b{name}\b", text), name


def test_a_broken_header_is_told_by_file(tmp_path: Path) -> None:
    (tmp_path / "staging").mkdir()
    (tmp_path / "staging" / "broken.sql").write_text("select 1")
    with pytest.raises(ConfigurationError, match="broken.sql"):
        load_relations(tmp_path, FORMS)


@pytest.mark.parametrize(("files", "words"), [
    ({"a": "b", "b": "a"}, "read each other"),
    ({"a": "nowhere"}, "nowhere"),
    ({"candidate": "param"}, "taken"),
])
def test_relations_that_cannot_be(tmp_path: Path, files: dict[str, str], words: str) -> None:
    (tmp_path / "marts").mkdir()
    for name, reads in files.items():
        (tmp_path / "marts" / f"{name}.sql").write_text(f"-- reads: {reads}\nselect 1")
    with pytest.raises(ConfigurationError, match=words):
        load_relations(tmp_path, FORMS)


def test_only_what_is_needed(programme: Programme) -> None:
    names = [item.name for item in needed_for(relations_of(programme), ["return_status"])]
    assert names[-1] == "return_status" and {"known_submission", "current_return", "exempted"} < set(names)
    assert not {"award", "nomination", "checked_file"} & set(names)


# How each invariant is broken, once the figures of the case stand.
BREAKS = {
    "parts_add_up": "update figure_value set value = value + 1 where name = 'awarded_count'"
    " and labels = '{\"level\": \"rising_star\"}'",
    "titles_are_accounted_for": "delete from award where is_counted and level = 'emerging_maker'",
    "one_award_a_person": "update award set person = 'x', venture = 'x' || row_id",
    "awards_lie_in_the_programme": "update award set awarded_on = awarded_on - 4000",
    "decisions_are_dated": "update decision_row set decided_on = null",
    "months_add_up": "update figure_value set value = 9 where name = 'awarded_by_month_count'",
    "verdicts_are_complete": "update figure_value set value = 9 where labels ->> 'verdict' = 'pass'",
    "events_add_up": "update figure_value set value = 9 where name = 'event_count' and labels = '{}'",
    "returns_are_possible": "update return_status set is_missing = is_received",
    "figures_are_whole": "update figure_value set value = 0.5 where name = 'query_open_count'",
}


def test_the_annual_report_holds_every_invariant(programme: Programme) -> None:
    known = {*relations_for(programme, "annual"), *TABLES, "figure_value"}
    for path in (SQL / "invariants").glob("*.sql"):
        reads = re.search(r"^-- reads:(.*)", path.read_text("utf-8"), re.MULTILINE)[1].replace(",", " ").split()
        assert set(reads) <= known, path.stem


def test_a_report_computes_no_other_reports_figures(programme: Programme) -> None:
    annual, quality = (set(relations_for(programme, kind)) for kind in ("annual", "data-quality"))
    assert "return_count" in annual & quality
    assert "quota" in annual - quality and "filled_pct" in quality - annual


def test_every_check_has_its_break() -> None:
    assert BREAKS.keys() == {path.stem for path in (SQL / "invariants").glob("*.sql")}


@pytest.mark.parametrize("check", BREAKS)
def test_a_broken_invariant_is_named(connection: Connection, programme: Programme, check: str, tmp_path: Path) -> None:
    load_case(connection, programme, CASES / "progress")
    compute(connection, programme, "annual", Period.parse("2022"), instant("2022-12-01T00:00:00"))
    connection.execute(BREAKS[check])
    (tmp_path / "invariants").mkdir()
    (tmp_path / "invariants" / f"{check}.sql").write_text((SQL / "invariants" / f"{check}.sql").read_text("utf-8"))
    with pytest.raises(OperatorError, match=check) as caught:
        run_invariants(connection, tmp_path, {*relations_for(programme, "annual"), VALUES})
    assert check in caught.value.text.zh


def test_labels_read_well(connection: Connection, programme: Programme) -> None:
    figures = compute(connection, programme, "annual", Period.parse("2022"), instant("2022-12-01T00:00:00")).figures
    words = {figure.id: label(programme, figure, "zh") for figure in figures}
    assert len(set(words.values())) == len(words)
    assert words['awarded_count{level="emerging_maker",unit="chengguan"}'] == "城关区新锐创客累计选拔人数"
    assert words['return_count{state="late"}'] == "迟报报表份数"
    english = label(programme, next(item for item in figures if item.name == "completion_pct"), "en")
    assert english == "completion · Rising star"
    assert not [text for text in words.values() if "{" in text]
