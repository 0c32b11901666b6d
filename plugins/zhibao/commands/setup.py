"""Commands about the programme, the database and samples: what there is before any return."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import click

from zhibao.commands.base import OUT, PERIOD, as_json, engine
from zhibao.errors import OperatorError
from zhibao.output import emit
from zhibao.period import Period
from zhibao.settings import load_settings


@click.group()
def programme() -> None:
    """The programme's configuration."""


@programme.command("check")
@as_json
def programme_check(json_: bool) -> None:
    """The configuration's own errors, by file and line."""
    from zhibao.checking.suites import load_suite
    from zhibao.programme.calendar import calendar_warning, returns_end
    from zhibao.programme.load import load_programme
    from zhibao.sources.config import load_sources

    settings = load_settings()
    loaded = load_programme(settings.programme_dir, settings.contacts_file)
    load_sources(loaded, settings.programme_dir, settings.sources_file)
    for form in loaded.forms.values():
        load_suite(settings.expectations_dir, form)
    warning = calendar_warning(loaded, loaded.span.starts_on, returns_end(loaded))
    if warning is not None and not json_:
        click.echo(warning.in_(settings.language), err=True)
    emit({"programme": loaded.code, "digest": loaded.digest, "problems": [],
          "warnings": [warning.in_(settings.language)] if warning else []}, json_,
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


@click.group()
def db() -> None:
    """The embedded PostgreSQL, and the schema of whichever server is used."""


@db.command("start")
@as_json
def db_start(json_: bool) -> None:
    """Start the embedded server where no URL is set, and bring the schema up to date."""
    url = engine().url
    emit({"url": _without_password(url)}, json_, f"数据库就绪：{_without_password(url)}")


@db.command("stop")
@as_json
def db_stop(json_: bool) -> None:
    """Stop the embedded server."""
    from zhibao.store import embedded

    stopped = embedded.stop(load_settings().var)
    emit({"stopped": stopped}, json_, "数据库已停止" if stopped else "数据库本未运行")


@db.command("roles")
@as_json
def db_roles(json_: bool) -> None:
    """Create the roles loader, reader and auditor, or bring them up to date (docs/privacy.md)."""
    from zhibao.store.roles import ensure_roles

    operations = engine()
    with operations.connection() as connection:
        names = ensure_roles(connection, operations.programme, operations.settings.sql_dir)
    emit({"roles": list(names)}, json_, "角色就绪：" + "、".join(names))


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    host = parts.netloc.rsplit("@", 1)[-1]
    user = parts.username or ""
    return urlunsplit(parts._replace(netloc=f"{user}@{host}" if user else host))


@click.command()
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--units", help="Codes of units, with commas (default: all that owe returns).")
@click.option("--from", "first", type=PERIOD, required=True)
@click.option("--to", "last", type=PERIOD, required=True)
@click.option("--tidy", is_flag=True, help="In the template's own shape, with nothing wrong in them.")
@click.option("-o", "out", type=OUT, required=True)
@as_json
def sample(seed: int, units: str | None, first: Period, last: Period, tidy: bool, out: Path, json_: bool) -> None:
    """Realistic returns, clearly fictional, and a file that says what was planted where."""
    from zhibao.programme.load import load_programme
    from zhibao.samples.write import write_samples

    loaded = load_programme(load_settings().programme_dir)
    codes = units.split(",") if units else None
    unknown = set(codes or []) - {unit.code for unit in loaded.units}
    if unknown:
        names = ", ".join(sorted(unknown))
        raise OperatorError(f"没有这些单位：{names}", f"no such units: {names}")
    manifest = write_samples(loaded, seed, codes, first, last, out, tidy=tidy)
    emit({"files": len(manifest.files), "folder": str(out)}, json_, f"{len(manifest.files)} 个文件，写入 {out}")
