"""Hand-made returns. All people are made up: 测试某, phones 13800000000, numbers with a right check character."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import xlsxwriter
from openpyxl.worksheet.worksheet import Worksheet

from zhibao.findings import Finding
from zhibao.reading.model import ReadReturn

HEAD: list[list[Any]] = [
    ["“百千万”创业引领工程候选人名册"],
    ["填报单位：城关区", None, "报告期", "2022-03", "填表日期：2022-04-02", None, "模板版本", "2021.1",
     "金额单位", "元"],
]
COLUMNS: dict[str, Any] = {
    "候选人编号": "CG-001", "申报层级": "新锐创客", "类别": "巾帼创业群体", "姓名": "测试某",
    "身份证号": "620102199001010019", "手机号": "13800000000", "单位名称": "测试商行",
    "统一社会信用代码": "91620102MA00000000", "主体类型": "企业", "成立日期": date(2021, 6, 1), "项目名称": "测试项目",
    "带动就业人数": 6, "其中稳定一年以上": 5, "上年度营收": 600000, "营收年度": 2021, "信用核查结果": "无",
    "推荐单位": "城关区",
}
HEADERS = list(COLUMNS)


def record(number: int = 1, **changes: Any) -> list[Any]:
    """One row in the order of HEADERS; `changes` are by header."""
    return list({**COLUMNS, "候选人编号": f"CG-{number:03d}", **changes}.values())


def sheet_rows(
    records: Sequence[list[Any]] = (), *, head: Sequence[list[Any]] = HEAD, headers: Sequence[Any] = HEADERS
) -> list[list[Any]]:
    """Title, head block, header in row 3, records from row 4."""
    return [*map(list, head), list(headers), *map(list, records)]


def write_openpyxl(
    path: Path, rows: Sequence[Sequence[Any]], name: str = "候选人名册", then: Callable[[Worksheet], None] | None = None
) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = name
    for number, row in enumerate(rows, 1):
        for index, value in enumerate(row, 1):
            if value is not None:
                sheet.cell(number, index, value)
    if then:
        then(sheet)
    book.save(path)
    return path


def write_xlsxwriter(path: Path, rows: Sequence[Sequence[Any]], name: str = "候选人名册", **options: Any) -> Path:
    book = xlsxwriter.Workbook(path, options)
    sheet, day = book.add_worksheet(name), book.add_format({"num_format": "yyyy-mm-dd"})
    for number, row in enumerate(rows):
        for index, value in enumerate(row):
            if isinstance(value, date | datetime):
                sheet.write_datetime(number, index, datetime(value.year, value.month, value.day), day)
            elif isinstance(value, str):
                sheet.write_string(number, index, value)
            elif value is not None:
                sheet.write(number, index, value)
    book.close()
    return path


def write_csv(path: Path, rows: Sequence[Sequence[Any]], encoding: str, delimiter: str = ",") -> Path:
    with path.open("w", encoding=encoding, newline="") as stream:
        writer = csv.writer(stream, delimiter=delimiter)
        writer.writerows([["" if cell is None else str(cell) for cell in row] for row in rows])
    return path


def rezip(source: Path, target: Path, change: Callable[[str, bytes], bytes | None]) -> Path:
    """Copy a workbook with each entry changed; None drops it."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = change(name, old.read(name))
            if data is not None:
                new.writestr(name, data)
    return target


def found(result: ReadReturn, code: str) -> list[Finding]:
    return [item for item in result.findings if item.code == code]


def codes(result: ReadReturn) -> list[str]:
    return [item.code for item in result.findings]
