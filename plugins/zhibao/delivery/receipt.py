"""The words of a receipt: what was taken, or what is wrong and until when it must be back, for the office alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from zhibao.delivery.finding_lines import Line, lines_of
from zhibao.delivery.letters import Posting
from zhibao.delivery.message import Attachment, Envelope, minute_zh, write
from zhibao.findings import Finding
from zhibao.period import Period
from zhibao.programme.calendar import return_by
from zhibao.programme.models import Programme
from zhibao.receipts import Receipt
from zhibao.settings import Settings
from zhibao.store import landing

Workbook = Literal["attached", "too_large", "absent"]

SHOWN_LINES = 20
SEVERITIES = ("error", "query", "warning")
SUBTYPES = {
    ".xlsx": "vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsm": "vnd.ms-excel.sheet.macroEnabled.12",
}
TAKEN = ("accepted", "accepted_with_queries")
OUTCOMES = {
    "accepted": "报送回执", "accepted_with_queries": "报送回执（有待说明）", "returned": "退回", "refused": "未予受理",
}


@dataclass(frozen=True, slots=True)
class ReceiptText:
    """What the mail templates print. `counts` are of all findings of each severity, `more` of those not listed."""

    number: int
    status: str
    title: str
    facts: Sequence[tuple[str, str]]
    counts: dict[str, int]
    lines: Sequence[Line]
    more: int
    held_rows: int
    return_by: date
    is_own: bool
    workbook: Workbook

    @property
    def is_taken(self) -> bool:
        return self.status in TAKEN


def compose_receipt(
    programme: Programme, settings: Settings, receipt: Receipt, posting: Posting, findings: Sequence[Finding],
    now: datetime,
) -> EmailMessage:
    """The mail that answers one submission, with the marked workbook where there is something to mend in it."""
    attachment = _marked(programme, settings, receipt, findings)
    workbook: Workbook = "absent" if attachment is None else "attached"
    if attachment is not None and len(attachment.content) * 4 // 3 > settings.mail_max_bytes:  # as base64
        attachment, workbook = None, "too_large"
    assert receipt.to_unit is not None
    envelope = Envelope(
        subject=subject(programme, receipt), recipient_name=programme.unit(receipt.to_unit).name.zh,
        address=posting.address, message_id=posting.message_id, sender=settings.mail_from,
        sender_name=programme.issuer.zh, written_at=now.astimezone(ZoneInfo(programme.timezone)),
        in_reply_to=receipt.in_reply_to,
    )
    text = receipt_text(programme, receipt, findings, now, workbook)
    return write(envelope, settings.templates_dir, "receipt", [attachment] if attachment else [], receipt=text)


def receipt_text(
    programme: Programme, receipt: Receipt, findings: Sequence[Finding], now: datetime, workbook: Workbook
) -> ReceiptText:
    """The receipt as words. Of a file that another unit's name stands in, no row is told, only why it is not taken."""
    zone = ZoneInfo(programme.timezone)
    shown = told(receipt, findings)
    lines = lines_of(shown)
    counts = Counter(finding.severity for finding in shown)
    failing = {finding.row for finding in shown if finding.severity == "error" and finding.row is not None}
    held = len(failing) if receipt.status in TAKEN else 0
    return ReceiptText(
        number=receipt.submission_id, status=receipt.status, title=title(programme, receipt),
        facts=_facts(programme, receipt, held, zone), counts={code: counts[code] for code in SEVERITIES},
        lines=lines[:SHOWN_LINES], more=sum(line.count for line in lines[SHOWN_LINES:]),
        held_rows=held, return_by=return_by(programme, now.astimezone(zone).date()), is_own=receipt.is_own,
        workbook=workbook,
    )


def told(receipt: Receipt, findings: Sequence[Finding]) -> list[Finding]:
    """The findings that this office may read, the gravest first."""
    own = [item for item in findings if receipt.is_own or item.row is None or item.code.startswith("admission.")]
    return sorted(own, key=lambda item: SEVERITIES.index(item.severity))


def title(programme: Programme, receipt: Receipt) -> str:
    """候选人名册（2022年3月）; as much of it as is known."""
    form = programme.forms[receipt.form].name.zh if receipt.form else "报表"
    return f"{form}（{Period.parse(receipt.period).zh()}）" if receipt.period else form


def subject(programme: Programme, receipt: Receipt) -> str:
    return f"【{OUTCOMES[receipt.status]}】{_name(programme, receipt.to_unit)}{title(programme, receipt)}"


def workbook_name(programme: Programme, receipt: Receipt, suffix: str) -> str:
    """退回_候选人名册_城关区_2022-03.xlsx: nothing of the name that the office gave its file."""
    form = programme.forms[receipt.form].name.zh if receipt.form else "报表"
    parts = ["退回", form, _name(programme, receipt.to_unit), receipt.period]
    return "_".join(part for part in parts if part) + suffix


def _marked(
    programme: Programme, settings: Settings, receipt: Receipt, findings: Sequence[Finding]
) -> Attachment | None:
    """The office's own workbook, marked, where errors of its own are to be mended in it."""
    if receipt.status == "refused" or not receipt.is_own or all(item.severity != "error" for item in findings):
        return None
    from zhibao.workbooks.markup import mark_up

    path = landing.path_of(settings.landing_dir, receipt.sha256)
    marked = mark_up(path, receipt.file_name, findings, receipt.status, "zh")
    suffix = Path(marked.file_name).suffix.lower()
    return Attachment(marked.content, workbook_name(programme, receipt, suffix), SUBTYPES[suffix])


def _facts(programme: Programme, receipt: Receipt, held: int, zone: ZoneInfo) -> list[tuple[str, str]]:
    kind = Path(receipt.file_name).suffix.lower()
    facts = [
        ("报送编号", str(receipt.submission_id)),
        ("收到时间", minute_zh(receipt.received_at.astimezone(zone))),
        ("文件", f"{kind.removeprefix('.')[:5].upper() or '无扩展名'}，{_size(receipt.byte_count)}"),
    ]
    if receipt.unit:
        facts.append(("填报单位", _name(programme, receipt.unit)))
    if receipt.is_nil:
        facts.append(("内容", "零报告"))
    elif receipt.is_own and receipt.status in TAKEN:
        taken = receipt.row_count - held
        facts.append(("数据", f"收到 {receipt.row_count} 行，入库 {taken} 行" + (f"，暂缓 {held} 行" if held else "")))
    return facts


def _name(programme: Programme, unit: str | None) -> str:
    return programme.unit(unit).name.zh if unit else ""


def _size(byte_count: int) -> str:
    return f"{max(1, round(byte_count / 1024))} KB" if byte_count < 1024**2 else f"{byte_count / 1024**2:.1f} MB"
