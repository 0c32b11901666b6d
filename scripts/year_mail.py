"""The mailbox to which units write in the year: Dovecot, as in the tests of sources, and an answer to a reminder."""

from __future__ import annotations

import email
import imaplib
import json
import mailbox
import ssl
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from email import policy
from email.message import EmailMessage
from pathlib import Path

from airflow_settings import ROOT

sys.path.insert(0, str(ROOT / "tests"))
from sources.servers import PASSWORD, Server, imap_server  # noqa: E402

SOURCES = """sources:
  - {kind: folder, name: inbox, path: "{unit}"}
  - {kind: mailbox, name: mail, connection: zhibao_mail}
"""


@contextmanager
def office_mailbox(home: Path) -> Iterator[Server]:
    """In a folder that is opened to the server's own users."""
    home.chmod(0o755)
    with imap_server(home) as server:
        yield server


def environment_of(server: Server, state: Path) -> dict[str, str]:
    """The settings by which the engine finds this mailbox beside the folders."""
    (state / "sources.yaml").write_text(SOURCES, "utf-8")
    connection = {
        "host": server.endpoint.host, "port": server.endpoint.port, "login": server.endpoint.login,
        "password": PASSWORD, "extra": {"ca_file": server.endpoint.extra["ca_file"]},
    }
    return {"ZHIBAO_SOURCES": str(state / "sources.yaml"), "AIRFLOW_CONN_ZHIBAO_MAIL": json.dumps(connection)}


def answer_reminder(server: Server, box: Path, sender: str, at: datetime) -> None:
    """Whoever owns `box` answers the last reminder in it with 零报告, as a mail program does: quoting it below."""
    letters = mailbox.Maildir(box, create=False)
    mails = [email.message_from_bytes(letters.get_bytes(key), policy=policy.default) for key in letters.iterkeys()]
    reminder = max((mail for mail in mails if "催报" in mail["Subject"] or "提醒" in mail["Subject"]),
                   key=lambda mail: mail["Date"].datetime)
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, "zhibao@example.org", f"回复：{reminder['Subject']}"
    message["Message-ID"] = f"<nil-{at:%Y%m%d}@example.org>"
    message["In-Reply-To"] = message["References"] = str(reminder["Message-ID"])
    quoted = "\n".join(f"> {line}" for line in reminder.get_body(("plain",)).get_content().splitlines())
    message.set_content(f"零报告\n\n{quoted}")
    context = ssl.create_default_context(cafile=server.endpoint.extra["ca_file"])
    with imaplib.IMAP4_SSL(server.endpoint.host, server.endpoint.port or 0, ssl_context=context) as imap:
        imap.login(server.endpoint.login or "", PASSWORD)
        imap.append("INBOX", None, imaplib.Time2Internaldate(at), message.as_bytes())
