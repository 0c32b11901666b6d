"""A period that is closed takes nothing, until somebody opens it for one unit; what lay there is then taken at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from intake.workbooks import candidate, workbook

from zhibao.errors import RefusedError
from zhibao.operations import Operations
from zhibao.period import Period
from zhibao.programme.models import Programme
from zhibao.settings import load_settings

ZONE, MARCH = ZoneInfo("Asia/Shanghai"), Period.parse("2022-03")
CLOSED = datetime(2022, 4, 12, 9, tzinfo=ZONE)  # due on 6 April, closed three working days later
UNTIL, DECIDED = datetime(2022, 4, 20, 18, tzinfo=ZONE), datetime(2022, 4, 13, 9, tzinfo=ZONE)


@pytest.fixture
def operations(empty_database: str, programme: Programme, var: Path) -> Operations:
    calendar = programme.calendar.model_copy(update={"closes_after_working_days": 3})
    closing = programme.model_copy(update={"calendar": calendar})
    return Operations(replace(load_settings(), var=var, database_url=empty_database), closing)


def send(operations: Operations, folder: Path, name: str, content: bytes, at: datetime) -> str:
    path = folder / name
    path.write_bytes(content)
    return operations.submit([path], at, at)[0].status


def test_reopening_one_unit_and_period(operations: Operations, programme: Programme, tmp_path: Path) -> None:
    wrong = candidate(phone="12345")
    assert send(operations, tmp_path, "1.xlsx", workbook(programme, [candidate()]), CLOSED) == "returned"
    assert send(operations, tmp_path, "2.xlsx", workbook(programme, [wrong], unit="西固区"), CLOSED) == "returned"
    reason = ("某某", "系统故障未能上传", UNTIL, DECIDED)
    with pytest.raises(RefusedError):
        operations.reopen("chengguan", MARCH, None, "某某", "迟了", CLOSED, DECIDED)
    slots, taken = operations.reopen("chengguan", MARCH, "candidate", *reason)
    assert slots == [("chengguan", "candidate", "2022-03")]
    assert [item["status"] for item in taken] == ["accepted"]
    assert operations.reopen("xigu", MARCH, "candidate", *reason)[1] == [], "it has errors of its own"
    inside, after = UNTIL.replace(hour=17), UNTIL.replace(hour=19)
    other = workbook(programme, [candidate(2, nominated_by="七里河区")], unit="七里河区")
    assert send(operations, tmp_path, "3.xlsx", other, inside) == "returned", "of another unit"
    again = workbook(programme, [candidate(), candidate(3)])
    assert send(operations, tmp_path, "4.xlsx", again, inside) == "accepted"
    assert send(operations, tmp_path, "5.xlsx", workbook(programme, [candidate(4)]), after) == "returned"


def test_a_reopening_can_be_taken_back(operations: Operations, programme: Programme, tmp_path: Path) -> None:
    operations.reopen("chengguan", MARCH, None, "某某", "系统故障", UNTIL, DECIDED)
    operations.withdraw("reopen", "chengguan", MARCH, None, "某某", "误开", DECIDED.replace(hour=10))
    late = DECIDED.replace(hour=11)
    assert send(operations, tmp_path, "1.xlsx", workbook(programme, [candidate()]), late) == "returned"
