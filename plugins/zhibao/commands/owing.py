"""Commands about what is owed: who has reported, who need not, and whose closed returns are taken again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import reduce
from typing import TYPE_CHECKING, Any

import click

from zhibao.commands.base import INSTANT, PERIOD, as_json, as_of, emit_rows, engine, now
from zhibao.output import emit
from zhibao.period import Period
from zhibao.settings import load_settings

if TYPE_CHECKING:
    from zhibao.exempting import Ruling, Slot


def ruling(until: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The options of a decision on what a unit owes for a period; `until` says what its end means."""
    options = (
        click.option("--unit", help="The code of the reporting unit."),
        click.option("--period", type=PERIOD, help="A month, a quarter or a year with all that lies in it."),
        click.option("--form", help="One form (default: all that the unit owes or may send)."),
        click.option("--reason"),
        click.option("--by", "actor", help="Who decides."),
        click.option("--until", "ends_at", type=INSTANT, help=until),
        click.option("--withdraw", "is_withdrawal", is_flag=True, help="Take it back."),
        click.option("--list", "is_list", is_flag=True, help="What was decided, by whom and why."),
        as_json,
    )
    return lambda command: reduce(lambda made, option: option(made), reversed(options), command)


@click.command()
@click.option("--period", "period", type=PERIOD, required=True)
@as_of
@as_json
def status(period: Period, as_of: datetime | None, json_: bool) -> None:
    """Who reported, late, missing, returned, exempt; and the rates of the period."""
    from zhibao.programme.calendar import calendar_warning
    from zhibao.warehouse.status import STATES, TIMELINESS, rates, return_status

    operations, instant, language = engine(), as_of or now(), load_settings().language
    with operations.connection() as connection:
        rows = return_status(connection, operations.programme, period, instant)
    if json_:
        emit_rows(rows, json_)
        return
    if warning := calendar_warning(operations.programme, period.starts_on, period.next().ends_on):
        click.echo(warning.in_(language), err=True)
    emit_rows([
        row | {
            "state": STATES[row["state"]].in_(language),
            "timeliness": row["timeliness"] and TIMELINESS[row["timeliness"]].in_(language),
            "is_nil": "零报告" if row["is_nil"] else None,
            "is_overdue": "逾期未重报" if row["is_overdue"] else None,
            "is_accepted": None, "is_first_pass": None,
        } for row in rows
    ], json_)
    told = rates(rows, instant)
    click.echo("  ".join(f"{word}{told[name] or '—'}{'%' if told[name] else ''}" for name, word in (
        ("on_time_pct", "及时率"), ("complete_pct", "完整率"), ("first_pass_pct", "一次通过率"),
    )))


@click.command()
@ruling("From then on they are owed again (default: for good).")
def exempt(
    unit: str | None, period: Period | None, form: str | None, reason: str | None, actor: str | None,
    ends_at: datetime | None, is_withdrawal: bool, is_list: bool, json_: bool,
) -> None:
    """Free a unit of its returns of a period (免报), by name and with a reason."""
    if is_list:
        _list("exempt", json_)
        return
    unit, period, reason, actor = _given(unit, period, reason, actor)
    operations = engine()
    slots = operations.withdraw("exempt", unit, period, form, actor, reason, now()) if is_withdrawal else \
        operations.exempt(unit, period, form, actor, reason, ends_at, now())
    _tell("已撤回免报" if is_withdrawal else "免报", slots, json_)


@click.command()
@ruling("Until when they are taken.")
def reopen(
    unit: str | None, period: Period | None, form: str | None, reason: str | None, actor: str | None,
    ends_at: datetime | None, is_withdrawal: bool, is_list: bool, json_: bool,
) -> None:
    """Take a unit's returns of a closed period again, by name, with a reason and an end."""
    if is_list:
        _list("reopen", json_)
        return
    unit, period, reason, actor = _given(unit, period, reason, actor)
    operations = engine()
    if is_withdrawal:
        _tell("已撤回重新开放", operations.withdraw("reopen", unit, period, form, actor, reason, now()), json_)
        return
    if ends_at is None:
        raise click.UsageError("give --until: a reopening has an end")
    slots, taken = operations.reopen(unit, period, form, actor, reason, ends_at, now())
    _tell("重新开放", slots, json_, taken)


def _given(
    unit: str | None, period: Period | None, reason: str | None, actor: str | None
) -> tuple[str, Period, str, str]:
    if not unit or period is None or not reason or not actor:
        raise click.UsageError("give --unit, --period, --reason and --by (or --list)")
    return unit, period, reason, actor


def _tell(word: str, slots: list[Slot], json_: bool, taken: list[dict[str, object]] | None = None) -> None:
    value = [{"unit": unit, "form": form, "period": period} for unit, form, period in slots]
    lines = [f"{word}：{unit} {form} {period}" for unit, form, period in slots]
    lines += [f"报送 {item['submission']} 重新受理：{item['status']}" for item in taken or ()]
    emit({"returns": value, "taken": taken or []}, json_, "\n".join(lines))


def _list(ruling: Ruling, json_: bool) -> None:
    from zhibao.exempting import history

    operations = engine()
    with operations.connection() as connection:
        rows = [row for row in history(connection, operations.programme) if row["ruling"] == ruling]
    emit_rows([
        row | {key: row[key] and row[key].isoformat() for key in ("ends_at", "effective_at")} for row in rows
    ], json_)
