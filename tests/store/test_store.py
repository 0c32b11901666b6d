"""What is kept: whole files, hidden fields, and a schema that can be made again and again."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from zhibao.errors import OperatorError, TransientError
from zhibao.programme.models import Column, Programme
from zhibao.settings import load_settings
from zhibao.store import database, landing
from zhibao.store.form_tables import ensure_form_tables, stored_columns
from zhibao.store.keys import load_keys


def test_a_field_comes_back_and_its_cipher_shows_nothing(var: Path) -> None:
    keys = load_keys(None, None, var)
    cipher = keys.encrypt("phone", "13800000000")
    assert b"13800000000" not in cipher
    assert keys.decrypt("phone", cipher) == "13800000000"
    assert keys.encrypt("phone", "13800000000") != cipher


def test_a_cipher_cannot_be_moved_to_another_column(var: Path) -> None:
    keys = load_keys(None, None, var)
    with pytest.raises(OperatorError):
        keys.decrypt("id_number", keys.encrypt("phone", "13800000000"))


def test_equal_values_match_within_a_column_only(var: Path) -> None:
    keys = load_keys(None, None, var)
    assert keys.match("phone", "13800000000") == keys.match("phone", "13800000000")
    assert keys.match("phone", "13800000000") != keys.match("phone", "13800000001")
    assert keys.match("phone", "13800000000") != keys.match("id_number", "13800000000")


def test_keys_are_made_once_and_are_private(var: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(lambda _: load_keys(None, None, var), range(16)))
    assert len(made) == 1
    assert stat.S_IMODE((var / "keys").stat().st_mode) == 0o600


@pytest.mark.parametrize("bad", ["short", "bm90IDMyIGJ5dGVz"])
def test_a_bad_key_is_named(var: Path, bad: str) -> None:
    with pytest.raises(OperatorError, match="ZHIBAO_FIELD_KEY"):
        load_keys(bad, bad, var)


def test_one_key_without_the_other_is_refused(var: Path) -> None:
    with pytest.raises(OperatorError, match="both"):
        load_keys("x", None, var)


def test_landing_the_same_bytes_twice_keeps_one_file(tmp_path: Path) -> None:
    first, second = landing.land(tmp_path, b"return"), landing.land(tmp_path, b"return")
    assert first == second
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [first]
    assert landing.read(tmp_path, first) == b"return"


def test_a_damaged_landed_file_is_noticed(tmp_path: Path) -> None:
    sha256 = landing.land(tmp_path, b"return")
    path = landing.path_of(tmp_path, sha256)
    path.chmod(0o600)
    path.write_bytes(b"retorn")
    with pytest.raises(OperatorError, match="damaged"):
        landing.read(tmp_path, sha256)


def test_the_schema_can_be_made_again(empty_database: str, programme: Programme) -> None:
    for _ in range(2):
        database.migrate(empty_database, load_settings())
        with database.connect(empty_database, programme) as connection:
            ensure_form_tables(connection, programme)
    with database.connect(empty_database, programme) as connection:
        assert connection.execute("select count(*) as n from candidate").fetchone() == {"n": 0}


def test_a_new_column_of_a_form_is_a_new_column_of_its_table(empty_database: str, programme: Programme) -> None:
    database.migrate(empty_database, load_settings())
    event = programme.forms["event"]
    wider = event.model_copy(update={"columns": [*event.columns, Column(code="weather", header="天气", type="date")]})
    for forms in (programme.forms, {**programme.forms, "event": wider}):
        with database.connect(empty_database, programme) as connection:
            ensure_form_tables(connection, programme.model_copy(update={"forms": forms}))
    with database.connect(empty_database, programme) as connection:
        assert connection.execute("select weather, weather_precision from event").fetchall() == []


def test_a_protected_column_is_never_kept_in_plain(programme: Programme) -> None:
    protected = [
        column for form in programme.forms.values() for column in form.columns
        if column.privacy in ("identifier", "sensitive") and column.type != "choice"
    ]
    assert {column.code for column in protected} >= {"id_number", "disability_no", "veteran_no"}
    for column in protected:
        assert column.code not in stored_columns(column)


def test_a_database_that_is_away_is_a_passing_fault(tmp_path: Path) -> None:
    with pytest.raises(TransientError), database.connect(f"postgresql://postgres@/zhibao?host={tmp_path}"):
        pass


def test_a_url_from_the_environment_is_used_as_it_is() -> None:
    settings = replace(load_settings(), database_url="postgresql+psycopg://someone@db.example/zhibao")
    assert database.database_url(settings) == "postgresql://someone@db.example/zhibao"
