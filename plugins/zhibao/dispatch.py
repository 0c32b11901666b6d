"""The last step of a document: to whom it goes, under which terms, and what is written to them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from zhibao import approving, issuing
from zhibao.delivery import ledger, letters
from zhibao.delivery.message import Letter, compose
from zhibao.delivery.smtp import Sent, send_by
from zhibao.delivery.terms import Terms, terms_of
from zhibao.errors import RefusedError
from zhibao.issued import former_recipients, last_issued, require_next, row_of_issued
from zhibao.programme.models import Recipient
from zhibao.store.database import Connection
from zhibao.warehouse.compute import FigureSet, load_set

if TYPE_CHECKING:
    from email.message import EmailMessage

    from zhibao.documents.corrections import Corrected
    from zhibao.operations import Operations


@dataclass(frozen=True, slots=True)
class Dispatch:
    """One document on its way out: all that its letters are written from."""

    operations: Operations
    row: dict[str, Any]
    figures: FigureSet
    notice: Corrected | None
    pdf: bytes
    recipients: list[Recipient]
    now: datetime

    def message(self, recipient: Recipient, posting: letters.Posting) -> EmailMessage:
        programme, settings, row = self.operations.programme, self.operations.mail_settings, self.row
        is_test, title = posting.kind == "test", issuing.title_of(programme, row)
        is_copy = not is_test and posting.copy_no > 0
        marks = (("【测试】", is_test), ("【重发】", is_copy), ("【更正】", self.notice is not None))
        letter = Letter(
            subject="".join(word for word, holds in marks if holds) + title,
            recipient_name=recipient.name.zh, address=posting.address,
            message_id=posting.message_id, sender=settings.mail_from, sender_name=programme.issuer.zh, title=title,
            file_name=issuing.file_name_of(programme, row), pdf=self.pdf, pdf_sha256=row["pdf_sha256"],
            lines=issuing.main_lines(programme, self.figures.figures), is_test=is_test, is_copy=is_copy,
            written_at=self.now.astimezone(self.operations.zone),
            corrected=self.notice.words if self.notice else None,
        )
        return compose(letter, settings.templates_dir)

    def write(self, recipient: Recipient, posting: letters.Posting) -> Callable[[], Sent]:
        return partial(send_by, self.operations.mail_settings, self.message(recipient, posting), posting.address)

    @property
    def terms(self) -> Terms:
        """Documents go to the allow-list alone: the installation's, or else the programme's."""
        settings, programme = self.operations.settings, self.operations.programme
        listed, own = programme.delivery, settings.mail_allowed
        if own is not None:
            listed = listed.model_copy(update={"allowed": list(own)})
        return replace(terms_of(programme, settings, self.now), is_allowed=listed.allows)


def prepare(operations: Operations, document_id: int, now: datetime) -> Dispatch:
    """Raises RefusedError when there is none of this number."""
    _, pdf = operations.document_pdf(document_id)
    with operations.connection() as connection:
        row = issuing.document(connection, operations.programme, document_id)
        figures = load_set(connection, row["figure_set_id"])
        return Dispatch(
            operations, row, figures, notice_of(connection, operations, row, figures), pdf,
            recipients_of(connection, operations, row, now), now,
        )


def deliver(operations: Operations, document_id: int, now: datetime) -> Counter[str]:
    """Send an approved document to whom it is due, once each; counts of `letters.post`.

    Raises RefusedError for one that is not approved, is stale (its approvals are void then), or came too late.
    """
    going = prepare(operations, document_id, now)
    with operations.connection() as connection:
        _require_approval(connection, operations, going.row)
        is_due = ledger.is_due(connection, going.row, going.recipients)
        if is_due:
            require_next(connection, operations.programme, going.row)
    if is_due:
        operations.void_when_stale(going.row, now)
    with operations.connection(autocommit=True) as connection:
        return ledger.deliver(
            connection, operations.programme.code, going.row, going.recipients, going.write,
            operations.settings.mail_journal, going.terms,
        )


def resend(
    operations: Operations, document_id: int, recipient: str, actor: str, reason: str, now: datetime
) -> Counter[str]:
    """One more letter to one recipient, by name and with a reason, whatever became of those before.

    Raises RefusedError for who is no recipient, for a version that another one took the place of, for a letter that is
    still on its way, and without name or reason.
    """
    if not actor.strip() or not reason.strip():
        raise RefusedError("重发须写明经办人和理由", "sending again needs a name and a reason")
    going = prepare(operations, document_id, now)
    person = next((item for item in going.recipients if item.code == recipient), None)
    if person is None:
        known = "、".join(item.code for item in going.recipients)
        raise RefusedError(f"{recipient} 不是收件人，可选：{known}", f"{recipient} is no recipient; known: {known}")
    with operations.connection(autocommit=True) as connection:
        last = last_issued(connection, operations.programme, going.row["kind"], going.row["period"])
        if last is None or last["document_id"] != document_id:
            raise RefusedError("只重发最近印发的一稿", "only the version that was issued last is sent again")
        first = [item for item in ledger.entries(connection, document_id) if item["recipient"] == recipient]
        if any(item["state"] in ("intended", "sending") and not item["copy_no"] for item in first):
            raise RefusedError("该信件仍在投递中，请运行 zhibao deliver", "it is still on its way: run zhibao deliver")
        posting = ledger.next_copy(connection, operations.programme.code, going.row, person, actor, reason)
        return letters.post(
            connection, [posting], lambda item: going.write(person, item), operations.settings.mail_journal, going.terms
        )


def previews(operations: Operations, document_id: int, now: datetime) -> dict[str, bytes]:
    """By file name what each recipient would be sent: the mail, its text and its HTML. Nothing is sent or kept."""
    going, files = prepare(operations, document_id, now), {}
    for person in going.recipients:
        message = going.message(person, ledger.posting_of(operations.programme.code, going.row, person))
        files[f"{person.code}.eml"] = message.as_bytes()
        for kind, ending in (("plain", "txt"), ("html", "html")):
            files[f"{person.code}.{ending}"] = message.get_body((kind,)).get_content().encode()
    return files


def send_test(operations: Operations, document_id: int, address: str | None, now: datetime) -> Counter[str]:
    """The mail of a document to oneself, marked as a test: to the operator, or an address of the allow-list."""
    going, operator = prepare(operations, document_id, now), operations.settings.operator_mail
    address = address or operator
    if address is None:
        raise RefusedError("请写明地址，或设置 ZHIBAO_OPERATOR_MAIL", "name an address, or set ZHIBAO_OPERATOR_MAIL")
    person = Recipient(code=address, name={"zh": "测试收件人", "en": "tester"}, address=address, receives=[])
    terms = going.terms if address != operator else replace(going.terms, is_allowed=lambda to: to == operator)
    with operations.connection(autocommit=True) as connection:
        number = len(letters.entries(connection, "test", str(document_id))) + 1
        name = f"<{operations.programme.code}.test.{document_id}.{number}@zhibao.invalid>"
        posting = letters.Posting(
            operations.programme.code, "test", str(document_id), address, address, name, number
        )
        journal = operations.settings.mail_journal
        return letters.post(connection, [posting], lambda item: going.write(person, item), journal, terms)


def recipients_of(
    connection: Connection, operations: Operations, row: dict[str, Any], now: datetime
) -> list[Recipient]:
    """Whom a document goes to: who is on the list today, and who was sent the version that it corrects."""
    today = now.astimezone(operations.zone).date()
    listed = [item for item in operations.recipients(row["kind"]) if item.in_force(today)]
    return [*listed, *leavers_of(connection, operations, row, listed)]


def leavers_of(
    connection: Connection, operations: Operations, row: dict[str, Any], listed: list[Recipient]
) -> list[Recipient]:
    if row["corrects"] is None:
        return []
    return former_recipients(connection, operations.programme, row, listed)


def notice_of(
    connection: Connection, operations: Operations, row: dict[str, Any], figures: FigureSet
) -> Corrected | None:
    """What a document says of the version that it corrects."""
    from zhibao.documents.corrections import held_against

    before = row["corrects"] and row_of_issued(connection, operations.programme, row["corrects"])
    return held_against(connection, operations.programme, before, figures) if before else None


def _require_approval(connection: Connection, operations: Operations, row: dict[str, Any]) -> None:
    if not approving.is_approved(connection, operations.programme, row):
        number = row["document_id"]
        raise RefusedError(f"文件 {number} 未获批准，不予发送", f"document {number} is not approved")
