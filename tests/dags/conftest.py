"""Airflow for these tests: a home of its own, no examples, and a metadata database in the run's own PostgreSQL."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from zhibao.settings import ROOT


@pytest.fixture(scope="session")
def airflow_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The environment that Airflow reads when it is first imported; ask for it before any import of airflow."""
    home = tmp_path_factory.mktemp("airflow")
    os.environ.update({
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(ROOT / "plugins"),
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
    })
    yield home


@pytest.fixture(scope="session")
def bag(airflow_home: Path) -> Any:
    from airflow.models import DagBag

    return DagBag(str(ROOT / "dags"))
