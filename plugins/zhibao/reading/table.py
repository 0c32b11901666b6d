"""Turns a file's grids into one ReadReturn: which sheet, which form, whose, for when, and its records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from zhibao.programme.models import Form, Programme
from zhibao.reading.answers import LIST_SHEET, answers_in
from zhibao.reading.cells import IDENTITY_SHEET, Grid, Row
from zhibao.reading.head import Entry, Head, HeadLabels, understand_head
from zhibao.reading.headers import HEADER_ROWS, Header, Vocabulary, find_header
from zhibao.reading.identity import identity_of
from zhibao.reading.lexicon import lexicon_of
from zhibao.reading.limits import Limits
from zhibao.reading.messages import finding, harmless
from zhibao.reading.model import ReadReturn
from zhibao.reading.records import BATCH, Findings, Records
from zhibao.reading.rows import RowJudge, is_subtotal, label_of
from zhibao.reading.sheetscan import column_letters
from zhibao.reading.text_rules import squeeze

_NO_DATA_SHEETS = (LIST_SHEET, "说明", "样例", "示例", "范例", "字典", "代码表", "选项")


def read_table(
    grids: Iterable[Grid], programme: Programme, limits: Limits, *, epoch_1904: bool = False, has_pictures: bool = False
) -> ReadReturn:
    """Read the best of `grids`. A sheet of instructions is looked at only if there is no other."""
    result = ReadReturn()
    grids = _tables(grids, result)
    findings = Findings(result, limits.findings)
    lexicon = lexicon_of(programme)
    labels, choice = lexicon.labels, _choose(grids, lexicon.vocabulary)
    grid, header, is_blank = choice.grid, choice.header, choice.is_blank
    entries = {} if grid is None else labels.find(_rows_above(grid, header))
    form = header.form if header else _form_by_title(grid, programme)
    if grid is None or (header is None and not (form and entries)):
        blank = "reading.picture_only" if has_pictures else "reading.empty_file"
        findings.add(finding(blank if is_blank else "reading.no_table", sheet=grid.name if grid else None))
        _name_other_tables(choice, findings)
        return result
    result.sheet, result.form = grid.name, form.code if form else None
    records = _read_rows(grid, header, result, programme, findings, labels, entries, epoch_1904) if header else None
    head = understand_head(
        labels.find(records.below, entries) if records else entries, programme, form, grid.name, epoch_1904=epoch_1904
    )
    _put_head(result, head, findings)
    _name_other_tables(choice, findings)
    _check_rows(result, header, findings)
    findings.close()
    return result


def _tables(grids: Iterable[Grid], result: ReadReturn) -> Iterator[Grid]:
    """The sheets that may hold a table; the template's identity and the answers to queries go into `result`."""
    for grid in grids:
        if grid.name == IDENTITY_SHEET:
            result.template = identity_of(grid.top)
            continue
        if grid.name == LIST_SHEET and not grid.is_hidden:
            result.answers = answers_in(grid.rows())
        yield grid


@dataclass(slots=True)
class _Choice:
    """The sheet to read, with its header if it has one. `other_tables` are the names of sheets that have one too,
    `hidden_tables` those of hidden sheets, which are never read.
    """

    grid: Grid | None = None
    header: Header | None = None
    score: float = -1.0
    is_blank: bool = True
    other_tables: list[str] = field(default_factory=list)
    hidden_tables: list[str] = field(default_factory=list)


def _choose(grids: Iterable[Grid], vocabulary: Vocabulary) -> _Choice:
    """The sheet with the best header, else the first that holds anything."""
    choice = _Choice()
    for grid in grids:
        if grid.is_blank:
            continue
        header = find_header(grid, vocabulary)
        if grid.is_hidden:
            if header is not None:
                choice.hidden_tables.append(grid.name)
            continue
        choice.is_blank = False
        is_instruction = any(word in grid.name for word in _NO_DATA_SHEETS)
        score = 0.0 if header is None else 0.5 if is_instruction else header.score
        if score > choice.score:
            if choice.grid is not None and choice.score > 0.5:
                choice.other_tables.append(choice.grid.name)
            choice.grid, choice.header, choice.score = grid, header, score
        elif score > 0.5:
            choice.other_tables.append(grid.name)
    return choice


def _name_other_tables(choice: _Choice, findings: Findings) -> None:
    for code, names in (("reading.other_table", choice.other_tables), ("reading.hidden_table", choice.hidden_tables)):
        for name in names:
            findings.add(finding(code, sheet=name))


def _rows_above(grid: Grid, header: Header | None) -> Iterable[tuple[int, Row]]:
    return enumerate(grid.top[: header.first_row if header else HEADER_ROWS])


def _form_by_title(grid: Grid | None, programme: Programme) -> Form | None:
    """A nil return may come without a table: its title says which form it is."""
    if grid is None:
        return None
    texts = [squeeze(cell) for row in grid.top[:HEADER_ROWS] for cell in row if isinstance(cell, str)]
    return next((form for form in programme.forms.values()
                 if any(squeeze(form.name.zh) in text for text in (*texts, grid.name))), None)


def _read_rows(
    grid: Grid, header: Header, result: ReadReturn, programme: Programme, findings: Findings,
    labels: HeadLabels, entries: dict[str, Entry], epoch_1904: bool,
) -> Records:
    head_unit = understand_head(entries, programme, header.form, grid.name, epoch_1904=epoch_1904).money_unit(programme)
    result.header_row = header.last_row + 1
    result.layout = {slot.column.code: column_letters(slot.index) for slot in header.slots}
    result.headers = {slot.column.code: slot.title for slot in header.slots}
    records = Records(header, result, programme, findings, head_unit=head_unit, epoch_1904=epoch_1904)
    _sort_rows(grid, header, records, findings, labels)
    if records.count:
        records.fill_merged(grid.merged)
        records.mark(grid.scan)
        records.check_totals(is_subtotal)
    records.close()
    return records


def _sort_rows(grid: Grid, header: Header, records: Records, findings: Findings, labels: HeadLabels) -> None:
    judge, first = RowJudge(header, labels), header.last_row + 2
    rows = islice(grid.rows(), first - 1, None)
    while batch := list(islice(rows, BATCH)):
        columns, others = list(zip(*batch, strict=True)), set[int]()
        for index in judge.doubtful(columns):
            row, number = batch[index], first + index
            kind = judge.kind(row)
            if kind == "record":
                continue
            if kind in ("total", "part"):
                above = records.count + index - len(others)
                records.add_total(row, number, label_of(row), above=above, part=kind == "part")
            elif kind == "footer":
                records.below.append((number - 1, row))
            elif kind == "sample":
                findings.add(finding("reading.sample_row", sheet=grid.name, row=number, word=judge.sample_word(row)))
            others.add(index)
        places = [index for index in range(len(batch)) if index not in others]
        if others and places:
            columns = list(zip(*map(batch.__getitem__, places), strict=True))
        if places:
            records.take(columns, [first + place for place in places])
        first += len(batch)


def _put_head(result: ReadReturn, head: Head, findings: Findings) -> None:
    result.head, result.head_cells = head.values, head.cells
    result.unit, result.period = head.values.get("unit"), head.values.get("period")
    result.nil_return = head.is_nil
    for found in head.findings:
        findings.add(found)


def _check_rows(result: ReadReturn, header: Header | None, findings: Findings) -> None:
    """What the header lacks or has too much of, and whether there are records where there should be."""
    if result.nil_return and result.rows:
        findings.add(finding("reading.nil_with_rows", sheet=result.sheet, row=result.rows[0], count=len(result.rows)))
    if not result.nil_return and not result.rows:
        findings.add(finding("reading.no_rows", sheet=result.sheet, row=result.header_row))
    if header is None:
        return
    place = {"sheet": result.sheet, "row": result.header_row}
    if not result.nil_return:
        for column in header.missing:
            findings.add(finding("reading.missing_column", header=column.header, field=column.code, **place))
    for index, text in header.unknown:
        findings.add(finding("reading.unknown_column", column=column_letters(index), header=harmless(text), **place))
    for index, text in header.repeated:
        findings.add(finding("reading.repeated_column", column=column_letters(index), header=harmless(text), **place))
    for slot in header.slots:
        if slot.strange_unit:
            letters, code = column_letters(slot.index), slot.column.code
            findings.add(finding("reading.strange_unit", column=letters, header=slot.title, field=code, **place))
