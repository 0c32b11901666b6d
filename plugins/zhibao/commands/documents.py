"""Commands about figures and documents: computed, traced, rendered, decided on, sent."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from zhibao.commands.base import FILE, FOUND, OUT, PERIOD, as_json, as_of, by, emit_rows, engine, handing_out, now
from zhibao.output import emit, plain_json
from zhibao.period import Period
from zhibao.programme.models import TraceCodes
from zhibao.settings import load_settings

STATES = {
    "same": "一致：重新生成的文件与该文件逐字节相同",
    "tampered": "不一致：各项依据未变，而文件内容已被改动",
    "differs": "不一致：生成所依据的内容已有变化",
}
CAUSES = {
    "rules": "方案不同", "templates": "模板已改", "fonts": "字体已换", "renderer": "排版软件版本不同",
    "figures": "指标有变动", "lists": "名单或文字有变动",
}


@click.command()
@click.option("--full", is_flag=True, help="Compute also what has not changed, and hold it against what was kept.")
@as_of
@as_json
def compute(full: bool, as_of: datetime | None, json_: bool) -> int:
    """Bring the figures of every report that has been made up to date."""
    rows = engine().compute_known(as_of, now(), full=full)
    emit_rows(rows, json_)
    return FOUND if any(row["state"] == "differs" for row in rows) else 0


@click.command()
@click.argument("kind")
@click.argument("period", type=PERIOD)
@as_of
@as_json
def figures(kind: str, period: Period, as_of: datetime | None, json_: bool) -> None:
    """Every figure of a report."""
    from zhibao.warehouse.labels import label

    operations = engine().at(as_of)
    found = operations.compute(kind, str(period), as_of or now())
    language = load_settings().language
    rows = [
        {"id": item.id, "label": label(operations.programme, item, language), "value": plain_json(item.value),
         "unit": item.unit, "period": item.period, "as_of": item.as_of.isoformat()}
        for item in found.figures
    ]
    emit(rows, json_, "\n".join(f"{row['value'] or '—'}\t{row['label']}\t{row['id']}" for row in rows))


@click.command("what-if")
@click.argument("kind")
@click.argument("period", type=PERIOD)
@click.option("--set", "settings", metavar="PATH=VALUE", multiple=True, required=True,
              help="criteria.LEVEL.CRITERION, quotas.LEVEL.CODE or switches.NAME; may be given again.")
@as_of
@as_json
def what_if(kind: str, period: Period, settings: tuple[str, ...], as_of: datetime | None, json_: bool) -> None:
    """What would differ under other rules: beside the real results, never into them."""
    from zhibao.warehouse.labels import label

    if any("=" not in setting for setting in settings):
        raise click.UsageError("--set wants PATH=VALUE")
    operations, language = engine().at(as_of), load_settings().language
    found = operations.what_if(kind, str(period), as_of or now(), dict(item.split("=", 1) for item in settings))
    rows = [
        {"id": id_, "label": label(operations.programme, real or other, language),
         "value": plain_json(real and real.value), "what_if": plain_json(other and other.value)}
        for id_, real, other in found
    ]
    text = "\n".join(f"{row['value'] or '—'} → {row['what_if'] or '—'}\t{row['label']}\t{row['id']}" for row in rows)
    emit(rows, json_, text or "没有指标变动")


@click.command()
@click.argument("kind", required=False)
@click.argument("period", type=PERIOD, required=False)
@click.option("--document", "document_id", type=int, help="Write out a kept document instead.")
@click.option("--codes", type=click.Choice(["none", "annex", "text"]),
              help="Print trace codes over the figures of annexes, or all (default: as the programme says).")
@click.option("-o", "out", type=OUT, required=True, help="The folder to write into.")
@handing_out("导出报告")
@as_of
@as_json
def report(
    kind: str | None, period: Period | None, document_id: int | None, codes: TraceCodes | None, out: Path, actor: str,
    reason: str, as_of: datetime | None, json_: bool,
) -> None:
    """Make a draft of a report (PDF, and what else its kind has), or write out a kept document."""
    operations = engine().at(as_of)
    if document_id is not None:
        files = operations.document_files(document_id)
        operations.note_document(document_id, actor, reason, now())
    elif kind and period:
        figures = operations.compute(kind, str(period), as_of or now())
        files = operations.files_of(figures, codes)
        operations.note_report(figures, actor, reason, now())
    else:
        raise click.UsageError("give KIND and PERIOD, or --document")
    out.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (out / name).write_bytes(content)
    paths = [str(out / name) for name in files]
    emit({"file": paths[0], "bytes": len(next(iter(files.values()))), "files": paths}, json_, "\n".join(paths))


@click.command("data-docs")
@click.argument("period", type=PERIOD)
@click.option("-o", "out", type=OUT, required=True, help="The folder to write into.")
@as_of
@as_json
def data_docs(period: Period, out: Path, as_of: datetime | None, json_: bool) -> None:
    """Great Expectations' pages of a period's returns, readable without a network."""
    pages = engine().at(as_of).data_docs(str(period), as_of or now())
    out.mkdir(parents=True, exist_ok=True)
    for name, content in pages.items():
        (out / name).write_bytes(content)
    emit({"file": str(out / "index.html"), "pages": sorted(pages)}, json_, str(out / "index.html"))


@click.command()
@click.argument("file", type=FILE)
@as_json
def verify(file: Path, json_: bool) -> int:
    """Make a report again as of its instant and compare bytes; 1 where they differ, and what moved."""
    from zhibao.verifying import verify as hold

    found = hold(engine(), file.read_bytes())
    told = asdict(found.told) | {"as_of": found.told.as_of.isoformat()}
    lines = [STATES[found.state]]
    if found.document_id is not None:
        lines.append(f"文件 {found.document_id}")
    lines += [CAUSES[cause] for cause in found.causes]
    lines += [f"  {source}" for source in found.sources]
    lines += [f"{id}：{old or '—'} → {new or '—'}" for id, old, new in found.moved]
    emit({"state": found.state, "document": found.document_id, "sha256": found.sha256, "causes": found.causes,
          "sources": found.sources,
          "moved": [{"id": id, "file": old, "now": new} for id, old, new in found.moved], "identity": told},
         json_, "\n".join(lines))
    return 0 if found.state == "same" else FOUND


@click.command()
@click.argument("figure", metavar="FIGURE_OR_CODE")
@click.argument("kind", required=False)
@click.argument("period", type=PERIOD, required=False)
@as_of
@as_json
def trace(figure: str, kind: str | None, period: Period | None, as_of: datetime | None, json_: bool) -> None:
    """The rows, files, sheets and cells behind a figure, or behind the one that a printed trace code stands over."""
    from zhibao.output import coded_text, trace_json, trace_text

    if (kind is None) != (period is None) or (kind is None and as_of):
        raise click.UsageError("give FIGURE KIND PERIOD, or a trace code alone")
    operations = engine().at(as_of)
    if kind is None or period is None:
        coded, found = operations.trace_code(figure)
        told = coded_text(operations.programme, coded)
        emit(asdict(coded) | trace_json(found), json_, f"{told}\n{trace_text(found)}")
        return
    found = operations.trace(figure, kind, period, as_of or now())
    emit(trace_json(found), json_, trace_text(found))


@click.command()
@click.argument("document", type=int)
@as_json
def checklist(document: int, json_: bool) -> int:
    """What whoever approves a document reads; 1 where something stands in the way."""
    from dataclasses import asdict

    found = engine().checklist(document)
    emit(asdict(found), json_, found.text(document))
    return FOUND if found.blockers else 0


@click.command()
@click.argument("document", type=int)
@by
@click.option("--comment", default="", help="Needed where returns are missing: why it goes out without them.")
@as_json
def approve(document: int, actor: str, comment: str, json_: bool) -> None:
    """Approve a document: its bytes and its figures."""
    missing = engine().record_decision(document, "approve", actor, comment, now())
    told = f"文件 {document} 已批准" + (f"，尚须另外 {missing} 人批准" if missing else "")
    emit({"document": document, "decision": "approve", "still_to_approve": missing}, json_, told)


@click.command()
@click.argument("document", type=int)
@by
@click.option("--reason", required=True)
@as_json
def reject(document: int, actor: str, reason: str, json_: bool) -> None:
    """Reject a document, with a reason."""
    engine().record_decision(document, "reject", actor, reason, now())
    emit({"document": document, "decision": "reject"}, json_, f"文件 {document} 已驳回")


@click.command()
@click.argument("document", type=int)
@click.option("--settle", type=(str, click.Choice(["sent", "not-sent"])), help="Your word on a doubtful delivery.")
@click.option("--by", "actor", help="Who settles.")
@as_json
def deliver(document: int, settle: tuple[str, str] | None, actor: str | None, json_: bool) -> int:
    """Send an approved document to whom it is due; what was sent is not sent again."""
    operations = engine()
    if settle is not None:
        if not actor:
            raise click.UsageError("--settle needs --by")
        operations.settle(document, settle[0], was_sent=settle[1] == "sent", actor=actor)
    outcomes = operations.deliver(document, now())
    emit(outcomes, json_, "  ".join(f"{key}: {value}" for key, value in sorted(outcomes.items())))
    return FOUND if outcomes.get("failed") or outcomes.get("doubtful") else 0


@click.command()
@click.argument("document", type=int)
@click.option("--to", "recipient", required=True, help="The recipient's code.")
@click.option("--by", "--actor", "actor", required=True, help="Who has it sent again.")
@click.option("--reason", required=True)
@as_json
def resend(document: int, recipient: str, actor: str, reason: str, json_: bool) -> int:
    """Send an issued document to one recipient once more, by name and with a reason."""
    outcomes = engine().resend(document, recipient, actor, reason, now())
    emit(outcomes, json_, "  ".join(f"{key}: {value}" for key, value in sorted(outcomes.items())))
    return 0 if outcomes.get("sent") else FOUND


@click.command()
@click.argument("document", type=int)
@click.option("-o", "out", type=OUT, default=Path(), help="The folder to write into (default: here).")
@click.option("--send-to-self", "send_", is_flag=True, help="Also send it, marked as a test, to ZHIBAO_OPERATOR_MAIL.")
@click.option("--address", help="Send the test there instead; the address must be on the allow-list.")
@handing_out("预览邮件")
@as_json
def preview(
    document: int, out: Path, send_: bool, address: str | None, actor: str, reason: str, json_: bool
) -> int:
    """Write the mails of a document, as each recipient would get them; nothing is sent to them."""
    operations = engine()
    files = operations.previews(document, now())
    operations.note_document(document, actor, reason, now())
    out.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (out / name).write_bytes(content)
    outcomes = operations.send_test(document, address, now()) if send_ or address else {}
    paths = [str(out / name) for name in files]
    told = [f"{key}: {value}" for key, value in outcomes.items()]
    emit({"document": document, "files": paths, "test": outcomes}, json_, "\n".join([*paths, *told]))
    return FOUND if outcomes and not outcomes.get("sent") else 0


@click.command()
@click.argument("document", type=int)
@click.option("-o", "out", type=OUT, default=Path(), help="The folder to write into (default: here).")
@handing_out("导出凭证")
@as_json
def proof(document: int, out: Path, actor: str, reason: str, json_: bool) -> None:
    """The pack that proves a document: PDF, digests, figures, decisions, and what the mail server said."""
    operations = engine()
    files = operations.proof_of(document)
    operations.note_document(document, actor, reason, now())
    out.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (out / name).write_bytes(content)
    paths = [str(out / name) for name in files]
    emit({"document": document, "files": paths}, json_, "\n".join(paths))


@click.command()
@as_json
def documents(json_: bool) -> None:
    """All kept documents, with their decision and deliveries."""
    rows = engine().documents()
    emit(rows, json_, "\n".join(_document_line(row) for row in rows))


def _document_line(row: dict[str, Any]) -> str:
    sent = "；".join(f"{item['recipient']} {item['state']}" for item in row["deliveries"]) or "未发送"
    decision = {"approve": "已批准", "reject": "已驳回", "void": "批准已失效", None: "待审批"}[row["decision"]]
    return f"{row['document_id']}\t{row['kind']}\t{row['period']}\t第{row['version']}稿\t{decision}\t{sent}"
