"""An instant brings back the rules of its day; today's stand where nothing was known then."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from warehouse.changing import changed

from zhibao.intake import record_programme
from zhibao.operations import Operations
from zhibao.programme.models import Programme
from zhibao.settings import load_settings


def test_an_instant_brings_back_its_rules(empty_database: str, programme: Programme, tmp_path: Path) -> None:
    settings = replace(load_settings(), var=tmp_path / "var", database_url=empty_database)
    stricter = changed(programme, {"levels.rising_star.criteria.jobs_created.threshold": 25})
    operations = Operations(settings, stricter)
    with operations.connection() as connection:
        record_programme(connection, programme)
    between = datetime.now(UTC)
    with operations.connection() as connection:
        record_programme(connection, stricter)
    then = operations.at(between).programme
    assert then.model_dump(exclude={"contacts"}) == programme.model_dump(exclude={"contacts"})
    assert list(then.forms) == list(programme.forms), "order too"
    assert operations.at(between + timedelta(minutes=1)).programme is stricter
    assert operations.at(None) is operations
    assert operations.at(between - timedelta(days=1)).programme is stricter
