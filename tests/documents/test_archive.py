"""A file for the archive that can be read aloud: PDF/A-3a and PDF/UA-1 in one, by validators and by its own tree."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import subprocess
from collections import Counter
from dataclasses import replace
from functools import cache
from pathlib import Path

import pikepdf
import pytest

from zhibao.documents import render
from zhibao.documents.embedding import FIGURES, SOURCES, TABLES, XLSX
from zhibao.documents.model import ALONE, Copy
from zhibao.documents.sheets import annex_workbook
from zhibao.output import plain_json

from . import made_up
from .conformance import PROFILES, faults
from .tags import Element, document_of, marked_content, parents

BOTH = pytest.mark.parametrize("kind", ["annual", "monthly"])
# Kinds that are made of the annual figures, each with the copy that is looked at.
OTHERS = {"scorecard": Copy(unit="chengguan"), "transmittal": ALONE, "public-list": ALONE}


def _open(kind: str) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(made_up.rendered(kind)))


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("kind", ["annual", "monthly", *OTHERS])
def test_a_validator_finds_nothing_that_is_not_disputed(kind: str, profile: str) -> None:
    assert faults(other(kind) if kind in OTHERS else made_up.rendered(kind), profile) == []


@cache
def other(kind: str) -> bytes:
    content = replace(made_up.annual(), kind=kind, copy=OTHERS[kind])
    return render(content, made_up.TEMPLATES, made_up.font_set())


@BOTH
def test_qpdf_and_verapdf_where_they_are_present(kind: str, tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(made_up.rendered(kind))
    commands = [["qpdf", "--check"], *(["verapdf", "--flavour", flavour] for flavour in PROFILES)]
    for command in (command for command in commands if shutil.which(command[0])):
        run = subprocess.run([*command, str(tmp_path / "a.pdf")], capture_output=True, text=True, check=False)
        assert run.returncode == 0, run.stdout + run.stderr
    assert _open(kind).check_pdf_syntax() == []


@BOTH
def test_both_standards_and_the_identity_are_declared_in_clear(kind: str) -> None:
    pdf = _open(kind)
    assert "/Filter" not in pdf.Root.Metadata
    told = pdf.open_metadata()
    assert (told["pdfaid:part"], told["pdfaid:conformance"], told["pdfuaid:part"]) == ("3", "A", "1")
    content = {"annual": made_up.annual, "monthly": made_up.monthly}[kind]()
    for key, value in content.named_identity.items():
        assert told[f"{{urn:zhibao:document#}}{key.replace('_', '')}"] == value
    assert pdf.Root.ViewerPreferences.DisplayDocTitle


@BOTH
def test_every_piece_of_content_stands_once_in_the_tree(kind: str) -> None:
    pdf = _open(kind)
    drawn = [(number, mcid) for number, pieces in enumerate(marked_content(pdf)) for _, mcid in pieces]
    held = Counter(piece for element in document_of(pdf).walk() for piece in element.content)
    named = {piece: element.tag for element in document_of(pdf).walk() for piece in element.content}
    assert drawn and set(held) == set(drawn) and set(held.values()) == {1}
    assert parents(pdf) == named


def _widths(table: Element) -> set[int]:
    """How many columns each row of a table fills, with the cells that reach down into it from above."""
    rows = table.all("TR")
    filled = Counter[int]()
    for line, row in enumerate(rows):
        for cell in row.children:
            for down in range(int(cell.told.get("/RowSpan", 1))):
                filled[line + down] += int(cell.told.get("/ColSpan", 1))
    assert max(filled) == len(rows) - 1
    return set(filled.values())


@BOTH
def test_tables_headings_and_pictures_can_be_told_apart(kind: str) -> None:
    document = document_of(_open(kind))
    assert {element.tag for element in document.walk()}.isdisjoint({"Span", "NonStruct"})
    heads = document.all("TH")
    assert {head.told.get("/Scope") for head in heads} == {"/Row", "/Column"}
    for table in document.all("Table"):
        assert table.all("TH") and all(row.parent.tag in ("THead", "TBody") for row in table.all("TR"))
        widths = _widths(table)
        assert len(widths) == 1, widths
    levels = [int(heading.tag[1:]) for heading in document.all("H1", "H2", "H3", "H4")]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in zip(levels, levels[1:], strict=False)), levels
    for figure in document.all("Figure"):
        assert len(figure.alt) > 10 and [child.tag for child in figure.children] == ["Caption"]
        left, bottom, right, top = map(float, figure.told["/BBox"])
        assert 70 < left < right < 530 and 90 < bottom < top < 740


@BOTH
def test_page_numbers_are_artifacts(kind: str) -> None:
    for number, page_ in enumerate(_open(kind).pages):
        kinds = [
            str(operands[1].Type) for operands, operator in pikepdf.parse_content_stream(page_, "BDC")
            if str(operator) == "BDC" and str(operands[0]) == "/Artifact"
        ]
        assert kinds == ["/Pagination"], number


@BOTH
def test_the_figures_travel_inside_with_what_they_were_made_from(kind: str) -> None:
    pdf = _open(kind)
    content = {"annual": made_up.annual, "monthly": made_up.monthly}[kind]()
    related = {str(item.UF): str(item.AFRelationship) for item in pdf.Root.AF}
    assert related == {FIGURES: "/Data", SOURCES: "/Source", TABLES: "/Data"}
    for filespec in pdf.attachments.values():
        held = filespec.get_file()
        assert held.mime_type == (XLSX if filespec.filename == TABLES else "application/json")
        assert {held.creation_date, held.mod_date} == {made_up.AS_OF}
        assert hashlib.md5(held.read_bytes()).digest() == held.md5
    figures = json.loads(pdf.attachments[FIGURES].get_file().read_bytes())
    assert {row["id"]: row["value"] for row in figures} == {item.id: plain_json(item.value) for item in content.figures}
    assert pdf.attachments[TABLES].get_file().read_bytes() == annex_workbook(content, made_up.TEMPLATES)
    sources = json.loads(pdf.attachments[SOURCES].get_file().read_bytes())
    assert set(sources["fonts"]) == {font.role for font in made_up.font_set().fonts}
    assert sources["templates"][f"{kind}.html.j2"] == sha256_of(made_up.TEMPLATES / f"{kind}.html.j2")


def sha256_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
