"""From figures to a kept document: drafting, its versions, and what it is called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from zhibao.documents.model import Copy
from zhibao.errors import RefusedError
from zhibao.figures import Figure, figure_id, plain
from zhibao.intake import record_programme
from zhibao.period import Period
from zhibao.programme.models import Programme, QuotaTable
from zhibao.store import landing
from zhibao.store.database import Connection
from zhibao.warehouse.compute import FigureSet, store


@dataclass(frozen=True, slots=True)
class Style:
    """Digests of what a document shows beside its figures: templates, fonts, and the lists of names."""

    template_digest: str
    fonts_digest: str
    lists_digest: str


def draft(
    connection: Connection, programme: Programme, figures: FigureSet, style: Style, pdf: bytes, documents_dir: Path,
    *, is_replay: bool, corrects: int | None = None,
) -> int:
    """Keep a rendered document under the next version of its kind and period. Gives its id."""
    record_programme(connection, programme)
    figure_set_id = store(connection, programme, figures)
    key = (programme.code, figures.kind, str(figures.period))
    connection.execute("select pg_advisory_xact_lock(hashtext(%s))", ("/".join(key),))
    sha256 = landing.land(documents_dir, pdf)
    row = connection.execute(
        "insert into document (programme, kind, period, figure_set_id, version, figures_digest, programme_digest,"
        " template_digest, fonts_digest, lists_digest, pdf_sha256, is_replay, corrects)"
        " select %s, %s, %s, %s, coalesce(max(version), 0) + 1, %s, %s, %s, %s, %s, %s, %s, %s"
        " from document where programme = %s and kind = %s and period = %s"
        " on conflict do nothing returning document_id",
        (*key, figure_set_id, figures.figures_digest, figures.programme_digest, style.template_digest,
         style.fonts_digest, style.lists_digest, sha256, is_replay, corrects, *key),
    ).fetchone()
    if row is not None:
        return row["document_id"]
    found = equal_document(connection, programme, figures, style, is_replay)
    assert found is not None, "the insert met a conflict, so the equal document is there"
    return found


def equal_document(
    connection: Connection, programme: Programme, figures: FigureSet, style: Style, is_replay: bool
) -> int | None:
    """The document that already says the same in the same form, so that it need not be rendered again."""
    row = connection.execute(
        "select document_id from document where programme = %s and kind = %s and period = %s"
        " and figures_digest = %s and programme_digest = %s and template_digest = %s and fonts_digest = %s"
        " and lists_digest = %s and is_replay = %s",
        (programme.code, figures.kind, str(figures.period), figures.figures_digest, figures.programme_digest,
         style.template_digest, style.fonts_digest, style.lists_digest, is_replay),
    ).fetchone()
    return None if row is None else row["document_id"]


def document(connection: Connection, programme: Programme, document_id: int) -> dict[str, Any]:
    """One document's row. Raises RefusedError when there is none of this number."""
    row = connection.execute(
        "select document.*, figure_set.as_of, figure_set.known_at from document join figure_set using (figure_set_id)"
        " where document.programme = %s and document_id = %s",
        (programme.code, document_id),
    ).fetchone()
    if row is None:
        raise RefusedError(f"没有编号为 {document_id} 的文件", f"there is no document {document_id}")
    return row


def main_lines(programme: Programme, figures: Sequence[Figure]) -> list[str]:
    """One sentence per level with a quota: what was granted, of how many, how far."""
    by_id = {figure.id: figure.value for figure in figures}
    lines = []
    for table in programme.quotas:
        if table.level is None:
            lines += _volume_line(programme, table, by_id)
            continue
        label = (("level", table.level),)
        values = [by_id.get(figure_id(name, label)) for name in ("awarded_count", "quota", "completion_pct")]
        if None not in values:
            name = programme.level(table.level).name.zh
            awarded, quota, completion = map(plain, values)
            lines.append(f"{programme.city.zh}累计选拔{name}{awarded}名，完成目标任务{quota}名的{completion}%。")
    return lines


def _volume_line(programme: Programme, table: QuotaTable, by_id: dict[str, Decimal | None]) -> list[str]:
    item = next(item for item in programme.indicators if item.code == table.indicator)
    values = [by_id.get(code) for code in (item.to_date_code, item.target_code, item.reached_code)]
    if None in values:
        return []
    done, target, reached = map(plain, values)
    measure = item.measure or "元"
    return [f"{programme.city.zh}累计{item.name.zh}{done}{measure}，完成目标任务{target}{measure}的{reached}%。"]


def title_of(programme: Programme, row: dict[str, Any]) -> str:
    period = Period.parse(row["period"])
    return f"{programme.short_name.zh}{period.zh()}{programme.reports[row['kind']].title.zh}"


def file_name_of(programme: Programme, row: dict[str, Any]) -> str:
    """The Chinese name under which the PDF travels."""
    return f"{title_of(programme, row)}.pdf".replace("“", "").replace("”", "")


def report_name_of(programme: Programme, figures: FigureSet, copy: Copy) -> str:
    """The name of a report's PDF, after whom the copy is about or for."""
    name = file_name_of(programme, {"kind": figures.kind, "period": str(figures.period)})
    who = programme.unit(copy.unit).name.zh if copy.unit else copy.addressee
    return f"{who}_{name}" if who else name
