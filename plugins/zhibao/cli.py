"""The command line: the same engine as the DAGs, by hand. Scripts depend on its words, JSON and exit status."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from zhibao import __version__
from zhibao.errors import OperatorError, ZhibaoError
from zhibao.output import emit, finding_json, plain_json, submission_json
from zhibao.period import Period
from zhibao.settings import Settings, load_settings

FOUND = 1


class Commands(click.Group):
    """Prints errors of the house in the reader's language and gives their exit status; never a traceback."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        kwargs["standalone_mode"] = False
        try:
            sys.exit(super().main(*args, **kwargs) or 0)
        except ZhibaoError as error:
            click.echo(error.text.in_(load_settings().language), err=True)
            sys.exit(error.exit_status)
        except click.ClickException as error:
            error.show()
            sys.exit(2)
        except (click.Abort, KeyboardInterrupt):
            click.echo("已中断 / interrupted", err=True)
            sys.exit(130)
        except BrokenPipeError:
            sys.exit(0)
        except Exception as error:  # noqa: BLE001 - the last gate: no traceback and no value reaches a user
            _report_defect(error)
            sys.exit(2)


def _report_defect(error: Exception) -> None:
    """Name the kind of defect and the place in our code; the message stays out, for it may carry a value."""
    frame = error.__traceback__
    place = "?"
    while frame is not None:
        path = Path(frame.tb_frame.f_code.co_filename)
        if "zhibao" in path.parts:
            place = f"{path.name}:{frame.tb_lineno}"
        frame = frame.tb_next
    click.echo(f"程序内部错误（{type(error).__name__}，{place}），请将本行告知维护人员 / internal error", err=True)


class PeriodType(click.ParamType):
    name = "PERIOD"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Period:
        try:
            return value if isinstance(value, Period) else Period.parse(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


class InstantType(click.ParamType):
    """An ISO instant; without an offset it is local to the programme."""

    name = "INSTANT"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            instant = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"not an instant: {value!r} (write 2022-11-30T17:30+08:00)", param, ctx)
        return instant if instant.tzinfo else instant.replace(tzinfo=_zone())


PERIOD, INSTANT = PeriodType(), InstantType()
FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)
OUT = click.Path(path_type=Path)
as_json = click.option("--json", "json_", is_flag=True, help="Machine-readable output.")
as_of = click.option("--as-of", type=INSTANT, help="What was known at this instant.")
by = click.option("--by", "actor", required=True, help="Who decides.")


def _zone() -> ZoneInfo:
    from zhibao.programme.load import load_programme

    return ZoneInfo(load_programme(load_settings().programme_dir).timezone)


def _now() -> datetime:
    return datetime.now(_zone())


def _operations(settings: Settings | None = None) -> Any:
    from zhibao.operations import open_operations

    return open_operations(settings)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def main() -> None:
    """Zhibao 直报: returns in, traceable reports out."""


# The programme


@main.group()
def programme() -> None:
    """The programme's configuration."""


@programme.command("check")
@as_json
def programme_check(json_: bool) -> None:
    """The configuration's own errors, by file and line."""
    from zhibao.checking.suites import load_suite
    from zhibao.programme.load import load_programme

    settings = load_settings()
    loaded = load_programme(settings.programme_dir)
    for form in loaded.forms.values():
        load_suite(settings.expectations_dir, form)
    emit({"programme": loaded.code, "digest": loaded.digest, "problems": []}, json_,
         f"{loaded.code}：配置无误，{len(loaded.units)} 个单位、{len(loaded.forms)} 种表、{len(loaded.levels)} 个层级")


@programme.command("show")
@as_json
def programme_show(json_: bool) -> None:
    """All codes: units, categories, levels and criteria, competitions, forms."""
    from zhibao.programme.load import load_programme

    loaded = load_programme(load_settings().programme_dir)
    lines = [
        f"{kind}\t{item.code}\t{item.name.zh}"
        for kind in ("units", "categories", "levels", "competitions", "cadences")
        for item in getattr(loaded, kind)
    ] + [f"forms\t{form.code}\t{form.name.zh}" for form in loaded.forms.values()]
    emit(loaded.model_dump(mode="json", by_alias=True), json_, "\n".join(lines))


# The database


@main.group()
def db() -> None:
    """The embedded PostgreSQL, and the schema of whichever server is used."""


@db.command("start")
@as_json
def db_start(json_: bool) -> None:
    """Start the embedded server where no URL is set, and bring the schema up to date."""
    url = _operations().url
    emit({"url": _without_password(url)}, json_, f"数据库就绪：{_without_password(url)}")


@db.command("stop")
@as_json
def db_stop(json_: bool) -> None:
    """Stop the embedded server."""
    from zhibao.store import embedded

    stopped = embedded.stop(load_settings().var)
    emit({"stopped": stopped}, json_, "数据库已停止" if stopped else "数据库本未运行")


def _without_password(url: str) -> str:
    from urllib.parse import urlsplit, urlunsplit

    parts = urlsplit(url)
    host = parts.netloc.rsplit("@", 1)[-1]
    user = parts.username or ""
    return urlunsplit(parts._replace(netloc=f"{user}@{host}" if user else host))


# Returns


@main.command()
@click.argument("file", type=FILE)
@as_json
def check(file: Path, json_: bool) -> int:
    """All findings of one file, offline: no database, nothing is kept."""
    from zhibao.checking.run import check_returns
    from zhibao.findings import decide_status
    from zhibao.programme.load import load_programme
    from zhibao.reading.read import read_return

    settings = load_settings()
    loaded = load_programme(settings.programme_dir)
    read = read_return(file, loaded, file_name=file.name)
    found = check_returns(loaded, [read], settings.expectations_dir, _now().date())[0]
    status = decide_status(found, refused=read.refused)
    value = submission_json(file.name, read.form, read.unit, read.period, status, found, settings.language)
    emit(value, json_, _findings_text([value]))
    return FOUND if found else 0


@main.command()
@click.argument("files", type=FILE, nargs=-1, required=True)
@click.option("--received-at", type=INSTANT, help="When the files came in (default: now).")
@as_json
def submit(files: tuple[Path, ...], received_at: datetime | None, json_: bool) -> int:
    """Take files in; several are one batch. A bad file never stops the others."""
    now = _now()
    results = _operations().submit(files, received_at or now, now)
    language = load_settings().language
    values = [
        submission_json(item.file_name, item.form, item.unit, item.period, item.status, item.findings, language)
        | {"submission": item.submission_id, "duplicate": item.is_duplicate}
        for item in results
    ]
    emit(values, json_, _findings_text(values))
    return FOUND if any(value["findings"] for value in values) else 0


@main.command()
@click.option("--period", "period", type=PERIOD, required=True)
@as_of
@as_json
def status(period: Period, as_of: datetime | None, json_: bool) -> None:
    """Who reported, late, missing, returned."""
    from zhibao.warehouse.status import return_status

    operations = _operations()
    with operations.connection() as connection:
        rows = return_status(connection, operations.programme, period, as_of or _now())
    _emit_rows(rows, json_)


@main.command()
@click.option("--period", type=PERIOD)
@click.option("-o", "out", type=OUT, help="Write one CSV a unit into this folder.")
@as_json
def findings(period: Period | None, out: Path | None, json_: bool) -> None:
    """The findings of all returns, each office its own."""
    from zhibao.submissions import latest_findings

    operations = _operations()
    with operations.connection() as connection:
        rows = latest_findings(connection, operations.programme, str(period) if period else None)
    values = [finding_json(row, load_settings().language) for row in rows]
    if out is not None:
        from zhibao.output import write_findings

        paths = write_findings(values, out)
        emit([path.name for path in paths], json_, f"{len(values)} 项问题，{len(paths)} 个单位，写入 {out}")
        return
    _emit_rows(values, json_)


@main.command()
@click.argument("submission", type=int)
@as_json
def history(submission: int, json_: bool) -> None:
    """All versions of the return that a submission is one of."""
    from zhibao.submissions import history as versions

    operations = _operations()
    with operations.connection() as connection:
        _emit_rows(versions(connection, operations.programme, submission), json_)


@main.command()
@click.argument("submission", type=int)
@by
@click.option("--reason", required=True)
@as_json
def revert(submission: int, actor: str, reason: str, json_: bool) -> None:
    """Let an earlier accepted version stand again, with a reason."""
    from zhibao.submissions import revert as go_back

    _change(lambda connection, loaded: go_back(connection, loaded, submission, actor, reason, _now()))
    emit({"submission": submission, "stands": True}, json_, f"报送 {submission} 已恢复为有效版本")


@main.command()
@click.argument("submission", type=int, required=False)
@click.option("--rule", help="The finding code that is explained (default: all open ones).")
@click.option("--all-open", is_flag=True, help="Explain every open query of every return that stands.")
@click.option("--text", required=True, help="The written explanation.")
@by
@as_json
def explain(submission: int | None, rule: str | None, all_open: bool, text: str, actor: str, json_: bool) -> None:
    """Answer the queries of a submission in writing; the answer is kept."""
    from zhibao.submissions import explain as answer
    from zhibao.submissions import open_queries

    if (submission is None) != all_open:
        raise click.UsageError("give a SUBMISSION or --all-open")
    operations = _operations()
    with operations.connection() as connection:
        pairs = [
            (item.submission_id, item.code) for item in open_queries(connection, operations.programme)
            if all_open or (item.submission_id == submission and rule in (None, item.code))
        ]
        if submission is not None and rule is not None:
            pairs = [(submission, rule)]
        for number, code in pairs:
            answer(connection, operations.programme, number, code, text, actor)
    emit([{"submission": number, "code": code} for number, code in pairs], json_, f"已说明 {len(pairs)} 项")


@main.command()
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
        connection, loaded, submission, candidate, criterion, actor, reason, _now()))
    emit({"submission": submission, "criterion": criterion}, json_, "已豁免")


# Figures and documents


@main.command()
@click.option("--full", is_flag=True, help="Compute also what has not changed.")
@as_of
@as_json
def compute(full: bool, as_of: datetime | None, json_: bool) -> None:
    """Bring the figures of every report that has been made up to date."""
    rows = _operations().compute_known(as_of, _now(), full=full)
    _emit_rows(rows, json_)


@main.command()
@click.argument("kind")
@click.argument("period", type=PERIOD)
@as_of
@as_json
def figures(kind: str, period: Period, as_of: datetime | None, json_: bool) -> None:
    """Every figure of a report."""
    from zhibao.warehouse.labels import label

    operations = _operations()
    found = operations.compute(kind, str(period), as_of or _now())
    language = load_settings().language
    rows = [
        {"id": item.id, "label": label(operations.programme, item, language), "value": plain_json(item.value),
         "unit": item.unit, "period": item.period, "as_of": item.as_of.isoformat()}
        for item in found.figures
    ]
    emit(rows, json_, "\n".join(f"{row['value'] or '—'}\t{row['label']}\t{row['id']}" for row in rows))


@main.command()
@click.argument("kind", required=False)
@click.argument("period", type=PERIOD, required=False)
@click.option("--document", "document_id", type=int, help="Write out a kept document instead.")
@click.option("-o", "out", type=OUT, required=True, help="The folder to write into.")
@as_of
@as_json
def report(
    kind: str | None, period: Period | None, document_id: int | None, out: Path, as_of: datetime | None, json_: bool
) -> None:
    """Make a draft of a report as PDF, or write out a kept document."""
    operations = _operations()
    if document_id is not None:
        name, pdf = operations.document_pdf(document_id)
    elif kind and period:
        found = operations.compute(kind, str(period), as_of or _now())
        name, pdf = operations.draft_name(kind, str(period)), operations.render(found, draft=True).pdf
    else:
        raise click.UsageError("give KIND and PERIOD, or --document")
    out.mkdir(parents=True, exist_ok=True)
    (out / name).write_bytes(pdf)
    emit({"file": str(out / name), "bytes": len(pdf)}, json_, str(out / name))


@main.command()
@click.argument("figure_id")
@click.argument("kind")
@click.argument("period", type=PERIOD)
@as_of
@as_json
def trace(figure_id: str, kind: str, period: Period, as_of: datetime | None, json_: bool) -> None:
    """The rows, files, sheets and cells behind a figure."""
    from zhibao.output import trace_json, trace_text
    from zhibao.warehouse.trace import trace as follow

    operations = _operations()
    with operations.connection() as connection:
        found = follow(connection, operations.programme, figure_id, kind, period, as_of or _now())
    emit(trace_json(found), json_, trace_text(found))


@main.command()
@click.argument("document", type=int)
@by
@click.option("--comment", default="")
@as_json
def approve(document: int, actor: str, comment: str, json_: bool) -> None:
    """Approve a document: its bytes and its figures."""
    _operations().record_decision(document, "approve", actor, comment, _now())
    emit({"document": document, "decision": "approve"}, json_, f"文件 {document} 已批准")


@main.command()
@click.argument("document", type=int)
@by
@click.option("--reason", required=True)
@as_json
def reject(document: int, actor: str, reason: str, json_: bool) -> None:
    """Reject a document, with a reason."""
    _operations().record_decision(document, "reject", actor, reason, _now())
    emit({"document": document, "decision": "reject"}, json_, f"文件 {document} 已驳回")


@main.command()
@click.argument("document", type=int)
@click.option("--settle", type=(str, click.Choice(["sent", "not-sent"])), help="Your word on a doubtful delivery.")
@click.option("--by", "actor", help="Who settles.")
@as_json
def deliver(document: int, settle: tuple[str, str] | None, actor: str | None, json_: bool) -> int:
    """Send an approved document to whom it is due; what was sent is not sent again."""
    operations = _operations()
    if settle is not None:
        if not actor:
            raise click.UsageError("--settle needs --by")
        operations.settle(document, settle[0], was_sent=settle[1] == "sent", actor=actor)
    outcomes = operations.deliver(document, _now())
    emit(outcomes, json_, "  ".join(f"{key}: {value}" for key, value in sorted(outcomes.items())))
    return FOUND if outcomes.get("failed") or outcomes.get("doubtful") else 0


@main.command()
@as_json
def documents(json_: bool) -> None:
    """All kept documents, with their decision and deliveries."""
    _emit_rows(_operations().documents(), json_)


@main.command()
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--units", help="Codes of units, with commas (default: all that owe returns).")
@click.option("--from", "first", type=PERIOD, required=True)
@click.option("--to", "last", type=PERIOD, required=True)
@click.option("-o", "out", type=OUT, required=True)
@as_json
def sample(seed: int, units: str | None, first: Period, last: Period, out: Path, json_: bool) -> None:
    """Realistic returns, clearly fictional, and a file that says what was planted where."""
    from zhibao.programme.load import load_programme
    from zhibao.samples.write import write_samples

    loaded = load_programme(load_settings().programme_dir)
    codes = units.split(",") if units else None
    unknown = set(codes or []) - {unit.code for unit in loaded.units}
    if unknown:
        names = ", ".join(sorted(unknown))
        raise OperatorError(f"没有这些单位：{names}", f"no such units: {names}")
    manifest = write_samples(loaded, seed, codes, first, last, out)
    emit({"files": len(manifest.files), "folder": str(out)}, json_, f"{len(manifest.files)} 个文件，写入 {out}")


def _change(action: Callable[[Any, Any], None]) -> None:
    operations = _operations()
    with operations.connection() as connection:
        action(connection, operations.programme)


def _emit_rows(rows: list[dict[str, Any]], json_: bool) -> None:
    lines = ("\t".join("" if value is None else str(value) for value in row.values()) for row in rows)
    emit(rows, json_, "\n".join(lines))


def _findings_text(values: list[dict[str, Any]]) -> str:
    from zhibao.output import findings_text

    return "\n".join(findings_text(value) for value in values)


if __name__ == "__main__":
    main()
