"""Trace codes in print: over their figures, without room of their own, and unspoken."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from functools import cache
from typing import Literal

import pikepdf
import pytest

from zhibao.documents import Content, render
from zhibao.documents.coded import content_codes, with_codes
from zhibao.documents.marks import as_data
from zhibao.documents.model import Copy
from zhibao.documents.reading_back import read_identity
from zhibao.documents.templating import page_html

from . import made_up
from .conformance import PROFILES, faults
from .pages import Char, Pages
from .tags import document_of

Where = Literal["annex", "text"]
BOTH = pytest.mark.parametrize("where", ["annex", "text"])


def content(where: Where, kind: str = "annual") -> Content:
    return replace({"annual": made_up.annual, "monthly": made_up.monthly}[kind](), copy=Copy(codes=where))


@cache
def rendered(where: Where, kind: str = "annual") -> bytes:
    return render(content(where, kind), made_up.TEMPLATES, made_up.font_set())


def coded_page(where: Where, kind: str = "annual") -> str:
    made = content(where, kind)
    return with_codes(page_html(made, made_up.TEMPLATES, as_data), made, made_up.font_set())


def small(char: Char) -> bool:
    """A code's letters are a third as high as the text's."""
    return char.bottom - char.top < 1.35 and char.text.isascii() and char.text.isalnum()


def test_codes_stand_in_the_annexes_or_everywhere() -> None:
    codes = re.findall(r'class="code"[^>]*>(\w+)<', coded_page("annex"))
    assert len(codes) > 300 and set(codes) <= set(content_codes(content("annex")).values())
    assert 'class="code"' not in coded_page("annex").split('<section class="annex"')[0]
    assert len(re.findall('class="code"', coded_page("text"))) > len(codes) + 50
    assert 'class="code"' in coded_page("annex", "monthly").split("<table")[1]
    assert 'class="code"' not in coded_page("annex", "monthly").split("<table")[0]


@BOTH
def test_a_page_without_its_codes_is_the_page(where: Where) -> None:
    bare = re.sub(r'<a class="code"[^>]*>\w+</a>', "", coded_page(where))
    plain = page_html(content(where), made_up.TEMPLATES)
    assert bare == plain


@BOTH
def test_lines_and_rows_stay_where_they_are(where: Where) -> None:
    clean, coded = Pages(made_up.rendered("annual")), Pages(rendered(where))
    assert len(clean) == len(coded)
    looked_at = 0
    for number in range(len(clean)):
        tops = [{round(char.top, 1) for char in pages.chars(number) if "一" <= char.text <= "龥"}
                for pages in (clean, coded)]
        assert tops[0] == tops[1]
        looked_at += len(tops[0])
    assert looked_at > 200


def test_full_lines_of_text_are_spread_as_without_codes() -> None:
    clean, coded = Pages(made_up.rendered("annual")), Pages(rendered("text"))
    looked_at = 0
    for number in range(4):
        one, two = ([char for char in pages.chars(number) if "一" <= char.text <= "龥"] for pages in (clean, coded))
        assert [char.text for char in one] == [char.text for char in two]
        assert max(abs(a.left - b.left) for a, b in zip(one, two, strict=True)) < 0.1
        looked_at += len(one)
    assert looked_at > 1000


@pytest.mark.parametrize("where", ["text"])
def test_no_code_touches_a_character(where: Where) -> None:
    pages, looked_at = Pages(rendered(where)), 0
    for number in range(5):
        chars = pages.chars(number)
        codes, others = [char for char in chars if small(char)], [char for char in chars if not small(char)]
        for code in codes:
            near = [char for char in others if char.top < code.bottom and code.top < char.bottom
                    and char.ink_left < code.ink_right and code.ink_left < char.ink_right]
            assert near == []
            looked_at += 1
    assert looked_at > 200


@BOTH
def test_codes_are_not_spoken(where: Where) -> None:
    def artifacts(pdf: pikepdf.Pdf) -> int:
        return sum(str(operands[0]) == "/Artifact" for item in pdf.pages
                   for operands, operator in pikepdf.parse_content_stream(item, "BDC") if str(operator) == "BDC")

    clean, coded = (pikepdf.open(io.BytesIO(pdf)) for pdf in (made_up.rendered("annual"), rendered(where)))
    assert artifacts(coded) - artifacts(clean) == len(re.findall('class="code"', coded_page(where)))
    assert document_of(coded).all("Link") == []


@pytest.mark.parametrize("profile", PROFILES)
def test_a_coded_copy_is_for_the_archive_too(profile: str) -> None:
    assert faults(rendered("text"), profile) == []


@BOTH
def test_a_copy_says_that_it_is_one(where: Where) -> None:
    assert read_identity(rendered(where)).copy == Copy(codes=where)
    assert read_identity(made_up.rendered("annual")).copy == Copy()
