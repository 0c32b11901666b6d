"""What the demo shows at its end: what was taken, how far the quotas are, and where everything lies."""

from __future__ import annotations

import mailbox
from collections.abc import Iterable, Mapping, Sequence
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any
from unicodedata import east_asian_width

from zhibao.figures import figure_id
from zhibao.programme.load import load_programme
from zhibao.programme.models import Programme, QuotaTable

STATUSES = {
    "accepted": "通过 accepted", "accepted_with_queries": "通过（有核实项） accepted with queries",
    "returned": "退回 returned", "refused": "拒收 refused",
}
QUOTA_COLUMNS = ("quota", "awarded_count", "completion_pct")


def letters(maildir: Path) -> list[EmailMessage]:
    """All mails that the local mail server has kept, parsed."""
    if not maildir.is_dir():
        return []
    box = mailbox.Maildir(maildir, create=False)
    return [message_from_bytes(box.get_bytes(key), policy=default) for key in sorted(box.keys())]  # type: ignore[misc]


def reports(maildir: Path) -> list[EmailMessage]:
    """The mails that carry a report; the others are receipts."""
    kinds = ((item, [part.get_content_subtype() for part in item.iter_attachments()]) for item in letters(maildir))
    return [letter for letter, attached in kinds if "pdf" in attached]


def save_reports(maildir: Path, folder: Path) -> None:
    """Take the PDFs out of the mails."""
    folder.mkdir(parents=True, exist_ok=True)
    for letter in reports(maildir):
        for part in letter.iter_attachments():
            (folder / Path(part.get_filename() or "report.pdf").name).write_bytes(part.get_content())


def count_returns(operations: Any) -> dict[str, int]:
    """Submissions by the status that was last given to them."""
    with operations.connection() as connection:
        rows = connection.execute(
            "select status, count(*) as count from (select distinct on (submission_id) submission_id, status"
            " from assessment order by submission_id, assessment_id desc) as latest group by status"
        ).fetchall()
    return {row["status"]: row["count"] for row in rows}


def print_report(
    state: Path, maildir: Path, counts: Mapping[str, int], figures: Sequence[dict[str, Any]], folder: Path
) -> None:
    """The closing table, in Chinese with English beside it."""
    programme = load_programme(folder)
    values = {figure["id"]: figure["value"] for figure in figures}
    _table(["报表 returns", "份 count"], [[words, str(counts.get(code, 0))] for code, words in STATUSES.items()])
    for table in programme.quotas:
        heads = ["名额 quota", "目标 target", "已选拔 awarded", "完成率% completion"]
        _table(heads, list(_quota_rows(programme, table, values)))
    print(f"序时进度 time elapsed: {values.get('time_elapsed_pct', '—')}%\n")
    for path in sorted((state / "reports").glob("*.pdf")):
        print(f"PDF   {path}")
    for page in sorted((state / "quality").glob("*/*.html")):
        print(f"质量 quality       {page}\n校验 Data Docs     {page.parent / 'data-docs' / 'index.html'}")
    print(f"指标 figures       {state / 'figures.json'}\n问题清单 findings  {state / 'findings'}")
    receipts = len(letters(maildir)) - len(reports(maildir))
    print(f"邮件 mail          {maildir}（报告 {len(reports(maildir))} 封，回执 {receipts} 封）")
    print(f"日志 logs          {state / 'logs'}", flush=True)


def _quota_rows(programme: Programme, table: QuotaTable, values: Mapping[str, str]) -> Iterable[list[str]]:
    """The level as a whole, then each category or unit of its quota table."""
    level = ("level", table.level)
    names = {item.code: item.name for item in (programme.categories if table.by == "category" else programme.units)}
    rows = [(programme.level(table.level).name, (level,))]
    rows += [(names[code], ((table.by, code), level)) for code in table.targets]
    for name, labels in rows:
        yield [name.zh, *(values.get(figure_id(word, labels)) or "—" for word in QUOTA_COLUMNS)]


def _table(heads: list[str], rows: list[list[str]]) -> None:
    widths = [max(_width(row[index]) for row in [heads, *rows]) for index in range(len(heads))]
    rule = "  ".join("─" * width for width in widths)
    print()
    for line in (heads, None, *rows):
        print(rule if line is None else "  ".join(_padded(cell, widths[i], right=i > 0) for i, cell in enumerate(line)))
    print()


def _padded(text: str, width: int, *, right: bool) -> str:
    space = " " * (width - _width(text))
    return space + text if right else text + space


def _width(text: str) -> int:
    """Columns of a terminal; a Han character takes two."""
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)
