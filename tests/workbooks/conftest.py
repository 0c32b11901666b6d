"""Templates of all forms, and one LibreOffice for all tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .office import Office


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    running = Office(tmp_path_factory.mktemp("office"))
    running.start()
    yield running
    running.stop()
