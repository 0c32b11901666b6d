"""The terms of delivery: to whom mail may go, when a refusal is tried again, and when a journal's silence is proof."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from zhibao.programme.models import Programme, Retry
from zhibao.settings import Settings


def everyone(address: str) -> bool:
    return True


def clock() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Terms:
    """`now` is the sender's clock. A letter that a crash left `sending`, and that the journal does not hold, counts as
    not sent only `settle_after` its sending began: a server may still be at work on what it got.
    """

    now: datetime = field(default_factory=clock)
    retry: Retry = Retry()
    settle_after: timedelta = timedelta(0)
    is_allowed: Callable[[str], bool] = everyone

    def next_try_at(self, refusals: int) -> datetime | None:
        """When a letter that was refused so many times is tried again; None when it is given up."""
        if refusals >= self.retry.tries:
            return None
        minutes = min(self.retry.first_minutes * 2 ** min(refusals - 1, 30), self.retry.longest_minutes)
        return self.now + timedelta(minutes=minutes)


def terms_of(programme: Programme, settings: Settings, now: datetime) -> Terms:
    """The terms for letters that answer or remind a unit, whose addresses are its contacts."""
    return Terms(now, programme.delivery.retry, timedelta(seconds=settings.mail_settle_seconds))
