"""The letter that forwards the annual report to each addressee, and the public list of awardees."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from warehouse.loading import CASES, instant, load_case

from zhibao.intake import record_programme
from zhibao.operations import Operations
from zhibao.programme.models import Programme
from zhibao.settings import load_settings

from .pages import Pages

AS_OF = instant("2022-12-01T09:00:00")


@pytest.fixture
def operations(empty_database: str, programme: Programme, tmp_path: Path) -> Operations:
    operations = Operations(replace(load_settings(), var=tmp_path / "var", database_url=empty_database), programme)
    with operations.connection() as connection:
        record_programme(connection, programme)
        load_case(connection, programme, CASES / "full")
    return operations


def texts(operations: Operations, kind: str, period: str) -> dict[str, str]:
    files = operations.files_of(operations.compute(kind, period, AS_OF))
    return {name: Pages(pdf).squeezed() for name, pdf in files.items() if name.endswith(".pdf")}


def test_each_addressee_has_a_letter(operations: Operations, programme: Programme) -> None:
    letters = texts(operations, "transmittal", "2022")
    addressees = programme.reports["annual"].addressees
    assert list(letters) == [f"{name}_百千万创业引领工程2022年报送函.pdf" for name in addressees]
    for name, text in zip(addressees, letters.values(), strict=True):
        assert text.startswith("关于报送2022年“百千万”创业引领工程工作开展情况报告的函（代拟稿）" + name + "：")
        assert "附件：关于2022年“百千万”创业引领工程工作开展情况的报告兰州市人力资源和社会保障局2022年12月1日" in text


def test_a_letter_tells_the_pages_of_what_was_approved(operations: Operations) -> None:
    number = operations.draft_document("annual", "2022", AS_OF - timedelta(hours=1), AS_OF)
    assert "页）" not in next(iter(texts(operations, "transmittal", "2022").values()))
    with operations.connection() as connection:
        connection.execute(
            "insert into approval (document_id, decision, actor, comment, figures_digest, pdf_sha256)"
            " select document_id, 'approve', 'test', '', figures_digest, pdf_sha256 from document"
        )
    pages = len(Pages(operations.document_pdf(number)[1]))
    assert f"工作开展情况的报告（{pages}页）" in next(iter(texts(operations, "transmittal", "2022").values()))


def test_the_public_list_names_venture_project_and_recommender_alone(operations: Operations) -> None:
    (text,) = texts(operations, "public-list", "2022").values()
    assert "一、创业达人" in text and "二、创业新秀" in text and "三、新锐创客" in text
    assert "序号姓名创业主体项目名称推荐单位" in text
    with operations.connection() as connection:
        rows = connection.execute("select person_name, category, venture_name, uscc from candidate").fetchall()
    listed = [row for row in rows if row["person_name"] in text]
    assert len(listed) > 3
    assert not any(row["uscc"] in text for row in rows if row["uscc"])
    assert not any(row["category"] in ("disabled", "veterans") for row in listed)
