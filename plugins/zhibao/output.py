"""What commands print: JSON by the contract of the command line, or a short text for people."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from zhibao.figures import plain
from zhibao.findings import Finding
from zhibao.period import Period
from zhibao.text import Language

STATUS_WORDS = {
    "accepted": "通过", "accepted_with_queries": "通过（有待核实）", "returned": "退回", "refused": "拒收",
}
SEVERITY_WORDS = {"error": "错误", "query": "核实", "warning": "提示"}
FINDING_COLUMNS = {
    "file": "文件", "form": "报表", "period": "报告期", "status": "状态", "severity": "级别", "sheet": "工作表",
    "row": "行", "column": "列", "header": "栏目", "message": "问题", "next_step": "处理办法", "code": "规则",
}


def emit(value: Any, as_json: bool, text: str) -> None:
    """Print `value` as JSON, or `text`."""
    if as_json:
        click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=_plain))
    elif text:
        click.echo(text)


def plain_json(value: Decimal | None) -> str | None:
    """A decimal as a string, so that no reader rounds it."""
    return None if value is None else plain(value)


def submission_json(
    file: str, form: str | None, unit: str | None, period: str | None, status: str, findings: Sequence[Finding],
    language: Language,
) -> dict[str, Any]:
    """One file and all its findings (DESIGN: the command line is a contract)."""
    return {
        "file": file, "form": form, "unit": unit, "period": period, "status": status,
        "findings": [
            {"code": item.code, "severity": item.severity, "sheet": item.sheet, "row": item.row, "column": item.column,
             "header": item.header, "message": item.message.in_(language), "next_step": item.next_step.in_(language)}
            for item in findings
        ],
    }


def finding_json(row: Mapping[str, Any], language: Language) -> dict[str, Any]:
    """One finding as it is stored, with the file that it is about."""
    return {
        "submission": row["submission_id"], "file": row["file_name"], "form": row["form"], "unit": row["unit"],
        "period": row["period"], "status": row["status"], "code": row["code"], "severity": row["severity"],
        "sheet": row["sheet"], "row": row["row_number"], "column": row["column_letters"], "header": row["header"],
        "message": row["message"][language], "next_step": row["next_step"][language],
    }


def receipt_json(receipt: Any) -> dict[str, Any]:
    """One receipt (`zhibao.receipts.Receipt`). Its state is the letter's, or `due`, or `nobody` to send it to."""
    state = receipt.state or ("nobody" if receipt.address is None else "due")
    return {
        "submission": receipt.submission_id, "unit": receipt.to_unit, "form": receipt.form, "period": receipt.period,
        "status": receipt.status, "received_at": receipt.received_at.isoformat(), "receipt": state,
        "address": receipt.letter_address or receipt.address,
    }


def findings_text(value: Mapping[str, Any]) -> str:
    """A file's status, then one line a finding: where, what, what to do."""
    lines = [f"{value['file']}：{STATUS_WORDS[value['status']]}（{len(value['findings'])} 项问题）"]
    for item in value["findings"]:
        where = f"{item['sheet'] or ''} {item['column'] or ''}{item['row'] or ''}".strip()
        severity = SEVERITY_WORDS[item["severity"]]
        lines.append(f"  [{severity}] {where} {item['message']} {item['next_step']}（{item['code']}）")
    return "\n".join(lines)


def write_findings(values: Sequence[Mapping[str, Any]], folder: Path) -> list[Path]:
    """One CSV a unit (UTF-8 with BOM, for spreadsheet programs): no office sees another's rows."""
    folder.mkdir(parents=True, exist_ok=True)
    by_unit: dict[str, list[Mapping[str, Any]]] = {}
    for value in values:
        by_unit.setdefault(value["unit"] or "unknown_unit", []).append(value)
    paths = []
    for unit, rows in sorted(by_unit.items()):
        path = folder / f"{unit}.csv"
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(FINDING_COLUMNS.values())
            for row in rows:
                words = {"status": STATUS_WORDS[row["status"]], "severity": SEVERITY_WORDS[row["severity"]]}
                writer.writerow([_cell(words.get(key, row[key])) for key in FINDING_COLUMNS])
        paths.append(path)
    return paths


def trace_json(found: Any) -> dict[str, Any]:
    from dataclasses import asdict

    return asdict(found)


def trace_text(found: Any) -> str:
    """The value, then one line per row behind it."""
    lines = [f"{found.figure_id} = {'—' if found.value is None else plain(found.value)}（{found.relation}）"]
    for part in found.parts:
        mark = "+" if part.counted else "×"
        cell = f" {part.sheet}!{part.column or ''}{part.row or ''}" if part.sheet is not None else ""
        where = f"{part.file_name} [{part.sha256[:12]}]{cell}" if part.file_name else part.subject or ""
        lines.append(f"  {mark} {plain(part.contribution)}\t{part.who or ''}\t{where}\t{part.reason or ''}".rstrip())
    return "\n".join(lines)


def coded_text(programme: Any, coded: Any) -> str:
    """Which report a trace code belongs to."""
    title = f"{Period.parse(coded.period).zh()}{programme.reports[coded.kind].title.zh}"
    document = f"，文件 {coded.document_id}（第{coded.version}稿）" if coded.document_id else ""
    return f"{coded.code}：{title}{document}，指标集 {coded.figure_set_id}"


def _cell(value: Any) -> Any:
    """A text that a spreadsheet program would take for a formula is quoted."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@") else value


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    raise TypeError(f"cannot print {type(value).__name__}")
