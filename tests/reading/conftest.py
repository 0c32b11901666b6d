"""The programme that the readers' tests read by."""

from __future__ import annotations

from pathlib import Path

import pytest

from zhibao.programme.load import load_programme
from zhibao.programme.models import Programme


@pytest.fixture(scope="session")
def programme() -> Programme:
    return load_programme(Path(__file__).parents[2] / "programmes" / "lanzhou-bqw")
