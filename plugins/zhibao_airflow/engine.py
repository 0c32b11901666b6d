"""Opens the engine inside a task and turns its errors into what Airflow should do: try again, or stop and say why.

Import nothing of `zhibao` at the top: DAG files import this module, and parsing must stay cheap.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from airflow.sdk.exceptions import AirflowException, AirflowFailException

if TYPE_CHECKING:
    from zhibao.operations import Operations

RETRIES = 3
CHATTY = ("alembic", "fontTools", "great_expectations")
"""Libraries that tell at INFO what they do with each value or glyph: not for a task's log."""


@contextmanager
def engine() -> Iterator[Operations]:
    """The operations of the configured programme.

    TransientError is raised again for Airflow to retry; what an office or an operator must mend fails at once.
    Any other exception is named by its type and place alone: the words of a library may quote a personal value.
    """
    from zhibao.errors import TransientError, ZhibaoError
    from zhibao.operations import open_operations
    from zhibao_airflow.connections import find_endpoint

    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
    try:
        yield open_operations(find_endpoint=find_endpoint)
    except AirflowException:
        raise
    except TransientError as error:
        raise AirflowException(f"{error.text.zh}\n{error.text.en}") from None
    except ZhibaoError as error:
        raise AirflowFailException(f"{error.text.zh}\n{error.text.en}") from None
    except Exception as error:  # noqa: BLE001 - whatever it is, its own words must not reach the log
        place = _place_of(error)
        raise AirflowException(f"程序缺陷，请报告：{place}\na defect, please report it: {place}") from None


def require_all_sent(counts: dict[str, int]) -> None:
    """Fail where letters were refused for good; have the task try again where it is not known what became of them."""
    if refused := counts.get("failed", 0) + counts.get("bounced", 0):
        raise AirflowFailException(f"{refused} 封邮件被拒收 / mails refused: see docs/runbook/mail-refused.md")
    if open_ends := sum(counts.get(state, 0) for state in ("in_progress", "doubtful", "settling")):
        raise AirflowException(f"{open_ends} 封邮件尚无定论 / mails undecided: see docs/runbook/mail-refused.md")


def _place_of(error: Exception) -> str:
    """`ValueError (clean.py:41 < rows.py:88 < …)`: the innermost calls, no message, no values."""
    frames = traceback.extract_tb(error.__traceback__)[-5:]
    places = " < ".join(f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}" for frame in reversed(frames))
    return f"{type(error).__name__} ({places})"
