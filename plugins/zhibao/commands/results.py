"""Commands about single results: what conflicts and what was ruled, why a candidate failed, what is to come."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

import click

from zhibao.commands.base import FOUND, as_json, as_of, by, engine, now
from zhibao.output import emit
from zhibao.settings import load_settings


@click.command()
@as_of
@as_json
def conflicts(as_of: datetime | None, json_: bool) -> int:
    """Titles of one person or one venture at one level, which a person is to decide; 1 where some are open."""
    from zhibao.conflicts import Contender, list_conflicts
    from zhibao.warehouse.catalogue import load_catalogue

    operations, language = engine().at(as_of), load_settings().language
    with operations.connection() as connection:
        found = list_conflicts(connection, operations.programme, as_of or now())
        connection.rollback()

    def line(item: Contender) -> str:
        programme, reason = operations.programme, load_catalogue().reason(item.reason) if item.reason else None
        return "\t".join([
            f"{'同一人' if item.conflict == 'person' else '同一主体'}{item.group}",
            programme.level(item.level).name.in_(language), programme.unit(item.unit).name.in_(language),
            item.candidate_no, item.person, item.awarded_on.isoformat(),
            "计入" if item.is_counted else f"未计入：{reason.zh if reason else ''}",
            "已裁定" if item.is_ruled else "待裁定",
        ])

    rows = [asdict(item) | {"awarded_on": item.awarded_on.isoformat()} for item in found]
    emit(rows, json_, "\n".join(map(line, found)) or "没有冲突的称号")
    return FOUND if any(not item.is_ruled for item in found) else 0


@click.command()
@click.argument("level")
@click.argument("unit")
@click.argument("candidate")
@click.option("--count", "ruling", flag_value="count", help="This title counts, the others of the conflict do not.")
@click.option("--exclude", "ruling", flag_value="exclude", help="This title does not count.")
@click.option("--withdraw", "ruling", flag_value="withdraw", help="What was ruled on it no longer holds.")
@click.option("--reason", required=True)
@by
@as_json
def rule(level: str, unit: str, candidate: str, ruling: str | None, reason: str, actor: str, json_: bool) -> None:
    """Decide on a title that is in conflict; the decision is kept with its name and reason."""
    from zhibao.conflicts import rule as decide

    if ruling is None:
        raise click.UsageError("give --count, --exclude or --withdraw")
    operations = engine()
    with operations.connection() as connection:
        decide(connection, operations.programme, level, unit, candidate, ruling, actor, reason, now())
    word = {"count": "裁定计入", "exclude": "裁定不计", "withdraw": "已撤回裁定"}[ruling]
    emit({"level": level, "unit": unit, "candidate": candidate, "ruling": ruling}, json_, f"{unit} {candidate}：{word}")


@click.command()
@click.option("--year", type=int, help="The annual report (default: that of the instant's year).")
@as_of
@as_json
def forecast(year: int | None, as_of: datetime | None, json_: bool) -> None:
    """When each target is met at the pace so far, and what the annual report still waits for, until when."""
    from zhibao.figures import Figure, figure_id
    from zhibao.forecast import owing, paces
    from zhibao.warehouse.labels import label

    operations, instant = engine().at(as_of), as_of or now()
    programme, language = operations.programme, load_settings().language
    with operations.connection() as connection:
        targets = paces(connection, programme, instant)
        waiting = owing(connection, programme, year or instant.year, instant)
        connection.rollback()
    lines, rows = [], []
    for item in targets:
        said = label(programme, Figure(item.name, item.labels, item.done, "", "", instant), language)
        day = item.met_on.isoformat() if item.met_on else None
        word = "尚无进度" if day is None else f"按目前进度{day}完成" + ("" if item.in_time else "，晚于工程期")
        lines.append(f"{said}\t{item.done}/{item.target}\t{word}")
        rows.append({"id": figure_id(item.name, item.labels), "done": str(item.done), "target": str(item.target),
                     "met_on": day, "in_time": item.in_time})
    for left in waiting:
        names = programme.unit(left.unit).name.in_(language), programme.forms[left.form].name.in_(language)
        state = "退回未重报" if left.state == "returned" else "未报"
        lines.append(f"{names[0]}\t{names[1]}\t{left.period}\t{state}\t最迟于{left.safe_until.isoformat()}报送")
    owed = [asdict(item) | {"due_at": item.due_at.isoformat(), "safe_until": item.safe_until.isoformat()}
            for item in waiting]
    emit({"targets": rows, "owing": owed}, json_, "\n".join(lines) or "没有目标，也没有欠报")


@click.command()
@click.argument("unit")
@click.argument("candidate")
@as_of
@as_json
def why(unit: str, candidate: str, as_of: datetime | None, json_: bool) -> None:
    """Why a candidate passes or fails: each criterion with what is short and where it stands, and the title."""
    from zhibao.candidates import lines
    from zhibao.candidates import why as ask

    operations = engine().at(as_of)
    with operations.connection() as connection:
        told = ask(connection, operations.programme, unit, candidate, as_of or now())
        connection.rollback()
    value = asdict(told)
    for item in value["judged"]:
        item["margin"] = None if item["margin"] is None else str(item["margin"])
    emit(value, json_, "\n".join(lines(operations.programme, told)))
