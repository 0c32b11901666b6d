"""What counts as 零报告 in an answer to a reminder: the first line that the sender wrote, whatever is quoted below."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from zhibao.sources.letters import parse
from zhibao.sources.replies import answered, named_nil

QUOTED = "\n\n> 零报告\n> 你单位尚有3份报表未报"


def mail(text: str, subtype: str = "plain", charset: str = "utf-8", **headers: str) -> EmailMessage:
    message = EmailMessage()
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text, subtype=subtype, charset=charset)
    return parse(message.as_bytes())  # type: ignore[return-value]


@pytest.mark.parametrize(("text", "named"), [
    ("零报告", []), ("零报告。", []), ("\n\n　零报告 \n谢谢", []), ("零报告" + QUOTED, []),
    ("零报告：赛事台账、论坛沙龙", ["赛事台账", "论坛沙龙"]),
    ("零报告: 赛事台账，论坛沙龙。", ["赛事台账", "论坛沙龙"]),
    ("收到，马上报" + QUOTED, None), (QUOTED, None), ("不是零报告", None), ("零报告怎么填？", None),
    ("零报告不适用", None),
    ("", None), ("-----原始邮件-----\n零报告", None),
    ("在 2022年6月30日，市就业局 写道：\n零报告", None),
    ("发件人：市就业局\n零报告", None), ("On Thu, 30 Jun 2022, office wrote:\n零报告", None),
])
def test_only_the_senders_own_first_line_counts(text: str, named: list[str] | None) -> None:
    assert named_nil(mail(text)) == named


@pytest.mark.parametrize(("page", "named"), [
    ("<head><title>回复</title><style>p {}</style></head><div>零报告</div><blockquote>尚有3份</blockquote>", []),
    ("<blockquote><p>零报告</p></blockquote><p>已报送</p>", None), ("<p>零&nbsp;报告</p>", None),
])
def test_a_mail_of_html_alone_is_read_by_its_words(page: str, named: list[str] | None) -> None:
    assert named_nil(mail(page, "html")) == named


def test_a_program_that_answers_is_no_person() -> None:
    assert named_nil(mail("零报告", Auto_Submitted="auto-replied")) is None
    assert named_nil(mail("零报告", Auto_Submitted="no")) == []


def test_old_programs_write_gb2312() -> None:
    assert named_nil(mail("零报告", charset="gb2312")) == []


def test_what_is_answered_stands_in_two_heads() -> None:
    message = mail("x", In_Reply_To="<b@x>", References="<a@x> <b@x>")
    assert answered(message) == ["<b@x>", "<a@x>"]
    assert answered(mail("x")) == []
