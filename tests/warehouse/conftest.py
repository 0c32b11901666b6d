"""One migrated database for all tests of the warehouse; each test's rows vanish with its transaction."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from zhibao.intake import record_programme
from zhibao.programme.models import Programme
from zhibao.settings import load_settings
from zhibao.store import database
from zhibao.store.form_tables import ensure_form_tables


@pytest.fixture(scope="session")
def warehouse_url(server: str, programme: Programme) -> str:
    """The URL of a database with the schema and the form tables, and no rows."""
    url = database.ensure_database(server, "warehouse")
    database.migrate(url, load_settings())
    with database.connect(url, programme) as connection:
        ensure_form_tables(connection, programme)
        record_programme(connection, programme)
    return url


@pytest.fixture
def connection(warehouse_url: str, programme: Programme) -> Iterator[database.Connection]:
    """A connection whose transaction is rolled back when the test ends."""
    with database.connect(warehouse_url, programme) as connection:
        yield connection
        connection.rollback()
