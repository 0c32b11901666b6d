"""Commands about returns: what a clerk and an operator do with a file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from zhibao.commands.base import (
    FILE,
    FOLDER,
    FOUND,
    INSTANT,
    OUT,
    PERIOD,
    as_json,
    by,
    emit_rows,
    engine,
    handing_out,
    now,
)
from zhibao.output import SEVERITY_WORDS, emit, finding_json, findings_text, receipt_json, submission_json
from zhibao.period import Period
from zhibao.settings import load_settings

if TYPE_CHECKING:
    from zhibao.programme.models import Programme
    from zhibao.store.database import Connection


@click.command()
@click.argument("form")
@click.option("--unit", required=True, help="The code of the reporting unit.")
@click.option("--period", type=PERIOD, required=True)
@click.option("-o", "out", type=OUT, required=True, help="The .xlsx to write.")
@as_json
def template(form: str, unit: str, period: Period, out: Path, json_: bool) -> None:
    """A blank return for a unit, with drop-downs, checks and instructions in it."""
    from zhibao.checking.suites import load_suite
    from zhibao.programme.load import load_programme
    from zhibao.workbooks.asking import form_of, unit_of
    from zhibao.workbooks.template import write_template

    settings = load_settings()
    loaded = load_programme(settings.programme_dir)
    suite = load_suite(settings.expectations_dir, form_of(loaded, form))
    content = write_template(loaded, suite, unit_of(loaded, unit), period, now())
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(content)
    emit({"file": str(out), "form": form, "unit": unit, "period": str(period),
          "template_version": loaded.template_version}, json_, str(out))


@click.command()
@click.argument("file", type=FILE)
@as_json
def check(file: Path, json_: bool) -> int:
    """All findings of one file, offline: no database, nothing is kept."""
    from zhibao.admission import admit
    from zhibao.checking.run import check_returns
    from zhibao.findings import decide_status
    from zhibao.programme.load import load_programme
    from zhibao.reading.read import read_return

    settings = load_settings()
    loaded = load_programme(settings.programme_dir)
    clock = now(loaded)
    read = admit(loaded, read_return(file, loaded, file_name=file.name), clock)
    found = check_returns(loaded, [read], settings.expectations_dir, clock.date(), engine="native")[0]
    status = decide_status(found, refused=read.refused)
    value = submission_json(file.name, read.form, read.unit, read.period, status, found, settings.language)
    emit(value, json_, _text_of([value]))
    return FOUND if found else 0


@click.command()
@click.argument("files", type=FILE, nargs=-1, required=True)
@click.option("--received-at", type=INSTANT, help="When the files came in (default: now).")
@as_json
def submit(files: tuple[Path, ...], received_at: datetime | None, json_: bool) -> int:
    """Take files in; several are one batch. A bad file never stops the others."""
    clock = now()
    results = engine().submit(files, received_at or clock, clock)
    language = load_settings().language
    values = [
        submission_json(item.file_name, item.form, item.unit, item.period, item.status, item.findings, language)
        | {"submission": item.submission_id, "duplicate": item.is_duplicate}
        for item in results
    ]
    emit(values, json_, _text_of(values))
    return FOUND if any(value["findings"] for value in values) else 0


@click.command()
@click.option("--period", type=PERIOD)
@click.option("-o", "out", type=OUT, help="Write one CSV a unit into this folder.")
@as_json
def findings(period: Period | None, out: Path | None, json_: bool) -> None:
    """The findings of all returns, each office its own."""
    from zhibao.submissions import latest_findings

    operations = engine()
    with operations.connection() as connection:
        rows = latest_findings(connection, operations.programme, str(period) if period else None)
    values = [finding_json(row, load_settings().language) for row in rows]
    if out is not None:
        from zhibao.output import write_findings

        paths = write_findings(values, out)
        emit([path.name for path in paths], json_, f"{len(values)} 项问题，{len(paths)} 个单位，写入 {out}")
        return
    emit_rows(values, json_)


@click.command()
@click.argument("submission", type=int)
@as_json
def history(submission: int, json_: bool) -> None:
    """All versions of the return that a submission is one of."""
    from zhibao.submissions import history as versions

    operations = engine()
    with operations.connection() as connection:
        emit_rows(versions(connection, operations.programme, submission), json_)


@click.command()
@click.option("--send", "send_", is_flag=True, help="Send what is due; nobody is sent a receipt twice.")
@click.option("--since", type=INSTANT, help="Of what was received from then on (default: lately).")
@click.option("--settle", type=(int, click.Choice(["sent", "not-sent"])), help="Your word on one in doubt or refused.")
@click.option("--by", "actor", help="Who settles.")
@as_json
def receipts(
    send_: bool, since: datetime | None, settle: tuple[int, str] | None, actor: str | None, json_: bool
) -> int:
    """The answers that offices are owed, one a submission, and what became of them."""
    operations = engine()
    if settle is not None:
        if not actor:
            raise click.UsageError("--settle needs --by")
        operations.settle_receipt(settle[0], was_sent=settle[1] == "sent", actor=actor)
    outcomes = operations.send_receipts(now(), since) if send_ else {}
    rows = [receipt_json(item) for item in operations.receipts(now(), since)]
    if json_:
        emit({"receipts": rows, "outcomes": outcomes}, json_, "")
    else:
        emit_rows(rows, json_)
    return FOUND if outcomes.get("failed") or outcomes.get("doubtful") else 0


@click.command()
@click.option("--send", "send_", is_flag=True, help="Send them; nobody is reminded twice on one day.")
@click.option("--settle", type=(str, str, click.Choice(["sent", "not-sent"])), metavar="DAY UNIT STATE",
              help="Your word on one in doubt or refused (DAY as 2022-04-06; DAY.escalation to the lead).")
@click.option("--by", "actor", help="Who settles.")
@as_json
def remind(send_: bool, settle: tuple[str, str, str] | None, actor: str | None, json_: bool) -> int:
    """Whom today is the day to remind, and of what."""
    operations = engine()
    if settle is not None:
        if not actor:
            raise click.UsageError("--settle needs --by")
        operations.settle_reminder(settle[0], settle[1], was_sent=settle[2] == "sent", actor=actor)
    found = operations.reminders(now())
    outcomes = operations.remind(now()) if send_ else {}
    rows = [
        {"to": item.to_unit, "address": item.address, "is_escalation": item.is_escalation,
         "owed": [f"{owed.unit} {owed.form} {owed.period}" for owed in item.owed]}
        for item in found
    ]
    lines = "\n".join(f"{row['to']}\t{row['address'] or '没有邮箱'}\t{'；'.join(row['owed'])}" for row in rows)
    emit({"reminders": rows, "outcomes": outcomes}, json_, lines or "今天没有要催报的")
    return FOUND if outcomes.get("failed") or outcomes.get("doubtful") else 0


@click.command()
@click.argument("submission", type=int)
@by
@click.option("--reason", required=True)
@as_json
def revert(submission: int, actor: str, reason: str, json_: bool) -> None:
    """Let an earlier accepted version stand again, with a reason."""
    from zhibao.submissions import revert as go_back

    _change(lambda connection, loaded: go_back(connection, loaded, submission, actor, reason, now()))
    emit({"submission": submission, "stands": True}, json_, f"报送 {submission} 已恢复为有效版本")


@click.command()
@click.argument("submission", type=int)
@click.option("--candidate", required=True, help="候选人编号")
@click.option("--criterion", required=True)
@click.option("--reason", required=True)
@by
@as_json
def waive(submission: int, candidate: str, criterion: str, reason: str, actor: str, json_: bool) -> None:
    """Waive one criterion for one candidate, by name and with a reason."""
    from zhibao.submissions import waive as grant

    _change(lambda connection, loaded: grant(
        connection, loaded, submission, candidate, criterion, actor, reason, now()))
    emit({"submission": submission, "criterion": criterion}, json_, "已豁免")


@click.command()
@click.argument("submission", type=int)
@click.option("-o", "out", type=OUT, required=True, help="The file to write.")
@handing_out("回单标注")
@as_json
def markup(submission: int, out: Path, actor: str, reason: str, json_: bool) -> None:
    """The office's own workbook, failing cells marked. It holds personal values: who takes it is kept."""
    operations = engine()
    marked = operations.markup(submission)
    operations.note_export(submission, actor, reason, now())
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(marked.content)
    value = {"submission": submission, "file": str(out), "file_name": marked.file_name, "bytes": len(marked.content)}
    emit(value, json_, f"已写入 {out}")


@click.command()
@click.option("--rule", required=True, help="The rule, such as candidate.phone_mobile.")
@click.option("--from", "first", type=PERIOD, required=True)
@click.option("--to", "last", type=PERIOD, required=True)
@click.option("--expectations", "suites", type=FOLDER, help="A folder with changed suites (default: those in force).")
@as_json
def rehearse(rule: str, first: Period, last: Period, suites: Path | None, json_: bool) -> int:
    """What a rule would have returned in past periods, by unit; nothing is kept."""
    operations = engine()
    rows = operations.rehearse(rule, first, last, suites, now())
    hits = sum(item.hit_count for item in rows)
    word = SEVERITY_WORDS[rows[0].severity] if rows else ""
    lines = [f"{operations.programme.unit(item.unit).name.zh}\t{item.hit_count}/{item.return_count} 份\t"
             f"{item.cell_count} 处\t{'、'.join(item.periods)}" for item in rows]
    total = f"{rule}（{word}）：{sum(item.return_count for item in rows)} 份报表中有 {hits} 份触发"
    emit([asdict(item) for item in rows], json_, "\n".join([*lines, total]))
    return FOUND if hits else 0


def _change(action: Callable[[Connection, Programme], None]) -> None:
    operations = engine()
    with operations.connection() as connection:
        action(connection, operations.programme)


def _text_of(values: list[dict[str, Any]]) -> str:
    return "\n".join(findings_text(value) for value in values)
