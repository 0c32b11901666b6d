"""Roles of least privilege in a real PostgreSQL: what each may see, add, and must not."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from warehouse.loading import opened_case

from zhibao.programme.models import Programme
from zhibao.settings import load_settings
from zhibao.store.database import Connection
from zhibao.store.roles import ensure_roles


@pytest.fixture
def connection(empty_database: str, programme: Programme) -> Iterator[Connection]:
    with opened_case(empty_database, programme, "full") as connection:
        for _ in range(2):  # it may be run again
            ensure_roles(connection, programme, load_settings().sql_dir)
        yield connection


def become(connection: Connection, role: str, units: str = "") -> None:
    connection.execute(f"set local role {role}")
    connection.execute("select set_config('zhibao.units', %s, true)", (units,))


def count(connection: Connection, relation: str) -> int:
    return connection.execute(f"select count(*) as n from {relation}").fetchone()["n"]


def test_a_reader_sees_its_own_units_and_no_other(connection: Connection) -> None:
    whole = {name: count(connection, name) for name in ("submission", "assessment", "candidate", "acceptance")}
    own = connection.execute("select count(*) as n from submission where unit = 'chengguan'").fetchone()["n"]
    become(connection, "zhibao_reader", "chengguan")
    assert 0 < own < whole["submission"]
    assert count(connection, "submission") == count(connection, "assessment") == own
    units = connection.execute("select distinct unit from acceptance").fetchall()
    assert units == [{"unit": "chengguan"}]
    assert connection.execute("select count(candidate_no) as n from candidate").fetchone()["n"] < whole["candidate"]
    become(connection, "zhibao_reader")
    assert count(connection, "submission") == 0, "nobody's units, nobody's rows"


@pytest.mark.parametrize("role", ["zhibao_reader", "zhibao_auditor"])
@pytest.mark.parametrize("column", ["id_number_cipher", "id_number_hmac", "phone_cipher", "raw"])
def test_no_identifier_is_read(connection: Connection, role: str, column: str) -> None:
    become(connection, role, "chengguan")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(f"select {column} from candidate")


@pytest.mark.parametrize(("role", "statement"), [
    ("zhibao_loader", "delete from submission"),
    ("zhibao_loader", "update assessment set status = 'accepted'"),
    ("zhibao_loader", "insert into approval (document_id, decision, actor, figures_digest, pdf_sha256)"
     " values (1, 'approve', 'x', '', '')"),
    ("zhibao_reader", "insert into landed_file (sha256, byte_count) values ('x', 1)"),
    ("zhibao_reader", "select * from letter"),
    ("zhibao_auditor", "insert into landed_file (sha256, byte_count) values ('x', 1)"),
    ("zhibao_auditor", "update letter set state = 'sent'"),
])
def test_nobody_does_more_than_the_role_is_for(connection: Connection, role: str, statement: str) -> None:
    become(connection, role, "chengguan")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement)


def test_a_loader_adds_and_an_auditor_sees_all(connection: Connection) -> None:
    whole = count(connection, "submission")
    become(connection, "zhibao_loader")
    connection.execute("insert into landed_file (sha256, byte_count) values ('x', 1)")
    assert count(connection, "submission") == whole
    connection.execute("reset role")
    become(connection, "zhibao_auditor")
    assert count(connection, "submission") == whole
    assert count(connection, "title_ruling") == 0
