"""One full set of samples for all tests of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from zhibao.period import Period
from zhibao.programme.models import Programme
from zhibao.samples import Manifest, write_samples

FIRST, LAST = Period.parse("2021-07"), Period.parse("2022-11")
SEED = 7


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("samples")


@pytest.fixture(scope="session")
def manifest(programme: Programme, folder: Path) -> Manifest:
    """All units, from the first return to November 2022: some 1,000 files."""
    return write_samples(programme, SEED, None, FIRST, LAST, folder)
