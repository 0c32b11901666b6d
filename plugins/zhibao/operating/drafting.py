"""Documents: made of figures, kept as versions, given out."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zhibao import approving, dispatch, issuing
from zhibao.delivery import ledger, letters
from zhibao.documents.issue import issues_of
from zhibao.errors import RefusedError
from zhibao.issued import last_issued, unissued_before
from zhibao.operating.figuring import Figuring
from zhibao.period import Period
from zhibao.programme.models import TraceCodes
from zhibao.store import database, landing
from zhibao.warehouse.compute import FigureSet, compute, store

if TYPE_CHECKING:
    from zhibao.documents.lists import Lists


class Drafting(Figuring):
    """How documents are made and found again."""

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
