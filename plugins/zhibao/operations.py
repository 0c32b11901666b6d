"""What an operator can do, as one object: the command line and the DAGs call the same methods.

Methods take and give ids, counts and words for people; data stays in the store.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from zoneinfo import ZoneInfo

import yaml

from zhibao import approving, dispatch, exempting, exporting, issuing, nil_replies, purging, submissions
from zhibao.checklist import Checklist, read_checklist
from zhibao.delivery import ledger, letters
from zhibao.delivery.answers import send_receipts
from zhibao.delivery.failures import send_failures
from zhibao.delivery.message import minute_zh
from zhibao.delivery.nil_answers import send_nil_answers
from zhibao.delivery.notice import send_notice
from zhibao.delivery.reminding import send_reminders
from zhibao.delivery.smtp import with_server
from zhibao.documents.issue import issues_of
from zhibao.errors import ConfigurationError, Problem, RefusedError, TransientError, ZhibaoError
from zhibao.explanations import note_remarks, offered_to, open_queries, rejected_in, said_again
from zhibao.figures import Figure, differences, plain
from zhibao.intake import IncomingFile, Intake, SubmissionResult, findings_of, land, refreshed, take
from zhibao.issued import last_issued, unissued_before
from zhibao.period import Period
from zhibao.programme.calendar import due_at, purge_on
from zhibao.programme.load import load_programme
from zhibao.programme.models import Programme, Recipient, TraceCodes
from zhibao.programme.varying import vary
from zhibao.programme.versions import rules_at, rules_of
from zhibao.receipts import Receipt, list_receipts, owed_since
from zhibao.rechecking import Rehearsed, recheck, rehearse, take_reopened
from zhibao.reminders import Reminder, list_reminders
from zhibao.settings import Settings, load_settings
from zhibao.sources.config import AnySpec, load_sources
from zhibao.sources.endpoint import FindEndpoint, find_in
from zhibao.sources.opening import open_source
from zhibao.sources.stage import Staged, stage, turned_away
from zhibao.store import database, landing
from zhibao.store.form_tables import ensure_form_tables
from zhibao.store.keys import load_keys
from zhibao.text import Text
from zhibao.warehouse.coded import Coded, find_code
from zhibao.warehouse.compute import FigureSet, compute, is_fresh, load_set, store
from zhibao.warehouse.cross_checks import record_across
from zhibao.warehouse.delta import refresh
from zhibao.warehouse.trace import Trace
from zhibao.warehouse.trace import trace as follow

if TYPE_CHECKING:
    from zhibao.documents.lists import Lists
    from zhibao.workbooks.markup import MarkedWorkbook

BATCH_FILES = 250


def open_operations(settings: Settings | None = None, find_endpoint: FindEndpoint | None = None) -> Operations:
    """The engine over the environment's settings. Loads the programme; the database is reached when first needed."""
    settings = settings or load_settings()
    return Operations(settings, load_programme(settings.programme_dir, settings.contacts_file), find_endpoint)


@dataclass(frozen=True)
class Operations:
    """One programme on one database. Each method is one transaction, and may be run again."""

    settings: Settings
    programme: Programme
    find_endpoint: FindEndpoint | None = None

    @cached_property
    def url(self) -> str:
        """The database's URL; its schema is brought up to date the first time it is asked for."""
        url = database.database_url(self.settings)
        database.migrate(url, self.settings)
        with database.connect(url, self.programme) as connection:
            ensure_form_tables(connection, self.programme)
        return url

    @cached_property
    def intake(self) -> Intake:
        keys = load_keys(self.settings.field_key, self.settings.match_key, self.settings.var)
        return Intake(self.programme, keys, self.settings.landing_dir, self.settings.expectations_dir)

    @cached_property
    def mail_settings(self) -> Settings:
        """The settings with the mail server of `smtp_connection`, where one is named."""
        name = self.settings.smtp_connection
        if name is None:
            return self.settings
        find = self.find_endpoint or find_in(self.settings.connections)
        return with_server(self.settings, find(name))

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.programme.timezone)

    @contextmanager
    def connection(self, *, autocommit: bool = False) -> Iterator[database.Connection]:
        with database.connect(self.url, self.programme, autocommit=autocommit) as connection:
            yield connection

    # Intake

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

    # Personal data

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

    # What is owed

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

    # Sources

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

    # Receipts

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
            return _final(outcomes)

    def settle_receipt(self, submission_id: int, *, was_sent: bool, actor: str) -> None:
        """A person's word on a receipt in doubt, or refused by the mail server; `not was_sent` has it tried again.

        Raises RefusedError when there is none.
        """
        number = str(submission_id)
        with self.connection(autocommit=True) as connection:
            if not letters.settle(connection, "receipt", number, None, was_sent=was_sent, actor=actor,
                                  states=("doubtful", "failed")):
                raise RefusedError(f"报送 {number} 没有存疑或被拒的回执", f"no doubtful or failed receipt of {number}")

    def at(self, as_of: datetime | None) -> Operations:
        """The same engine under the rules that this database knew at an instant; those of today where it knew none."""
        if as_of is None:
            return self
        with self.connection() as connection:
            known = rules_at(connection, self.programme, as_of)
        return self if known is None else replace(self, programme=known)

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
            return _final(send_reminders(connection, self.programme, self.mail_settings, now))

    # Figures and documents

    def compute(self, kind: str, period: str, as_of: datetime) -> FigureSet:
        """The figures of one report, computed and not kept."""
        with self.connection() as connection:
            return refresh(connection, self.programme, kind, Period.parse(period), as_of)

    def what_if(
        self, kind: str, period: str, as_of: datetime, settings: Mapping[str, str]
    ) -> list[tuple[str, Figure | None, Figure | None]]:
        """(id, real figure, figure under these settings) of each that differs; nothing of it is kept.

        Both sides are computed from the same returns. Raises RefusedError for a setting that cannot be.
        """
        varied = vary(self.programme, settings)
        with self.connection() as connection:
            real = compute(connection, self.programme, kind, Period.parse(period), as_of)
            other = compute(connection, varied, kind, Period.parse(period), as_of, real.known_at)
            connection.rollback()
        return differences(real.figures, other.figures)

    def trace(self, figure_id: str, kind: str, period: Period, as_of: datetime) -> Trace:
        """The rows behind a figure, as of an instant."""
        with self.connection() as connection:
            return follow(connection, self.programme, figure_id, kind, period, as_of, mask=self._mask)

    def trace_code(self, code: str) -> tuple[Coded, Trace]:
        """The figure that a printed code stands over, and its rows as they were then, under the rules of then."""
        with self.connection() as connection:
            coded = find_code(connection, self.programme, code)
            kept = load_set(connection, coded.figure_set_id)
            rules = rules_of(connection, self.programme, kept.programme_digest)
            found = follow(connection, rules, coded.figure_id, kept.kind, kept.period, kept.as_of, kept.known_at,
                           mask=self._mask)
            connection.rollback()
        return coded, found

    def _mask(self, name: str) -> str:
        from zhibao.documents.masks import mask_name

        return mask_name(name, self.programme.masking.name)

    def files_of(self, figures: FigureSet, codes: TraceCodes | None = None) -> dict[str, bytes]:
        """What nobody has approved, by file name: the PDF (cards and letters one each) and what goes beside it.

        The figures are kept: each has its trace code in the workbook, and in print where `codes` (or else the
        programme) says so.
        """
        from zhibao.documents.build import build_copies
        from zhibao.documents.lists import read_lists
        from zhibao.documents.model import copies_of

        with self.connection() as connection:
            lists = self._with_number(read_lists(connection, self.programme, figures), figures)
            store(connection, self.programme, figures)
        draft = self.programme.reports[figures.kind].is_approved and not lists.issues
        copies = copies_of(self.programme, figures, codes)
        made = build_copies(self.programme, figures, lists, self.settings, draft=draft, copies=copies)
        names = [Path(issuing.report_name_of(self.programme, figures, copy)) for copy in copies]
        return {
            str(name.with_suffix(extension)): content
            for name, files in zip(names, made, strict=True) for extension, content in files.items()
        }

    def _with_number(self, lists: Lists, figures: FigureSet) -> Lists:
        """With the number under which the office issues this document, if it has given one."""
        issued = issues_of(self.settings.issued_file, figures.kind, str(figures.period))
        return replace(lists, issues=issued)

    def keep_quality_report(self, period: str, as_of: datetime) -> int:
        """Make the data-quality report of a period and keep it in the history. Gives the number of its figure set.

        It is written below `Settings.quality_dir`: the report as PDF, page and workbook, and the Data Docs.
        """
        from zhibao import quality

        wanted = Period.parse(period)
        with self.connection() as connection:
            figures = compute(connection, self.programme, quality.KIND, wanted, as_of)
            number = store(connection, self.programme, figures)
        files = self.files_of(figures)
        files |= {f"{quality.DOCS}/{name}": page for name, page in self.data_docs(period, as_of).items()}
        with self.connection() as connection:
            connection.execute("select pg_advisory_xact_lock(hashtext('zhibao/quality'))")
            quality.keep(self.settings.quality_dir, wanted, files)
            quality.write_index(connection, self.programme, self.settings.quality_dir, self.settings)
        return number

    def keep_scorecards(self, period: str, as_of: datetime) -> int:
        """Make every unit's card of a period and keep it below `Settings.scorecards_dir`. Gives their number."""
        from zhibao import quality

        figures = self.compute("scorecard", period, as_of)
        files = self.files_of(figures)
        with self.connection() as connection:
            connection.execute("select pg_advisory_xact_lock(hashtext('zhibao/scorecards'))")
            quality.keep(self.settings.scorecards_dir, Period.parse(period), files)
        return len(files)

    def unapproved_words(self, period: str) -> Text:
        """What to tell the operator of an annual report that nobody has approved yet."""
        due = due_at(self.programme, "annual", Period.parse(period))
        days = self.programme.calendar.annual_approved_working_days_before
        return Text(
            zh=f"{period}年度报告应于{minute_zh(due)}报出，按日历应提前{days}个工作日批准。目前最新一稿尚未批准（或批准后指标变动，"
               "批准已失效），请在 Airflow 的待办（Required actions）中审批，或用 zhibao approve 审批",
            en=f"The annual report of {period} is due at {due:%Y-%m-%d %H:%M}, and should be approved {days} working"
               " days ahead. Its newest draft is not (or a figure moved since). Please decide in Airflow's Required"
               " actions, or by zhibao approve",
        )

    def tell_operator(self, subject: str, title: str, words: Text, now: datetime) -> str:
        """Write to the operator, once a subject; `nobody` where no address is set. Gives the letter's outcome."""
        with self.connection(autocommit=True) as connection:
            return send_notice(connection, self.programme, self.mail_settings, subject, title, words, now)

    def approved(self, kind: str, period: str) -> int | None:
        """The number of the newest document of a kind and period, if it is approved; a replay counts where it is."""
        with self.connection() as connection:
            rows = connection.execute(
                "select * from document where programme = %s and kind = %s and period = %s order by document_id desc",
                (self.programme.code, kind, period),
            ).fetchall()
            for row in rows:
                if approving.is_approved(connection, self.programme, row):
                    return row["document_id"]
                if not row["is_replay"]:
                    return None
        return None

    def data_docs(self, period: str, as_of: datetime) -> dict[str, bytes]:
        """Great Expectations' pages of the period's returns, by file name."""
        from zhibao import quality

        wanted = Period.parse(period)
        with self.connection() as connection:
            returns = quality.returns_of(connection, self.programme, wanted, as_of, self.settings.landing_dir)
        return quality.data_docs(self.programme, returns, as_of.astimezone(self.zone), wanted, self.settings)

    def draft_document(self, kind: str, period: str, as_of: datetime | None, now: datetime) -> int:
        """Compute, render and keep the document that is to be approved; an equal one is used again.

        Approvals of the version before are void where a figure moved since.
        """
        from zhibao.documents.build import build_document, style_of
        from zhibao.documents.lists import read_lists

        self.recheck(now)
        figures = self.compute(kind, period, as_of or now)
        is_replay = as_of is not None
        with self.connection() as connection:
            lists = self._with_number(read_lists(connection, self.programme, figures), figures)
            issued = last_issued(connection, self.programme, kind, period, figures.known_at)
            if issued is not None and self._still_says(connection, issued, figures, lists):
                return issued["document_id"]
            style = style_of(self.settings, lists)
            equal = issuing.equal_document(connection, self.programme, figures, style, is_replay)
        if equal is not None:
            return equal
        pdf = build_document(self.programme, figures, lists, self.settings, draft=False)
        with self.connection() as connection:
            number = issuing.draft(
                connection, self.programme, figures, style, pdf, self.settings.documents_dir, is_replay=is_replay,
                corrects=issued and issued["document_id"],
            )
        if not is_replay:
            self._void_overtaken(kind, period, number, now)
        return number

    def _void_overtaken(self, kind: str, period: str, number: int, now: datetime) -> None:
        """Void what was approved of the versions before this draft and never issued, where a figure moved since."""
        with self.connection() as connection:
            earlier = unissued_before(connection, self.programme, kind, period, number)
            approved = [row for row in earlier if approving.standing(connection, row)]
        for row in approved:
            with suppress(RefusedError):
                self.void_when_stale(row, now)

    def _still_says(
        self, connection: database.Connection, issued: dict[str, Any], figures: FigureSet, lists: Lists
    ) -> bool:
        """Whether an issued document says what one that is made now would: then there is nothing to correct."""
        notice = dispatch.notice_of(connection, self, issued, figures)
        same = replace(lists, corrected=notice).digest == issued["lists_digest"]
        return same and figures.figures_digest == issued["figures_digest"]

    def compute_known(self, as_of: datetime | None, now: datetime, *, full: bool) -> list[dict[str, Any]]:
        """Bring every report that was ever made up to date; `full` computes also those whose returns did not change.

        `full` first holds what was kept against the same computed anew (`compare_kept`): what differs comes first.
        """
        self.cross_check(now)
        kept = self.kept_sets()
        compared = [self.compare_kept(row["figure_set_id"]) for row in kept] if full else []
        refreshed = [self._refresh(row["kind"], row["period"], as_of or now, full) for row in kept]
        return [row for row in compared if row["state"] == "differs"] + refreshed

    def kept_sets(self) -> list[dict[str, Any]]:
        """The last kept set of each report: figure_set_id, kind, period."""
        with self.connection() as connection:
            return connection.execute(
                "select max(figure_set_id) as figure_set_id, kind, period from figure_set where programme = %s"
                " group by kind, period order by kind, period",
                (self.programme.code,),
            ).fetchall()

    def compare_kept(self, figure_set_id: int) -> dict[str, Any]:
        """Compute a kept set anew, as of its own instants, and hold both against each other.

        `state` is `agrees`, `differs` (with `moved`: id, kept, computed) or, where the programme or the SQL is
        another by now, `other_rules`.
        """
        with self.connection() as connection:
            kept = load_set(connection, figure_set_id)
            again = compute(connection, self.programme, kept.kind, kept.period, kept.as_of, kept.known_at)
            connection.rollback()
        row = {"kind": kept.kind, "period": str(kept.period)}
        if (kept.programme_digest, kept.input_digest) != (again.programme_digest, again.input_digest):
            return row | {"state": "other_rules"}
        moved = [
            (id_, old and plain(old.value), new and plain(new.value))
            for id_, old, new in differences(kept.figures, again.figures)
        ]
        return row | ({"state": "differs", "moved": moved} if moved else {"state": "agrees"})

    def _refresh(self, kind: str, period: str, as_of: datetime, full: bool) -> dict[str, Any]:
        with self.connection() as connection:
            if not full and is_fresh(connection, self.programme, kind, Period.parse(period), as_of):
                return {"kind": kind, "period": period, "state": "unchanged"}
            make = compute if full else refresh
            figures = make(connection, self.programme, kind, Period.parse(period), as_of)
            store(connection, self.programme, figures)
        return {"kind": kind, "period": period, "state": "computed", "figures": len(figures.figures)}

    def documents(self) -> list[dict[str, Any]]:
        """All kept documents, newest last, with their last decision and their deliveries."""
        with self.connection() as connection:
            rows = connection.execute(
                "select document_id, kind, period, version, pdf_sha256, recorded_at, (select decision from approval"
                " where approval.document_id = document.document_id order by approval_id desc limit 1) as decision"
                " from document where programme = %s order by document_id",
                (self.programme.code,),
            ).fetchall()
            return [row | {"deliveries": ledger.entries(connection, row["document_id"])} for row in rows]

    def document_pdf(self, document_id: int) -> tuple[str, bytes]:
        """File name and bytes of a kept document."""
        with self.connection() as connection:
            row = issuing.document(connection, self.programme, document_id)
        return issuing.file_name_of(self.programme, row), landing.read(self.settings.documents_dir, row["pdf_sha256"])

    def document_files(self, document_id: int) -> dict[str, bytes]:
        """A kept document and the workbook that it carries, by file name."""
        from zhibao.documents.reading_back import read_workbook

        name, pdf = self.document_pdf(document_id)
        workbook = read_workbook(pdf)
        return {name: pdf} | ({str(Path(name).with_suffix(".xlsx")): workbook} if workbook else {})

    def document_kind(self, document_id: int) -> str:
        with self.connection() as connection:
            return issuing.document(connection, self.programme, document_id)["kind"]

    def proof_of(self, document_id: int) -> dict[str, bytes]:
        """The pack that proves a kept document, by file name."""
        from zhibao.proving import pack, proof

        files = self.document_files(document_id)
        with self.connection() as connection:
            told = proof(connection, self.programme, document_id)
        return pack(self.programme, told, files)

    def open_queries(self, document_id: int) -> int:
        """How many queries, of the returns that the document counts, still wait for an explanation."""
        with self.connection() as connection:
            issuing.document(connection, self.programme, document_id)
            return len(open_queries(connection, self.programme))

    def checklist(self, document_id: int, now: datetime | None = None) -> Checklist:
        """What whoever approves a document reads."""
        with self.connection() as connection:
            row = issuing.document(connection, self.programme, document_id)
        is_reproduced = self.compare_kept(row["figure_set_id"])["state"] != "differs"
        with self.connection() as connection:
            today = (now or datetime.now(self.zone)).astimezone(self.zone).date()
            listed = [item for item in self.recipients(row["kind"]) if item.in_force(today)]
            left = dispatch.leavers_of(connection, self, row, listed)
            return read_checklist(connection, self.programme, row, left, is_reproduced=is_reproduced)

    def approval_request(self, document_id: int) -> dict[str, str]:
        found = self.checklist(document_id)
        return {"subject": f"请审批：{found.title}", "body": found.text(document_id)}

    def missing_approvals(self, document_id: int) -> int:
        """How many persons are still to approve a document."""
        with self.connection() as connection:
            row = issuing.document(connection, self.programme, document_id)
            return approving.missing_approvals(connection, self.programme, row)

    def record_decision(
        self, document_id: int, decision: approving.Decision, actor: str, comment: str, now: datetime
    ) -> int:
        """Keep a person's decision; gives how many are still to approve.

        Raises RefusedError for a stale document (whose approvals are void then), for what stands in the way, for a
        rejection without a reason, and for a second approval by the same person.
        """
        with self.connection() as connection:
            row = issuing.document(connection, self.programme, document_id)
        if decision == "approve":
            self.recheck(now)
            self.void_when_stale(row, now)
            self.checklist(document_id, now).require(comment)
        with self.connection() as connection:
            approving.record(connection, self.programme, row, decision, actor, comment)
            return approving.missing_approvals(connection, self.programme, row)

    # Delivery

    def deliver(self, document_id: int, now: datetime, *, waits: bool = False) -> dict[str, int]:
        """Send an approved document to whom it is due, once each; the operator is told of what failed.

        Raises TransientError to be called again, unless the caller `waits` and does so by itself.
        """
        with self._telling(now):
            outcomes = dispatch.deliver(self, document_id, now)
        return dict(+outcomes) if waits else _final(outcomes)

    def resend(self, document_id: int, recipient: str, actor: str, reason: str, now: datetime) -> dict[str, int]:
        """One more letter to one recipient of an issued document, by name and with a reason."""
        with self._telling(now):
            return _final(dispatch.resend(self, document_id, recipient, actor, reason, now))

    def previews(self, document_id: int, now: datetime) -> dict[str, bytes]:
        """The mails of a document by file name, written and not sent."""
        return dispatch.previews(self, document_id, now)

    def send_test(self, document_id: int, address: str | None, now: datetime) -> dict[str, int]:
        """The mail of a document to oneself, marked as a test."""
        return _final(dispatch.send_test(self, document_id, address, now))

    def tell_failures(self, now: datetime) -> dict[str, int]:
        """Tell the operator of what failed since the last time. Counts as `deliver`."""
        with self.connection(autocommit=True) as connection:
            return dict(+send_failures(connection, self.programme, self.mail_settings, now))

    @contextmanager
    def _telling(self, now: datetime) -> Iterator[None]:
        """Whatever comes of it, tell the operator afterwards; what cannot be told now is told the next time."""
        try:
            yield
        finally:
            with suppress(ZhibaoError):
                self.tell_failures(now)

    def settle(self, document_id: int, recipient: str, *, was_sent: bool, actor: str) -> None:
        """A person's word on a doubtful delivery. Raises RefusedError when there is none."""
        with self.connection(autocommit=True) as connection:
            if not ledger.settle(connection, document_id, recipient, was_sent=was_sent, actor=actor):
                raise RefusedError(f"{recipient} 没有存疑的投递", f"no doubtful delivery to {recipient}")

    def recipients(self, kind: str) -> list[Recipient]:
        """Who receives this kind of report: the programme's list, with the installation's own addresses."""
        addresses = self._own_addresses()
        return [
            recipient.model_copy(update={"address": addresses.get(recipient.code, recipient.address)})
            for recipient in self.programme.recipients if kind in recipient.receives
        ]

    def _own_addresses(self) -> dict[str, str]:
        path = self.settings.recipients_file
        if path is None:
            return {}
        try:
            loaded = yaml.safe_load(path.read_text("utf-8"))
            return {str(code): Recipient(code=code, name={"zh": "-", "en": "-"}, address=address, receives=[]).address
                    for code, address in loaded.items()}
        except (OSError, ValueError, AttributeError, yaml.YAMLError) as error:
            problem = Problem(path.name, 1, f"expected `code: address` lines ({type(error).__name__})")
            raise ConfigurationError([problem]) from None

    def void_when_stale(self, row: dict[str, Any], now: datetime) -> None:
        """Raises RefusedError with the figures that moved; approvals are void then, and nothing more goes out."""
        try:
            with self.connection() as connection:
                approving.require_current(connection, self.programme, row, now)
        except RefusedError as error:
            with self.connection() as connection:
                if approving.standing(connection, row):
                    approving.decide(connection, row, "void", "zhibao", error.text.zh)
                letters.withdraw(connection, "document", str(row["document_id"]), "approval void")
            raise


def _final(outcomes: Counter[str]) -> dict[str, int]:
    """The counts, unless some letters are worth another try."""
    if count := outcomes["try_again"] + outcomes["waiting"]:
        raise TransientError(f"{count} 封邮件暂未送达，稍后自动重试", f"{count} mails are to be tried again")
    return dict(+outcomes)


def _batch_name(prefix: str, files: Sequence[IncomingFile]) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.source}\0{file.file_name}\0{landing.digest(file.content)}\n".encode())
    return f"{prefix}-{digest.hexdigest()[:16]}"
