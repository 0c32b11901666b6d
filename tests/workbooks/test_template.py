"""A template of every form is opened, filled in and saved by LibreOffice, read, and accepted without a finding."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from zhibao.admission import admission_findings
from zhibao.checking.run import check_returns
from zhibao.errors import OperatorError, RefusedError
from zhibao.findings import Finding
from zhibao.period import Period
from zhibao.reading.model import ReadReturn
from zhibao.reading.read import read_return
from zhibao.workbooks.asking import form_of, unit_of
from zhibao.workbooks.template import write_template
from zhibao.workbooks.words import settings

from .blanks import (
    EXPECTATIONS,
    FORMS,
    MADE_AT,
    PROGRAMME,
    beside,
    filled,
    header_row,
    letters,
    opened,
    period_of,
    suite_of,
    template,
    unit_for,
)
from .office import Job, Office

RECEIVED_AT = datetime(2022, 12, 31, 8, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


def judged(path: Path) -> tuple[ReadReturn, list[Finding]]:
    read = read_return(path, PROGRAMME)
    found = check_returns(PROGRAMME, [read], EXPECTATIONS, RECEIVED_AT.date())[0]
    return read, [*found, *admission_findings(PROGRAMME, read, RECEIVED_AT, read.unit)]


@pytest.fixture(scope="module")
def returned(office: Office, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Every template filled in, and left empty as a nil return; some by other formats; some with what slipped in."""
    folder = tmp_path_factory.mktemp("returned")
    jobs, paths = [], {}

    def add(name: str, form: str, typed: dict[str, str], ending: str = ".xlsx") -> None:
        source, paths[name] = folder / f"{form}.template.xlsx", folder / f"{name}{ending}"
        if not source.exists():
            source.write_bytes(template(form))
        jobs.append(Job(source, paths[name], typed))

    for form in FORMS:
        sheet = opened(template(form))
        add(form, form, filled(form))
        add(f"{form}.nil", form, {beside(sheet, "零报告"): "是", beside(sheet, "填表日期"): "2022-04-02"})
    add("xls", "candidate", filled("candidate"), ".xls")
    add("ods", "event", filled("event"), ".ods")
    add("slipped", "event", filled("event", entered_project_count="31", held_on="2022-04-01"))
    office.do(jobs)
    return paths


def test_there_are_ten_forms() -> None:
    assert len(FORMS) == 10


@pytest.mark.parametrize("form", FORMS)
def test_filled_in_it_is_accepted(returned: dict[str, Path], form: str) -> None:
    read, found = judged(returned[form])
    assert found == []
    assert (read.form, read.unit, read.period) == (form, unit_for(form), str(period_of(form)))
    assert len(read.rows) == 1
    owed = [column.code for column in PROGRAMME.forms[form].columns if column.required]
    assert all(read.columns[code] != [None] for code in owed)
    assert read.template == {
        "programme": "lanzhou-bqw", "form": form, "unit": unit_for(form), "period": str(period_of(form)),
        "template_version": PROGRAMME.template_version,
    }


@pytest.mark.parametrize("form", FORMS)
def test_a_nil_return_is_accepted_where_the_form_may_be_nil(returned: dict[str, Path], form: str) -> None:
    """Where it may not, LibreOffice does not let 是 be typed: left empty it is a return without a row."""
    read, found = judged(returned[f"{form}.nil"])
    may_be_nil = PROGRAMME.forms[form].may_be_nil
    assert [item.code for item in found] == ([] if may_be_nil else ["reading.no_rows"])
    assert read.nil_return is may_be_nil
    assert read.rows == []


@pytest.mark.parametrize(("name", "form"), [("xls", "candidate"), ("ods", "event")])
def test_saved_in_another_format_it_is_accepted_and_known(returned: dict[str, Path], name: str, form: str) -> None:
    read, found = judged(returned[name])
    assert [item for item in found if item.severity == "error"] == []
    assert len(read.rows) == 1
    assert read.template["form"] == form


def test_what_slipped_through_is_found_at_its_cell(returned: dict[str, Path]) -> None:
    read, found = judged(returned["slipped"])
    row = read.header_row + 1
    assert {(item.code, item.row, item.column) for item in found} == {
        ("event.entered_within_registered", row, "L"), ("event.held_on_within_period", row, "I"),
    }


# What the workbook holds.


@pytest.mark.parametrize("form", FORMS)
def test_what_is_given_is_locked_and_what_is_asked_for_is_not(form: str) -> None:
    sheet = opened(template(form))
    header = header_row(sheet, form)
    assert sheet.protection.sheet
    assert not sheet.protection.password
    assert not any((sheet.protection.formatColumns, sheet.protection.formatRows, sheet.protection.sort))
    assert all(cell.protection.locked for cell in sheet[header])
    for label in ("填报单位", "报告期", "模板版本", "金额单位"):
        assert sheet[beside(sheet, label)].protection.locked
    for label in ("填表日期", "填表人", "联系电话", "审核人", "备注"):
        assert not sheet[beside(sheet, label)].protection.locked
    rows = settings()["rows"] if PROGRAMME.forms[form].key else 1
    width = len(PROGRAMME.forms[form].columns)
    unlocked = [row[0].row for row in sheet.iter_rows(min_row=header + 1, max_col=width)
                if not any(cell.protection.locked for cell in row)]
    assert unlocked == list(range(header + 1, header + 1 + rows))


@pytest.mark.parametrize("form", FORMS)
def test_a_nil_return_is_offered_where_the_form_may_be_nil_alone(form: str) -> None:
    book = openpyxl.load_workbook(BytesIO(template(form)))
    sheet, may_be_nil = book.worksheets[0], PROGRAMME.forms[form].may_be_nil
    place = beside(sheet, "零报告")
    offered = [item for item in sheet.data_validations.dataValidation if place in item.sqref]
    assert (not sheet[place].protection.locked, len(offered)) == (may_be_nil, int(may_be_nil))
    guide = "\n".join(str(cell.value) for row in book["填写说明"].iter_rows() for cell in row if cell.value)
    assert ("选为“是”" in guide, "不能零报告" in guide) == (may_be_nil, not may_be_nil)


def test_both_kinds_of_forms_are_there() -> None:
    assert {PROGRAMME.forms[form].may_be_nil for form in FORMS} == {True, False}


@pytest.mark.parametrize("form", FORMS)
def test_the_head_says_which_return_it_is(form: str) -> None:
    sheet = opened(template(form))
    expected = {
        "填报单位": PROGRAMME.unit(unit_for(form)).name.zh, "报告期": period_of(form).zh(),
        "模板版本": PROGRAMME.template_version, "金额单位": "元", "零报告": "否",
    }
    assert {label: sheet[beside(sheet, label)].value for label in expected} == expected
    assert PROGRAMME.forms[form].name.zh in sheet["A1"].value


@pytest.mark.parametrize("form", FORMS)
def test_required_columns_are_starred_and_every_header_has_its_note(form: str) -> None:
    sheet = opened(template(form))
    cells = sheet[header_row(sheet, form)][: len(PROGRAMME.forms[form].columns)]
    for column, cell in zip(PROGRAMME.forms[form].columns, cells, strict=True):
        assert str(cell.value) == ("*" if column.required else "") + column.header
        assert cell.comment.text.startswith(column.header)


@pytest.mark.parametrize("form", FORMS)
def test_codes_are_text_and_numbers_are_numbers(form: str) -> None:
    sheet = opened(template(form))
    row = header_row(sheet, form) + 1
    for column in PROGRAMME.forms[form].columns:
        shown = sheet[f"{letters(form, column.code)}{row}"].number_format
        is_paragraph = (column.max_length or 0) > 255
        kind = {"integer": "0", "decimal": "General", "money": "#,##0.00", "date": "yyyy-mm-dd"}.get(column.type)
        assert shown == (kind or ("General" if is_paragraph else "@")), column.code


@pytest.mark.parametrize("form", FORMS)
def test_no_message_is_longer_than_a_cell_may_have(form: str) -> None:
    checks = opened(template(form)).data_validations.dataValidation
    assert len(checks) >= len(PROGRAMME.forms[form].columns)
    for check in checks:
        for text, longest in (
            (check.prompt, 255), (check.error, 255), (check.promptTitle, 32), (check.errorTitle, 32),
            (check.formula1, 255),
        ):
            assert len(text or "") <= longest
        assert check.prompt


@pytest.mark.parametrize("form", FORMS)
def test_every_choice_has_its_drop_down(form: str) -> None:
    sheet = opened(template(form))
    book = sheet.parent
    row = header_row(sheet, form) + 1
    for column in PROGRAMME.forms[form].columns:
        words = PROGRAMME.choices_of(column)
        if not words:
            continue
        check = next(item for item in sheet.data_validations.dataValidation
                     if f"{letters(form, column.code)}{row}" in item.cells)
        assert check.type == "list"
        name = book.defined_names[check.formula1]
        [(list_sheet, place)] = name.destinations
        cells = book[list_sheet][place.replace("$", "")]
        offered = [item[0].value for item in cells] if isinstance(cells, tuple) else [cells.value]
        assert len(offered) == len(words)
        assert all(word in known for word, known in zip(offered, words.values(), strict=True))


@pytest.mark.parametrize("form", FORMS)
def test_it_prints_on_landscape_pages_with_its_header_on_each(form: str) -> None:
    sheet = opened(template(form))
    header = header_row(sheet, form)
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert sheet.print_title_rows == f"${header}:${header}"
    assert sheet.print_area.endswith(str(header + (settings()["rows"] if PROGRAMME.forms[form].key else 1)))
    if PROGRAMME.forms[form].key:
        assert sheet.freeze_panes is not None
        assert int("".join(filter(str.isdigit, sheet.freeze_panes))) == header + 1


@pytest.mark.parametrize("form", FORMS)
def test_the_instructions_name_every_column_and_the_day(form: str) -> None:
    book = openpyxl.load_workbook(BytesIO(template(form)))
    assert [sheet.sheet_state for sheet in book.worksheets] == ["visible", "visible", "veryHidden", "veryHidden"]
    guide = book["填写说明"]
    text = "\n".join(str(cell.value) for row in guide.iter_rows() for cell in row if cell.value)
    due = {"monthly": "2022年4月6日17:30", "quarterly": "2022年4月6日17:30", "annual": "2022年11月30日17:30"}
    assert due[PROGRAMME.forms[form].cadence] in text
    assert "市就业局" in text
    assert "零报告" in text
    assert "{" not in text
    column_b = {str(row[1].value).lstrip("*") for row in guide.iter_rows()}
    assert {column.header for column in PROGRAMME.forms[form].columns} <= column_b


def test_the_same_template_is_the_same_file() -> None:
    unit = PROGRAMME.unit("chengguan")
    again = write_template(PROGRAMME, suite_of("forum"), unit, Period.parse("2022-03"), MADE_AT)
    assert again == template("forum")


# What is refused.


@pytest.mark.parametrize(("form", "unit", "period", "told"), [
    ("candidate", "chengguan", "2022Q1", "2022-03"),
    ("incubator", "chengguan", "2022-03", "2022Q1"),
    ("narrative", "chengguan", "2022-11", "2022"),
    ("candidate", "tax_bureau", "2022-03", "市税务局"),
    ("candidate", "chengguan", "2021-06", "2021年7月"),
    ("candidate", "chengguan", "2024-01", "2023-12-31"),
])
def test_no_template_is_made_for_a_return_that_is_not_taken(form: str, unit: str, period: str, told: str) -> None:
    with pytest.raises(RefusedError) as caught:
        write_template(PROGRAMME, suite_of(form), PROGRAMME.unit(unit), Period.parse(period), MADE_AT)
    assert told in caught.value.text.zh
    assert caught.value.exit_status == 1


def test_unknown_codes_are_answered_with_the_known_ones() -> None:
    with pytest.raises(OperatorError, match="narrative"):
        form_of(PROGRAMME, "nothing")
    with pytest.raises(OperatorError, match="jingkai"):
        unit_of(PROGRAMME, "nowhere")
    assert form_of(PROGRAMME, "event").code == "event"
    assert unit_of(PROGRAMME, "jingkai").code == "jingkai"
