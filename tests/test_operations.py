"""From a folder of returns to a mail: the way that the DAGs go, step by step, on real parts."""

from __future__ import annotations

import hashlib
import json
import mailbox
import os
import shutil
import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Mailbox
from intake.workbooks import candidate, workbook

from zhibao.documents.reading_back import read_workbook
from zhibao.errors import RefusedError, TransientError
from zhibao.operations import Operations
from zhibao.programme.models import Programme
from zhibao.settings import load_settings
from zhibao.store import database

NOW = datetime(2022, 12, 1, 9, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)  # when what was dropped is no longer being written


@pytest.fixture
def post(tmp_path: Path) -> Iterator[tuple[int, Path]]:
    """A mail server that keeps what it takes: port, Maildir."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(Mailbox(str(tmp_path / "mail")), hostname="127.0.0.1", port=port)
    controller.start()
    yield port, tmp_path / "mail"
    controller.stop()


@pytest.fixture
def operations(empty_database: str, programme: Programme, tmp_path: Path, post: tuple[int, Path]) -> Operations:
    settings = replace(
        load_settings(), var=tmp_path / "var", inbox_dir=tmp_path / "inbox", database_url=empty_database,
        smtp_host="127.0.0.1", smtp_port=post[0], mail_journal=post[1],
    )
    return Operations(settings, programme)


def drop(operations: Operations, unit: str, name: str, content: bytes, at: datetime) -> None:
    folder = operations.settings.inbox_dir / unit
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)
    os.utime(folder / name, (at.timestamp(), at.timestamp()))


def collect(operations: Operations) -> list[dict[str, int]]:
    return [operations.take_batch(batch, NOW) for batch in operations.stage_sources("file", LATER)]


def granted(sequence: int, **changed: object) -> dict[str, object]:
    return {
        "candidate_no": f"CG-{sequence:04d}", "result": "授予", "level": "新锐创客", "notice_from_on": "2022-03-01",
        "notice_to_on": "2022-03-08", "granted_by": "示例领导小组", "document_no": "示例办发〔2022〕5号",
        "decided_on": "2022-03-10", **changed,
    }


@pytest.fixture(scope="module")
def filled_once(server: str, programme: Programme, tmp_path_factory: pytest.TempPathFactory) -> Operations:
    """A candidate and an award of 城关区, received on 1 April 2022, and the annual report's draft."""
    home, at = tmp_path_factory.mktemp("filled"), datetime(2022, 4, 1, tzinfo=UTC)
    settings = replace(
        load_settings(), var=home / "var", inbox_dir=home / "inbox",
        database_url=database.ensure_database(server, "filled_once"),
    )
    operations = Operations(settings, programme)
    drop(operations, "chengguan", "名册.xlsx", workbook(programme, [candidate(1)]), at)
    drop(operations, "chengguan", "评审.xlsx", workbook(programme, [granted(1)], form="selection_result"), at)
    assert collect(operations) == [{"accepted": 2}]
    operations.draft_document("annual", "2022", None, NOW)
    return operations


@pytest.fixture
def filled(
    filled_once: Operations, copy_of: Callable[[str], str], tmp_path: Path, post: tuple[int, Path]
) -> Operations:
    """A copy of it for this test alone, with a mail server of its own."""
    known = filled_once.settings
    for name, folder in (("var", known.var), ("inbox", known.inbox_dir)):
        shutil.copytree(folder, tmp_path / name)
    settings = replace(
        known, var=tmp_path / "var", inbox_dir=tmp_path / "inbox", database_url=copy_of(filled_once.url),
        smtp_host="127.0.0.1", smtp_port=post[0], mail_journal=post[1],
    )
    return Operations(settings, filled_once.programme)


def value(operations: Operations, figure: str, as_of: datetime = NOW) -> int:
    return next(int(item.value) for item in operations.compute("annual", "2022", as_of).figures if item.id == figure)


MAKERS = 'awarded_count{level="emerging_maker"}'


def test_from_the_folder_to_the_mailbox_once(filled: Operations, post: tuple[int, Path]) -> None:
    assert value(filled, MAKERS) == 1
    document = filled.draft_document("annual", "2022", None, NOW)
    assert filled.draft_document("annual", "2022", None, NOW + timedelta(hours=1)) == document
    assert "新锐创客" in filled.approval_request(document)["body"]
    with pytest.raises(RefusedError):
        filled.deliver(document, NOW)
    filled.record_decision(document, "approve", "测试主任", "同意", NOW)
    assert filled.deliver(document, NOW) == {"sent": 2}
    assert filled.deliver(document, NOW) == {"already_sent": 2}
    messages = list(mailbox.Maildir(post[1]))
    assert len(messages) == 2
    name, pdf = filled.document_pdf(document)
    attached = [part.get_payload(decode=True) for part in messages[0].walk()
                if part.get_content_type() == "application/pdf"]
    assert attached == [pdf]
    assert name.endswith(".pdf")
    assert filled.documents()[0]["decision"] == "approve"


def test_staging_again_stages_nothing(filled: Operations) -> None:
    assert filled.stage_sources("file", LATER) == []


def test_a_batch_that_was_never_taken_is_given_again(operations: Operations, programme: Programme) -> None:
    drop(operations, "chengguan", "名册.xlsx", workbook(programme, [candidate(1)]), NOW)
    waiting = operations.stage_sources("clock", LATER)
    assert len(waiting) == 1
    assert operations.stage_sources("clock", LATER) == waiting


def test_a_return_that_moves_a_figure_voids_the_approval(filled: Operations, programme: Programme,
                                                        post: tuple[int, Path]) -> None:
    document = filled.draft_document("annual", "2022", None, NOW)
    filled.record_decision(document, "approve", "测试主任", "同意", NOW)
    drop(filled, "chengguan", "名册四月.xlsx", workbook(programme, [candidate(2)], period="2022年4月"), NOW)
    drop(filled, "chengguan", "评审四月.xlsx",
         workbook(programme, [granted(2)], form="selection_result", period="2022年4月"), NOW)
    assert collect(filled) == [{"accepted": 2}]
    with pytest.raises(RefusedError) as refused:
        filled.deliver(document, NOW + timedelta(minutes=1))
    assert f"：1 → 2（{MAKERS}）" in refused.value.text.zh
    assert filled.documents()[0]["decision"] == "void"
    assert not post[1].exists() or list(mailbox.Maildir(post[1])) == []
    later = filled.draft_document("annual", "2022", None, NOW + timedelta(minutes=1))
    assert later != document


def test_the_next_draft_voids_what_was_approved_of_the_one_before(filled: Operations, programme: Programme) -> None:
    """Where a figure moved; the same draft again leaves its approval alone, and so does one of a past instant."""
    document = filled.draft_document("annual", "2022", None, NOW)
    assert filled.approved("annual", "2022") is None
    filled.record_decision(document, "approve", "测试主任", "同意", NOW)
    assert filled.draft_document("annual", "2022", None, NOW + timedelta(minutes=1)) == document
    assert filled.approved("annual", "2022") == document
    drop(filled, "chengguan", "名册四月.xlsx", workbook(programme, [candidate(2)], period="2022年4月"), NOW)
    assert collect(filled) == [{"accepted": 1}]
    assert filled.draft_document("annual", "2022", NOW - timedelta(days=300), NOW + timedelta(minutes=1)) != document
    assert filled.approved("annual", "2022") == document
    later = filled.draft_document("annual", "2022", None, NOW + timedelta(minutes=1))
    assert later != document and filled.approved("annual", "2022") is None
    assert filled.documents()[0]["decision"] == "void"
    body = filled.approval_request(later)["body"]
    assert "上一稿批准已失效：**第1稿" in body and "：1 → 2（" in body


def test_a_stale_document_cannot_be_approved(filled: Operations, programme: Programme) -> None:
    document = filled.draft_document("annual", "2022", None, NOW)
    drop(filled, "chengguan", "名册四月.xlsx", workbook(programme, [candidate(2)], period="2022年4月"), NOW)
    collect(filled)
    with pytest.raises(RefusedError):
        filled.record_decision(document, "approve", "测试主任", "同意", NOW + timedelta(minutes=1))


def test_an_open_query_blocks_the_approval_until_it_is_explained(operations: Operations, programme: Programme) -> None:
    from zhibao.explanations import explain, open_queries

    drop(operations, "chengguan", "名册.xlsx", workbook(programme, [candidate(1, jobs_created_count="约50")]), NOW)
    assert collect(operations) == [{"accepted_with_queries": 1}]
    document = operations.draft_document("annual", "2022", None, NOW)
    assert operations.open_queries(document) == 1
    with pytest.raises(RefusedError, match="explanation"):
        operations.record_decision(document, "approve", "测试主任", "同意", NOW)
    with operations.connection() as connection:
        item = open_queries(connection, programme)[0]
        explain(connection, programme, item.submission_id, item.code, "以社保名单为准", "测试员")
    again = operations.draft_document("annual", "2022", None, NOW)
    operations.record_decision(again, "approve", "测试主任", "同意", NOW)


def test_a_rejection_needs_a_reason_and_stops_the_sending(filled: Operations) -> None:
    document = filled.draft_document("annual", "2022", None, NOW)
    with pytest.raises(RefusedError):
        filled.record_decision(document, "reject", "测试主任", " ", NOW)
    filled.record_decision(document, "reject", "测试主任", "数据有误", NOW)
    with pytest.raises(RefusedError):
        filled.deliver(document, NOW)


def test_figures_as_of_an_instant_stay_as_they_were(filled: Operations, programme: Programme) -> None:
    early = datetime(2022, 5, 1, tzinfo=UTC)
    before = filled.compute("annual", "2022", early)
    drop(filled, "chengguan", "评审改.xlsx", workbook(programme, [granted(1, result="撤销")], form="selection_result"),
         datetime(2022, 6, 1, tzinfo=UTC))
    assert collect(filled) == [{"accepted": 1}]
    assert filled.compute("annual", "2022", early).figures == before.figures
    assert (value(filled, MAKERS, early), value(filled, MAKERS)) == (1, 0)


def test_what_was_kept_agrees_with_what_is_computed_anew(filled: Operations) -> None:
    filled.draft_document("annual", "2022", None, NOW)
    assert [row["state"] for row in filled.compute_known(None, LATER, full=False)] == ["unchanged"]
    (kept,) = filled.kept_sets()
    assert filled.compare_kept(kept["figure_set_id"])["state"] == "agrees"
    assert [row["state"] for row in filled.compute_known(None, LATER, full=True)] == ["computed"]


def test_a_kept_figure_that_was_changed_is_found_and_named(filled: Operations) -> None:
    filled.draft_document("annual", "2022", None, NOW)
    (kept,) = filled.kept_sets()
    with filled.connection(autocommit=True) as connection:
        connection.execute(
            "update figure set value = value + 1 where figure_set_id = %s and id = 'event_count'",
            (kept["figure_set_id"],),
        )
    found = filled.compare_kept(kept["figure_set_id"])
    assert (found["state"], found["moved"]) == ("differs", [("event_count", "1", "0")])
    assert [row["state"] for row in filled.compute_known(None, LATER, full=True)] == ["differs", "computed"]
    (again,) = filled.kept_sets()
    assert filled.compare_kept(again["figure_set_id"])["state"] == "agrees"


def test_a_set_of_other_rules_is_not_compared(filled: Operations) -> None:
    filled.draft_document("annual", "2022", None, NOW)
    (kept,) = filled.kept_sets()
    varied = replace(filled, programme=filled.programme.model_copy(update={"digest": "f" * 64}))
    assert varied.compare_kept(kept["figure_set_id"])["state"] == "other_rules"


def test_what_if_stands_beside_the_real_results(filled: Operations) -> None:
    before = filled.compute("annual", "2022", NOW).figures
    found = filled.what_if("annual", "2022", NOW, {"criteria.emerging_maker.jobs_created": "9"})
    verdict = 'criterion_verdict_count{{criterion="jobs_created",level="emerging_maker",verdict="{}"}}'
    assert [(id_, int(real.value), int(other.value)) for id_, real, other in found if real and other] == [
        (verdict.format("pass"), 1, 0), (verdict.format("fail"), 0, 1),
    ]
    assert filled.what_if("annual", "2022", NOW, {"criteria.emerging_maker.jobs_created": "8"}) == []
    moved = {id_ for id_, _, _ in filled.what_if("annual", "2022", NOW, {"quotas.emerging_maker.chengguan": "601"})}
    assert 'quota{level="emerging_maker",unit="chengguan"}' in moved
    assert filled.compute("annual", "2022", NOW).figures == before
    with filled.connection() as connection:
        assert connection.execute("select count(*) as kept from figure_set").fetchone() == {"kept": 1}, "the draft's"


def test_a_mail_server_that_is_away_is_tried_again(filled: Operations) -> None:
    away = Operations(replace(filled.settings, smtp_port=1), filled.programme)
    document = away.draft_document("annual", "2022", None, NOW)
    away.record_decision(document, "approve", "测试主任", "同意", NOW)
    with pytest.raises(TransientError):
        away.deliver(document, NOW)
    with pytest.raises(TransientError):
        filled.deliver(document, NOW + timedelta(seconds=59))
    assert filled.deliver(document, NOW + timedelta(minutes=1)) == {"sent": 2}


def test_own_addresses_replace_the_examples(operations: Operations, tmp_path: Path) -> None:
    path = tmp_path / "recipients.yaml"
    path.write_text("superior: office@city.example\n", "utf-8")
    own = Operations(replace(operations.settings, recipients_file=path), operations.programme)
    assert {item.code: item.address for item in own.recipients("annual")}["superior"] == "office@city.example"


def test_a_pack_proves_what_was_approved_and_sent(filled: Operations) -> None:
    document = filled.draft_document("annual", "2022", None, NOW)
    filled.record_decision(document, "reject", "甲某某", "先核对", NOW)
    filled.record_decision(document, "approve", "乙某某", "同意", NOW)
    filled.deliver(document, NOW)
    files = filled.proof_of(document)
    name, pdf = filled.document_pdf(document)
    record = json.loads(files["record.json"])
    assert files[name] == pdf and hashlib.sha256(pdf).hexdigest() == record["pdf_sha256"]
    assert [(item["decision"], item["actor"], item["binds"]) for item in record["decisions"]] == [
        ("reject", "甲某某", True), ("approve", "乙某某", True),
    ]
    assert {item["recipient"] for item in record["deliveries"]} == {"superior", "leading_group"}
    assert all(item["events"][-1]["smtp_reply"].startswith("250") for item in record["deliveries"])
    assert {"id": MAKERS, "value": "1", "unit": "person"} in record["figures"]
    workbook = files[name.replace(".pdf", ".xlsx")]
    assert workbook == read_workbook(pdf) and hashlib.sha256(workbook).hexdigest() in files["证明.txt"].decode()
    text = files["证明.txt"].decode()
    assert "批准　乙某某　同意" in text and "驳回　甲某某　先核对" in text
    assert text.count("已送达邮件服务器") >= 2 and record["pdf_sha256"] in text
    with pytest.raises(RefusedError):
        filled.proof_of(99)


def test_the_approver_reads_what_stands_in_the_way_and_what_changed(filled: Operations, programme: Programme) -> None:
    first = filled.approval_request(filled.draft_document("annual", "2022", None, NOW))["body"]
    assert "**须先解决：**\n- 无" in first and "这是第一稿" in first
    assert "有材料未报：城关区、" in first
    at = NOW - timedelta(days=1)
    drop(filled, "chengguan", "名册二.xlsx", workbook(programme, [candidate(2)], period="2022年4月"), at)
    drop(filled, "chengguan", "评审二.xlsx", workbook(
        programme, [granted(2, decided_on="2022-04-10")], form="selection_result", period="2022年4月"), at)
    assert collect(filled) == [{"accepted": 2}]
    second = filled.approval_request(filled.draft_document("annual", "2022", None, NOW + timedelta(hours=1)))["body"]
    assert "城关区新锐创客累计选拔人数：1 → 2" in second or "新锐创客累计选拔人数：1 → 2" in second
    stricter = replace(filled, programme=programme.model_copy(update={"digest": "another"}))
    assert "方案已修改" in stricter.approval_request(2)["body"]
