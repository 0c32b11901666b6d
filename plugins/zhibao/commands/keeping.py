"""Commands about personal data: what was taken out, and what is no longer kept."""

from __future__ import annotations

import click

from zhibao.commands.base import as_json, emit_rows, engine, now
from zhibao.output import emit


@click.command()
@click.option("--dry-run", is_flag=True, help="Say what would go, and from which day on; nothing is changed.")
@click.option("--by", "actor", help="Who purges.")
@click.option("--reason")
@click.option("--list", "is_list", is_flag=True, help="What was purged, by whom and why.")
@as_json
def purge(dry_run: bool, actor: str | None, reason: str | None, is_list: bool, json_: bool) -> None:
    """Blank out personal values and delete received files, once the programme's term of retention has ended."""
    from zhibao.programme.calendar import purge_on
    from zhibao.purging import purgeable, purges

    operations = engine()
    if is_list:
        with operations.connection() as connection:
            rows = purges(connection, operations.programme)
        emit_rows([row | {"purged_at": row["purged_at"].isoformat()} for row in rows], json_)
        return
    if dry_run:
        with operations.connection() as connection:
            counts = purgeable(connection, operations.programme)
        day = purge_on(operations.programme)
        emit({"purge_on": day and day.isoformat(), "counts": counts}, json_,
             "\n".join([f"{day or '未规定期限'} 起可清除：", *(f"{name}\t{count}" for name, count in counts.items())]))
        return
    if not actor or not reason:
        raise click.UsageError("give --by and --reason, or --dry-run")
    counts = operations.purge(actor, reason, now())
    emit({"counts": counts}, json_, "\n".join(f"{name}\t{count}" for name, count in counts.items()) or "没有可清除的")


@click.command()
@as_json
def exports(json_: bool) -> None:
    """Who took files with personal values out of the store, when, why, and how many rows."""
    from zhibao.exporting import exports as lines

    operations = engine()
    with operations.connection() as connection:
        rows = lines(connection, operations.programme)
    emit_rows([row | {"exported_at": row["exported_at"].isoformat()} for row in rows], json_)
