"""Mails as programs in China write them: names in GBK and GB2312, in every way of encoding and in none."""

from __future__ import annotations

import base64
from email.message import EmailMessage

import pytest

from zhibao.sources.letters import attachments, message_id_of, parse, passed_dmarc, sender_of

NAME = "城关区_候选人名册（更正）.xlsx"


def mail(disposition: bytes, kind: bytes = b"application/octet-stream", *headers: bytes) -> bytes:
    head = b"".join(line + b"\r\n" for line in (headers or (b"From: a@example.org",)))
    return head + (
        b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n"
        b"text\r\n--b\r\nContent-Type: " + kind + b"\r\nContent-Transfer-Encoding: base64\r\n"
        b"Content-Disposition: attachment; " + disposition + b"\r\n\r\n" + base64.b64encode(b"bytes") + b"\r\n--b--\r\n"
    )


def word(text: str, charset: str, encoding: str | None = None) -> bytes:
    return b"=?%s?B?%s?=" % (charset.encode(), base64.b64encode(text.encode(encoding or charset)))


def percent(raw: bytes) -> bytes:
    return "".join(f"%{byte:02X}" for byte in raw).encode()


@pytest.mark.parametrize("disposition", [
    b'filename="' + NAME.encode("gbk") + b'"',
    b'filename="' + NAME.encode() + b'"',
    b'filename="' + word(NAME, "utf-8") + b'"',
    b"filename=" + word(NAME, "gbk"),
    b'filename="' + word(NAME, "GB2312", "gbk") + b'"',
    b'filename="' + word(NAME[:5], "gb18030") + b"\r\n " + word(NAME[5:], "gb18030") + b'"',
    b"filename*=utf-8''" + percent(NAME.encode()),
    b"filename*=GB2312''" + percent(NAME.encode("gbk")),
    b"filename*0*=gbk''" + percent(NAME[:4].encode("gbk")) + b";\r\n filename*1*=" + percent(NAME[4:].encode("gbk")),
    b'filename="D:\\\\' + NAME.encode("gbk") + b'"',
    b'filename="../../' + NAME.encode() + b'"',
])
def test_a_chinese_file_name_comes_out_whole(disposition: bytes) -> None:
    (found,) = attachments(parse(mail(disposition)))
    assert (found.file_name, found.content) == (NAME, b"bytes")


def test_a_character_split_over_two_encoded_words_is_joined() -> None:
    raw = NAME.encode("gbk")
    halves = b" ".join(b"=?gbk?B?%s?=" % base64.b64encode(part) for part in (raw[:3], raw[3:]))
    (found,) = attachments(parse(mail(b'filename="' + halves + b'"')))
    assert found.file_name == NAME


def test_a_name_is_also_looked_for_in_the_type() -> None:
    raw = mail(b"size=5", b'application/vnd.ms-excel; name="' + word(NAME, "gbk") + b'"')
    assert [item.file_name for item in attachments(parse(raw))] == [NAME]


@pytest.mark.parametrize(("disposition", "name"), [
    (b'filename="=?nonsense?B?YWJj?="', "abc"), (b'filename="=?gbk?B?*?="', "attachment"),
    (b'filename="=?gbk?Q?"', "=?gbk?Q?"), (b'filename=""', "attachment"),
    (b'filename="a\x00b.xlsx"', "ab.xlsx"), (b'filename="\xff\xfe.xlsx"', "\ufffd\ufffd.xlsx"),
])
def test_a_broken_name_breaks_nothing(disposition: bytes, name: str) -> None:
    assert [item.file_name for item in attachments(parse(mail(disposition)))] == [name]


def test_files_of_a_forwarded_mail_count_and_pictures_of_the_text_do_not() -> None:
    inner = EmailMessage()
    inner.set_content("原信")
    inner.add_attachment(b"inner", maintype="application", subtype="octet-stream", filename="内.xlsx")
    inner.add_attachment(b"logo", maintype="image", subtype="png", filename="logo.png", cid="<a@b>")
    outer = EmailMessage()
    outer.set_content("转发")
    outer.add_attachment(inner)
    outer.add_attachment(b"scan", maintype="image", subtype="png", filename="扫描件.png")
    found = attachments(parse(outer.as_bytes()))
    assert {(item.file_name, item.content) for item in found} == {("内.xlsx", b"inner"), ("扫描件.png", b"scan")}


@pytest.mark.parametrize(("headers", "sender"), [
    ((b"From: Chengguan@Example.org",), "Chengguan@Example.org"),
    ((b"From: " + word("城关区", "gbk") + b" <a@example.org>",), "a@example.org"),
    ((b"From: a@example.org, b@example.org",), None),
    ((b"From: a@example.org", b"From: b@example.org"), None),
    ((b"From: nobody",), None), ((b"Sender: a@example.org",), None), ((b"From: <>",), None),
    ((b'From: "a@example.org" <stranger@example.com>',), "stranger@example.com"),
])
def test_the_sender_is_the_one_address_of_the_from_line(headers: tuple[bytes, ...], sender: str | None) -> None:
    assert sender_of(parse(mail(b'filename="a.xlsx"', b"text/csv", *headers))) == sender


@pytest.mark.parametrize(("lines", "passed"), [
    (["mx.example.org; spf=pass smtp.mailfrom=a; dmarc=pass header.from=a"], True),
    (["mx.example.org 1; dmarc=PASS"], True),
    (["mx.example.org; dmarc=fail", "mx.example.org; dmarc=pass"], False),
    (["forged.example.com; dmarc=pass"], False),
    (["mx.example.org; dkim=pass; x-dmarc=passed"], False),
    (["mx.example.org.example.com; dmarc=pass"], False),
    ([], False),
])
def test_the_word_for_a_sender_is_that_of_our_own_server(lines: list[str], passed: bool) -> None:
    headers = [b"From: a@example.org", *(b"Authentication-Results: " + line.encode() for line in lines)]
    assert passed_dmarc(parse(mail(b'filename="a.xlsx"', b"text/csv", *headers)), "mx.example.org") is passed


@pytest.mark.parametrize(("header", "name"), [
    (b"Message-ID: <1.a@mail.example.org>", "<1.a@mail.example.org>"),
    (b"message-id:\r\n <folded@mail.example.org>", "<folded@mail.example.org>"),
    (b"Message-ID: <" + b"x" * 250 + b">", "<" + "x" * 250 + ">"),
    (b"Message-ID: <" + b"x" * 251 + b">", None),
    (b"Message-ID: <a@b>\r\n\tBcc: all@example.org", None),
    (b"Message-ID: <a b@c>", None),
    (b"Message-ID: <\xd6\xd0@c>", None),
    (b"Message-ID: plain", None),
    (b"Message-ID:", None),
    (b"Subject: none", None),
])
def test_a_mails_own_name_is_taken_where_an_answer_can_repeat_it(header: bytes, name: str | None) -> None:
    assert message_id_of(parse(mail(b"filename=a.xlsx", b"text/plain", header))) == name
