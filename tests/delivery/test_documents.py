"""A document from its approval to the mailboxes: who may approve, what stops it, what a correction is, who is told."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pypdfium2 import PdfDocument
from warehouse.loading import candidate, decision, submit

from zhibao.checking.suites import load_suite
from zhibao.delivery.bounces import record_bounce
from zhibao.errors import RefusedError, TransientError
from zhibao.intake import record_programme
from zhibao.operations import Operations
from zhibao.programme.models import ApprovalSwitch, Programme
from zhibao.settings import load_settings
from zhibao.sources.bounces import bounces_in, is_report
from zhibao.sources.letters import parse
from zhibao.sources.model import Bounce
from zhibao.store import database

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2022, 4, 8, 9, tzinfo=ZONE)
LATER = NOW + timedelta(hours=1)
OPERATOR = "operator@office.example"


@pytest.fixture(scope="module")
def drafted_once(server: str, programme: Programme, tmp_path_factory: pytest.TempPathFactory) -> Operations:
    """One candidate and her award, of March 2022, and the bulletin's draft; nearly all other returns are missing."""
    url = database.ensure_database(server, "drafted_once")
    operations = Operations(replace(load_settings(), var=tmp_path_factory.mktemp("var"), database_url=url), programme)
    with operations.connection() as connection:
        record_programme(connection, programme)
    arrives(operations, "candidate", candidate(candidate_no="A", id_number="anna", uscc="U1"))
    arrives(operations, "candidate", candidate(candidate_no="B", id_number="bert", uscc="U2"), period="2022-02")
    arrives(operations, "selection_result", decision(candidate_no="A", decided_on="2022-03-20"))
    drafted(operations)
    return operations


@pytest.fixture
def operations(drafted_once: Operations, copy_of: Callable[[str], str], tmp_path: Path, post: Any) -> Operations:
    """A copy of it for this test alone, with a mail server of its own."""
    shutil.copytree(drafted_once.settings.var, tmp_path / "var")
    settings = replace(
        drafted_once.settings, var=tmp_path / "var", database_url=copy_of(drafted_once.url), smtp_host="127.0.0.1",
        smtp_port=post[1].port, mail_journal=tmp_path / "journal", operator_mail=OPERATOR, mail_settle_seconds=0,
    )
    return Operations(settings, drafted_once.programme)


def arrives(operations: Operations, form: str, *rows: Any, period: str = "2022-03", at: datetime = NOW) -> None:
    suite = load_suite(operations.settings.expectations_dir, operations.programme.forms[form])
    with operations.connection() as connection:
        submit(connection, operations.programme, form=form, unit="womens_federation", period=period,
               received_at=at - timedelta(days=2), rows=list(rows), suite_version=suite.version, content=str(at))


def late_return(operations: Operations) -> None:
    """The same return again, with a second award in it."""
    arrives(operations, "selection_result", decision(candidate_no="A", decided_on="2022-03-20"),
            decision(candidate_no="B", decided_on="2022-03-20"), at=LATER)


def drafted(operations: Operations, now: datetime = NOW) -> int:
    return operations.draft_document("monthly", "2022-03", None, now)


def issued(operations: Operations, now: datetime = NOW) -> int:
    document = drafted(operations, now)
    operations.record_decision(document, "approve", "王主任", "缺报单位已另行催报", now)
    operations.deliver(document, now)
    return document


def switched(operations: Operations, **changed: Any) -> Operations:
    switches = operations.programme.switches.model_copy(update={"approval": ApprovalSwitch(**changed)})
    return replace(operations, programme=operations.programme.model_copy(update={"switches": switches}))


def mails(post: Any, to: str) -> list[Any]:
    return [mail for mail in post[0].messages if mail["To"].addresses[0].addr_spec == to]


def text(mail: Any, kind: str = "plain") -> str:
    return mail.get_body((kind,)).get_content()


OFFICE = "leading-group@example.org"
MOVED = 'awarded_count{category="women",level="rising_star"}'


def test_a_late_return_voids_the_approval_and_the_reviewer_reads_which_figures_moved(
    operations: Operations, post: Any
) -> None:
    document = drafted(operations)
    operations.record_decision(document, "approve", "王主任", "同意", NOW)
    late_return(operations)
    with pytest.raises(RefusedError) as refused:
        operations.deliver(document, LATER)
    assert f"：1 → 2（{MOVED}）" in refused.value.text.zh and f": 1 → 2（{MOVED}）" not in refused.value.text.zh
    assert mails(post, OFFICE) == [], "nothing is sent"
    with pytest.raises(RefusedError, match="not approved"):
        operations.deliver(document, LATER)
    again = drafted(operations, LATER)
    assert again != document
    body = operations.approval_request(again)["body"]
    assert "上一稿批准已失效：**第1稿" in body and f"：1 → 2（{MOVED}）" in body
    (notice,) = mails(post, OPERATOR)
    assert "第1稿批准已失效，停止发送" in notice["Subject"] and f"1 → 2（{MOVED}）" in text(notice)
    operations.record_decision(again, "approve", "王主任", "同意", LATER)
    assert "已失效" not in operations.approval_request(again)["body"].split("批准即对")[0]
    assert operations.deliver(again, LATER) == {"sent": 1}


def test_two_persons_approve_the_same_bytes(operations: Operations, post: Any) -> None:
    both = switched(operations, persons=2)
    document = drafted(both)
    assert both.record_decision(document, "approve", "王主任", "同意", NOW) == 1
    with pytest.raises(RefusedError, match="not approved"):
        both.deliver(document, NOW)
    for same in ("王主任", " 王 主任 "):
        with pytest.raises(RefusedError, match="another person"):
            both.record_decision(document, "approve", same, "同意", NOW)
    assert "已有审批：**王主任（" in both.approval_request(document)["body"]
    assert both.record_decision(document, "approve", "李副主任", "同意", NOW) == 0
    assert both.deliver(document, NOW) == {"sent": 1}
    assert [item["binds"] for item in proof(both, document)["decisions"]] == [True, True]


def test_a_rejection_or_a_late_return_takes_the_first_of_two_approvals_back(operations: Operations) -> None:
    both = switched(operations, persons=2)
    document = drafted(both)
    both.record_decision(document, "approve", "王主任", "同意", NOW)
    both.record_decision(document, "reject", "李副主任", "请核对", NOW)
    assert both.missing_approvals(document) == 2
    both.record_decision(document, "approve", "王主任", "同意", NOW)
    late_return(both)
    with pytest.raises(RefusedError, match="moved"):
        both.record_decision(document, "approve", "李副主任", "同意", LATER)
    assert both.missing_approvals(document) == 2


def test_missing_units_are_told_or_stop_it(operations: Operations) -> None:
    late = NOW + timedelta(days=20)
    document = drafted(operations, late)
    for switch, comment, passes in (("block", "已催", False), ("comment", "", False), ("comment", "已催", True),
                                    ("warn", "", True)):
        switching = switched(operations, missing_units=switch)
        found = switching.checklist(document)
        assert (len(found.blockers), len(found.conditions), "有材料未报" in str(found.warnings)) == (
            switch == "block", switch == "comment", switch == "warn")
        if passes:
            switching.record_decision(document, "approve", "王主任", comment, late)
            continue
        with pytest.raises(RefusedError) as refused:
            switching.record_decision(document, "approve", "王主任", comment, late)
        assert "城关区" in refused.value.text.zh


def test_other_rules_and_a_changed_figure_stop_it(operations: Operations) -> None:
    document = drafted(operations)
    other = replace(operations, programme=operations.programme.model_copy(update={"digest": "other"}))
    with pytest.raises(RefusedError, match="rules changed"):
        other.record_decision(document, "approve", "王主任", "同意", NOW)
    with operations.connection() as connection:
        connection.execute("update figure set value = value + 1 where id = 'event_count'")
    with pytest.raises(RefusedError, match="figures-differ"):
        operations.record_decision(document, "approve", "王主任", "同意", NOW)


def test_a_correction_names_what_it_corrects_and_goes_to_the_same_people(operations: Operations, post: Any) -> None:
    first = issued(operations)
    assert drafted(operations, LATER) == first, "nothing moved: nothing to correct"
    late_return(operations)
    assert operations.deliver(first, LATER) == {"already_sent": 1}, "an issued document is not made void"
    gone = [item.model_copy(update={"receives": ["annual"]}) for item in operations.programme.recipients]
    left = replace(operations, programme=operations.programme.model_copy(update={"recipients": gone}))
    second = drafted(left, LATER)
    assert second != first
    assert "收到过前一稿而已不在发送名单的，更正稿仍将发给：市政府就业工作领导小组办公室" in (
        left.approval_request(second)["body"])
    left.record_decision(second, "approve", "王主任", "同意", LATER)
    assert left.deliver(second, LATER) == {"sent": 1}
    old, new = mails(post, OFFICE)
    assert new["Subject"] == "【更正】" + old["Subject"] and old["Message-ID"] != new["Message-ID"]
    words = "本稿更正并取代2022年4月8日印发的前一稿"
    assert words in text(new) and "由1更正为2" in text(new) and words in text(new, "html")
    _, pdf = operations.document_pdf(second)
    page = "".join("".join(read.get_textpage().get_text_range() for read in PdfDocument(pdf)).split())
    assert "更正说明：" + words in page and "由1更正为2" in page
    told = proof(operations, second)
    assert [(item["version"], item["corrects"], item["issued_at"] is not None) for item in told["versions"]] == [
        (1, None, True), (2, first, True)]
    assert "更正第1稿" in operations.proof_of(second)["证明.txt"].decode()
    assert drafted(operations, LATER + timedelta(hours=1)) == second


def test_what_was_drafted_before_another_version_went_out_stays_in(operations: Operations) -> None:
    first = drafted(operations)
    operations.record_decision(first, "approve", "王主任", "同意", NOW)
    replay = operations.draft_document("monthly", "2022-03", NOW - timedelta(days=1), NOW)
    operations.record_decision(replay, "approve", "王主任", "同意", NOW)
    assert operations.deliver(first, NOW) == {"sent": 1}
    with pytest.raises(RefusedError, match="does not name it"):
        operations.deliver(replay, NOW)


def proof(operations: Operations, document: int) -> dict[str, Any]:
    import json

    return json.loads(operations.proof_of(document)["record.json"])


def test_who_is_refused_comes_back_or_is_sent_again_is_on_record_and_told_once(
    operations: Operations, post: Any
) -> None:
    document = issued(operations)
    first, *_ = mails(post, OFFICE)
    with operations.connection() as connection:
        (bounce,) = bounces_in(parse(REPORT(first["Message-ID"])))
        assert record_bounce(connection, operations.programme.code, bounce, LATER)
        assert not record_bounce(connection, operations.programme.code, replace(bounce, message_id="<x@y>"), LATER)
    assert operations.tell_failures(LATER) == {"sent": 1}
    assert operations.tell_failures(LATER) == {}, "once"
    (notice,) = mails(post, OPERATOR)
    assert "被退信" in text(notice) and "5.1.1; 550 no such user" in text(notice) and OFFICE in text(notice)
    assert operations.deliver(document, LATER) == {"bounced": 1}, "it is not sent again by itself"
    office = "leading_group"
    for actor, reason, to in (("", "地址已更正", office), ("李某", " ", office), ("李某", "地址已更正", "nobody")):
        with pytest.raises(RefusedError):
            operations.resend(document, to, actor, reason, LATER)
    assert operations.resend(document, "leading_group", "李某", "地址已更正", LATER) == {"sent": 1}
    again = mails(post, OFFICE)[1]
    assert again["Subject"].startswith("【重发】") and "地址已更正" not in text(again)
    assert operations.deliver(document, LATER) == {"bounced": 1}
    told = proof(operations, document)["deliveries"]
    assert [(item["state"], item["copy_no"], item["requested_by"], item["reason"]) for item in told] == [
        ("bounced", 0, None, None), ("sent", 1, "李某", "地址已更正")]
    assert "第1次重发，李某：地址已更正" in operations.proof_of(document)["证明.txt"].decode()


def test_only_the_allow_list_is_sent_to(operations: Operations, post: Any) -> None:
    strict = replace(operations, settings=replace(operations.settings, mail_allowed=("gov.example", ".example.org")))
    document = drafted(strict)
    strict.record_decision(document, "approve", "王主任", "同意", NOW)
    assert strict.deliver(document, NOW) == {"failed": 1}
    assert mails(post, OFFICE) == []
    (entry,) = proof(strict, document)["deliveries"]
    assert "不在允许名单" in entry["events"][-1]["smtp_reply"]
    assert "不在允许名单" in text(mails(post, OPERATOR)[0])


@pytest.mark.parametrize(("allowed", "passes"), [
    ((), False), (("example.org",), True), (("EXAMPLE.ORG",), True), (("ample.org",), False), ((".org",), True),
    ((".example.org",), False), ((OFFICE,), True), (("other@example.org",), False),
])
def test_what_an_entry_of_the_list_allows(programme: Programme, allowed: tuple[str, ...], passes: bool) -> None:
    delivery = programme.delivery.model_copy(update={"allowed": list(allowed)})
    assert delivery.allows(OFFICE) is passes


def test_a_preview_sends_nothing_and_a_test_goes_to_oneself(operations: Operations, post: Any) -> None:
    document = drafted(operations)
    files = operations.previews(document, NOW)
    assert set(files) == {"leading_group.eml", "leading_group.txt", "leading_group.html"}
    assert "现报送" in files["leading_group.txt"].decode() and post[0].messages == []
    assert operations.send_test(document, None, NOW) == {"sent": 1}
    (mail,) = mails(post, OPERATOR)
    assert mail["Subject"].startswith("【测试】") and "不是正式报送" in text(mail)
    assert operations.send_test(document, "stranger@elsewhere.example", NOW) == {"failed": 1}
    operations.record_decision(document, "approve", "王主任", "同意", NOW)
    assert operations.deliver(document, NOW) == {"sent": 1}, "a test is no delivery"


def test_a_server_that_says_later_is_asked_again_until_it_is_given_up(operations: Operations, post: Any) -> None:
    delivery = operations.programme.delivery
    fewer = delivery.model_copy(update={"retry": delivery.retry.model_copy(update={"tries": 4})})
    operations = replace(operations, programme=operations.programme.model_copy(update={"delivery": fewer}))
    document = drafted(operations)
    operations.record_decision(document, "approve", "王主任", "同意", NOW)
    post[0].answers = ["451 later"] * 4
    now, tries = NOW, 0
    while post[0].answers:
        tries += 1
        with pytest.raises(TransientError) if len(post[0].answers) > 1 else _nothing():
            last = operations.deliver(document, now)
        now += timedelta(hours=1)
    assert tries == 4 and last == {"failed": 1}
    assert "given up" in text(mails(post, OPERATOR)[0])


def _nothing() -> Any:
    from contextlib import nullcontext

    return nullcontext()


REPORT: Callable[[str], bytes] = lambda name: f"""\
From: MAILER-DAEMON@mail.example.org
To: zhibao@example.org
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

It could not be delivered.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.org

Final-Recipient: rfc822; {OFFICE}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 no such user

--b
Content-Type: text/rfc822-headers

Message-ID: {name}
Subject: =?utf-8?b?5pyI5oql?=

--b--
""".encode()  # noqa: E731 - the text of one mail


def test_a_report_is_known_by_its_head_alone() -> None:
    whole = parse(REPORT("<1@zhibao.invalid>"))
    assert is_report(whole) and not is_report(parse(b"Content-Type: multipart/report; report-type=tlsrpt\n\n"))
    assert not is_report(parse(b"Subject: returned\n\nsorry"))
    (bounce,) = bounces_in(whole)
    assert bounce == Bounce("<1@zhibao.invalid>", "failed", "5.1.1; 550 no such user")
    assert bounces_in(parse(REPORT("no name at all"))) == []
