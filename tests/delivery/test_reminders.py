"""Reminders: on their days, to who still owes and to nobody else, once a day, with the returns that are asked for."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from openpyxl import load_workbook
from warehouse.loading import submit

from zhibao.errors import RefusedError
from zhibao.intake import record_programme
from zhibao.operations import Operations
from zhibao.period import Period
from zhibao.programme.models import Programme
from zhibao.settings import load_settings

ZONE = ZoneInfo("Asia/Shanghai")
DUE = datetime(2022, 4, 6, 9, tzinfo=ZONE)  # of March: the 5th was 清明


@pytest.fixture
def operations(empty_database: str, programme: Programme, tmp_path: Path, post: Any) -> Operations:
    server = post[1]
    settings = replace(load_settings(), var=tmp_path / "var", database_url=empty_database, smtp_host=server.host,
                       smtp_port=server.port)
    operations = Operations(settings, programme)
    with operations.connection() as connection:
        record_programme(connection, programme)
        for unit in programme.units:
            for form in programme.forms.values():
                if form.is_owed_by(unit):
                    for period in ("2022-02", "2022-03", "2022Q1"):
                        if (form.cadence == "quarterly") == ("Q" in period) and form.cadence != "annual":
                            report(connection, programme, unit.code, form.code, period)
    return operations


def report(connection: Any, programme: Programme, unit: str, form: str, period: str) -> None:
    """All have reported for February; for March all but 西固区, and 红古区 whose event ledger went back."""
    if period != "2022-02" and unit == "xigu":
        return
    status = "returned" if (unit, form, period) == ("honggu", "event", "2022-03") else "accepted"
    submit(connection, programme, form=form, unit=unit, period=period, status=status,
           received_at=datetime(2022, 3, 30 if period != "2022-02" else 1, 8, tzinfo=ZONE))


def on(day: int) -> datetime:
    return DUE.replace(day=day) if day < 25 else DUE.replace(month=3, day=day)


@pytest.mark.parametrize(("day", "units"), [
    (30, []), (31, ["xigu", "honggu"]), (1, []), (2, ["xigu", "honggu"]), (6, ["xigu", "honggu"]),
    (7, ["xigu", "honggu"]), (8, []), (11, ["hrss_bureau"]), (12, []),
])
def test_the_days_on_which_somebody_is_written_to(operations: Operations, day: int, units: list[str]) -> None:
    # Working days before the 6th: the 2nd (a Saturday that was worked), 1 April, 31 March; after it the 7th, 8th, 11th.
    found = operations.reminders(on(day))
    assert [item.to_unit for item in found] == units
    assert all(item.is_escalation == (day == 11) for item in found)


def test_a_reminder_says_what_is_owed_and_brings_it(operations: Operations, post: Any) -> None:
    assert operations.remind(on(31)) == {"sent": 2}
    assert operations.remind(on(31)) == {"already_sent": 2}, "once a unit and day"
    letters = {letter["To"].addresses[0].addr_spec: letter for letter in post[0].messages}
    assert set(letters) == {"xigu@example.org", "honggu@example.org"}
    mail = letters["xigu@example.org"]
    text = mail.get_body(("plain",)).get_content()
    assert mail["Subject"] == "【报送提醒】尚有8份报表未报"
    assert "候选人名册（2022年3月），期限2022年4月6日17:30" in text and "还有3个工作日" in text
    assert "孵化基地情况表（2022年第一季度）" in text and "“零报告”选为“是”" in text
    assert "候选人名册" in mail.get_body(("html",)).get_content()
    books = {part.get_filename(): part.get_content() for part in mail.iter_attachments()}
    assert len(books) == 8
    book = load_workbook(BytesIO(books["候选人名册_西固区_2022-03.xlsx"]))
    assert "西固区" in str([cell.value for row in book.worksheets[0].iter_rows(max_row=4) for cell in row])
    returned = letters["honggu@example.org"].get_body(("plain",)).get_content()
    assert "赛事台账（2022年3月），期限2022年4月6日17:30，已退回、尚未重报" in returned and "2. " not in returned


def test_two_runs_at_once_write_once(operations: Operations, post: Any) -> None:
    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(lambda _: operations.remind(on(31)), range(4)))
    assert sum(item.get("sent", 0) for item in outcomes) == 2
    assert sorted(letter["To"].addresses[0].addr_spec for letter in post[0].messages) == [
        "honggu@example.org", "xigu@example.org",
    ]


def test_who_is_exempt_is_left_alone(operations: Operations) -> None:
    operations.exempt("xigu", Period.parse("2022-03"), None, "某某", "受灾停工", None, on(30))
    operations.exempt("xigu", Period.parse("2022Q1"), "funding", "某某", "受灾停工", None, on(30))
    (mine,) = [item for item in operations.reminders(on(31)) if item.to_unit == "xigu"]
    assert [owed.form for owed in mine.owed] == ["incubator"]


def test_who_reports_is_not_reminded_again(operations: Operations) -> None:
    with operations.connection() as connection:
        submit(connection, operations.programme, form="event", unit="honggu", period="2022-03", content="again",
               received_at=datetime(2022, 4, 1, 15, tzinfo=ZONE))
    assert [item.to_unit for item in operations.reminders(on(2))] == ["xigu"]


def test_the_lead_is_told_of_all_who_are_late(operations: Operations, post: Any) -> None:
    assert operations.remind(on(11)) == {"sent": 1}
    (mail,) = post[0].messages
    text = mail.get_body(("plain",)).get_content()
    assert mail["Subject"] == "【逾期未报】2个单位、9份报表"
    assert "1. 西固区：候选人名册（2022年3月）、" in text and "共8份" in text
    assert "2. 红古区：赛事台账（2022年3月）（已退回），共1份" in text and "请协调督促" in text
    assert not list(mail.iter_attachments())


def test_one_in_doubt_waits_for_a_persons_word(operations: Operations, post: Any) -> None:
    post[0].answers = ["550 no such user", "550 no such user"]
    assert operations.remind(on(31)) == {"failed": 2}
    operations.settle_reminder("2022-03-31", "xigu", was_sent=False, actor="某某")
    assert operations.remind(on(31)) == {"sent": 1, "failed": 1}
    with pytest.raises(RefusedError):
        operations.settle_reminder("2022-03-31", "xigu", was_sent=True, actor="某某")


def test_a_programme_without_reminders_writes_to_nobody(operations: Operations) -> None:
    calendar = operations.programme.calendar.model_copy(update={"reminders": None})
    silent = replace(operations, programme=operations.programme.model_copy(update={"calendar": calendar}))
    assert silent.reminders(on(31)) == []
