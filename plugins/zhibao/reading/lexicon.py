"""A programme's words as the reader looks them up: worked out once, since they are the same for every file."""

from __future__ import annotations

from zhibao.programme.models import Programme
from zhibao.reading.head import HeadLabels
from zhibao.reading.headers import Vocabulary


class Lexicon:
    """Holds what comes from the programme and nothing that comes from a file."""

    def __init__(self, programme: Programme) -> None:
        self.programme = programme
        self.vocabulary = Vocabulary(programme)
        self.labels = HeadLabels(programme)


_latest: Lexicon | None = None


def lexicon_of(programme: Programme) -> Lexicon:
    """The lexicon of `programme`, remembered for the programme that was asked for last."""
    global _latest  # noqa: PLW0603  one programme a process is the rule
    if _latest is None or _latest.programme is not programme:
        _latest = Lexicon(programme)
    return _latest
