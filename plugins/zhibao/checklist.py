"""What whoever approves reads: what stands in the way, what to mind, what changed, and which bytes it is about."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from zhibao import approving, issuing
from zhibao.errors import RefusedError
from zhibao.explanations import STATES, open_queries
from zhibao.figures import differences, figure_id, plain
from zhibao.programme.models import Programme, Recipient
from zhibao.store.database import Connection
from zhibao.text import Text
from zhibao.warehouse.compute import FigureSet, load_set
from zhibao.warehouse.labels import label

RETURN_STATES = {"expected": "应报", "accepted": "通过", "returned": "退回", "missing": "未报", "late": "迟报"}
SHOWN_MOVES = 20


@dataclass(frozen=True, slots=True)
class Checklist:
    """`blockers` must be gone before an approval; `conditions` let it pass with a comment; `warnings` are told."""

    title: str
    version: int
    as_of: str
    points: list[str]
    blockers: list[Text]
    conditions: list[Text]
    warnings: list[str]
    changes: list[str]
    voided: str | None
    approvals: list[str]
    still_to_approve: int
    pdf_sha256: str

    def require(self, comment: str) -> None:
        """Raises RefusedError for an approval that may not be."""
        bars = self.blockers or ([] if comment.strip() else self.conditions)
        if bars:
            zh, en = ("\n".join(f"  {item.in_(language)}" for item in bars) for language in ("zh", "en"))
            raise RefusedError(
                f"尚不能批准：\n{zh}" if self.blockers else f"批准须写明意见：\n{zh}",
                f"it cannot be approved yet:\n{en}" if self.blockers else f"an approval needs a comment here:\n{en}",
            )

    def text(self, document_id: int) -> str:
        """As Markdown, for Airflow and for a terminal."""
        told = [f"**上一稿批准已失效：**{self.voided}", ""] if self.voided else []
        given = "；".join([*self.approvals, f"尚须{self.still_to_approve}人"])
        return "\n".join([
            f"**{self.title}**（第{self.version}稿，数据截至 {self.as_of}）", "", *told,
            *([f"**已有审批：**{given}", ""] if self.approvals else []),
            *[f"- {line}" for line in self.points], "",
            "**须先解决：**", *_listed([item.zh for item in self.blockers]), "",
            "**批准时须说明：**", *_listed([item.zh for item in self.conditions]), "",
            "**请留意：**", *_listed(self.warnings), "",
            "**与上一稿相比：**", *_listed(self.changes), "",
            f"PDF：`zhibao report --document {document_id} -o .`　SHA-256 `{self.pdf_sha256}`", "",
            "批准即对上述文件字节与全部指标负责；此后如有指标变动，批准自动失效。驳回请写明理由。",
        ])


def read_checklist(
    connection: Connection, programme: Programme, row: dict[str, Any], left: list[Recipient], *, is_reproduced: bool
) -> Checklist:
    """Of a kept document. `is_reproduced` says that its figures, computed anew as of its instants, are the same; `left`
    are those who were sent the version that it corrects and are on no list any more."""
    kept = load_set(connection, row["figure_set_id"])
    by_id = {figure.id: figure.value for figure in kept.figures}
    voiding = approving.last_voiding(connection, programme, row["kind"], row["period"])
    blockers, conditions, warnings = _missing(programme, by_id)
    blockers = [*_blockers(connection, programme, row, kept, is_reproduced), *blockers]
    counts = {code: plain(by_id.get(figure_id("return_count", (("state", code),)))) for code in RETURN_STATES}
    states = "，".join(f"{word}{counts[code] or '—'}" for code, word in RETURN_STATES.items())
    return Checklist(
        issuing.title_of(programme, row), row["version"], f"{row['as_of']:%Y-%m-%d %H:%M}",
        [*issuing.main_lines(programme, kept.figures), f"报送情况：{states}"],
        blockers, conditions,
        [*warnings, *_units_with(programme, by_id, "returned", "有材料退回未重报"), *_leavers(row, left)],
        _changes(connection, programme, row, kept),
        f"第{voiding['version']}稿，{voiding['comment']}" if voiding else None,
        [f"{item['actor']}（{item['recorded_at']:%Y-%m-%d %H:%M}{'，' + item['comment'] if item['comment'] else ''}）"
         for item in approving.standing(connection, row)],
        approving.missing_approvals(connection, programme, row), row["pdf_sha256"],
    )


def _leavers(row: dict[str, Any], left: list[Recipient]) -> list[str]:
    """A correction goes to whoever has the version that it corrects: the approver is told of those who have gone."""
    names = "、".join(f"{item.name.zh}（{item.address}）" for item in left)
    return [f"收到过前一稿而已不在发送名单的，更正稿仍将发给：{names}"] if row["corrects"] and left else []


def _blockers(
    connection: Connection, programme: Programme, row: dict[str, Any], kept: FigureSet, is_reproduced: bool
) -> list[Text]:
    waiting = open_queries(connection, programme)
    found = []
    if waiting:
        lines = "\n".join(
            f"    {item.submission_id} {item.unit} {item.period} {item.code} {STATES[item.state].zh}"
            for item in waiting[:SHOWN_MOVES]
        )
        found.append(Text(
            zh=f"尚有 {len(waiting)} 项核实性问题未经说明或说明未经认可，请用 zhibao queries 查看、"
               f"zhibao explain 说明、zhibao review 审核：\n{lines}",
            en=f"{len(waiting)} queries have no accepted explanation; see zhibao queries, answer by zhibao explain,"
               f" decide by zhibao review:\n{lines}",
        ))
    if not row["is_replay"] and kept.programme_digest != programme.digest:
        found.append(Text(zh="起草之后方案已修改，请重新起草", en="the rules changed since: draft it again"))
    if not is_reproduced:
        found.append(Text(
            zh="指标按原时点重算后不一致，须先查明（docs/runbook/figures-differ.md）",
            en="its figures, computed anew as of its instants, differ: see docs/runbook/figures-differ.md",
        ))
    return found


def _missing(
    programme: Programme, by_id: dict[str, Decimal | None]
) -> tuple[list[Text], list[Text], list[str]]:
    """Units that a return is missing from: blockers, conditions or warnings (switch `approval.missing_units`)."""
    lines = _units_with(programme, by_id, "missing", "有材料未报")
    switch = programme.switches.approval.missing_units
    bars = [Text(zh=line, en=f"returns are missing: {line.partition('：')[2]}") for line in lines]
    return (bars if switch == "block" else [], bars if switch == "comment" else [], lines if switch == "warn" else [])


def _units_with(programme: Programme, by_id: dict[str, Decimal | None], state: str, word: str) -> list[str]:
    units = [
        unit.name.zh for unit in programme.units
        if by_id.get(figure_id("return_count", (("state", state), ("unit", unit.code))))
    ]
    return [f"{word}：{'、'.join(units)}"] if units else []


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
    return lines or [f"指标与第{before['version']}稿相同，名单、文字、版式或方案有变动"]


def _listed(lines: list[str]) -> list[str]:
    return [f"- {line}" for line in lines] or ["- 无"]
