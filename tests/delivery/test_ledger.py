"""Delivery over a real mail server: once to each recipient, whatever breaks in between."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from zhibao.delivery import ledger
from zhibao.delivery.letters import Posting
from zhibao.delivery.message import Letter, compose
from zhibao.delivery.smtp import Sent, SmtpServer, send
from zhibao.delivery.terms import Terms
from zhibao.programme.models import Recipient
from zhibao.settings import ROOT, load_settings
from zhibao.store import database
from zhibao.store.database import Connection

PDF = b"%PDF-1.7 fictional"
RECIPIENTS = [
    Recipient(code="superior", name={"zh": "上级部门", "en": "superior"}, address="a@example.org", receives=["annual"]),
    Recipient(code="office", name={"zh": "办公室", "en": "office"}, address="b@example.org", receives=["annual"]),
]


@pytest.fixture
def connection(empty_database: str) -> Iterator[Connection]:
    database.migrate(empty_database, load_settings())
    with database.connect(empty_database, autocommit=True) as connection:
        yield connection


@pytest.fixture
def document(connection: Connection) -> dict[str, Any]:
    connection.execute("insert into programme_version (digest, programme, content) values ('d', 'p', '{}')")
    connection.execute(
        "insert into figure_set (programme, kind, period, as_of, known_at, input_digest, programme_digest,"
        " figures_digest) values ('p', 'annual', '2022', now(), now(), 'i', 'd', 'f')"
    )
    return connection.execute(
        "insert into document (programme, kind, period, figure_set_id, version, figures_digest, programme_digest,"
        " template_digest, fonts_digest, lists_digest, pdf_sha256, is_replay)"
        " select 'p', 'annual', '2022', figure_set_id, 1, 'f', 'd', 't', 'o', 'l',"
        " repeat('a', 64), false from figure_set returning *"
    ).fetchone()


def letter(recipient: Recipient, message_id: str) -> Letter:
    return Letter(
        subject="“百千万”2022年年度工作报告", recipient_name=recipient.name.zh, address=recipient.address,
        message_id=message_id, sender="zhibao@example.org", sender_name="兰州市政府就业工作领导小组办公室",
        title="2022年年度工作报告",
        file_name="2022年年度工作报告.pdf", lines=["全市累计选拔创业新秀99名"], pdf=PDF, pdf_sha256="a" * 64,
        written_at=datetime(2022, 11, 30, 9, tzinfo=UTC),
    )


def sender(server: SmtpServer) -> ledger.Write:
    def write(recipient: Recipient, posting: Posting) -> Callable[[], Sent]:
        message = compose(letter(recipient, posting.message_id), ROOT / "report_templates")
        return lambda: send(server, message, "zhibao@example.org", posting.address)

    return write


def later(minutes: float) -> Terms:
    return Terms(now=datetime.now(UTC) + timedelta(minutes=minutes))


def states(connection: Connection, document: dict[str, Any]) -> dict[str, str]:
    return {row["recipient"]: row["state"] for row in ledger.entries(connection, document["document_id"])}


def test_each_recipient_gets_the_pdf_once(connection: Connection, document: dict[str, Any], post: Any) -> None:
    handler, server = post
    first = ledger.deliver(connection, "p", document, RECIPIENTS, sender(server), None)
    again = ledger.deliver(connection, "p", document, RECIPIENTS, sender(server), None)
    assert (dict(first), dict(again)) == ({"sent": 2}, {"already_sent": 2})
    assert sorted(message["To"].addresses[0].addr_spec for message in handler.messages) == [
        "a@example.org", "b@example.org",
    ]
    attachment = next(handler.messages[0].iter_attachments())
    assert attachment.get_content_type() == "application/pdf"
    assert attachment.get_filename() == "2022年年度工作报告.pdf"
    assert attachment.get_content() == PDF
    body = handler.messages[0].get_body(("plain",)).get_content()
    assert "全市累计选拔创业新秀99名" in body
    assert "全市累计选拔创业新秀99名" in handler.messages[0].get_body(("html",)).get_content()
    assert handler.messages[0]["Subject"] == "“百千万”2022年年度工作报告"


def test_a_temporary_refusal_is_tried_again(connection: Connection, document: dict[str, Any], post: Any) -> None:
    handler, server = post
    handler.answers = ["451 later"]
    assert ledger.deliver(connection, "p", document, RECIPIENTS[:1], sender(server), None) == {"try_again": 1}
    assert states(connection, document) == {"superior": "intended"}
    assert ledger.deliver(connection, "p", document, RECIPIENTS[:1], sender(server), None) == {"waiting": 1}
    assert ledger.deliver(connection, "p", document, RECIPIENTS[:1], sender(server), None, later(2)) == {"sent": 1}
    assert len(handler.messages) == 1
    events = ledger.entries(connection, document["document_id"])[0]["events"]
    assert [event["smtp_reply"] for event in events if event["smtp_reply"]] == ["451 later", "250 taken"]


def test_a_final_refusal_stays_and_spares_the_others(
    connection: Connection, document: dict[str, Any], post: Any
) -> None:
    handler, server = post
    handler.answers = ["554 never"]
    assert ledger.deliver(connection, "p", document, RECIPIENTS, sender(server), None) == {"failed": 1, "sent": 1}
    assert ledger.deliver(connection, "p", document, RECIPIENTS, sender(server), None) == {
        "failed": 1, "already_sent": 1,
    }
    assert len(handler.messages) == 1


def test_a_server_that_is_away_is_tried_again(connection: Connection, document: dict[str, Any]) -> None:
    nobody = sender(SmtpServer("127.0.0.1", 1))
    assert ledger.deliver(connection, "p", document, RECIPIENTS[:1], nobody, None) == {"try_again": 1}


def test_a_line_broken_after_the_data_is_settled_by_the_journal(
    connection: Connection, document: dict[str, Any], post: Any, tmp_path: Path
) -> None:
    handler, server = post
    handler.breaks_after_data = True
    assert ledger.deliver(connection, "p", document, RECIPIENTS[:1], sender(server), None) == {"doubtful": 1}
    handler.breaks_after_data = False
    settled = ledger.deliver(connection, "p", document, RECIPIENTS[:1], sender(server), tmp_path / "journal")
    assert settled == {"already_sent": 1}
    assert len(handler.messages) == 1


@pytest.mark.parametrize("has_journal", [True, False])
def test_a_sender_killed_before_sending_never_doubles(
    connection: Connection, document: dict[str, Any], post: Any, tmp_path: Path, has_journal: bool
) -> None:
    handler, server = post

    def killed(recipient: Recipient, posting: Posting) -> Callable[[], Sent]:
        def hand_over() -> Sent:
            raise KeyboardInterrupt

        return hand_over

    with pytest.raises(KeyboardInterrupt):
        ledger.deliver(connection, "p", document, RECIPIENTS[:1], killed, None)
    assert states(connection, document) == {"superior": "sending"}
    journal = tmp_path / "journal" if has_journal else None
    outcome = ledger.deliver(connection, "p", document, RECIPIENTS[:1], sender(server), journal)
    assert outcome == ({"sent": 1} if has_journal else {"doubtful": 1})
    assert len(handler.messages) == has_journal


def test_a_person_settles_what_is_doubtful(connection: Connection, document: dict[str, Any], post: Any) -> None:
    handler, server = post
    handler.breaks_after_data = True
    ledger.deliver(connection, "p", document, RECIPIENTS[:1], sender(server), None)
    assert ledger.deliver(connection, "p", document, RECIPIENTS[:1], sender(server), None) == {"doubtful": 1}
    handler.breaks_after_data = False
    number = document["document_id"]
    assert ledger.settle(connection, number, "superior", was_sent=True, actor="测试员")
    assert not ledger.settle(connection, number, "superior", was_sent=False, actor="测试员")
    assert ledger.deliver(connection, "p", document, RECIPIENTS[:1], sender(server), None) == {"already_sent": 1}


def test_two_runs_at_once_send_once(
    connection: Connection, document: dict[str, Any], post: Any, empty_database: str
) -> None:
    handler, server = post
    inner: list[Any] = []

    def while_sending(recipient: Recipient, posting: Posting) -> Callable[[], Sent]:
        with database.connect(empty_database, autocommit=True) as other:
            inner.append(ledger.deliver(other, "p", document, RECIPIENTS[:1], sender(server), None))
        return sender(server)(recipient, posting)

    assert ledger.deliver(connection, "p", document, RECIPIENTS[:1], while_sending, None) == {"sent": 1}
    assert inner == [{"in_progress": 1}]
    assert len(handler.messages) == 1
