"""What all commands share: errors in words, arguments of the house, and the engine."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from zhibao.errors import ZhibaoError
from zhibao.output import emit
from zhibao.period import Period
from zhibao.settings import load_settings

if TYPE_CHECKING:
    from zhibao.operations import Operations
    from zhibao.programme.models import Programme

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
        return instant if instant.tzinfo else instant.replace(tzinfo=zone())


PERIOD, INSTANT = PeriodType(), InstantType()
FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)
OUT = click.Path(path_type=Path)
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
as_json = click.option("--json", "json_", is_flag=True, help="Machine-readable output.")
as_of = click.option("--as-of", type=INSTANT, help="What was known at this instant.")
by = click.option("--by", "actor", required=True, help="Who decides.")


def handing_out(reason: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Options of a command that gives out personal values: who takes them and why is kept (zhibao exports)."""
    who = click.option("--by", "actor", default=getpass.getuser, help="Who takes it out (default: this user).")
    why = click.option("--reason", default=reason, show_default=True,
                       help="Why; both are kept where personal values go out (zhibao exports).")
    return lambda command: who(why(command))


def zone() -> ZoneInfo:
    from zhibao.programme.load import load_programme

    return ZoneInfo(load_programme(load_settings().programme_dir).timezone)


def now(programme: Programme | None = None) -> datetime:
    """The clock, in the time zone of `programme` (default: the configured one, which is read for it)."""
    return datetime.now(ZoneInfo(programme.timezone) if programme else zone())


def engine() -> Operations:
    """The operations of the configured programme."""
    from zhibao.operations import open_operations

    return open_operations()


def emit_rows(rows: list[dict[str, Any]], json_: bool) -> None:
    lines = ("\t".join("" if value is None else str(value) for value in row.values()) for row in rows)
    emit(rows, json_, "\n".join(lines))
