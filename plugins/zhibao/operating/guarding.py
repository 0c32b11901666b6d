"""Personal data: what is no longer kept, and who took what out."""

from __future__ import annotations

from datetime import datetime

from zhibao import exporting, issuing, purging
from zhibao.operating.owing import Owing
from zhibao.programme.calendar import purge_on
from zhibao.warehouse.compute import FigureSet, load_set


class Guarding(Owing):
    """What the law of personal data asks for."""

    def purge(self, actor: str, reason: str, now: datetime) -> dict[str, int]:
        """Blank out personal values and delete received files. Raises RefusedError before the term has ended."""
        with self.connection() as connection:
            return purging.purge(connection, self.programme, self.settings.landing_dir, actor, reason, now)

    def may_purge(self, now: datetime) -> bool:
        """Whether the programme's term of retention has ended."""
        day = purge_on(self.programme)
        return day is not None and now.astimezone(self.zone).date() >= day

    def purgeable(self) -> dict[str, int]:
        """What a purge would take away: rows by form, and files."""
        with self.connection() as connection:
            return purging.purgeable(connection, self.programme)

    def note_export(self, submission_id: int, actor: str, reason: str, now: datetime) -> None:
        """Keep who takes a submission's own workbook out of the store."""
        with self.connection() as connection:
            exporting.record_workbook(connection, self.programme, submission_id, actor, reason, now)

    def note_report(self, figures: FigureSet, actor: str, reason: str, now: datetime) -> None:
        """Keep who takes out a report that prints personal values."""
        with self.connection() as connection:
            what = f"report {figures.kind} {figures.period}"
            exporting.record_report(connection, self.programme, figures, what, actor, reason, now)

    def note_document(self, document_id: int, actor: str, reason: str, now: datetime) -> None:
        """Keep who takes out, or reads, a kept document that prints personal values."""
        with self.connection() as connection:
            row = issuing.document(connection, self.programme, document_id)
            figures = load_set(connection, row["figure_set_id"])
            what = f"document {document_id}"
            exporting.record_report(connection, self.programme, figures, what, actor, reason, now)

    def note_turned_away(self, row_count: int, actor: str, reason: str, now: datetime) -> None:
        """Keep who looks up the senders of what was not taken in."""
        with self.connection() as connection:
            exporting.record(connection, self.programme, "turned-away senders", actor, reason, row_count, now)
