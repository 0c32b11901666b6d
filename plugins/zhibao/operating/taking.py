"""Returns on their way in: from files and sources through the checks into the store, and back to the office."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from zhibao import nil_replies, submissions
from zhibao.errors import RefusedError, ZhibaoError
from zhibao.explanations import note_remarks, offered_to, rejected_in, said_again
from zhibao.intake import IncomingFile, SubmissionResult, findings_of, land, refreshed, take
from zhibao.operating.core import Core
from zhibao.period import Period
from zhibao.rechecking import Rehearsed, recheck, rehearse
from zhibao.sources.config import AnySpec, load_sources
from zhibao.sources.endpoint import find_in
from zhibao.sources.opening import open_source
from zhibao.sources.stage import Staged, stage, turned_away
from zhibao.store import landing
from zhibao.warehouse.cross_checks import record_across

if TYPE_CHECKING:
    from zhibao.workbooks.markup import MarkedWorkbook

BATCH_FILES = 250


class Taking(Core):
    """What is done with returns."""

    def submit(self, paths: Sequence[Path], received_at: datetime, now: datetime) -> list[SubmissionResult]:
        """Take these files as one batch."""
        files = [IncomingFile(path.read_bytes(), path.name, received_at, "command line") for path in paths]
        batch = _batch_name("submit", files)
        with self.connection() as connection:
            land(connection, self.intake, files, batch)
        with self.connection() as connection:
            results = take(connection, self.intake, batch, now)
            record_across(connection, self.programme, now)
            note_remarks(connection, self.programme)
            return refreshed(connection, results)

    def cross_check(self, now: datetime) -> int:
        """Check the returns that stand against each other. Gives how many have other findings than before."""
        with self.connection() as connection:
            count = record_across(connection, self.programme, now)
            note_remarks(connection, self.programme)
            return count

    def markup(self, submission_id: int) -> MarkedWorkbook:
        """The office's own workbook with the findings of its latest check marked in it."""
        from zhibao.workbooks.markup import mark_up

        with self.connection() as connection:
            row = submissions.submission(connection, self.programme, submission_id)
            found = findings_of(connection, [row["assessment_id"]]).get(row["assessment_id"], [])
            offered = offered_to(connection, self.programme, submission_id)
            rejected = rejected_in(connection, submission_id)
        found = [said_again(item, rejected.get(item.code)) for item in found]
        path = landing.path_of(self.settings.landing_dir, row["sha256"])
        return mark_up(path, row["file_name"], found, row["status"], self.settings.language, offered)

    def rehearse(self, rule: str, first: Period, last: Period, suites: Path | None, now: datetime) -> list[Rehearsed]:
        """What a rule (of the suites in the folder `suites`, or those in force) would have said to past returns."""
        folder = suites or self.settings.expectations_dir
        with self.connection() as connection:
            return rehearse(connection, self.intake, rule, first, last, folder, now.date())

    def recheck(self, now: datetime) -> int:
        """Check again the returns that stand and were checked under other rules than today's."""
        with self.connection() as connection:
            return recheck(connection, self.intake, now)

    @cached_property
    def sources(self) -> dict[str, AnySpec]:
        """The configured sources by name: the programme's, or the installation's own."""
        specs = load_sources(self.programme, self.settings.programme_dir, self.settings.sources_file)
        return {spec.name: spec for spec in specs}

    def stage(self, name: str, received: Literal["clock", "file"], now: datetime) -> Staged:
        """Land what is new at one source. Raises TransientError when not all of it could be had; the rest was.

        `received` says what counts as the receipt: the clock, or the file's own time (to replay the past).
        """
        if name not in self.sources:
            raise RefusedError(f"没有名为 {name} 的来源", f"there is no source {name}")
        find = self.find_endpoint or find_in(self.settings.connections)
        source = open_source(self.sources[name], self.programme, self.settings.inbox_dir, find)
        try:
            return stage(
                source, self.intake, self.connection, now, by_clock=received == "clock", batch_files=BATCH_FILES
            )
        finally:
            with self.connection() as connection:
                nil_replies.expand(connection, self.intake, now)

    def stage_sources(self, received: Literal["clock", "file"], now: datetime) -> list[str]:
        """Land what is new at every source, and give the batches that wait. Raises the last error, after all."""
        failed: ZhibaoError | None = None
        for name in self.sources:
            try:
                self.stage(name, received, now)
            except ZhibaoError as error:
                failed = error
        if failed is not None:
            raise failed
        return self.waiting_batches()

    def collect(self, received: Literal["clock", "file"], now: datetime) -> dict[str, int]:
        """Take in all that lies at the sources. Counts by status. Raises the last error of a source, before taking."""
        counts: Counter[str] = Counter()
        for batch in self.stage_sources(received, now):
            counts.update(self.take_batch(batch, now))
        if counts:
            self.cross_check(now)
        return dict(counts)

    def waiting_batches(self) -> list[str]:
        """What has landed and was not taken yet, also by a run that died. Earliest receipt first."""
        with self.connection() as connection:
            rows = connection.execute(
                "select batch, min(received_at) as first from arrival where programme = %s and not exists ("
                " select from submission where submission.programme = arrival.programme"
                " and submission.sha256 = arrival.sha256) group by batch order by first, batch",
                (self.programme.code,),
            ).fetchall()
        return [row["batch"] for row in rows]

    def take_batch(self, batch: str, now: datetime) -> dict[str, int]:
        """Read, check and record one batch. Counts by status, and of files seen before."""
        with self.connection() as connection:
            results = take(connection, self.intake, batch, now)
        return dict(Counter("duplicate" if result.is_duplicate else result.status for result in results))

    def turned_away(self) -> list[dict[str, Any]]:
        """What sources held and was not taken in, newest first."""
        with self.connection() as connection:
            return turned_away(connection, self.programme.code)


def _batch_name(prefix: str, files: Sequence[IncomingFile]) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.source}\0{file.file_name}\0{landing.digest(file.content)}\n".encode())
    return f"{prefix}-{digest.hexdigest()[:16]}"
