"""Commands about sources: what the DAG that collects returns does by itself."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Literal

import click

from zhibao.commands.base import FOUND, as_json, emit_rows, engine, handing_out, now
from zhibao.errors import ZhibaoError
from zhibao.output import emit
from zhibao.settings import load_settings

if TYPE_CHECKING:
    from zhibao.operations import Operations

REASONS = {
    "stranger": "发件人不在联系人名单内",
    "unauthenticated": "发件人身份未经邮件服务器验证",
    "no_workbook": "邮件中没有报表附件",
    "not_a_workbook": "附件不是表格文件", "bounce": "邮件投递报告（退信）",
    "too_large": "超过大小上限",
    "no_unit": "不在任何单位的文件夹内",
}


@click.command()
@as_json
def sources(json_: bool) -> None:
    """Where returns are fetched from."""
    emit_rows([
        {"name": spec.name, "kind": spec.kind, "units": ", ".join(spec.units) or "all", "after": spec.after}
        for spec in engine().sources.values()
    ], json_)


@click.command()
@click.option("--source", "names", multiple=True, help="One source (default: all; may be given often).")
@click.option("--received", type=click.Choice(["file", "clock"]), default="file", show_default=True,
              help="What counts as the receipt: the source's own time, or this moment.")
@as_json
def collect(names: tuple[str, ...], received: Literal["file", "clock"], json_: bool) -> int:
    """Fetch what is new at the sources and take it in. One that is down does not stop the others."""
    operations, clock = engine(), now()
    staged = [_stage(operations, name, received) for name in names or operations.sources]
    counts: Counter[str] = Counter()
    for batch in operations.waiting_batches():
        counts.update(operations.take_batch(batch, clock))
    if counts:
        operations.cross_check(clock)
    lines = [
        f"{item['source']}\t收到 {item['arrived']}\t未收 {item['turned_away']}\t上传中 {item['waiting']}"
        + "".join(f"\n  {label}\t{what}" for label, what in item["troubles"])
        + (f"\n  {item['error']}" if item["error"] else "")
        for item in staged
    ]
    lines.append("  ".join(f"{status}: {count}" for status, count in sorted(counts.items())) or "没有新的报送")
    emit({"sources": staged, "submissions": dict(counts)}, json_, "\n".join(lines))
    return FOUND if any(item["error"] for item in staged) else 0


@click.command("turned-away")
@handing_out("核对来件")
@as_json
def turned_away(actor: str, reason: str, json_: bool) -> None:
    """What sources held and was not taken in: strangers' mails, what is no workbook, what is too large."""
    operations = engine()
    rows = operations.turned_away()
    if senders := sum(bool(row["sender"]) for row in rows):
        operations.note_turned_away(senders, actor, reason, now())
    emit_rows(rows if json_ else [row | {"reason": REASONS[row["reason"]]} for row in rows], json_)


def _stage(operations: Operations, name: str, received: Literal["file", "clock"]) -> dict[str, Any]:
    from zhibao.sources.stage import Staged, StageTroubles

    error = ""
    try:
        done = operations.stage(name, received, now())
    except StageTroubles as troubles:
        done, error = troubles.done, troubles.text.in_(load_settings().language)
    except ZhibaoError as failed:
        done, error = Staged(name), failed.text.in_(load_settings().language)
    return {
        "source": name, "arrived": done.arrived, "turned_away": done.turned_away, "waiting": done.waiting,
        "troubles": done.troubles, "error": error,
    }
