"""The annual summary as .docx: the PDF's words on the page of GB/T 9704-2012, laid out by a real LibreOffice."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from lxml import etree, html

from zhibao.documents.templating import page_html
from zhibao.documents.word import word_document
from zhibao.documents.wordstyles import MAIN, STYLES

from . import made_up
from .pages import Pages

W = f"{{{MAIN}}}"
HAN = "国家园圆图团因围固囚回困囤园"
HANGING = "，。、；：）”"
WIDE = (
    '<p>甲</p><section class="annex wide"><p class="hei">附件1</p><table><colgroup><col style="width:20mm"></colgroup>'
    '<thead><tr><th rowspan="2">序号</th><th colspan="2">下达</th></tr><tr><th>中央</th><th>省</th></tr></thead>'
    f'<tbody>{"<tr><td>1</td><td>2</td><td>3</td></tr>" * 90}</tbody></table></section>'
    '<section class="annex"><p>末</p></section>'
)


def _document(folder: Path, name: str, body: str) -> bytes:
    template = '{% extends "base.html.j2" %}{% block title %}试{% endblock %}{% block body %}' + body + "{% endblock %}"
    templates = made_up.templates_with(folder, f"{name}.html.j2", template)
    return word_document(made_up.of_kind(name), templates, made_up.font_set())


@pytest.fixture(scope="module")
def annual() -> bytes:
    return word_document(made_up.annual(), made_up.TEMPLATES, made_up.font_set())


@pytest.fixture(scope="module")
def laid_out(annual: bytes, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Pages]:
    """The documents as LibreOffice prints them, with the fonts of the PDF under the names that offices use."""
    folder = tmp_path_factory.mktemp("word")
    (folder / "annual.docx").write_bytes(annual)
    for name, body in (("han", f"<p>{HAN * 50}</p>"), ("wide", WIDE)):
        (folder / f"{name}.docx").write_bytes(_document(folder / name, name, body))
    program = shutil.which("soffice")
    assert program, "LibreOffice is missing: scripts/bootstrap.sh --tests"
    done = subprocess.run(
        [program, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--convert-to", "pdf",
         *sorted(path.name for path in folder.glob("*.docx"))],
        cwd=folder, env=os.environ | {"FONTCONFIG_FILE": str(_fonts(folder))}, capture_output=True, timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return {path.stem: Pages(path.read_bytes()) for path in folder.glob("*.pdf")}


def _fonts(folder: Path) -> Path:
    fonts = made_up.font_set()
    named = "".join(
        f'<match><test name="family"><string>{font.office}</string></test><edit name="family" mode="assign"'
        f' binding="strong"><string>{font.family}</string></edit></match>' for font in fonts.fonts
    )
    places = f"<dir>{fonts.fonts[0].path.parent}</dir><cachedir>{folder}/fc</cachedir>"
    (folder / "fonts.conf").write_text(f"<fontconfig>{places}{named}</fontconfig>", "utf-8")
    return folder / "fonts.conf"


def _said(pages: Pages) -> str:
    """All text but page numbers, without white space."""
    return "".join(char.text for page in range(len(pages)) for row in pages.rows(page) for char in row)


def upright(pages: Pages) -> list[int]:
    return [page for page in range(len(pages)) if pages.size(page)[0] < pages.size(page)[1]]


def test_every_sentence_and_figure_of_the_pdf_stands_there(laid_out: dict[str, Pages]) -> None:
    page = html.fromstring(page_html(made_up.annual(), made_up.TEMPLATES))
    for chart in page.xpath("//figure/*[local-name() = 'svg']"):
        chart.getparent().remove(chart)
    paper, word = _said(Pages(made_up.rendered("annual"))), _said(laid_out["annual"])
    texts = ["".join(item.text_content().split()) for item in page.xpath("//body//*[self::p or self::h1 or self::h2 or "
                                                                          "self::h3 or self::th or self::td]")]
    assert len(texts) > 600
    assert not [text for text in texts if text not in word]
    assert not [text for text in texts if text not in paper]
    rows = ["".join(row.text_content().split()) for row in page.xpath("//tbody/tr[not(@class = 'group')]")]
    assert len(rows) >= 11 + 10 + 11 + 31 + 28 + 20
    assert len([row for row in rows if row in word]) == len(rows)


def test_a_page_holds_22_lines_of_28_characters_inside_the_type_area(laid_out: dict[str, Pages]) -> None:
    pages = laid_out["han"]
    assert pages.size(0) == pytest.approx((210, 297), abs=0.2)
    rows = pages.rows(0)
    assert [len(row) for row in rows] == [26] + [28] * 21
    assert min(row[0].left for row in rows[1:]) == pytest.approx(28, abs=0.1)
    assert 183.5 < max(row[-1].right for row in rows) < 184.1
    middles = [(row[0].top + row[0].bottom) / 2 for row in rows]
    assert (middles[-1] - middles[0]) / 21 == pytest.approx(225 / 22, abs=0.1)
    assert rows[0][0].top >= 37 and rows[-1][0].bottom <= 262


def test_page_numbers_stand_outside(laid_out: dict[str, Pages]) -> None:
    pages = laid_out["annual"]
    assert len(upright(pages)) > 8
    for page in upright(pages):
        foot = [char for char in pages.chars(page) if char.top > 262.2]
        assert "".join(char.text for char in foot) == f"—{page + 1}—"
        assert (foot[0].top + foot[0].bottom) / 2 == pytest.approx(262 + 7, abs=0.5)
        em = 14 / 72 * 25.4
        edge, wanted = (foot[-1].right, 184 - em) if page % 2 == 0 else (foot[0].left, 28 + em)
        assert edge == pytest.approx(wanted, abs=0.3)


def test_nothing_but_a_hanging_mark_leaves_the_type_area(laid_out: dict[str, Pages]) -> None:
    """LibreOffice reads `overflowPunct` the other way round, and hangs the marks that Word keeps inside."""
    pages, looked_at = laid_out["annual"], 0
    for page in upright(pages):
        for char in (char for row in pages.rows(page) for char in row):
            assert char.ink_left > 27.8 and (char.ink_right < 184.2 or char.text in HANGING)
            looked_at += 1
    assert looked_at > 3000


def test_a_wide_annex_lies_on_its_side_and_repeats_its_head(laid_out: dict[str, Pages]) -> None:
    pages = laid_out["wide"]
    sizes = [tuple(round(side) for side in pages.size(page)) for page in range(len(pages))]
    assert sizes[0] == sizes[-1] == (210, 297) and set(sizes[1:-1]) == {(297, 210)} and len(sizes) >= 5
    for page in range(1, len(pages) - 1):
        assert "序号下达中央省" in pages.squeezed(page)


def test_headings_are_styles_with_levels_and_rows_are_never_cut(annual: bytes) -> None:
    with ZipFile(BytesIO(annual)) as parts:
        body, styles = (etree.fromstring(parts.read(f"word/{name}.xml")) for name in ("document", "styles"))
    used = {item.get(f"{W}val") for item in body.iter(f"{W}pStyle")}
    assert used <= {style.id for style in STYLES} and {"Title", "Heading1", "Heading2", "AnnexTitle"} <= used
    levels = {style.get(f"{W}styleId"): style.find(f".//{W}outlineLvl") for style in styles.iter(f"{W}style")}
    assert [levels[name].get(f"{W}val") for name in ("Heading1", "Heading2", "AnnexTitle")] == ["0", "1", "0"]
    assert all(row.find(f"{W}trPr/{W}cantSplit") is not None for row in body.iter(f"{W}tr"))
    heads = [table.find(f"{W}tr/{W}trPr/{W}tblHeader") for table in body.iter(f"{W}tbl")]
    assert len(heads) >= 6 and None not in heads
    grid = body.find(f".//{W}docGrid")
    assert (grid.get(f"{W}type"), grid.get(f"{W}linePitch")) == ("linesAndChars", "579")


def test_fonts_are_those_of_an_office(annual: bytes) -> None:
    with ZipFile(BytesIO(annual)) as parts:
        styles = parts.read("word/styles.xml").decode()
    for name in ("仿宋_GB2312", "楷体_GB2312", "黑体", "方正小标宋简体", "Times New Roman"):
        assert f'"{name}"' in styles
    assert "Fandol" not in styles


def test_charts_are_pictures_with_words(annual: bytes) -> None:
    with ZipFile(BytesIO(annual)) as parts:
        body = parts.read("word/document.xml").decode()
        pictures = [parts.read(name) for name in parts.namelist() if name.startswith("word/media/")]
    assert len(pictures) >= 4 and all(picture.startswith(b"\x89PNG") and len(picture) > 5000 for picture in pictures)
    assert len(re.findall(r'<wp:docPr [^>]*descr="[^"]*(?:完成率|授予人数)', body)) >= 4


def test_the_same_content_gives_the_same_bytes_and_says_what_it_is(annual: bytes) -> None:
    made = made_up.annual()
    assert word_document(made, made_up.TEMPLATES, made_up.font_set()) == annual
    with ZipFile(BytesIO(annual)) as parts:
        about, core = (parts.read(f"docProps/{name}.xml").decode() for name in ("custom", "core"))
    assert made.identity["figures"] in about and "zhibao-as-of" in about
    assert "关于2022年“百千万”创业引领工程工作开展情况的报告" in core and "2022-11-30T09:30:00Z" in core
