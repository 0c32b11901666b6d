"""Tells records from what else stands below a header: totals, samples, signatures, notes, numbered empty rows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from operator import itemgetter
from typing import Any, Literal

from zhibao.reading.cells import Row
from zhibao.reading.head import HeadLabels
from zhibao.reading.headers import Header, is_header_again
from zhibao.reading.text_rules import squeeze

RowKind = Literal["record", "blank", "total", "part", "sample", "footer", "header"]

# The first signs of a row that may be no record; all others are spared the closer look.
_SUSPECT = frozenset(
    " \t\n\r\u3000\xa0\ufeff'‘（(【[<合小总共本累全区其填制联审复单部负分注备说第打盖公主样示范举例经报领页"
)
_DOUBTFUL = _SUSPECT | {""}
_PLAIN_CELLS = 3
_FIRST_SIGN = itemgetter(0)
_TOTAL = re.compile(r"(?:本页|本表|全市|全区|全县|区县|累计)?(?:合计|总计|共计|总数|小计)(?:[:：(（/].*|\d*|数|人数)?")
# 城关区合计, where nothing else in the row is text.
_NAMED_TOTAL = re.compile(r".{1,12}(?:合计|总计|小计)")
_SUBTOTAL = re.compile(r".*小计|本页.*")
_PART = re.compile(r"其中(?:[:：].*|.{0,12})?")
# The word alone, numbered or in brackets, or set off from what follows: 示例基地 is a name, 示例：CG-001 is not.
_SAMPLE = re.compile(
    r"[(\[【<〈《]?((?:填写|填报)?(?:样例|示例|范例|举例)(?:行|数据)?|例如?)\d{0,2}(?:[)\]】>〉》].*|[:：、—–_-].*|)"
)
_FOOTER_LABEL = (
    r"填表人|制表人|填报人|经办人|联系人|联系电话|联系人电话|审核人|审核|复核人|单位负责人|部门负责人|负责人|分管领导|主管领导|领导签字|"
    r"单位领导|填表日期|填报日期|制表日期|打印日期|报送日期|填报单位|报送单位|盖章|公章|单位[(（](?:公章|盖章)[)）]|单位公章|主管部门"
)
_FOOTER = re.compile(
    rf"(?:{_FOOTER_LABEL})(?:[(（].*?[)）])?(?:[:：].*)?|(?:注|备注|说明|填表说明|填报说明)(?:\d?[:：、.].*)?"
    r"|第[\d一二三四五六七八九十×xX_]+页.*|共[\d×xX_]+页.*|页码.*"
)
# A row of this many cells or fewer is looked at closely, whatever it begins with.
_FEW_CELLS = 4
_MOST_DIGITS_OF_A_LINE_NUMBER = 5


class RowJudge:
    """Judges the rows below one header, in order: what stands after the signatures is no record either."""

    def __init__(self, header: Header, labels: HeadLabels | None = None) -> None:
        self._header, self._labels = header, labels
        self._indices = [slot.index for slot in header.slots]
        self._first = self._indices[0] if header.slots[0].column.type == "text" else None
        self._first_header = header.slots[0].text
        self._ended = False

    def doubtful(self, columns: Sequence[Sequence[Any]]) -> list[int]:
        """The places of those rows whose kind must be asked for, in order; the others are records.

        The short way for most rows: three cells filled, none of which begins like anything but a record.
        """
        if len(columns) < _PLAIN_CELLS:
            return list(range(len(columns[0])))
        headers, found = columns[self._indices[0]], set[int]()
        if self._first_header in headers:
            found.update(place for place, cell in enumerate(headers) if cell == self._first_header)
        for cells in columns[:_PLAIN_CELLS]:
            if _may_be_doubtful(cells):
                found.update(place for place, cell in enumerate(cells)
                             if isinstance(cell, str) and cell[:1] in _DOUBTFUL)
        return sorted(found)

    def kind(self, row: Row) -> RowKind:
        """To be asked in the order of the rows, of the doubtful ones."""
        filled = len(row) - row.count("")
        if not filled or (filled <= 3 and not _cells(row)):
            return "blank"
        if row[self._indices[0]] == self._first_header and is_header_again(row, self._header):
            return "header"
        kind = self._marked(row) if _looks_suspect(row) or filled <= _FEW_CELLS else "record"
        if kind != "record":
            self._ended = self._ended or kind == "footer"
            return kind
        if filled <= 2:
            if self._is_only_numbered(row):
                return "blank"
            # A second line of notes, below the signatures or the first line.
            if self._ended and filled == 1:
                return "footer"
        return "record"

    def _marked(self, row: Row) -> RowKind:
        cells = _cells(row)
        texts = [squeeze(cell) for cell in cells if isinstance(cell, str)]
        first = next((text for text in texts if not text.isdigit()), "")
        if self.sample_word(row):
            return "sample"
        if _TOTAL.fullmatch(first) or (len(texts) == 1 and _NAMED_TOTAL.fullmatch(first)):
            return "total"
        if _PART.fullmatch(first):
            return "part"
        return "footer" if _FOOTER.fullmatch(first) or self._begins_with_label(texts) else "record"

    def sample_word(self, row: Row) -> str:
        """The word that makes a row a sample; it stands in the form's first column or left of it."""
        cells = (squeeze(cell) for cell in row[: self._indices[0] + 1] if isinstance(cell, str))
        found = next(filter(None, map(_SAMPLE.fullmatch, cells)), None)
        return found[1] if found else ""

    def _begins_with_label(self, texts: list[str]) -> bool:
        """A pair of the head block that stands below the table."""
        return self._labels is not None and 0 < len(texts) <= _FEW_CELLS and self._labels.begins(texts[0])

    def _is_only_numbered(self, row: Row) -> bool:
        """Numbered in advance and never filled in: a line number beside the form's columns, or in its first one."""
        mapped = [index for index in self._indices if not _is_blank(row[index])]
        if not mapped:
            return all(_is_line_number(cell) for cell in _cells(row))
        return mapped == [self._first] and all(_is_line_number(cell) for cell in _cells(row))


def is_subtotal(label: str) -> bool:
    return _SUBTOTAL.match(squeeze(label)) is not None


def label_of(row: Row) -> str:
    """The word that makes a row a total."""
    texts = (cell.strip() for cell in row if isinstance(cell, str))
    return next((text for text in texts if squeeze(text) and not squeeze(text).isdigit()), "")


def _may_be_doubtful(cells: Sequence[Any]) -> bool:
    try:
        return not _SUSPECT.isdisjoint(map(_FIRST_SIGN, cells))
    except (TypeError, IndexError):  # a number, an empty cell
        return True


def _looks_suspect(row: Row) -> bool:
    seen = 0
    for cell in row:
        if cell == "":
            continue
        if isinstance(cell, str) and cell[0] in _SUSPECT:
            return True
        seen += 1
        if seen == 3:
            return False
    return False


def _cells(row: Row) -> list[Any]:
    return [cell for cell in row if not _is_blank(cell)]


def _is_blank(cell: Any) -> bool:
    return cell == "" or (isinstance(cell, str) and not squeeze(cell))


def _is_line_number(cell: Any) -> bool:
    if isinstance(cell, float):
        return cell.is_integer() and 0 < cell < 10**_MOST_DIGITS_OF_A_LINE_NUMBER
    return isinstance(cell, str) and squeeze(cell).isdigit() and len(squeeze(cell)) <= _MOST_DIGITS_OF_A_LINE_NUMBER
