"""Writes the blank return of one form, unit and period: the form's columns, and every rule that a cell can check."""

from __future__ import annotations

from datetime import datetime, time
from io import BytesIO
from typing import Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from zhibao.checking.identifiers import ID_WEIGHTS, USCC_ALPHABET, USCC_WEIGHTS
from zhibao.checking.suites import Suite
from zhibao.period import Period
from zhibao.programme.models import Column, Programme, Unit
from zhibao.reading.cells import IDENTITY_SHEET
from zhibao.reading.clean import printed_word
from zhibao.workbooks.asking import refuse_what_is_not_taken
from zhibao.workbooks.cellchecks import long_sets
from zhibao.workbooks.cells import Cells
from zhibao.workbooks.columns import Plan, Validation, is_long, plan_columns, width_of
from zhibao.workbooks.headblock import Place, place_pairs
from zhibao.workbooks.instructions import write_instructions
from zhibao.workbooks.styles import Styles
from zhibao.workbooks.words import LONGEST_TITLE, clipped, settings, word

TITLE_ROWS = 2
A4 = 9
PROTECTION = {"format_cells": True, "format_columns": True, "format_rows": True, "insert_rows": True, "sort": True}
# Named ranges of the list sheet, which formulas use where data validation allows no array of its own.
TABLES: dict[str, list[Any]] = {
    **{f"at_{count}": list(range(1, count + 1)) for count in (11, 17, 18)},
    "at_3_8": list(range(3, 9)),
    "id_abc": ["0123456789Xx"],
    "id_w": ID_WEIGHTS[:-1].tolist(),
    "uscc_w": USCC_WEIGHTS.tolist(),
    "uscc_abc": [USCC_ALPHABET],
}


def write_template(programme: Programme, suite: Suite, unit: Unit, period: Period, made_at: datetime) -> bytes:
    """The .xlsx as bytes. Raises RefusedError for a return that the programme does not take from this unit."""
    refuse_what_is_not_taken(programme, suite.form, unit, period)
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        book.set_properties({"title": suite.form.name.zh, "author": programme.issuer.zh,
                             "created": made_at.replace(tzinfo=None)})
        _Writer(book, programme, suite, unit, period).write(made_at)
    return buffer.getvalue()


class _Writer:
    """One workbook on its way; rows are 0-based as xlsxwriter has them, those of `cells` 1-based."""

    def __init__(
        self, book: xlsxwriter.Workbook, programme: Programme, suite: Suite, unit: Unit, period: Period
    ) -> None:
        self.book, self.programme, self.form, self.unit, self.period = book, programme, suite.form, unit, period
        self.styles = Styles(book)
        self.places, self.widths = self._lay_out()
        self.header_row = TITLE_ROWS + self.places[-1].row + 1
        rows = settings()["rows"] if self.form.key else 1
        self.cells = Cells(programme, self.form, period, self.header_row + 2, self.header_row + 1 + rows)
        self.suite, self.plans = suite, plan_columns(suite, self.cells)

    def _lay_out(self) -> tuple[list[Place], list[float]]:
        known, widths = settings(), []
        for column in self.form.columns:
            words = tuple(printed_word(words) for words in self.programme.choices_of(column).values())
            widths.append(width_of(column, words))
        row_width = max(known["page_width"], sum(widths) / _pages(widths))
        return place_pairs(len(self.programme.head), widths, known["head_value_width"], row_width), widths

    def write(self, made_at: datetime) -> None:
        sheet = self.book.add_worksheet(self.form.name.zh)
        guide = self.book.add_worksheet(word("instructions"))
        lists = self.book.add_worksheet(word("choices"))
        identity = self.book.add_worksheet(IDENTITY_SHEET)
        self._write_lists(lists)
        self._write_identity(identity)
        self._write_title(sheet)
        self._write_head(sheet)
        for index, plan in enumerate(self.plans):
            self._write_column(sheet, index, plan)
        self._set_up(sheet)
        write_instructions(guide, self.styles, self.cells, self.unit, self.plans, made_at)
        for hidden in (lists, identity):
            hidden.very_hidden()

    def _write_identity(self, sheet: Worksheet) -> None:
        values = {
            "programme": self.programme.code, "form": self.form.code, "unit": self.unit.code,
            "period": str(self.period), "template_version": self.programme.template_version,
        }
        for row, pair in enumerate(values.items()):
            sheet.write_row(row, 0, pair)

    def _write_lists(self, sheet: Worksheet) -> None:
        """One column a named range: the choices of each drop-down, and the tables that formulas use."""
        ranges: dict[str, list[Any]] = TABLES | long_sets(self.suite)
        for column in self.programme.head:
            if choices := self.programme.choices_of(column):
                ranges[f"head_{column.code}"] = [printed_word(words) for words in choices.values()]
        for plan in self.plans:
            if plan.validation and plan.validation.words:
                ranges[f"list_{plan.column.code}"] = list(plan.validation.words)
        for index, (name, values) in enumerate(ranges.items()):
            sheet.write_column(0, index, values)
            last = xlsxwriter.utility.xl_rowcol_to_cell(len(values) - 1, index, True, True)
            first = xlsxwriter.utility.xl_rowcol_to_cell(0, index, True, True)
            self.book.define_name(name, f"='{sheet.name}'!{first}:{last}" if len(values) > 1
                                  else f"='{sheet.name}'!{first}")

    def _write_title(self, sheet: Worksheet) -> None:
        last = max(place.last for place in self.places)
        title = word("title", programme=self.programme.short_name.zh, form=self.form.name.zh)
        subtitle = word("subtitle", unit=self.unit.name.zh, period=self.period.zh())
        for row, (text, style, height) in enumerate((
            (title, self.styles.title, 34), (subtitle, self.styles.subtitle, 20),
        )):
            sheet.merge_range(row, 0, row, last, text, style)
            sheet.set_row(row, height)

    def _write_head(self, sheet: Worksheet) -> None:
        given = {
            "unit": self.unit.name.zh, "period": self.period.zh(),
            "template_version": self.programme.template_version, "money_unit": "元",
        }
        if not self.form.may_be_nil:
            given |= {column.code: _default(self.programme, column) for column in self.programme.head
                      if column.code == "nil_return"}
        for column, place in zip(self.programme.head, self.places, strict=True):
            row = TITLE_ROWS + place.row
            sheet.set_row(row, 20)
            sheet.write_string(row, place.label, word("label", header=column.header), self.styles.label)
            style = self.styles.given if column.code in given else self.styles.entry(column.type, is_head=True)
            value = given.get(column.code) or (_default(self.programme, column) if column.choices else "")
            if place.last > place.first:
                sheet.merge_range(row, place.first, row, place.last, value, style)
            else:
                sheet.write(row, place.first, value, style)
            if column.code not in given:
                self._check_head(sheet, row, place.first, column)

    def _check_head(self, sheet: Worksheet, row: int, index: int, column: Column) -> None:
        title = clipped(column.header, LONGEST_TITLE)
        if column.choices:
            sheet.data_validation(row, index, row, index, {
                "validate": "list", "source": f"=head_{column.code}", "input_title": title,
                "input_message": word("nil_prompt"), "error_title": title, "error_message": word("not_a_choice"),
            })
        elif column.type == "date":
            day, first = self.period.ends_on, datetime.combine(self.period.starts_on, time())
            sheet.data_validation(row, index, row, index, {
                "validate": "date", "criteria": ">=", "value": first, "input_title": title,
                "input_message": word("date_prompt", day=day), "error_title": title,
                "error_message": word("not_a_date", day=day),
            })
        if column.required:
            sheet.conditional_format(row, index, row, index, {
                "type": "blanks", "format": self.styles.severity("error"),
            })

    def _write_column(self, sheet: Worksheet, index: int, plan: Plan) -> None:
        first, last = self.cells.first_row - 1, self.cells.last_row - 1
        sheet.set_column(index, index, self.widths[index])
        self._write_header(sheet, index, plan)
        style = self.styles.entry(plan.column.type, is_long=is_long(plan.column))
        for row in range(first, last + 1):
            sheet.write_blank(row, index, None, style)
        sheet.data_validation(first, index, last, index, _validation_options(plan))
        for highlight in plan.highlights:
            sheet.conditional_format(first, index, last, index, {
                "type": "formula", "criteria": f"={highlight.formula}",
                "format": self.styles.severity(highlight.severity),
            })

    def _write_header(self, sheet: Worksheet, index: int, plan: Plan) -> None:
        column = plan.column
        if column.required:
            sheet.write_rich_string(
                self.header_row, index, self.styles.star, "*", self.styles.bold, column.header, self.styles.required)
        else:
            sheet.write_string(self.header_row, index, column.header, self.styles.header)
        lines = sum(1 + len(line) // 26 for line in plan.note.splitlines())
        sheet.write_comment(self.header_row, index, plan.note, {
            "author": self.programme.issuer.zh, "width": 340, "height": 20 + 17 * lines, "font_size": 9,
            "font_name": settings()["fonts"]["text"],
        })

    def _set_up(self, sheet: Worksheet) -> None:
        frozen = next((index for index, column in enumerate(self.form.columns) if column.code not in self.form.key), 1)
        sheet.set_row(self.header_row, 36)
        if self.form.key:
            sheet.set_default_row(18)
            sheet.freeze_panes(self.header_row + 1, max(frozen, 1))
            sheet.repeat_columns(0, max(frozen, 1) - 1)
        elif any(width >= settings()["paragraph"]["width"] for width in self.widths):
            sheet.set_row(self.header_row + 1, settings()["paragraph"]["row_height"])
        sheet.protect("", PROTECTION)
        sheet.set_landscape()
        sheet.set_paper(A4)
        sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
        sheet.repeat_rows(self.header_row)
        sheet.fit_to_pages(_pages(self.widths), 0)
        sheet.print_area(0, 0, self.cells.last_row - 1, len(self.form.columns) - 1)
        sheet.set_footer("&L" + word("footer", form=self.form.name.zh, unit=self.unit.name.zh, period=self.period.zh()))
        sheet.set_zoom(100)
        sheet.set_selection(self.header_row + 1, 0, self.header_row + 1, 0)


def _pages(widths: list[float]) -> int:
    """Over how many pages side by side the table is printed."""
    return max(1, round(sum(widths) / settings()["page_width"]))


def _default(programme: Programme, column: Column) -> str:
    """否 for a return that is not nil: the choice that says no, else the first."""
    choices = programme.choices_of(column)
    return printed_word(choices.get("no") or next(iter(choices.values())))


def _validation_options(plan: Plan) -> dict[str, Any]:
    title = clipped(word("prompt_title", header=plan.column.header), LONGEST_TITLE)
    options: dict[str, Any] = {"input_title": title, "input_message": plan.prompt}
    check = plan.validation
    if check is None:
        return {**options, "validate": "any"}
    return {**options, **_refusal(check, title), **(
        {"validate": "list", "source": f"=list_{plan.column.code}"} if check.words
        # An empty cell that a formula names would otherwise let every value pass; the formulas look at that themselves.
        else {"validate": "custom", "value": f"={check.formula}", "ignore_blank": False}
    )}


def _refusal(check: Validation, title: str) -> dict[str, Any]:
    refusal = settings()["severities"][check.severity]["refusal"]
    return {"error_title": title, "error_message": check.message, "error_type": refusal}
