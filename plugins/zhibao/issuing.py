"""From figures to a document that a person has approved: drafting, what the approver is shown, and the decision.

A document is approved as bytes: the decision is bound to the digests of its figures and of its PDF, and a return
that moves a figure afterwards voids it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from zhibao.documents.model import Copy
from zhibao.errors import RefusedError
from zhibao.explanations import STATES, open_queries
from zhibao.figures import Figure, differences, figure_id, plain
from zhibao.intake import record_programme
from zhibao.period import Period
from zhibao.programme.models import Programme, QuotaTable
from zhibao.store import landing
from zhibao.store.database import Connection
from zhibao.warehouse.compute import FigureSet, load_set, store
from zhibao.warehouse.delta import refresh
from zhibao.warehouse.labels import label

Decision = Literal["approve", "reject"]

SHOWN_MOVES = 20


@dataclass(frozen=True, slots=True)
class Style:
    """Digests of what a document shows beside its figures: templates, fonts, and the lists of names."""

    template_digest: str
    fonts_digest: str
    lists_digest: str


def draft(
    connection: Connection, programme: Programme, figures: FigureSet, style: Style, pdf: bytes, documents_dir: Path,
    *, is_replay: bool,
) -> int:
    """Keep a rendered document under the next version of its kind and period. Gives its id."""
    record_programme(connection, programme)
    figure_set_id = store(connection, programme, figures)
    key = (programme.code, figures.kind, str(figures.period))
    connection.execute("select pg_advisory_xact_lock(hashtext(%s))", ("/".join(key),))
    sha256 = landing.land(documents_dir, pdf)
    row = connection.execute(
        "insert into document (programme, kind, period, figure_set_id, version, figures_digest, programme_digest,"
        " template_digest, fonts_digest, lists_digest, pdf_sha256, is_replay)"
        " select %s, %s, %s, %s, coalesce(max(version), 0) + 1, %s, %s, %s, %s, %s, %s, %s"
        " from document where programme = %s and kind = %s and period = %s"
        " on conflict do nothing returning document_id",
        (*key, figure_set_id, figures.figures_digest, figures.programme_digest, style.template_digest,
         style.fonts_digest, style.lists_digest, sha256, is_replay, *key),
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


def moved_figures(
    connection: Connection, programme: Programme, row: dict[str, Any], now: datetime
) -> list[tuple[str, str, str]]:
    """(id, value in the document, value now) of every figure that differs; a replay never goes stale."""
    if row["is_replay"]:
        return []
    kept = load_set(connection, row["figure_set_id"])
    current = refresh(connection, programme, row["kind"], kept.period, now, kept)
    if current.figures_digest == row["figures_digest"]:
        return []
    old = {figure.id: plain(figure.value) for figure in kept.figures}
    new = {figure.id: plain(figure.value) for figure in current.figures}
    return [(id, old.get(id, "—"), new.get(id, "—")) for id in sorted(old | new) if old.get(id) != new.get(id)]


def record_decision(
    connection: Connection, programme: Programme, document_id: int, decision: Decision, actor: str, comment: str,
    now: datetime,
) -> None:
    """Keep a person's decision. Raises RefusedError for open queries, a stale document, a rejection without reason."""
    row = document(connection, programme, document_id)
    if decision == "reject":
        if not comment.strip():
            raise RefusedError("驳回须写明理由", "a rejection needs a reason")
    else:
        _require_answers(connection, programme)
        require_current(connection, programme, row, now)
    _decide(connection, row, decision, actor, comment)


def require_current(connection: Connection, programme: Programme, row: dict[str, Any], now: datetime) -> None:
    """Raises RefusedError naming the figures that moved since the document was made; an approval of it is void."""
    moved = moved_figures(connection, programme, row, now)
    if not moved:
        return
    lines = "\n".join(f"  {id}: {old} → {new}" for id, old, new in moved[:SHOWN_MOVES])
    raise RefusedError(
        f"文件生成后有 {len(moved)} 项指标变动，须重新生成并审批：\n{lines}",
        f"{len(moved)} figures moved since the document was made; make and approve it again:\n{lines}",
    )


def void(connection: Connection, document_id: int, reason: str) -> None:
    """Take back an approval that a later return has overtaken."""
    row = connection.execute("select * from document where document_id = %s", (document_id,)).fetchone()
    _decide(connection, row, "void", "zhibao", reason)


def is_approved(connection: Connection, row: dict[str, Any]) -> bool:
    """Whether the last decision approves these very bytes and figures."""
    last = connection.execute(
        "select decision, figures_digest, pdf_sha256 from approval where document_id = %s"
        " order by approval_id desc limit 1",
        (row["document_id"],),
    ).fetchone()
    return last is not None and last == {
        "decision": "approve", "figures_digest": row["figures_digest"], "pdf_sha256": row["pdf_sha256"],
    }


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


def approval_request(connection: Connection, programme: Programme, document_id: int) -> dict[str, str]:
    """What the approver reads: the main figures, what stands in the way, and which bytes are to be approved."""
    row = document(connection, programme, document_id)
    kept = load_set(connection, row["figure_set_id"])
    figures = kept.figures
    by_id = {figure.id: figure.value for figure in figures}
    states = {"expected": "应报", "accepted": "通过", "returned": "退回", "missing": "未报", "late": "迟报"}
    counts = {code: plain(by_id.get(figure_id("return_count", (("state", code),)))) for code in states}
    state = "，".join(f"{word}{counts[code] or '—'}" for code, word in states.items())
    title = title_of(programme, row)
    body = [
        f"**{title}**（第{row['version']}稿，数据截至 {row['as_of']:%Y-%m-%d %H:%M}）", "",
        *[f"- {line}" for line in main_lines(programme, figures)], f"- 报送情况：{state}",
        "", "**须先解决：**", *_listed(_blockers(connection, programme, kept)), "",
        "**请留意：**", *_listed(_warnings(programme, by_id)), "",
        "**与上一稿相比：**", *_listed(_changes(connection, programme, row, kept)), "",
        f"PDF：`zhibao report --document {document_id} -o .`　SHA-256 `{row['pdf_sha256']}`", "",
        "批准即对上述文件字节与全部指标负责；此后如有指标变动，批准自动失效。驳回请写明理由。",
    ]
    return {"subject": f"请审批：{title}", "body": "\n".join(body)}


def title_of(programme: Programme, row: dict[str, Any]) -> str:
    period = Period.parse(row["period"])
    return f"{programme.short_name.zh}{period.zh()}{programme.reports[row['kind']].title.zh}"


def file_name_of(programme: Programme, row: dict[str, Any]) -> str:
    """The Chinese name under which the PDF travels."""
    return f"{title_of(programme, row)}.pdf".replace("“", "").replace("”", "")


def _listed(lines: Sequence[str]) -> list[str]:
    return [f"- {line}" for line in lines] or ["- 无"]


def _blockers(connection: Connection, programme: Programme, kept: FigureSet) -> list[str]:
    """What an approval would be refused for, or void by."""
    waiting = len(open_queries(connection, programme))
    lines = [f"{waiting}项核实性问题没有认可的说明（zhibao queries）"] if waiting else []
    if kept.programme_digest != programme.digest:
        lines.append("起草之后方案已修改，请重新起草")
    return lines


def _warnings(programme: Programme, by_id: dict[str, Decimal | None]) -> list[str]:
    """The units whose returns are missing or went back."""
    lines = []
    for state, word in (("missing", "有材料未报"), ("returned", "有材料退回未重报")):
        units = [
            unit.name.zh for unit in programme.units
            if by_id.get(figure_id("return_count", (("state", state), ("unit", unit.code))))
        ]
        lines += [f"{word}：{'、'.join(units)}"] if units else []
    return lines


def _changes(connection: Connection, programme: Programme, row: dict[str, Any], kept: FigureSet) -> list[str]:
    """The figures that are not as in the version before: what, from what, to what."""
    before = connection.execute(
        "select figure_set_id, version, pdf_sha256 from document where programme = %s and kind = %s and period = %s"
        " and version < %s order by version desc limit 1",
        (programme.code, row["kind"], row["period"], row["version"]),
    ).fetchone()
    if before is None:
        return ["这是第一稿"]
    moved = differences(load_set(connection, before["figure_set_id"]).figures, kept.figures)
    lines = [
        f"{label(programme, old or new, 'zh')}：{plain(old.value) if old else '—'} → {plain(new.value) if new else '—'}"
        for _, old, new in moved[:SHOWN_MOVES]
    ]
    if len(moved) > SHOWN_MOVES:
        lines.append(f"另有{len(moved) - SHOWN_MOVES}项")
    return lines or [f"指标与第{before['version']}稿相同，名单、文字或版式有变动"]


def report_name_of(programme: Programme, figures: FigureSet, copy: Copy) -> str:
    """The name of a report's PDF, after whom the copy is about or for."""
    name = file_name_of(programme, {"kind": figures.kind, "period": str(figures.period)})
    who = programme.unit(copy.unit).name.zh if copy.unit else copy.addressee
    return f"{who}_{name}" if who else name


def _require_answers(connection: Connection, programme: Programme) -> None:
    waiting = open_queries(connection, programme)
    if waiting:
        lines = "\n".join(
            f"  {item.submission_id} {item.unit} {item.period} {item.code} {STATES[item.state].zh}" for item in waiting
        )
        raise RefusedError(
            f"尚有 {len(waiting)} 项核实性问题未经说明或说明未经认可，请用 zhibao queries 查看、"
            f"zhibao explain 说明、zhibao review 审核：\n{lines}",
            f"{len(waiting)} queries have no accepted explanation; see zhibao queries, answer by zhibao explain,"
            f" decide by zhibao review:\n{lines}",
        )


def _decide(connection: Connection, row: dict[str, Any], decision: str, actor: str, comment: str) -> None:
    connection.execute(
        "insert into approval (document_id, decision, actor, comment, figures_digest, pdf_sha256)"
        " values (%s, %s, %s, %s, %s, %s)",
        (row["document_id"], decision, actor, comment, row["figures_digest"], row["pdf_sha256"]),
    )
