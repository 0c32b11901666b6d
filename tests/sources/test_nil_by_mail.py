"""A nil return by answering the reminder: matched by its name and the sender, recorded form by form, told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from sources.places import Mailbox
from zhibao.operations import Operations
from zhibao.period import Period
from zhibao.warehouse.status import return_status

ZONE = ZoneInfo("Asia/Shanghai")
REMINDED, ANSWERED = datetime(2022, 6, 30, 8, 30, tzinfo=ZONE), datetime(2022, 6, 30, 10, tzinfo=ZONE)
DUE = "2022-06-30"  # T-3 of the returns of June and of the second quarter


class Post:
    """A mail server of one sending: what was sent, by address."""

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        import email
        from email import policy

        self.taken.append(email.message_from_bytes(envelope.content, policy=policy.default))
        return "250 taken"

    def to(self, address: str) -> list[EmailMessage]:
        return [mail for mail in self.taken if mail["To"].addresses[0].addr_spec == address]


@pytest.fixture
def post() -> Iterator[tuple[Post, int]]:
    import socket

    from aiosmtpd.controller import Controller

    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    kept = Post()
    controller = Controller(kept, hostname="127.0.0.1", port=port)
    controller.start()
    yield kept, port
    controller.stop()


@pytest.fixture
def operations(
    mailbox: Mailbox, operations_over: Callable[..., Operations], post: tuple[Post, int], tmp_path: Path
) -> Operations:
    """The reminders of 30 June are out, to three units."""
    whole = operations_over(mailbox)
    settings = replace(whole.settings, smtp_host="127.0.0.1", smtp_port=post[1], var=tmp_path / "var")
    three = [unit for unit in whole.programme.units if unit.code in ("disabled_federation", "gaolan", "hrss_bureau")]
    reduced = whole.programme.model_copy(update={"units": three, "executor": "hrss_bureau"})
    operations = replace(whole, settings=settings, programme=reduced)
    assert operations.remind(REMINDED) == {"sent": 3}
    return operations


def answer(
    operations: Operations, mailbox: Mailbox, text: str, sender: str = "disabled-federation@example.org",
    unit: str = "disabled_federation", name: str = "<answer@mail.example.org>",
) -> None:
    message = EmailMessage()
    message["From"], message["Message-ID"] = sender, name
    message["In-Reply-To"] = f"<{operations.programme.code}.reminder.{DUE}.{unit}@zhibao.invalid>"
    message.set_content(f"{text}\n\n> 尚有3份报表未报")
    mailbox.append(message.as_bytes())


def states(operations: Operations, unit: str, at: datetime) -> dict[str, tuple[bool, str | None]]:
    with operations.connection() as connection:
        rows = return_status(connection, operations.programme, Period.parse("2022-06"), at)
    return {row["form"]: (row["is_nil"], row["timeliness"]) for row in rows if row["unit"] == unit}


def test_who_answers_with_nil_has_reported(operations: Operations, mailbox: Mailbox, post: tuple[Post, int]) -> None:
    reminder = post[0].to("disabled-federation@example.org")[0]
    assert "正文第一行只写“零报告”" in reminder.get_body(("plain",)).get_content()
    answer(operations, mailbox, "零报告")
    later = datetime.now(ZONE)
    assert operations.collect("clock", ANSWERED) == {"accepted": 3}
    assert set(states(operations, "disabled_federation", later).values()) == {(True, "on_time")}
    assert operations.send_receipts(ANSWERED) == {"sent": 1}, "one answer for the three"
    told = post[0].to("disabled-federation@example.org")[-1]
    assert told["Subject"] == "【零报告已登记】市残联3份" and told["In-Reply-To"] == "<answer@mail.example.org>"
    assert "赛事台账（2022年6月）：已按零报告登记" in told.get_body(("plain",)).get_content()
    next_time = operations.reminders(REMINDED.replace(month=7, day=4))
    assert next_time and "disabled_federation" not in [item.to_unit for item in next_time]
    with operations.connection() as connection:
        rows = connection.execute("select source, is_nil, file_name from submission order by file_name").fetchall()
        mails = connection.execute("select byte_count from nil_reply join landed_file using (sha256)").fetchall()
    assert {(row["source"], row["is_nil"]) for row in rows} == {("reply to the reminder", True)} and len(rows) == 3
    assert len(mails) == 1 and mails[0]["byte_count"] > 100, "the mail itself is kept"
    assert operations.collect("clock", ANSWERED) == {} and operations.send_receipts(ANSWERED) == {}


def test_one_form_may_be_named_and_what_was_not_asked_for_is_told(
    operations: Operations, mailbox: Mailbox, post: tuple[Post, int]
) -> None:
    answer(operations, mailbox, "零报告：赛事台账、年度总结文字、别的表")
    assert operations.collect("clock", ANSWERED) == {"accepted": 1}
    operations.send_receipts(ANSWERED)
    text = post[0].to("disabled-federation@example.org")[-1].get_body(("plain",)).get_content()
    assert "赛事台账（2022年6月）：已按零报告登记" in text and "“别的表”：不在所答复的催报之列" in text
    assert "候选人名册" not in text


def test_an_answer_to_another_units_reminder_counts_for_nobody(
    operations: Operations, mailbox: Mailbox, post: tuple[Post, int]
) -> None:
    answer(operations, mailbox, "零报告", sender="gaolan@example.org")
    assert operations.collect("clock", ANSWERED) == {}
    assert operations.send_receipts(ANSWERED) == {"sent": 1}
    told = post[0].to("gaolan@example.org")[-1]
    assert told["Subject"] == "【零报告未登记】皋兰县" and "不是对催报的答复" in told.get_body(("plain",)).get_content()
    assert not any(is_nil for is_nil, _ in states(operations, "gaolan", datetime.now(ZONE)).values())


@pytest.mark.parametrize(("text", "sender", "reason"), [
    ("收到，马上报", "disabled-federation@example.org", "no_workbook"), ("零报告", "stranger@example.com", "stranger"),
])
def test_other_answers_are_put_aside(
    operations: Operations, mailbox: Mailbox, text: str, sender: str, reason: str
) -> None:
    answer(operations, mailbox, text, sender)
    assert operations.collect("clock", ANSWERED) == {}
    assert [row["reason"] for row in operations.turned_away()] == [reason]


def test_a_text_of_the_year_cannot_be_nil(operations: Operations, mailbox: Mailbox, post: tuple[Post, int]) -> None:
    day = datetime(2022, 11, 25, 8, 30, tzinfo=ZONE)  # T-3 of the annual texts
    operations.remind(day)
    reminder = post[0].to("disabled-federation@example.org")[-1]
    assert "年度总结文字不能零报告" in reminder.get_body(("plain",)).get_content()
    message = EmailMessage()
    message["From"], message["Message-ID"] = "disabled-federation@example.org", "<n@mail.example.org>"
    message["References"] = str(reminder["Message-ID"])
    message.set_content("零报告")
    mailbox.append(message.as_bytes())
    assert operations.collect("clock", day.replace(hour=10)) == {}
    operations.send_receipts(day.replace(hour=10))
    text = post[0].to("disabled-federation@example.org")[-1].get_body(("plain",)).get_content()
    assert "年度总结文字（2022年）：不能零报告，请按要求填写后报送" in text
