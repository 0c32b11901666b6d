"""The data-quality report of a period as a folder: the report in three forms, Great Expectations' pages, and beside all
periods one list of what was kept. The folders are the history: each is replaced whole, and no other is touched.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from zhibao.documents.quality import QUALITY as KIND
from zhibao.period import CADENCES, Period
from zhibao.programme.calendar import programme_periods
from zhibao.programme.models import Programme
from zhibao.reading.model import ReadReturn
from zhibao.reading.read import read_many
from zhibao.settings import Settings
from zhibao.store import landing
from zhibao.store.database import Connection
from zhibao.text import Text

DOCS = "data-docs"
TITLE, DOCS_TITLE = Text(zh="数据质量报告", en="Data-quality reports"), Text(zh="校验文档", en="Data Docs")
FILE_WORDS = {".html": "网页", ".pdf": "PDF", ".xlsx": "电子表格"}
LISTED = ("first_pass_pct", "on_time_pct", "complete_pct", 'finding_count{severity="error"}')

# The last file of each return that came by an instant, also one that was sent back; what could not be read is not.
LAST_FILES = (
    "select distinct on (unit, form, period) sha256, file_name from submission"
    " join lateral (select status from assessment where assessment.submission_id = submission.submission_id"
    "   order by assessment_id limit 1) as first on true"
    " where programme = %s and period = any(%s) and received_at <= %s and first.status <> 'refused'"
    " order by unit, form, period, received_at desc, submission_id desc"
)


def returns_of(
    connection: Connection, programme: Programme, period: Period, as_of: datetime, landing_dir: Path
) -> list[ReadReturn]:
    """The last file of each return of the period that had come by the instant, read again from landing."""
    inside = [
        str(part) for cadence in CADENCES for part in programme_periods(programme, cadence)
        if period.starts_on <= part.starts_on and part.ends_on <= period.ends_on
    ]
    rows = connection.execute(LAST_FILES, (programme.code, inside, as_of)).fetchall()
    return list(read_many([(landing.path_of(landing_dir, row["sha256"]), row["file_name"]) for row in rows], programme))


def data_docs(programme: Programme, returns: list[ReadReturn], as_of: datetime, period: Period, settings: Settings
              ) -> dict[str, bytes]:
    """Great Expectations' pages of these returns, by file name, with `index.html`."""
    from great_expectations import __version__

    from zhibao.checking.data_docs import build_data_docs
    from zhibao.documents.numbers import instant_zh
    from zhibao.documents.templating import list_html

    web = settings.templates_dir / "web"
    style = "\n".join((web / name).read_text("utf-8") for name in ("page.css", "data-docs.css"))
    docs, pages = build_data_docs(programme, returns, settings.expectations_dir, as_of.date(), style)
    index = list_html(
        settings.templates_dir, "data-docs", title=f"{programme.short_name.zh}{DOCS_TITLE.zh}", period=period.zh(),
        version=__version__, as_of=instant_zh(as_of), docs=docs,
    )
    return {**pages, "index.html": index.encode()}


def keep(folder: Path, period: Period, files: Mapping[str, bytes]) -> Path:
    """Put `files` (path below the folder → bytes) in place of what was kept for the period, whole or not at all."""
    target, part, old = (folder / f"{period}{ending}" for ending in ("", ".part", ".old"))
    for left in (part, old):
        shutil.rmtree(left, ignore_errors=True)
    for name, content in files.items():
        path = part / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    if target.exists():
        target.rename(old)
    part.rename(target)
    shutil.rmtree(old, ignore_errors=True)
    return target


def write_index(connection: Connection, programme: Programme, folder: Path, settings: Settings) -> Path:
    """The list of all kept reports, newest first, with the figures that each was made from."""
    from zhibao.documents.templating import list_html

    periods = [Period.parse(path.name) for path in folder.iterdir() if path.is_dir() and "." not in path.name]
    reports = [
        {"period": period.zh(), "figures": _listed_figures(connection, programme, period),
         "files": _links(folder, period)}
        for period in sorted(periods, key=lambda period: (period.starts_on, period.ends_on), reverse=True)
    ]
    text = list_html(
        settings.templates_dir, "quality-index", title=f"{programme.short_name.zh}{TITLE.zh}", reports=reports
    )
    part = folder / "index.html.part"
    part.write_text(text, "utf-8")
    os.replace(part, folder / "index.html")
    return folder / "index.html"


def _links(folder: Path, period: Period) -> Iterable[tuple[str, str]]:
    for path in sorted((folder / str(period)).iterdir()):
        if path.suffix in FILE_WORDS:
            yield FILE_WORDS[path.suffix], f"{period}/{path.name}"
    yield DOCS_TITLE.zh, f"{period}/{DOCS}/index.html"


def _listed_figures(connection: Connection, programme: Programme, period: Period) -> list[Any]:
    from zhibao.warehouse.compute import load_set

    row = connection.execute(
        "select max(figure_set_id) as last from figure_set where programme = %s and kind = %s and period = %s",
        (programme.code, KIND, str(period)),
    ).fetchone()
    found = {} if row["last"] is None else {item.id: item for item in load_set(connection, row["last"]).figures}
    return [found.get(name) for name in LISTED]
