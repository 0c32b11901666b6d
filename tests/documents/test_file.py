"""The finished file: fonts embedded, tagged for reading aloud, titled, identified, and the same every time."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
from pathlib import Path

import pikepdf
import pytest

from zhibao.documents import render
from zhibao.documents.identity import templates_digest
from zhibao.settings import ROOT

from . import made_up

ALLOWED = {font.family.replace(" ", "-") for font in made_up.font_set().fonts}
BOTH = pytest.mark.parametrize("kind", ["annual", "monthly"])


def _open(kind: str) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(made_up.rendered(kind)))


def _objects(pdf: pikepdf.Pdf, type_name: str) -> list[pikepdf.Object]:
    return [
        item for item in pdf.objects
        if isinstance(item, pikepdf.Dictionary) and str(item.get("/Type", "")) == type_name
    ]


@BOTH
def test_fonts_are_embedded_and_from_the_list(kind: str) -> None:
    pdf = _open(kind)
    descriptors = _objects(pdf, "/FontDescriptor")
    names = {str(item.FontName).split("+")[1] for item in descriptors}
    assert names <= ALLOWED
    assert {"FandolFang-R", "FandolHei", "FandolSong", "Liberation-Serif"} <= names
    assert all("/FontFile3" in item or "/FontFile2" in item for item in descriptors)
    assert {str(item.BaseFont).split("+")[1] for item in _objects(pdf, "/Font")} <= ALLOWED


@BOTH
def test_the_file_says_what_it_is(kind: str) -> None:
    pdf = _open(kind)
    assert str(pdf.Root.Lang) == "zh-CN"
    assert pdf.Root.MarkInfo.Marked
    titles = {
        "annual": "关于2022年“百千万”创业引领工程工作开展情况的报告",
        "monthly": "“百千万”创业引领工程月报（2022年10月）",
    }
    with pdf.open_metadata() as metadata:
        assert metadata["dc:title"] == titles[kind]
        assert metadata["pdfuaid:part"] == "1"
    content = {"annual": made_up.annual, "monthly": made_up.monthly}[kind]()
    info = {str(key).lower(): str(value) for key, value in pdf.docinfo.items()}
    assert content.identity["figures"] in info.values()
    assert info["/creationdate"].startswith("D:20221130")


def test_headings_tables_and_charts_are_tagged() -> None:
    pdf = _open("annual")
    tags = [str(item.S) for item in _objects(pdf, "/StructElem")]
    assert {"/H1", "/H2", "/H3", "/P", "/Table", "/TR", "/TH", "/TD", "/Figure"} <= set(tags)
    figures = [item for item in _objects(pdf, "/StructElem") if str(item.S) == "/Figure"]
    assert len(figures) == 5  # awards by month of both levels, progress by both dimensions, competitions by month
    assert any("巾帼创业群体22.22%" in str(item.Alt) and "序时进度63.84%" in str(item.Alt) for item in figures)
    with pdf.open_outline() as outline:
        assert [entry.title for entry in outline.root[0].children][:2] == ["一、工作开展情况", "二、主要做法与成效"]


SCRIPT = """
import hashlib, sys
sys.path.insert(0, {root!r})
from tests.documents import made_up
print(hashlib.sha256(made_up.rendered({kind!r})).hexdigest())
"""


@BOTH
def test_two_processes_make_the_same_bytes(kind: str, tmp_path: Path) -> None:
    here = hashlib.sha256(made_up.rendered(kind)).hexdigest()
    other = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "America/Lima", "LC_ALL": "C", "TMPDIR": str(tmp_path)}
    run = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(root=str(ROOT), kind=kind)],
        env=other, cwd=tmp_path, capture_output=True, text=True, check=False,
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout.strip() == here


def test_a_second_render_in_one_process_is_the_same() -> None:
    assert render(made_up.monthly(), made_up.TEMPLATES, made_up.font_set()) == made_up.rendered("monthly")


def test_the_identity_moves_with_a_template_and_not_with_a_mail_text(tmp_path: Path) -> None:
    templates = made_up.templates_with(tmp_path, "annual.html.j2", "moved")
    assert templates_digest(templates) != templates_digest(made_up.TEMPLATES)
    moved = templates_digest(templates)
    (templates / "mail").mkdir(exist_ok=True)
    (templates / "mail" / "new.txt.j2").write_text("moved", "utf-8")
    assert templates_digest(templates) == moved
