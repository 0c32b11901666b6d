"""The whole way: returns of three units by four ways become submissions, whatever else happens to a source."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from intake.workbooks import candidate, workbook

from sources.places import NOW, Bucket, Folders, Mailbox, folder_place, mail_place, s3_place, sftp_place
from sources.servers import Server
from zhibao.cli import main
from zhibao.errors import OperatorError, RefusedError, TransientError
from zhibao.operations import Operations
from zhibao.programme.models import Programme

Over = Callable[..., Operations]
UNITS = {"chengguan": "城关区", "qilihe": "七里河区", "anning": "安宁区"}
MONTHS = {"inbox": "2022年3月", "sftp": "2022年4月", "s3": "2022年5月", "mail": "2022年6月"}


@pytest.fixture
def places(
    tmp_path: Path, programme: Programme, sftp: Server, s3: Server, imap: Server
) -> tuple[Folders, Folders, Bucket, Mailbox]:
    return folder_place(tmp_path / "inbox"), sftp_place(sftp), s3_place(s3), mail_place(imap, programme)


def a_return(programme: Programme, unit: str, period: str, sequence: int = 1) -> bytes:
    record = candidate(sequence, candidate_no=f"{unit[:2].upper()}-{sequence:04d}", nominated_by=UNITS[unit])
    return workbook(programme, [record], unit=UNITS[unit], period=period)


def collect(operations: Operations) -> dict[str, int]:
    counts: dict[str, int] = {}
    for batch in operations.stage_sources("file", NOW):
        for status, count in operations.take_batch(batch, NOW).items():
            counts[status] = counts.get(status, 0) + count
    return counts


def submissions(operations: Operations) -> list[dict[str, Any]]:
    with operations.connection() as connection:
        return connection.execute(
            "select unit, sent_for, submission.source, period, status from submission join arrival"
            " using (programme, sha256) join assessment using (submission_id) order by submission_id"
        ).fetchall()


def test_three_units_by_four_ways(programme: Programme, places: tuple[Any, ...], operations_over: Over) -> None:
    for place in places:
        for number, unit in enumerate(UNITS, 1):
            place.put(unit, f"{unit}.xlsx", a_return(programme, unit, MONTHS[place.spec["name"]], number))
    operations = operations_over(*places)
    assert collect(operations) == {"accepted": 12}
    found = submissions(operations)
    assert all(row["unit"] == row["sent_for"] and row["status"] == "accepted" for row in found)
    assert {(row["source"], row["unit"]) for row in found} == {(name, unit) for name in MONTHS for unit in UNITS}
    assert collect(operations) == {}


def test_the_same_bytes_by_every_way_are_one_submission(
    programme: Programme, places: tuple[Any, ...], operations_over: Over
) -> None:
    content = a_return(programme, "chengguan", "2022年3月")
    for place in places:
        place.put("chengguan", "名册.xlsx", content)
    operations = operations_over(*places)
    collect(operations)
    with operations.connection() as connection:
        counts = connection.execute(
            "select (select count(*) from arrival) as arrivals, (select count(*) from submission) as submissions,"
            " (select count(*) from acceptance) as acceptances"
        ).fetchone()
    assert counts == {"arrivals": 4, "submissions": 1, "acceptances": 1}


def test_a_return_that_another_unit_sends_is_sent_back(
    programme: Programme, places: tuple[Any, ...], operations_over: Over
) -> None:
    mailbox = places[3]
    mailbox.put("qilihe", "名册.xlsx", a_return(programme, "chengguan", "2022年3月"))
    operations = operations_over(mailbox)
    assert collect(operations) == {"returned": 1}
    with operations.connection() as connection:
        codes = [row["code"] for row in connection.execute("select code from finding")]
    assert codes == ["admission.not_the_senders"]


def test_one_source_that_is_down_stops_no_other(
    programme: Programme, places: tuple[Any, ...], operations_over: Over, sftp: Server
) -> None:
    for place in places:
        place.put("chengguan", "名册.xlsx", a_return(programme, "chengguan", MONTHS[place.spec["name"]]))
    operations = operations_over(*places)
    sftp.stop()
    try:
        with pytest.raises(TransientError, match="source sftp cannot be reached"):
            operations.stage_sources("file", NOW)
    finally:
        sftp.start()
    with operations.connection() as connection:
        names = {row["source"] for row in connection.execute("select source from arrival")}
    assert names == {"inbox", "s3", "mail"}
    assert collect(operations) == {"accepted": 4}


def test_a_connection_that_is_nowhere_is_named(programme: Programme, operations_over: Over, sftp: Server) -> None:
    operations = operations_over(sftp_place(sftp))
    nowhere = Operations(operations.settings, programme)
    with pytest.raises(OperatorError, match="there is no connection place0: add it to Airflow, or set AIRFLOW_CONN_P"):
        nowhere.stage("sftp", "file", NOW)
    with pytest.raises(RefusedError, match="there is no source attic"):
        nowhere.stage("attic", "file", NOW)


def test_by_hand(
    programme: Programme, places: tuple[Any, ...], operations_over: Over, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox, other = places[0], places[1]
    inbox.put("chengguan", "名册.xlsx", a_return(programme, "chengguan", "2022年3月"))
    inbox.put("chenguan", "错字.xlsx", b"a slip")
    operations = operations_over(inbox, other)
    for name, value in {
        "ZHIBAO_VAR": operations.settings.var, "ZHIBAO_DATABASE_URL": operations.url,
        "ZHIBAO_SOURCES": operations.settings.sources_file, "ZHIBAO_INBOX": operations.settings.inbox_dir,
        "AIRFLOW_CONN_PLACE1": json.dumps({"host": "127.0.0.1", "port": 1, "extra": dict(other.endpoint.extra)}),
    }.items():
        monkeypatch.setenv(name, str(value))
    listed = run("sources")
    assert [(row["name"], row["kind"]) for row in listed] == [("inbox", "folder"), ("sftp", "sftp")]
    told = run("collect", status=1)
    assert told["submissions"] == {"accepted": 1}
    first, second = told["sources"]
    assert (first["arrived"], first["turned_away"], first["error"]) == (1, 1, "")
    assert "sftp" in second["error"] and "连接不上" in second["error"]
    (away,) = run("turned-away")
    assert (away["file_name"], away["reason"]) == ("错字.xlsx", "no_unit")
    words = CliRunner().invoke(main, ["turned-away"]).output
    assert "错字.xlsx" in words and "不在任何单位的文件夹内" in words
    assert "收到 0" in CliRunner().invoke(main, ["collect", "--source", "inbox"]).output


def run(*arguments: str, status: int = 0) -> Any:
    done = CliRunner().invoke(main, [*arguments, "--json"])
    assert done.exit_code == status, done.output
    return json.loads(done.stdout)
