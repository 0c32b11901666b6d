"""Reads each mailbox as its owner would: what every mail is, in the words of `year_expected.py`."""

from __future__ import annotations

import email
import mailbox
import re
from collections import Counter
from email import policy
from email.message import EmailMessage
from pathlib import Path

from zhibao.programme.load import load_programme
from zhibao.settings import ROOT

PROGRAMME = load_programme(ROOT / "programmes" / "lanzhou-bqw")
FORMS = {form.name.zh: form.code for form in PROGRAMME.forms.values()}
OWNERS = {address: contact.unit for contact in PROGRAMME.contacts for address in contact.addresses} | {
    recipient.address: recipient.code for recipient in PROGRAMME.recipients
}
ADDRESSES = {contact.unit: contact.addresses[0] for contact in PROGRAMME.contacts}
MONTH, QUARTER, YEAR = re.compile(r"(\d{4})年(\d{1,2})月"), re.compile(r"(\d{4})年第(.)季度"), re.compile(r"(\d{4})年")
REFUSED = "未予受理"


def read_boxes(folder: Path) -> dict[str, Counter[str]]:
    """By unit or recipient: what lies in the Maildir of its address."""
    boxes: dict[str, Counter[str]] = {}
    for path in sorted(folder.iterdir()):
        box = mailbox.Maildir(path, create=False)
        mails = (email.message_from_bytes(box.get_bytes(key), policy=policy.default) for key in box.iterkeys())
        boxes[OWNERS.get(path.name, path.name)] = Counter(line_of(mail) for mail in mails)
    return boxes


def line_of(mail: EmailMessage) -> str:
    """One mail in one line, from its subject, its text and its attachments' names."""
    subject, text = str(mail["Subject"]), mail.get_body(("plain",)).get_content()
    written_on = mail["Date"].datetime.date()
    if "逾期未报" in subject:
        units, returns = re.search(r"(\d+)个单位、(\d+)份", subject).groups()
        return f"escalation {written_on} of {units} units, {returns} returns"
    if re.search(r"报送提醒|今日截止|逾期催报", subject):
        return f"reminder {written_on} {', '.join(sorted(_asked(mail)))}"
    if any(part.get_content_type() == "application/pdf" for part in mail.iter_attachments()):
        return f"document {period_in(subject)}"
    if "零报告" in subject:
        return "receipt of a nil return by mail"
    form = next((code for name, code in FORMS.items() if name in subject), "unread")
    return f"receipt {form} {period_in(subject)}" if REFUSED not in text else "receipt unread "


def _asked(mail: EmailMessage) -> list[str]:
    """`form period` of each blank return that hangs on a reminder."""
    names = (part.get_filename().removesuffix(".xlsx").split("_") for part in mail.iter_attachments())
    return [f"{FORMS[name]} {period}" for name, _, period in names]


def period_in(text: str) -> str:
    if found := MONTH.search(text):
        return f"{found[1]}-{int(found[2]):02d}"
    if found := QUARTER.search(text):
        return f"{found[1]}Q{'一二三四'.index(found[2]) + 1}"
    found = YEAR.search(text)
    return found[1] if found else ""
