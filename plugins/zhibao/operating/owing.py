"""What units owe and are answered: exemptions, reopenings, receipts, reminders."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from zhibao import exempting
from zhibao.delivery import letters
from zhibao.delivery.answers import send_receipts
from zhibao.delivery.nil_answers import send_nil_answers
from zhibao.delivery.reminding import send_reminders
from zhibao.errors import RefusedError
from zhibao.operating.core import final_counts
from zhibao.operating.taking import Taking
from zhibao.period import Period
from zhibao.receipts import Receipt, list_receipts, owed_since
from zhibao.rechecking import take_reopened
from zhibao.reminders import Reminder, list_reminders
from zhibao.warehouse.cross_checks import record_across


class Owing(Taking):
    """What is owed by units, and to them."""

    def exempt(
        self, unit: str, period: Period, form: str | None, actor: str, reason: str, ends_at: datetime | None,
        now: datetime,
    ) -> list[exempting.Slot]:
        """Free a unit of its returns of a period, until `ends_at` if that is given."""
        with self.connection() as connection:
            return exempting.decide(
                connection, self.programme, "exempt", unit, period, form, actor, reason, ends_at, now
            )

    def reopen(
        self, unit: str, period: Period, form: str | None, actor: str, reason: str, ends_at: datetime, now: datetime
    ) -> tuple[list[exempting.Slot], list[dict[str, Any]]]:
        """Take a unit's returns of a closed period again until `ends_at`; gives them, and what was taken at once.

        What came when it was closed, and was sent back for that alone, is taken without being sent again.
        """
        with self.connection() as connection:
            slots = exempting.decide(
                connection, self.programme, "reopen", unit, period, form, actor, reason, ends_at, now
            )
            taken = take_reopened(connection, self.intake, set(slots), now, actor)
            if taken:
                record_across(connection, self.programme, now)
            return slots, taken

    def withdraw(
        self, ruling: exempting.Ruling, unit: str, period: Period, form: str | None, actor: str, reason: str,
        now: datetime,
    ) -> list[exempting.Slot]:
        """Take an exemption or a reopening back."""
        with self.connection() as connection:
            return exempting.withdraw(connection, self.programme, ruling, unit, period, form, actor, reason, now)

    def receipts(self, now: datetime, since: datetime | None = None) -> list[Receipt]:
        """What has been answered, is to be, or cannot be: of what was received from `since` on (default: lately)."""
        with self.connection() as connection:
            return list_receipts(connection, self.programme, since or owed_since(self.programme, now))

    def send_receipts(self, now: datetime, since: datetime | None = None) -> dict[str, int]:
        """Answer each submission once, to the office that sent it. Raises TransientError to be called again.

        Counts as `deliver`; `nobody` are those for which no address is known.
        """
        if not self.programme.switches.intake.receipts:
            return {}
        with self._telling(now), self.connection(autocommit=True) as connection:
            outcomes = send_receipts(connection, self.programme, self.mail_settings, now, since)
            outcomes += send_nil_answers(connection, self.programme, self.mail_settings, now)
            return final_counts(outcomes)

    def settle_receipt(self, submission_id: int, *, was_sent: bool, actor: str) -> None:
        """A person's word on a receipt in doubt, or refused by the mail server; `not was_sent` has it tried again.

        Raises RefusedError when there is none.
        """
        number = str(submission_id)
        with self.connection(autocommit=True) as connection:
            if not letters.settle(connection, "receipt", number, None, was_sent=was_sent, actor=actor,
                                  states=("doubtful", "failed")):
                raise RefusedError(f"报送 {number} 没有存疑或被拒的回执", f"no doubtful or failed receipt of {number}")

    def reminders(self, now: datetime) -> list[Reminder]:
        """Who would be reminded today, of what."""
        with self.connection() as connection:
            found = list_reminders(connection, self.programme, now)
            connection.rollback()
        return found

    def settle_reminder(self, subject: str, unit: str, *, was_sent: bool, actor: str) -> None:
        """A person's word on a reminder in doubt, or refused: `subject` is its day. Raises RefusedError for none."""
        with self.connection(autocommit=True) as connection:
            if not letters.settle(connection, "reminder", subject, unit, was_sent=was_sent, actor=actor,
                                  states=("doubtful", "failed")):
                raise RefusedError(
                    f"{subject} 没有发给 {unit} 的存疑催报", f"no doubtful reminder of {subject} to {unit}"
                )

    def remind(self, now: datetime) -> dict[str, int]:
        """Remind once a unit and day. Counts as `deliver`; `nobody` are those for which no address is known."""
        with self._telling(now), self.connection(autocommit=True) as connection:
            return final_counts(send_reminders(connection, self.programme, self.mail_settings, now))
