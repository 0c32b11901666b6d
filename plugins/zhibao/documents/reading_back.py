"""What a document says of itself: its metadata, as `report_templates/base.html.j2` wrote them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import pypdfium2

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


def read_identity(pdf: bytes) -> Told:
    """Raises RefusedError for a file that is no PDF, or none of ours."""
    try:
        document = pypdfium2.PdfDocument(pdf)
    except pypdfium2.PdfiumError:
        raise RefusedError("不是 PDF 文件，或文件已损坏", "this is no PDF, or it is damaged") from None
    # The renderer leaves hyphens and low lines out of the names of metadata.
    given = {key: document.get_metadata_value(f"zhibao{key.replace('_', '')}") for key in KEYS}
    renderer = document.get_metadata_value("Producer")
    copy = Copy(*(document.get_metadata_value(f"zhibao{key}") or None for key in ("unit", "addressee")))
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
    )
