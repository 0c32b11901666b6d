"""Each submission is answered once, to the office that sent it, whatever breaks: on a real database and mail server."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from intake.workbooks import candidate, id_number, workbook
from openpyxl import load_workbook

from zhibao.errors import RefusedError, TransientError
from zhibao.exporting import exports
from zhibao.intake import IncomingFile, land
from zhibao.operations import Operations
from zhibao.programme.models import Contact, Programme
from zhibao.settings import load_settings

NOW = datetime(2022, 4, 1, 9, tzinfo=UTC)
BROKEN = b"PK\x03\x04 not a workbook"
CONTACTS = [
    Contact(unit="chengguan", addresses=["chengguan@example.org", "chengguan-2@example.org"]),
    Contact(unit="anning", addresses=["anning@example.org"]),
    Contact(unit="xigu", addresses=["xigu@example.org"]),
]

Arrive = Callable[..., dict[str, int]]


@pytest.fixture
def operations(empty_database: str, programme: Programme, tmp_path: Path, post: Any) -> Operations:
    settings = replace(
        load_settings(), var=tmp_path / "var", inbox_dir=tmp_path / "inbox", database_url=empty_database,
        smtp_host="127.0.0.1", smtp_port=post[1].port, mail_journal=tmp_path / "journal",
    )
    return Operations(settings, programme.model_copy(update={"contacts": CONTACTS}))


@pytest.fixture
def arrive(operations: Operations) -> Arrive:
    """Takes one file in, with what its source vouches for."""
    def arrived(
        content: bytes, at: datetime = NOW, sent_for: str | None = None, sender: str | None = None,
        message_id: str | None = None,
    ) -> dict[str, int]:
        with operations.connection() as connection:
            land(connection, operations.intake, [IncomingFile(content, "张三的名册.xlsx", at, "test")], "b")
            connection.execute(
                "update arrival set sent_for = %s, sender = %s, message_id = %s"
                " where arrival_id = (select max(arrival_id) from arrival)", (sent_for, sender, message_id),
            )
        return operations.take_batch("b", NOW)

    return arrived


def returned(programme: Programme, **changed: Any) -> bytes:
    return workbook(programme, [candidate(1), candidate(2, phone=None)], **changed)


def addressees(handler: Any) -> list[str]:
    return [message["To"].addresses[0].addr_spec for message in handler.messages]


def letters(handler: Any) -> dict[str, Any]:
    """The mails by address, of which each has one."""
    assert len(set(addressees(handler))) == len(handler.messages)
    return dict(zip(addressees(handler), handler.messages, strict=True))


def words(message: Any) -> tuple[str, str]:
    return tuple(message.get_body((kind,)).get_content() for kind in ("plain", "html"))


def states(operations: Operations) -> list[str | None]:
    return [item.state for item in operations.receipts(NOW)]


def test_each_submission_is_answered_once(
    operations: Operations, arrive: Arrive, programme: Programme, post: Any
) -> None:
    arrive(workbook(programme, [candidate(1)]))
    arrive(returned(programme, unit="西固区"))
    assert operations.send_receipts(NOW) == {"sent": 2}
    assert operations.send_receipts(NOW + timedelta(hours=1)) == {}
    assert states(operations) == ["sent", "sent"]
    arrive(workbook(programme, [candidate(1, jobs_created_count=9)]), NOW + timedelta(hours=1))
    assert operations.send_receipts(NOW + timedelta(hours=2)) == {"sent": 1}
    assert sorted(addressees(post[0])) == ["chengguan@example.org", "chengguan@example.org", "xigu@example.org"]


def test_the_same_bytes_again_get_no_second_answer(
    operations: Operations, arrive: Arrive, programme: Programme, post: Any
) -> None:
    content = workbook(programme, [candidate(1)])
    arrive(content)
    assert operations.send_receipts(NOW) == {"sent": 1}
    arrive(content, NOW + timedelta(hours=1), sent_for="anning")
    assert operations.send_receipts(NOW + timedelta(hours=2)) == {}
    assert addressees(post[0]) == ["chengguan@example.org"]


def test_an_office_is_told_what_was_taken(
    operations: Operations, arrive: Arrive, programme: Programme, post: Any
) -> None:
    arrive(workbook(programme, [candidate(1), candidate(2, jobs_created_count="约50")]))
    operations.send_receipts(NOW)
    message = post[0].messages[0]
    assert message["Subject"] == "【报送回执（有待说明）】城关区候选人名册（2022年3月）"
    assert message["To"].addresses[0].display_name == "城关区"
    for text in words(message):
        assert "收到 2 行，入库 2 行" in text
        assert "2022年4月1日17:00" in text
        assert "1 处须书面说明" in text
        assert "T8" in text and "reading.approximate_number" in text
        assert "注明报送编号 1 和规则代号" in text
    assert not list(message.iter_attachments())


def test_an_office_is_told_what_is_wrong_and_until_when_it_must_be_back(
    operations: Operations, arrive: Arrive, programme: Programme, post: Any
) -> None:
    wrong = id_number(3)[:-1] + ("0" if id_number(3)[-1] != "0" else "1")
    arrive(workbook(programme, [candidate(1), candidate(2, phone=None), candidate(3, id_number=wrong)]))
    operations.send_receipts(NOW)
    message = post[0].messages[0]
    assert message["Subject"] == "【退回】城关区候选人名册（2022年3月）"
    for text in words(message):
        assert "2 处错误" in text
        assert "2022年4月6日下班前" in text  # two working days after Friday the 1st, over 清明 (3 to 5 April)
        assert "H8" in text and "手机号" in text and "请补填“手机号”后重新报送" in text
        assert "F9" in text and wrong not in text
        assert "张三" not in text


@pytest.mark.parametrize("max_bytes", [1_000_000, 1_000])
def test_the_marked_workbook_travels_under_a_neutral_name_where_a_mail_may_hold_it(
    operations: Operations, arrive: Arrive, programme: Programme, post: Any, max_bytes: int
) -> None:
    arrive(returned(programme))
    small = Operations(replace(operations.settings, mail_max_bytes=max_bytes), operations.programme)
    assert small.send_receipts(NOW) == {"sent": 1}
    message = post[0].messages[0]
    attached = list(message.iter_attachments())
    with operations.connection() as connection:
        log = [(row["what"], row["actor"], row["reason"], row["row_count"]) for row in exports(connection, programme)]
    assert log == ([("submission 1", "zhibao", "退回chengguan", 2)] if attached else [])
    if max_bytes == 1_000:
        assert attached == []
        assert all("请凭报送编号 1 向" in text for text in words(message))
        return
    assert [item.get_filename() for item in attached] == ["退回_候选人名册_城关区_2022-03.xlsx"]
    marked = load_workbook(BytesIO(attached[0].get_content()))["表"]
    assert marked["H8"].comment is not None and marked["H7"].comment is None
    assert all("附件是你单位的原表" in text for text in words(message))


def test_a_file_that_cannot_be_read_is_refused_with_the_reason(
    operations: Operations, arrive: Arrive, post: Any
) -> None:
    arrive(BROKEN, sent_for="anning")
    assert operations.send_receipts(NOW) == {"sent": 1}
    message = post[0].messages[0]
    assert message["Subject"] == "【未予受理】安宁区报表"
    assert "文件已损坏或不完整" in words(message)[0]
    assert not list(message.iter_attachments())


def test_whom_nobody_vouches_for_is_listed_and_written_to_by_nobody(
    operations: Operations, arrive: Arrive, programme: Programme, post: Any
) -> None:
    arrive(BROKEN)
    arrive(workbook(programme, [candidate(1)], unit="红古区"))
    assert operations.send_receipts(NOW) == {"nobody": 2}
    assert [(item.to_unit, item.address) for item in operations.receipts(NOW)] == [(None, None), ("honggu", None)]
    assert post[0].messages == []


@pytest.mark.parametrize(("unit", "sent_for", "to", "own"), [
    ("城关区", "chengguan", "chengguan@example.org", True),
    ("经开区", "anning", "anning@example.org", True),
    ("城关区", "anning", "anning@example.org", False),
])
def test_the_source_decides_who_is_answered_and_another_units_rows_stay_untold(
    operations: Operations, arrive: Arrive, programme: Programme, post: Any,
    unit: str, sent_for: str, to: str, own: bool,
) -> None:
    arrive(returned(programme, unit=unit), sent_for=sent_for)
    assert operations.send_receipts(NOW) == {"sent": 1}
    assert addressees(post[0]) == [to]
    message = post[0].messages[0]
    for text in words(message):
        assert ("手机号" in text) is own
        assert ("文件中的填报单位不是你单位" in text) is not own
    assert bool(list(message.iter_attachments())) is own


def test_a_mail_is_answered_to_its_sender_as_a_reply(
    operations: Operations, arrive: Arrive, programme: Programme, post: Any
) -> None:
    arrive(workbook(programme, [candidate(1)]), sent_for="chengguan", sender="Chengguan-2@example.org",
           message_id="<1@mail.example.org>")
    arrive(workbook(programme, [candidate(2)]), sent_for="chengguan", sender="stranger@example.net",
           message_id="<2@mail.example.org>")
    assert operations.send_receipts(NOW) == {"sent": 2}
    by_address = letters(post[0])
    assert set(by_address) == {"chengguan-2@example.org", "chengguan@example.org"}
    reply, other = by_address["chengguan-2@example.org"], by_address["chengguan@example.org"]
    assert (reply["In-Reply-To"], reply["References"], reply["Auto-Submitted"]) == (
        "<1@mail.example.org>", "<1@mail.example.org>", "auto-replied")
    assert (other["In-Reply-To"], other["Auto-Submitted"]) == (None, "auto-generated")


@pytest.mark.parametrize(("at", "sent"), [
    (datetime(2022, 3, 18, tzinfo=UTC), True),  # ten working days before 1 April
    (datetime(2022, 3, 17, 15, 59, tzinfo=UTC), False),
])
def test_history_that_is_taken_in_again_writes_to_nobody(
    operations: Operations, arrive: Arrive, programme: Programme, post: Any, at: datetime, sent: bool
) -> None:
    arrive(workbook(programme, [candidate(1)], period="2022年2月"), at)
    assert operations.send_receipts(NOW) == ({"sent": 1} if sent else {})
    assert operations.send_receipts(NOW, since=at) == ({} if sent else {"sent": 1})


def test_what_could_not_be_sent_goes_out_however_old_it_has_become(
    operations: Operations, arrive: Arrive, programme: Programme, post: Any
) -> None:
    post[0].answers = ["451 later"]
    arrive(workbook(programme, [candidate(1)]))
    with pytest.raises(TransientError):
        operations.send_receipts(NOW)
    assert operations.send_receipts(NOW + timedelta(days=60)) == {"sent": 1}


def test_a_mail_server_that_is_away_is_asked_again(
    operations: Operations, arrive: Arrive, programme: Programme, post: Any
) -> None:
    arrive(workbook(programme, [candidate(1)]))
    away = Operations(replace(operations.settings, smtp_port=1), operations.programme)
    for _ in range(2):
        with pytest.raises(TransientError):
            away.send_receipts(NOW)
    assert operations.send_receipts(NOW + timedelta(minutes=1)) == {"sent": 1}
    assert len(post[0].messages) == 1


def test_an_address_that_is_refused_spares_the_others_and_waits_for_a_person(
    operations: Operations, arrive: Arrive, programme: Programme, post: Any
) -> None:
    post[0].answers = ["550 no such box"]
    arrive(workbook(programme, [candidate(1)]))
    arrive(workbook(programme, [candidate(2)], unit="西固区"))
    assert operations.send_receipts(NOW) == {"failed": 1, "sent": 1}
    assert operations.send_receipts(NOW) == {}
    corrected = [Contact(unit="chengguan", addresses=["new@example.org"])]
    mended = Operations(operations.settings, programme.model_copy(update={"contacts": corrected}))
    with pytest.raises(RefusedError):
        mended.settle_receipt(2, was_sent=False, actor="测试员")
    mended.settle_receipt(1, was_sent=False, actor="测试员")
    assert mended.send_receipts(NOW) == {"sent": 1, "nobody": 1}
    assert set(letters(post[0])) == {"xigu@example.org", "new@example.org"}


@pytest.mark.parametrize("has_journal", [True, False])
def test_a_line_that_breaks_after_the_data_never_doubles(
    operations: Operations, arrive: Arrive, programme: Programme, post: Any, has_journal: bool
) -> None:
    handler, _ = post
    journal = operations.settings.mail_journal if has_journal else None
    told = Operations(replace(operations.settings, mail_journal=journal), operations.programme)
    arrive(workbook(programme, [candidate(1)]))
    handler.breaks_after_data = True
    assert told.send_receipts(NOW) == {"settling" if has_journal else "doubtful": 1}
    handler.breaks_after_data = False
    for _ in range(2):
        told.send_receipts(NOW)
    assert states(told) == ["sent" if has_journal else "doubtful"]
    assert len(handler.messages) == 1


def test_two_runs_at_once_answer_once(
    operations: Operations, arrive: Arrive, programme: Programme, post: Any
) -> None:
    for number in range(1, 6):
        arrive(workbook(programme, [candidate(number)]))
    both = threading.Barrier(2)
    counts: list[dict[str, int]] = []

    def send() -> None:
        both.wait()
        counts.append(operations.send_receipts(NOW))

    runs = [threading.Thread(target=send) for _ in range(2)]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    assert sum(count.get("sent", 0) for count in counts) == 5
    assert len({message["Message-ID"] for message in post[0].messages}) == len(post[0].messages) == 5


def test_no_office_is_shown_anything_of_another(
    operations: Operations, arrive: Arrive, programme: Programme, post: Any
) -> None:
    """The same fault planted under two units: each letter names its own unit and its own cell, and no other's."""
    arrive(workbook(programme, [candidate(1), candidate(2, phone=None)]))
    arrive(workbook(programme, [candidate(3), candidate(4), candidate(5, phone=None)], unit="西固区"))
    operations.send_receipts(NOW)
    by_address = letters(post[0])
    for address, own, other in (("chengguan", ("城关区", "H8"), ("西固区", "H9")),
                                ("xigu", ("西固区", "H9"), ("城关区", "H8"))):
        for text in words(by_address[f"{address}@example.org"]):
            assert all(word in text for word in own)
            assert not any(word in text for word in other)


def test_nothing_personal_is_in_a_letter(
    operations: Operations, arrive: Arrive, programme: Programme, post: Any
) -> None:
    arrive(workbook(programme, [candidate(1, phone="13800000001x"), candidate(2, id_number="62010219900101002x9")]))
    operations.send_receipts(NOW)
    message = post[0].messages[0]
    for text in (*words(message), str(message["Subject"])):
        assert not re.search(r"\d{11}", text)
        assert "测试某" not in text and "张三" not in text


def test_a_programme_may_do_without_receipts(
    operations: Operations, arrive: Arrive, programme: Programme, post: Any
) -> None:
    arrive(workbook(programme, [candidate(1)]))
    intake = programme.switches.intake.model_copy(update={"receipts": False})
    switches = programme.switches.model_copy(update={"intake": intake})
    silent = Operations(operations.settings, operations.programme.model_copy(update={"switches": switches}))
    assert silent.send_receipts(NOW) == {}
    assert post[0].messages == []
