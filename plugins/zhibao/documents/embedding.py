"""Files that travel inside the PDF: its figures and what it was made from, for machines (ISO 19005-3 §6.8).

Each stands in the catalog's `AF` with its relationship; its dates are the figures' instant, so that the same content
gives the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import md5
from pathlib import Path
from typing import Any

from zhibao.documents.fonts import FontSet
from zhibao.documents.identity import template_digests
from zhibao.documents.model import Content
from zhibao.documents.sheets import annex_workbook, told_figures
from zhibao.figures import plain
from zhibao.warehouse.labels import label

FIGURES, SOURCES, TABLES = "figures.json", "sources.json", "tables.xlsx"
JSON, XLSX = "application/json", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Embedded:
    """One file. `relationship` is PDF's word for what it is to the document: `Data`, `Source`, `Supplement`."""

    name: str
    mime_type: str
    description: str
    relationship: str
    content: bytes


def embedded_files(content: Content, templates_dir: Path, fonts: FontSet, page: str) -> list[Embedded]:
    """What every document carries; the workbook of its tables where the programme knows its kind.

    `page` is `fullest_html`.
    """
    files = [
        Embedded(FIGURES, JSON, "本报告的全部指标", "Data", _json(_figures(content, page))),
        Embedded(SOURCES, JSON, "生成本报告所依据的模板与字体", "Source", _json(_sources(templates_dir, fonts))),
    ]
    if content.kind in content.programme.reports:
        workbook = annex_workbook(content, templates_dir, page)
        files.append(Embedded(TABLES, XLSX, "本报告各表及全部指标（电子表格）", "Data", workbook))
    return files


def _figures(content: Content, page: str) -> list[dict[str, str | None]]:
    """As `zhibao figures --json` prints them."""
    return [
        {"id": item.id, "label": label(content.programme, item, "zh"),
         "value": None if item.value is None else plain(item.value), "unit": item.unit, "period": item.period,
         "as_of": content.as_of.isoformat()}
        for item in told_figures(content, page)
    ]


def _sources(templates_dir: Path, fonts: FontSet) -> dict[str, dict[str, str]]:
    """The digest (sha256) of each template and each font by itself, so that `verify` can name the one that moved."""
    return {"templates": template_digests(templates_dir), "fonts": fonts.digests}


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode()


def embed(pdf: Any, files: Sequence[Embedded], at: datetime) -> None:
    """Put `files` into a `pydyf.PDF`, dated `at`."""
    import pydyf

    names, references = pydyf.Array(), pydyf.Array()
    for file in sorted(files, key=lambda item: item.name):
        filespec = _filespec(pdf, file, f"D:{at.astimezone(UTC):%Y%m%d%H%M%SZ}")
        names += [pydyf.String(file.name), filespec]
        references.append(filespec)
    tree = pydyf.Dictionary({"Names": names})
    pdf.add_object(tree)
    pdf.catalog.setdefault("Names", pydyf.Dictionary())["EmbeddedFiles"] = tree.reference
    pdf.catalog["AF"] = references


def _filespec(pdf: Any, file: Embedded, date: str) -> bytes:
    import pydyf

    stream = pydyf.Stream([file.content], {
        "Type": "/EmbeddedFile",
        "Subtype": pydyf.name(file.mime_type),
        "Params": pydyf.Dictionary({
            "Size": len(file.content), "CreationDate": pydyf.String(date), "ModDate": pydyf.String(date),
            "CheckSum": f"<{md5(file.content, usedforsecurity=False).hexdigest()}>",
        }),
    }, compress=True)
    pdf.add_object(stream)
    filespec = pydyf.Dictionary({
        "Type": "/Filespec", "F": pydyf.String(file.name), "UF": pydyf.String(file.name),
        "EF": pydyf.Dictionary({"F": stream.reference, "UF": stream.reference}),
        "Desc": pydyf.String(file.description), "AFRelationship": f"/{file.relationship}",
    })
    pdf.add_object(filespec)
    return filespec.reference
