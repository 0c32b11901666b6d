"""Writes the header block of a table: one row, grouped headers over two rows, or one header split over both."""

from __future__ import annotations

from zhibao.programme.models import Column
from zhibao.samples.page import Page, Wrongs
from zhibao.samples.styles import Style

GROUPS = {
    "创业者信息": ("person_name", "id_type", "id_number", "gender", "phone", "disability_no", "veteran_no"),
    "创业主体信息": ("venture_name", "uscc", "venture_type", "industry_code", "established_on"),
    "就业与经营": ("jobs_created_count", "jobs_stable_count", "insured_count", "annual_revenue_yuan", "revenue_year"),
    "核查情况": ("credit_check", "checked_on", "labour_check", "business_record_check"),
    "授予情况": ("granted_by", "document_no", "decided_on"),
    "其中": ("student_count", "migrant_worker_count", "veteran_count", "disabled_count", "women_count"),
    "场地情况": ("disposable_area_sqm", "tenant_area_sqm", "premises", "lease_from_on", "lease_to_on"),
    "银税互动": (
        "bank_tax_link_month_count",
        "bank_tax_link_total_count",
        "bank_tax_link_month_yuan",
        "bank_tax_link_total_yuan",
    ),
    "参赛情况": ("registered_project_count", "entered_project_count", "participant_count", "prize_count"),
}
SPLIT = {
    "notice_from_on": ("公示", "起"),
    "notice_to_on": ("公示", "止"),
    "startup_guarantee_loan_person_month_count": ("个人贷款笔数", "本月"),
    "startup_guarantee_loan_person_total_count": ("个人贷款笔数", "累计"),
    "startup_guarantee_loan_firm_month_count": ("小微笔数", "本月"),
    "startup_guarantee_loan_firm_total_count": ("小微笔数", "累计"),
    "lease_from_on": ("租赁", "起"),
    "lease_to_on": ("租赁", "止"),
    "utilisation_last_year_pct": ("利用率", "上年"),
    "utilisation_second_last_year_pct": ("利用率", "前年"),
    "utilisation_third_last_year_pct": ("利用率", "大前年"),
}


def write_headers(page: Page, codes: list[str], wrongs: Wrongs) -> None:
    """Headers of the columns `codes`, with the columns of the office's own around them."""
    style = page.style
    group_of = _groups(style, codes)
    top = page.next_row
    row = page.header_row = top + (1 if group_of else 0)
    column = 1
    if style.numbered:
        _plain_header(page, top, row, column, "序号")
        page.layout.append(("extra_column", top, column))
        column += 1
    for code in codes:
        page.columns[code] = column
        text = _header_text(page.form.column(code), page, wrongs)
        if group_of.get(code) is None:
            _plain_header(page, top, row, column, text)
        else:
            page.put(top, column, group_of[code])
            page.put(row, column, SPLIT[code][1] if style.header_rows == "split" else text)
        column += 1
    if style.contact:
        _plain_header(page, top, row, column, "联系人")
        page.layout.append(("extra_column", top, column))
    page.bold_rows |= {top, row}
    _merge_groups(page, top, group_of)
    _note_headers(page, codes)


def _groups(style: Style, codes: list[str]) -> dict[str, str]:
    """Column code → the text above its own header; empty where the table has one header row."""
    if style.header_rows == "split":
        return {code: SPLIT[code][0] for code in codes if code in SPLIT}
    if style.header_rows == "groups":
        return {code: name for name, members in GROUPS.items() for code in members if code in codes}
    return {}


def _plain_header(page: Page, top: int, row: int, column: int, text: str) -> None:
    page.put(top, column, text)
    if row > top:
        page.put(row, column, None)
        page.merges.append((top, column, row, column))


def _merge_groups(page: Page, top: int, group_of: dict[str, str]) -> None:
    for name in dict.fromkeys(group_of.values()):
        columns = [page.columns[code] for code, group in group_of.items() if group == name]
        for column in columns[1:]:
            page.put(top, column, None)
        if len(columns) > 1:
            page.merges.append((top, columns[0], top, columns[-1]))
        page.layout.append(("multirow_header", top, columns[0]))


def _header_text(column: Column, page: Page, wrongs: Wrongs) -> str:
    text = page.style.headers.get((page.form.code, column.code), column.header)
    if column.type == "money":
        return text + (wrongs.money_header or ("（万元）" if page.style.money == "wan_by_header" else ""))
    return text


def _note_headers(page: Page, codes: list[str]) -> None:
    style = page.style
    if page.header_row > 1:
        page.layout.append(("header_below_first_row", page.header_row, 1))
    if style.shuffled:
        page.layout.append(("column_order", page.header_row, 1))
    synonym = next((code for code in codes if (page.form.code, code) in style.headers), None)
    if synonym:
        page.layout.append(("header_synonym", page.header_row, page.columns[synonym]))
    money = next((code for code in codes if page.form.column(code).type == "money"), None)
    if style.money == "wan_by_header" and money:
        page.layout.append(("wan_by_header", page.header_row, page.columns[money]))
