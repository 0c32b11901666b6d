"""A mail on the wire: plain ASCII, short encoded words, and a Chinese file name that old and new programs read."""

from __future__ import annotations

import email
import re
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.policy import default
from typing import Any

import pytest

from zhibao.delivery.message import Letter, compose
from zhibao.delivery.smtp import _content
from zhibao.settings import ROOT
from zhibao.sources.letters import attachments, message_id_of, parse

NAME = "“百千万”创业引领工程2022年年度工作报告"
FILE = "百千万创业引领工程2022年年度工作报告.pdf"
LONG = f"<lanzhou-bqw.12345.{'leading_group' * 5}.0123456789abcdef@zhibao.invalid>"


@pytest.fixture(scope="module")
def raw() -> bytes:
    letter = Letter(
        NAME, "市政府就业工作领导小组办公室", "a@example.org", LONG, "office@example.org",
        "兰州市政府就业工作领导小组办公室", NAME, FILE, ["全市累计选拔创业新秀99名。"], b"%PDF-1.7", "a" * 64,
        datetime(2022, 11, 30, 9, tzinfo=UTC),
    )
    return _content(compose(letter, ROOT / "report_templates"))


@pytest.fixture(scope="module")
def pdf(raw: bytes) -> Any:
    (part,) = [part for part in email.message_from_bytes(raw).walk() if part.get_content_type() == "application/pdf"]
    return part


def test_it_is_ascii_in_short_lines(raw: bytes) -> None:
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    words = re.findall(rb"=\?[^?\s]+\?[bq]\?[^?\s]*\?=", raw)
    assert len(words) > 4 and max(map(len, words)) <= 75


def test_the_name_of_the_file_is_there_in_both_ways(pdf: Any) -> None:
    assert pdf["Content-Disposition"].replace("\r\n", "").startswith("attachment; filename*=utf-8''%E7%99%BE")
    assert pdf.get_filename() == FILE, "RFC 2231"
    words = pdf.get_param("name").replace("\r\n", "")
    assert str(make_header(decode_header(words))) == FILE, "RFC 2047"
    assert pdf.get_payload(decode=True) == b"%PDF-1.7"


def test_names_and_subject_come_back_without_a_space_in_them(raw: bytes) -> None:
    heads = email.message_from_bytes(raw)
    for head, text in (("Subject", NAME), ("From", "兰州市政府就业工作领导小组办公室 <office@example.org>")):
        assert str(make_header(decode_header(heads[head].replace("\r\n", "")))) == text


def test_the_mails_own_name_is_never_cut(raw: bytes) -> None:
    assert f"Message-ID: {LONG}\r\n".encode() in raw
    assert message_id_of(parse(raw)) == LONG


def test_the_own_reader_of_mail_reads_it(raw: bytes) -> None:
    assert [item.file_name for item in attachments(parse(raw))] == [FILE]
    assert email.message_from_bytes(raw, policy=default)["Subject"] == NAME
