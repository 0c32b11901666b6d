"""Small returns as bytes: a head block, a header, and records in which only the columns that matter differ."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from openpyxl import Workbook
from stdnum.cn import ric, uscc

from zhibao.programme.models import Programme

HEADER_ROW = 6


def id_number(sequence: int, region: str = "620102", born: str = "19900101") -> str:
    """An invented 身份证号 with a sound check character."""
    body = f"{region}{born}{sequence:03d}"
    return body + ric.calc_check_digit(body + "0")


def candidate(sequence: int = 1, **changed: Any) -> dict[str, Any]:
    """A sound, fictional candidate; `changed` replaces columns by their code."""
    code = f"91620102MA{sequence:07d}"
    return {
        "candidate_no": f"CG-{sequence:04d}", "level": "新锐创客", "category": "餐饮",
        "person_name": f"测试某{sequence}", "id_number": id_number(sequence), "phone": f"1380000{sequence:04d}",
        "venture_name": f"示例{sequence}有限公司",
        "uscc": code + uscc.calc_check_digit(code), "venture_type": "企业", "established_on": "2021-05-06",
        "project_name": "示例项目", "jobs_created_count": 8, "jobs_stable_count": 6, "annual_revenue_yuan": 600000,
        "revenue_year": 2021, "credit_check": "无", "checked_on": "2022-02-01", "nominated_by": "城关区",
        **changed,
    }


def workbook(
    programme: Programme, records: list[dict[str, Any]], form: str = "candidate", unit: str = "城关区",
    period: str = "2022年3月", nil: str = "否",
) -> bytes:
    """A return with the form's own headers in row 6; records begin in row 7."""
    book = Workbook()
    sheet = book.active
    sheet.title = "表"
    head = {"填报单位": unit, "报告期": period, "填表日期": "2022-04-01", "模板版本": programme.template_version,
            "金额单位": "元", "零报告": nil}
    pairs = list(head.items())
    for index in range(HEADER_ROW - 1):
        sheet.append([cell for pair in pairs[index::HEADER_ROW - 1] for cell in pair])
    columns = programme.forms[form].columns
    sheet.append([column.header for column in columns])
    for record in records:
        sheet.append([record.get(column.code) for column in columns])
    out = BytesIO()
    book.save(out)
    return out.getvalue()
