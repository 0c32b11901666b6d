"""The locks by which writers and readers of what was received agree, so that `known_at` splits past from later.

Whoever records something takes the lock until its commit; whoever computes waits for those under way. Without it a
row could bear a time before `known_at` and yet appear after it.
"""

from __future__ import annotations

from zhibao.store.database import Connection

INTAKE_LOCK = 7_411_002


def hold_intake(connection: Connection) -> None:
    """Take the writers' lock until the transaction ends."""
    connection.execute("select pg_advisory_xact_lock(%s)", (INTAKE_LOCK,))


def wait_for_intake(connection: Connection) -> None:
    """Wait until no writer is under way, and keep new ones out until the transaction ends."""
    connection.execute("select pg_advisory_xact_lock_shared(%s)", (INTAKE_LOCK,))
