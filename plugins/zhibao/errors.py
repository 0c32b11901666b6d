"""The one tree of exceptions, split by who can mend the cause.

Findings on data are values (`zhibao.findings`), never exceptions. Each exception carries its message in the
reader's languages and says what to do next; none carries a personal value.
"""

from __future__ import annotations

from zhibao.text import Text


class ZhibaoError(Exception):
    """Base of all errors that a user may see. `exit_status` follows the command line's contract."""

    exit_status = 1

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.text = Text(zh=zh, en=en)

    def __reduce__(self) -> tuple[object, ...]:
        """It crosses from one process to another as it is, whatever its kind is made from."""
        return _as_it_was, (type(self), self.args, self.__dict__)


def _as_it_was(kind: type[ZhibaoError], args: tuple[object, ...], held: dict[str, object]) -> ZhibaoError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(held)
    return error


class OfficeError(ZhibaoError):
    """The submitting office can mend it: a file that cannot be read at all, a period that is closed."""


class RefusedError(ZhibaoError):
    """A request that the rules forbid: approving a stale document, an unknown submission."""


class OperatorError(ZhibaoError):
    """An operator can mend it: broken configuration, a missing font, a rule that raises."""

    exit_status = 2


class ConfigurationError(OperatorError):
    """The programme's own files are wrong. `problems` lists every one, by file and line."""

    def __init__(self, problems: list[Problem]) -> None:
        lines = [str(problem) for problem in problems]
        super().__init__("配置有误：\n" + "\n".join(lines), "The configuration is wrong:\n" + "\n".join(lines))
        self.problems = problems


class TransientError(ZhibaoError):
    """A retry can mend it: the database or the mail server is away."""


class Problem:
    """One fault of the configuration: file, 1-based line, and what is wrong."""

    def __init__(self, file: str, line: int, message: str) -> None:
        self.file, self.line, self.message = file, line, message

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"
