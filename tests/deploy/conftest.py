"""Airflow's modules are imported here for what they list; its home must not be the user's own."""

from __future__ import annotations

import os

import pytest


@pytest.fixture(scope="session")
def airflow_home(tmp_path_factory: pytest.TempPathFactory) -> None:
    os.environ.setdefault("AIRFLOW_HOME", str(tmp_path_factory.mktemp("airflow")))
