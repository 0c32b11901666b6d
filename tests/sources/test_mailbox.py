"""A mailbox: who is listened to, what counts as a return, and where each mail goes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from email.message import EmailMessage
from typing import Any

import pytest

from sources.places import EARLIER, NOW, Mailbox
from sources.servers import Server
from zhibao.errors import OperatorError
from zhibao.operations import Operations
from zhibao.sources.imap import Imap, quoted

Over = Callable[..., Operations]
Files = list[tuple[str, bytes]]


def mail(sender: str, files: Files, **headers: str) -> bytes:
    message = EmailMessage()
    message["From"] = sender
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content("请查收。")
    for name, content in files:
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def staged(operations: Operations) -> dict[str, int]:
    return operations.stage("mail", "file", NOW).counts()


def rows(operations: Operations, table: str) -> list[dict[str, Any]]:
    with operations.connection() as connection:
        return connection.execute(f"select * from {table} order by {table}_id").fetchall()


def test_each_workbook_of_a_mail_is_an_arrival_and_the_rest_is_named(mailbox: Mailbox, operations_over: Over) -> None:
    mailbox.append(mail("城关区 <Chengguan@Example.org>", [
        ("说明.docx", b"word"), ("名册.xlsx", b"one"), ("台账.CSV", b"two"), ("打包.zip", b"zip"),
    ], Message_ID="<1@mail.example.org>"))
    operations = operations_over(mailbox)
    assert staged(operations) == {"arrived": 2, "turned_away": 2}
    arrivals = rows(operations, "arrival")
    assert [row["file_name"] for row in arrivals] == ["名册.xlsx", "台账.CSV"]
    assert {(row["sent_for"], row["sender"]) for row in arrivals} == {("chengguan", "Chengguan@Example.org")}
    assert {(row["received_at"], row["message_id"]) for row in arrivals} == {(EARLIER, "<1@mail.example.org>")}
    away = rows(operations, "turned_away")
    assert [(row["file_name"], row["reason"]) for row in away] == [
        ("说明.docx", "not_a_workbook"), ("打包.zip", "not_a_workbook"),
    ]
    assert (mailbox.left(), mailbox.taken(), mailbox.count(mailbox.spec["turned_away"])) == (0, 1, 0)


def test_a_bounce_is_written_down_beside_its_letter_and_is_no_return(
    mailbox: Mailbox, operations_over: Over
) -> None:
    """Also where the mail that came back had a workbook on it, and whoever sends it is a stranger."""
    sent = mail("zhibao@example.org", [("模板.xlsx", b"blank")], Message_ID="<7@zhibao.invalid>")
    mailbox.append(
        b'From: <>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"'
        b"\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\n"
        b"Action: failed\r\nStatus: 5.2.2\r\nDiagnostic-Code: smtp; 552 box full\r\n\r\n"
        b"--b\r\nContent-Type: message/rfc822\r\n\r\n" + sent + b"\r\n--b--\r\n"
    )
    operations = operations_over(mailbox)
    with operations.connection() as connection:
        connection.execute(
            "insert into letter (programme, kind, subject, recipient, address, message_id, state)"
            " values (%s, 'reminder', '2022-04-06', 'xigu', 'xigu@example.org', '<7@zhibao.invalid>', 'sent')",
            (operations.programme.code,),
        )
    assert staged(operations) == {"bounced": 1, "turned_away": 1}
    assert staged(operations) == {}
    assert [row["reason"] for row in rows(operations, "turned_away")] == ["bounce"] and not rows(operations, "arrival")
    assert [row["state"] for row in rows(operations, "letter")] == ["bounced"]
    (event,) = rows(operations, "letter_event")
    assert event["smtp_reply"] == "5.2.2; 552 box full"


@pytest.mark.parametrize(("sender", "files", "reason"), [
    ("stranger@example.com", [("名册.xlsx", b"x")], "stranger"),
    ('"chengguan@example.org" <stranger@example.com>', [("名册.xlsx", b"x")], "stranger"),
    ("chengguan@example.org, qilihe@example.org", [("名册.xlsx", b"x")], "stranger"),
    ("chengguan@example.org", [], "no_workbook"),
    ("chengguan@example.org", [("扫描件.pdf", b"x")], "not_a_workbook"),
])
def test_other_mail_is_put_aside_and_told(
    mailbox: Mailbox, operations_over: Over, sender: str, files: Files, reason: str
) -> None:
    mailbox.append(mail(sender, files))
    operations = operations_over(mailbox)
    assert staged(operations) == {"turned_away": 1}
    assert [row["reason"] for row in rows(operations, "turned_away")] == [reason]
    assert (mailbox.left(), mailbox.taken(), mailbox.count(mailbox.spec["turned_away"])) == (0, 0, 1)
    assert staged(operations) == {}


def test_a_strangers_mail_is_not_even_downloaded(
    mailbox: Mailbox, operations_over: Over, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailbox.append(mail("stranger@example.com", [("名册.xlsx", b"x")]))
    monkeypatch.setattr(Imap, "whole", lambda self, uid: pytest.fail("the whole mail was asked for"))
    assert staged(operations_over(mailbox)) == {"turned_away": 1}


def test_a_unit_that_sends_by_other_ways_is_a_stranger_here(mailbox: Mailbox, operations_over: Over) -> None:
    mailbox.append(mail("chengguan@example.org", [("a.xlsx", b"x")]))
    mailbox.append(mail("qilihe@example.org", [("a.xlsx", b"y")]))
    operations = operations_over(mailbox, units=["qilihe"])
    assert staged(operations) == {"arrived": 1, "turned_away": 1}
    assert [row["sent_for"] for row in rows(operations, "arrival")] == ["qilihe"]


@pytest.mark.parametrize(("line", "expected"), [
    ("mx.example.org; dmarc=pass", {"arrived": 1}), ("mx.example.org; dmarc=fail", {"turned_away": 1}),
])
def test_the_mail_servers_word_for_the_sender_can_be_asked_for(
    mailbox: Mailbox, operations_over: Over, line: str, expected: dict[str, int]
) -> None:
    mailbox.append(mail("chengguan@example.org", [("a.xlsx", b"x")], Authentication_Results=line))
    operations = operations_over(mailbox, authenticated_by="mx.example.org")
    assert staged(operations) == expected
    assert [row["reason"] for row in rows(operations, "turned_away")] == ["unauthenticated"] * (
        "turned_away" in expected
    )


def test_mail_that_is_left_is_not_touched(mailbox: Mailbox, operations_over: Over, imap: Server) -> None:
    mailbox.append(mail("chengguan@example.org", [("a.xlsx", b"x")]))
    mailbox.append(mail("stranger@example.com", []))
    operations = operations_over(mailbox, after="leave")
    assert staged(operations) == {"arrived": 1, "turned_away": 1}
    assert staged(operations) == {}
    assert mailbox.left() == 2
    assert [line for line in flags(mailbox) if b"Seen" in line] == []


def flags(mailbox: Mailbox) -> list[bytes]:
    def ask(imap: Any) -> list[bytes]:
        imap.select(mailbox.spec["folder"], readonly=True)
        return imap.fetch("1:*", "(FLAGS)")[1]

    return mailbox._do(ask)


def test_moving_works_on_a_server_that_cannot_move(
    mailbox: Mailbox, operations_over: Over, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without MOVE and UIDPLUS a mail is copied, marked as deleted and expunged."""
    log_in = Imap._log_in

    def poorer(self: Imap, endpoint: Any) -> None:
        log_in(self, endpoint)
        self._abilities = [name for name in self._abilities if name not in (b"MOVE", b"UIDPLUS")]

    monkeypatch.setattr(Imap, "_log_in", poorer)
    mailbox.put("chengguan", "a.xlsx", b"x")
    mailbox.put("qilihe", "a.xlsx", b"y")
    assert staged(operations_over(mailbox)) == {"arrived": 2}
    assert (mailbox.left(), mailbox.taken()) == (0, 2)


def test_starttls_and_a_chinese_folder(mailbox: Mailbox, operations_over: Over) -> None:
    mailbox.put("chengguan", "a.xlsx", b"x")
    endpoint = mailbox.endpoint
    mailbox.endpoint = replace(
        endpoint, port=endpoint.extra["plain_port"], extra={"ca_file": endpoint.extra["ca_file"], "tls": "starttls"}
    )
    folder = f"已收 & 存档 {mailbox.spec['folder']}"
    assert staged(operations_over(mailbox, taken=folder)) == {"arrived": 1}
    mailbox.endpoint = endpoint
    assert mailbox.count(quoted(folder)) == 1


def test_an_unknown_certificate_is_not_given_the_password(mailbox: Mailbox, operations_over: Over) -> None:
    mailbox.endpoint = replace(mailbox.endpoint, extra={})
    with pytest.raises(OperatorError, match="the server's certificate is not trusted"):
        staged(operations_over(mailbox))


def test_a_folder_that_is_not_there_is_the_operators_to_mend(mailbox: Mailbox, operations_over: Over) -> None:
    with pytest.raises(OperatorError, match="the folder of sources.yaml cannot be opened"):
        staged(operations_over(mailbox, folder="nowhere"))


@pytest.mark.parametrize(("folder", "wire"), [
    ("INBOX", '"INBOX"'), ("已收", '"&XfJlNg-"'), ("A&B", '"A&-B"'), ('a"b\\c', '"a\\"b\\\\c"'),
    ("收x件", '"&ZTY-x&TvY-"'),
])
def test_folder_names_as_imap_writes_them(folder: str, wire: str) -> None:
    assert quoted(folder) == wire
