"""The ledger of letters: exactly once each, by their kind and subject."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from delivery import mortal
from sqlalchemy import create_engine, text

from zhibao.delivery import letters
from zhibao.delivery.smtp import Sent
from zhibao.delivery.terms import Terms
from zhibao.settings import load_settings
from zhibao.store import database
from zhibao.store.database import Connection


@pytest.fixture
def connection(empty_database: str) -> Iterator[Connection]:
    database.migrate(empty_database, load_settings())
    with database.connect(empty_database, autocommit=True) as connection:
        yield connection


def test_a_corrected_address_counts_for_what_has_not_gone_out(connection: Connection, post: Any) -> None:
    handler, server = post
    handler.answers = ["451 later"]
    assert mortal.posted(connection, server.port, "1") == {"try_again": 1}
    elsewhere = letters.Posting("p", "receipt", "1", "chengguan", "new@example.org", mortal.posting("1").message_id)
    terms = Terms(now=datetime.now(UTC) + timedelta(hours=1))
    assert letters.post(connection, [elsewhere], lambda item: lambda: Sent("sent", "250"), None, terms) == {"sent": 1}
    assert letters.entries(connection, "receipt", "1")[0]["address"] == "new@example.org"
    assert mortal.posted(connection, server.port, "1") == {"already_sent": 1}
    assert letters.entries(connection, "receipt", "1")[0]["address"] == "new@example.org"


def test_a_letter_that_cannot_be_written_does_not_hold_up_the_others(connection: Connection) -> None:
    gone: list[str] = []

    def prepare(item: letters.Posting) -> Any:
        if item.subject == "1":
            raise ValueError("cannot be written")
        return lambda: gone.append(item.subject) or Sent("sent", "250")

    with pytest.raises(ValueError, match="cannot be written"):
        letters.post(connection, [mortal.posting(number) for number in "123"], prepare, None)
    assert gone == ["2", "3"]
    assert [letters.entries(connection, "receipt", number)[0]["state"] for number in "123"] == [
        "intended", "sent", "sent",
    ]


def test_kinds_and_subjects_are_letters_of_their_own(connection: Connection, post: Any) -> None:
    _, server = post
    assert [mortal.posted(connection, server.port, subject) for subject in "12"] == [{"sent": 1}] * 2
    other = letters.Posting("p", "document", "1", "chengguan", "a@example.org", "<other@zhibao.invalid>")
    assert letters.post(connection, [other], lambda item: lambda: Sent("sent", "250"), None) == {"sent": 1}


@pytest.mark.parametrize(("states", "settled"), [((), False), (("doubtful",), False), (("failed",), True)])
def test_what_was_refused_for_good_goes_out_again_only_by_a_persons_word(
    connection: Connection, post: Any, states: tuple[str, ...], settled: bool
) -> None:
    handler, server = post
    handler.answers = ["550 no such box"]
    assert mortal.posted(connection, server.port, "1") == {"failed": 1}
    assert letters.settle(
        connection, "receipt", "1", None, was_sent=False, actor="测试员", states=states) is settled
    assert mortal.posted(connection, server.port, "1") == ({"sent": 1} if settled else {"failed": 1})


def test_deliveries_of_an_older_database_are_letters_that_stay_sent(empty_database: str) -> None:
    """A document that went out before the ledger was shared must not go out again."""
    config = Config()
    config.set_main_option("script_location", str(load_settings().sql_dir / "migrations"))
    with create_engine(empty_database.replace("postgresql://", "postgresql+psycopg://", 1)).connect() as older:
        older.execute(text("create schema zhibao"))
        older.commit()
        config.attributes["connection"] = older
        command.upgrade(config, "0002")
        older.commit()
        for statement in (
            "insert into zhibao.programme_version (digest, programme, content) values ('d', 'p', '{}')",
            "insert into zhibao.figure_set (programme, kind, period, as_of, known_at, input_digest, programme_digest,"
            " figures_digest) values ('p', 'annual', '2022', now(), now(), 'i', 'd', 'f')",
            "insert into zhibao.document (programme, kind, period, figure_set_id, version, figures_digest,"
            " template_digest, fonts_digest, lists_digest, pdf_sha256, is_replay)"
            " select 'p', 'annual', '2022', figure_set_id, 1, 'f', 't', 'o', 'l', 'a', false from zhibao.figure_set",
            "insert into zhibao.delivery (document_id, recipient, address, message_id, state)"
            " select document_id, 'superior', 'a@example.org', '<m>', 'sent' from zhibao.document",
            "insert into zhibao.delivery_event (delivery_id, state, smtp_reply)"
            " select delivery_id, 'sent', '250 taken' from zhibao.delivery",
        ):
            older.execute(text(statement))
        older.commit()
    database.migrate(empty_database, load_settings())
    with database.connect(empty_database, autocommit=True) as connection:
        number = connection.execute("select document_id from document").fetchone()["document_id"]
        kept = letters.entries(connection, "document", str(number))
        assert [(item["recipient"], item["state"], item["events"][0]["smtp_reply"]) for item in kept] == [
            ("superior", "sent", "250 taken"),
        ]
        item = letters.Posting("p", "document", str(number), "superior", "a@example.org", "<m>")
        assert letters.post(connection, [item], lambda posting: pytest.fail, None) == {"already_sent": 1}
