"""A red head, a number and an imprint where an office has given a number; nothing of them anywhere else."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import pytest
from warehouse.loading import CASES, instant, load_case

from zhibao.documents import render
from zhibao.documents.issue import Issue, issues_of
from zhibao.documents.lists import Lists
from zhibao.documents.model import Copy
from zhibao.errors import ConfigurationError
from zhibao.intake import record_programme
from zhibao.operations import Operations
from zhibao.programme.models import Programme
from zhibao.settings import load_settings
from zhibao.verifying import verify

from . import made_up
from .pages import Pages

NUMBER = "兰人社发〔2022〕15号"
ENTRY = f"- {{kind: annual, period: 2022, number: {NUMBER}, issued_on: 2022-12-01, copies: 20}}\n"
AS_OF = instant("2022-12-01T09:00:00")


@cache
def issued() -> Pages:
    issue = Issue(kind="annual", period="2022", number=NUMBER, issued_on=date(2022, 12, 2), copies=20)
    content = made_up.annual(draft=False, lists=Lists(issues=(issue,)))
    return Pages(render(content, made_up.TEMPLATES, made_up.font_set()))


def test_the_head_stands_where_the_standard_wants_it() -> None:
    rows = issued().rows(0)
    assert ["".join(char.text for char in row) for row in rows[:2]] == ["兰州市人力资源和社会保障局文件", NUMBER]
    assert min(char.top for char in rows[0]) == pytest.approx(37 + 35, abs=0.6)
    (left, _, right, bottom), *_ = issued().boxes(0)
    han = [char for char in rows[1] if char.text in "兰社发号"]
    assert bottom - 0.5 - max(char.bottom for char in han) == pytest.approx(4, abs=0.4)
    assert (left, right) == (pytest.approx(28, abs=0.1), pytest.approx(184, abs=0.1))
    assert min(char.ink_left for char in rows[0]) >= 28 and max(char.ink_right for char in rows[0]) <= 184.1


def test_the_imprint_ends_on_the_edge_of_the_last_pages_type_area() -> None:
    last = len(issued()) - 1
    left, _, right, bottom = issued().boxes(last)[-1]
    assert bottom == pytest.approx(37 + 225, abs=0.3)
    assert (left, right) == (pytest.approx(28, abs=0.1), pytest.approx(184, abs=0.1))
    assert issued().squeezed(last).count("兰州市人力资源和社会保障局2022年12月2日印发（共印20份）") == 1
    assert "印发（" not in "".join(issued().squeezed(page) for page in range(last))


def test_the_date_is_that_of_the_issue_and_ends_four_characters_before_the_edge() -> None:
    page = next(page for page in range(len(issued())) if "局2022年12月2日" in issued().squeezed(page))
    signer, day = next(
        (one, other) for one, other in zip(issued().rows(page), issued().rows(page)[1:], strict=False)
        if "".join(char.text for char in other) == "2022年12月2日"
    )
    em = 156 / 28
    assert day[-1].right == pytest.approx(184 - 4 * em, abs=0.4)
    assert (signer[0].left + signer[-1].right) / 2 == pytest.approx((day[0].left + day[-1].right) / 2, abs=0.4)


LETTER_NUMBER = "兰人社函〔2022〕7号"


@cache
def letter(copies_to: tuple[str, ...] = ()) -> Pages:
    annual = made_up.annual(draft=False)
    reports = annual.programme.reports
    told = reports["transmittal"].model_copy(update={"copies_to": list(copies_to)})
    programme = annual.programme.model_copy(update={"reports": reports | {"transmittal": told}})
    annual = replace(annual, programme=programme)
    addressee = annual.programme.reports["annual"].addressees[0]
    issue = Issue(kind="transmittal", period="2022", number=LETTER_NUMBER, issued_on=date(2022, 12, 2),
                  addressee=addressee)
    content = replace(annual, kind="transmittal", copy=Copy(addressee=addressee), enclosed_pages=16,
                      lists=Lists(issues=(issue,)))
    return Pages(render(content, made_up.TEMPLATES, made_up.font_set()))


def test_a_letter_has_the_head_and_the_lines_of_a_letter() -> None:
    rows = letter().rows(0)
    assert ["".join(char.text for char in row) for row in rows[:2]] == ["兰州市人力资源和社会保障局", LETTER_NUMBER]
    assert min(char.top for char in rows[0]) == pytest.approx(30, abs=0.6)
    rules = [box for box in letter().boxes(0) if box[2] - box[0] > 160]
    assert len(rules) == 4
    assert [edge for left, _, right, _ in rules for edge in (left, right)] == pytest.approx([20, 190] * 4, abs=0.1)
    assert rules[0][1] - max(char.bottom for char in rows[0]) == pytest.approx(4, abs=1)
    assert rules[3][3] == pytest.approx(297 - 20, abs=0.1)
    han = [char for char in rows[1] if char.text in "兰社函号"]
    assert min(char.top for char in han) - rules[1][3] == pytest.approx(16 * 7 / 8 / 72 * 25.4, abs=0.5)
    assert rows[1][-1].right == pytest.approx(184, abs=0.1)


def test_a_letters_first_page_has_no_number_and_no_printer() -> None:
    assert "—1—" not in letter().squeezed(0)
    assert "印发" not in letter().squeezed()


def test_a_letter_ends_with_who_else_has_it_and_without_rules() -> None:
    told = letter(("示例办公室",))
    assert "抄送：示例办公室。" in told.squeezed() and "抄送" not in letter().squeezed()
    assert len([box for box in told.boxes(0) if box[2] - box[0] > 155]) == len(
        [box for box in letter().boxes(0) if box[2] - box[0] > 155])


def test_a_draft_has_neither_head_nor_number() -> None:
    issue = Issue(kind="annual", period="2022", number=NUMBER, issued_on=date(2022, 12, 2))
    content = made_up.annual(lists=Lists(issues=(issue,)))
    assert content.issue is None and content.issued_on == date(2022, 11, 30)
    draft, final = (Pages(made_up.rendered("annual")).squeezed(), issued().squeezed())
    assert "（代拟稿）" in draft and "（代拟稿）" not in final
    assert NUMBER not in draft and "局文件" not in draft and "印发（" not in draft


@pytest.mark.parametrize(("number", "is_good"), [
    (NUMBER, True), ("兰人社发〔2022〕1号", True), ("兰人社发〔2022〕015号", False), ("兰人社发〔2022〕第15号", False),
    ("兰人社发[2022]15号", False), ("兰人社发〔22〕15号", False), ("〔2022〕15号", False),
])
def test_numbers_are_written_as_the_standard_wants(tmp_path: Path, number: str, is_good: bool) -> None:
    path = tmp_path / "issued.yaml"
    path.write_text(f"- {{kind: annual, period: 2022, number: '{number}', issued_on: 2022-12-01}}\n", "utf-8")
    if is_good:
        assert [item.number for item in issues_of(path, "annual", "2022")] == [number]
        assert issues_of(path, "annual", "2023") == issues_of(None, "annual", "2022") == ()
    else:
        with pytest.raises(ConfigurationError):
            issues_of(path, "annual", "2022")


@pytest.mark.parametrize("text", [ENTRY + ENTRY.replace("annual", "monthly"), "a: b", "- {kind: annual}", ": ["])
def test_a_wrong_file_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "issued.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(ConfigurationError, match=r"issued\.yaml"):
        issues_of(path, "annual", "2022")


def test_a_number_makes_another_document_that_proves_itself(
    empty_database: str, programme: Programme, tmp_path: Path
) -> None:
    settings = replace(load_settings(), var=tmp_path / "var", database_url=empty_database)
    drafting = Operations(settings, programme)
    with drafting.connection() as connection:
        record_programme(connection, programme)
        load_case(connection, programme, CASES / "nothing")
    (tmp_path / "issued.yaml").write_text(ENTRY, "utf-8")
    numbered = Operations(replace(settings, issued_file=tmp_path / "issued.yaml"), programme)
    before = drafting.draft_document("annual", "2022", AS_OF, AS_OF + timedelta(hours=1))
    after = numbered.draft_document("annual", "2022", AS_OF, AS_OF + timedelta(hours=1))
    assert before != after
    pdf = numbered.document_pdf(after)[1]
    assert NUMBER in Pages(pdf).squeezed(0)
    found = verify(drafting, pdf)
    assert (found.state, found.told.issue.number) == ("same", NUMBER)
