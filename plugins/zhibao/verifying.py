"""Makes a document again as of its instant and holds it against the file, byte for byte; what differs is named."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from dataclasses import replace as with_changes
from datetime import datetime
from typing import TYPE_CHECKING, Any

from zhibao.documents.reading_back import Told, read_held, read_identity
from zhibao.errors import RefusedError
from zhibao.period import Period
from zhibao.programme.versions import rules_of
from zhibao.warehouse.compute import compute

if TYPE_CHECKING:
    from zhibao.operations import Operations


@dataclass(frozen=True, slots=True)
class Verified:
    """`state`: `same` (every byte), `tampered` (the same was made and kept, and the file is another), `differs`.

    `causes` name what is not as it was (rules, templates, fonts, renderer, figures, lists); `moved` are (id, value in
    the file, value now) of figures, `sources` the single templates and fonts (`templates/annual.html.j2`,
    `fonts/kai`): the file carries them all.
    """

    told: Told
    sha256: str
    document_id: int | None
    state: str
    causes: list[str] = field(default_factory=list)
    moved: list[tuple[str, str, str]] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)


def verify(operations: Operations, pdf: bytes) -> Verified:
    """Raises RefusedError for a file that is not ours, of another programme, or of rules that nobody kept."""
    from zhibao.documents.build import build_document, style_of
    from zhibao.documents.lists import read_lists

    told, sha256 = read_identity(pdf), hashlib.sha256(pdf).hexdigest()
    programme = operations.programme
    if told.programme != programme.code:
        raise RefusedError(
            f"文件属于方案 {told.programme}，本机配置为 {programme.code}",
            f"the file is of the programme {told.programme}; this is {programme.code}",
        )
    period = Period.parse(told.period)
    with operations.connection() as connection:
        rules = rules_of(connection, programme, told.rules)
        kept = _kept(connection, told, sha256)
        known_at: datetime | None = kept["known_at"] if kept else None
        figures = compute(connection, rules, told.kind, period, told.as_of, known_at)
        lists = with_changes(read_lists(connection, rules, figures), issues=(told.issue,) if told.issue else ())
        connection.rollback()
    # The instant is written with the offset that it had.
    figures = with_changes(figures, as_of=told.as_of)
    again = build_document(rules, figures, lists, operations.settings, draft=told.is_draft, copy=told.copy)
    number = kept["document_id"] if kept else None
    if again == pdf:
        return Verified(told, sha256, number, "same")
    fresh = read_identity(again)
    causes = [name for name in ("rules", "templates", "fonts", "renderer", "figures")
              if getattr(fresh, name) != getattr(told, name)]
    if kept and kept["lists_digest"] != style_of(operations.settings, lists).lists_digest:
        causes.append("lists")
    was, now = read_held(pdf), read_held(again)
    moved = _changes(was.figures, now.figures) if "figures" in causes else []
    sources = [name for name, _, _ in _changes(was.sources, now.sources)]
    is_ours = kept is not None and hashlib.sha256(again).hexdigest() == kept["pdf_sha256"]
    state = "tampered" if is_ours or not causes else "differs"
    return Verified(told, sha256, number, state, causes, moved, sources)


def _changes(was: dict[str, str], now: dict[str, str]) -> list[tuple[str, str, str]]:
    """(key, value then, value now) where these differ; empty where one side has none. None when the file told none."""
    names = dict.fromkeys([*was, *now]) if was else {}
    return [(name, was.get(name, ""), now.get(name, "")) for name in names if was.get(name) != now.get(name)]


def _kept(connection: Any, told: Told, sha256: str) -> dict[str, Any] | None:
    """The document of these bytes, or else of these figures."""
    return connection.execute(
        "select document.*, figure_set.known_at from document join figure_set using (figure_set_id)"
        " where document.programme = %s and document.kind = %s and document.period = %s"
        " and (pdf_sha256 = %s or document.figures_digest = %s)"
        " order by pdf_sha256 = %s desc, document_id desc limit 1",
        (told.programme, told.kind, told.period, sha256, told.figures, sha256),
    ).fetchone()
