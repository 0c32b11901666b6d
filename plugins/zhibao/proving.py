"""The pack that proves a document: its bytes and digests, its figures, who approved it, what became of each mail."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from zhibao import issuing
from zhibao.delivery import ledger, letters
from zhibao.figures import plain
from zhibao.issued import chain
from zhibao.programme.models import Programme
from zhibao.store.database import Connection
from zhibao.warehouse.compute import load_set

DECISIONS = {"approve": "批准", "reject": "驳回", "void": "批准失效"}
STATES = {
    "intended": "待发送", "sending": "发送中", "sent": "已送达邮件服务器", "failed": "被拒收", "doubtful": "存疑",
    "bounced": "被退信", "withdrawn": "已撤回",
}


def proof(connection: Connection, programme: Programme, document_id: int) -> dict[str, Any]:
    """All that is on record of a document, as plain values. Raises RefusedError when there is none of this number."""
    row = issuing.document(connection, programme, document_id)
    approvals = connection.execute(
        "select decision, actor, comment, figures_digest, pdf_sha256, recorded_at from approval where document_id = %s"
        " order by approval_id", (document_id,),
    ).fetchall()
    figures = load_set(connection, row["figure_set_id"])
    return {
        "document": document_id, "programme": programme.code, "kind": row["kind"], "period": row["period"],
        "version": row["version"], "as_of": row["as_of"], "known_at": row["known_at"], "made_at": row["recorded_at"],
        "is_replay": row["is_replay"], "pdf_sha256": row["pdf_sha256"],
        "digests": {
            "figures": row["figures_digest"], "rules": figures.programme_digest, "inputs": figures.input_digest,
            "templates": row["template_digest"], "fonts": row["fonts_digest"], "lists": row["lists_digest"],
        },
        "decisions": [
            item | {"binds": (item["figures_digest"], item["pdf_sha256"]) == (row["figures_digest"], row["pdf_sha256"])}
            for item in approvals
        ],
        "deliveries": ledger.entries(connection, document_id), "corrects": row["corrects"],
        "versions": chain(connection, programme, row),
        "tests": letters.entries(connection, "test", str(document_id)),
        "figures": [
            {"id": item.id, "value": plain(item.value) or None, "unit": item.unit} for item in figures.figures
        ],
    }


def pack(programme: Programme, told: dict[str, Any], files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files of the pack by name: the PDF as it was approved (the first of `files`), the workbook taken out of it,
    the record for machines, and one page for people."""
    record = json.dumps(told, ensure_ascii=False, indent=2, default=_plain)
    return {**files, "record.json": record.encode(), "证明.txt": _text(programme, told, files).encode()}


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _text(programme: Programme, told: dict[str, Any], files: Mapping[str, bytes]) -> str:
    zone = ZoneInfo(programme.timezone)

    def at(value: datetime | str) -> str:
        instant = value if isinstance(value, datetime) else datetime.fromisoformat(value)
        return f"{instant.astimezone(zone):%Y-%m-%d %H:%M:%S}"

    name, *inside = files
    lines = [
        f"文件：{name}（编号 {told['document']}，第{told['version']}稿）",
        f"数据截至：{at(told['as_of'])}　生成于：{at(told['made_at'])}",
        f"PDF SHA-256：{told['pdf_sha256']}",
        f"指标摘要：{told['digests']['figures']}（{len(told['figures'])} 项，见 record.json）",
        *(f"{other} 取自 PDF 内嵌附件，SHA-256：{hashlib.sha256(files[other]).hexdigest()}" for other in inside),
        "", "各稿：",
    ]
    for item in told["versions"]:
        issued = f"{at(item['issued_at'])} 印发" if item["issued_at"] else "未印发"
        before = next((one["version"] for one in told["versions"] if one["document_id"] == item["corrects"]), None)
        lines.append(f"  第{item['version']}稿（编号 {item['document_id']}）　{issued}"
                     + (f"　更正第{before}稿" if before else ""))
    lines += ["", "审批："]
    lines += [
        f"  {at(item['recorded_at'])}　{DECISIONS[item['decision']]}　{item['actor']}　{item['comment'] or ''}"
        f"{'' if item['binds'] else '（所批并非本文件）'}"
        for item in told["decisions"]
    ] or ["  无"]
    lines += ["", "投递："]
    for item in told["deliveries"]:
        again = f"　第{item['copy_no']}次重发，{item['requested_by']}：{item['reason']}" if item["copy_no"] else ""
        lines.append(
            f"  {item['recipient']} <{item['address']}>　{STATES[item['state']]}　{item['message_id']}{again}"
        )
        lines += [f"    {at(event['at'])}　{STATES[event['state']]}　{event['smtp_reply'] or ''}".rstrip()
                  for event in item["events"] or []]
    if not told["deliveries"]:
        lines.append("  无")
    lines += ["", f"核对：zhibao verify {name}；sha256sum {name}", ""]
    return "\n".join(lines)
