"""What a document says of itself: its metadata, as `report_templates/base.html.j2` wrote them."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pikepdf
import pypdfium2

from zhibao.documents.embedding import FIGURES, SOURCES, TABLES
from zhibao.documents.issue import Issue
from zhibao.documents.model import ALONE, Copy
from zhibao.errors import RefusedError

KEYS = ("programme", "kind", "period", "draft", "rules", "figures", "templates", "fonts", "as_of")


@dataclass(frozen=True, slots=True)
class Told:
    """The identity of one document. `renderer` is what drew it."""

    programme: str
    kind: str
    period: str
    is_draft: bool
    rules: str
    figures: str
    templates: str
    fonts: str
    as_of: datetime
    renderer: str
    copy: Copy = ALONE
    issue: Issue | None = None


def read_identity(pdf: bytes) -> Told:
    """Raises RefusedError for a file that is no PDF, or none of ours."""
    try:
        document = pypdfium2.PdfDocument(pdf)
    except pypdfium2.PdfiumError:
        raise RefusedError("不是 PDF 文件，或文件已损坏", "this is no PDF, or it is damaged") from None
    # The renderer leaves hyphens and low lines out of the names of metadata.
    given = {key: document.get_metadata_value(f"zhibao{key.replace('_', '')}") for key in KEYS}
    renderer = document.get_metadata_value("Producer")
    copy = Copy(*(document.get_metadata_value(f"zhibao{key}") or None for key in ("unit", "addressee", "codes")))
    number, issued_on, copies = map(document.get_metadata_value, ("zhibaonumber", "zhibaoissuedon", "zhibaocopies"))
    document.close()
    if missing := [key for key, value in given.items() if not value]:
        raise RefusedError(
            f"不是本系统生成的文件（缺少 {'、'.join(missing)}）",
            f"not made by this system: it lacks {', '.join(missing)}",
        )
    return Told(
        given["programme"], given["kind"], given["period"], given["draft"] == "yes", given["rules"], given["figures"],
        given["templates"], given["fonts"], datetime.fromisoformat(given["as_of"]), renderer,
        copy,
        Issue(kind=given["kind"], period=given["period"], number=number, issued_on=date.fromisoformat(issued_on),
              addressee=copy.addressee, copies=int(copies) if copies else None) if number else None,
    )


@dataclass(frozen=True, slots=True)
class Held:
    """What a document carries inside: figures (id → value, empty for none), and the digest of each source by name."""

    figures: dict[str, str]
    sources: dict[str, str]


def read_held(pdf: bytes) -> Held:
    """Empty where the file carries nothing, or what it carries cannot be read."""
    try:
        with pikepdf.open(io.BytesIO(pdf)) as document:
            figures, sources = (_attached(document, name) for name in (FIGURES, SOURCES))
            return Held(
                {row["id"]: row["value"] or "" for row in figures},
                {f"{kind}/{name}": digest for kind, digests in sources.items() for name, digest in digests.items()},
            )
    except (pikepdf.PdfError, KeyError, TypeError, ValueError, AttributeError):
        return Held({}, {})


def _attached(document: pikepdf.Pdf, name: str) -> Any:
    return json.loads(document.attachments[name].get_file().read_bytes())


def read_workbook(pdf: bytes) -> bytes | None:
    """The workbook of the tables as the document carries it: the very bytes that were approved with it."""
    try:
        with pikepdf.open(io.BytesIO(pdf)) as document:
            return document.attachments[TABLES].get_file().read_bytes()
    except (pikepdf.PdfError, KeyError):
        return None
