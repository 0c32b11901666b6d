"""Plants what clerks really type and a reader must take in: odd spaces and digits, every spelling of a value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

from zhibao.samples.page import Page
from zhibao.samples.records import Row
from zhibao.samples.styles import HAN, date_word, han_month

SAME = object()
MESSY_SHARE = 0.5  # of the files without a fault
ESTABLISHED = ("established_on", "operating_since_on")
DAYS = (
    "established_on", "held_on", "notice_from_on", "notice_to_on", "decided_on", "checked_on", "started_on", "ended_on",
    "signed_on", "lease_from_on",
)  # fmt: skip
COUNTS = (
    "jobs_created_count", "participant_count", "registered_project_count", "insured_count", "rank", "trained_count",
    "attendee_count", "jobs_created_month_count", "incubating_count", "beneficiary_count",
)  # fmt: skip
AREAS = ("disposable_area_sqm", "tenant_area_sqm")
SHARES = ("utilisation_last_year_pct", "utilisation_second_last_year_pct", "utilisation_third_last_year_pct")
AMOUNTS = ("annual_revenue_yuan", "cost_yuan", "used_yuan")
REVENUE = ("annual_revenue_yuan",)
OPTIONAL = ("ip_detail", "disability_no", "veteran_no", "sponsor", "coverage", "objection", "remark")
NAMES = (
    "person_name", "venture_name", "event_name", "project_name", "document_no", "institution_name", "forum_name",
    "investor_name", "incubator_name", "item",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Spot:
    """One planted cell of a page: where, what stands there, and what it means (None where nobody can tell)."""

    row: int
    column: int
    field: str | None
    written: Any
    means: Any
    note: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Quirk:
    """One way of writing a readable value. `write` gives None where it can't be applied."""

    kind: str
    fields: tuple[str, ...]
    write: Callable[[Any], Any]
    xlsx_only: bool = False
    yuan_only: bool = False
    on_empty: bool = False


def record_of(page: Page, index: int) -> Row:
    return page.records[index]


def any_record(page: Page, rng: Random, fits: Callable[[Row], bool] | None = None) -> int:
    """The index of a record that fits."""
    return rng.choice([index for index, record in enumerate(page.records) if fits is None or fits(record)])


def spot(page: Page, index: int, code: str, written: Any, means: Any = SAME, note: str = "") -> Spot:
    """Write `written` over the cell of record `index`, column `code`."""
    row, column = page.record_rows[index], page.columns[code]
    page.put(row, column, written)
    return Spot(row, column, code, written, plain(page.records[index].get(code)) if means is SAME else means, note)


def plain(value: Any) -> Any:
    """A clean value as the manifest says it."""
    return str(value) if isinstance(value, date | Decimal) else value


def write_date(page: Page, day: date) -> str | date:
    habit = page.style.dates
    return date_word(day, "iso" if habit == "excel" and page.style.file_format != "xlsx" else habit)


def full_width(text: str) -> str:
    return "".join(chr(ord(character) + 0xFEE0) if "!" <= character <= "~" else character for character in text)


def excel_serial(day: date) -> int:
    return (day - date(1899, 12, 30)).days


def han_number(number: int) -> str | None:
    """1 to 9999 in Chinese figures: 五十, 一百二十, 三百零五."""
    if not 0 < number < 10_000:
        return None
    text, pending = "", False
    for place, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // place % 10
        if digit:
            text += ("零" if pending and text else "") + HAN[digit] + unit
            pending = False
        else:
            pending = True
    return text[1:] if text.startswith("一十") else text


def _wan(value: Decimal) -> int | None:
    """The amount in whole 万, if it is one."""
    return int(value / 10_000) if value and value % 10_000 == 0 else None


def _in_wan(pattern: str) -> Callable[[Decimal], str | None]:
    return lambda value: pattern.format(_wan(value)) if _wan(value) else None


def _han_wan(value: Decimal) -> str | None:
    words = han_number(_wan(value) or 0)
    return f"{words}万" if words else None


def _yi(value: Decimal) -> str | None:
    return f"{(value / 100_000_000).normalize():f}亿" if value >= 1_000_000 and value % 10_000 == 0 else None


def _inside(text: str, mark: str) -> str | None:
    return text[:2] + mark + text[2:] if len(text) > 2 else None


def _between_han(text: str, mark: str) -> str | None:
    """`mark` between the first two Chinese characters that stand side by side: there it can't mean anything."""
    pairs = (at for at in range(1, len(text)) if "一" <= text[at - 1] <= "龥" and "一" <= text[at] <= "龥")
    at = next(pairs, None)
    return None if at is None else text[:at] + mark + text[at:]


def _spelled(habit: str) -> Callable[[date], Any]:
    return lambda day: date_word(day, habit)


QUIRKS = (
    Quirk("full_width_letters", ("candidate_no", "event_no", "class_no"), full_width),
    Quirk("full_width_digits", ("phone", "id_number", "uscc"), full_width),
    Quirk("space_in_word", NAMES, lambda text: _between_han(text, " ")),
    Quirk("wide_space_in_word", NAMES, lambda text: _between_han(text, "\u3000")),
    Quirk("no_break_space", ("candidate_no", "event_no", "venture_name"), lambda text: f"\u00a0{text}\u00a0"),
    Quirk(
        "zero_width_space",
        ("candidate_no", "venture_name", "event_no", "project_name"),
        lambda text: _inside(text, "\u200b"),
    ),
    Quirk("leading_apostrophe", ("id_number", "phone", "candidate_no"), lambda text: f"'{text}"),
    Quirk("spaces_in_id", ("id_number",), lambda text: f"{text[:6]} {text[6:14]} {text[14:]}"),
    Quirk("lower_x_in_id", ("id_number",), lambda text: text.lower() if text.endswith("X") else None),
    Quirk("phone_prefix", ("phone",), lambda text: f"+86 {text[:3]}-{text[3:7]}-{text[7:]}"),
    Quirk("phone_as_number", ("phone",), int, xlsx_only=True),
    Quirk("date_dot_month", ESTABLISHED, lambda day: f"{day.year}.{day.month}"),
    Quirk("date_dash_month", ESTABLISHED, lambda day: f"{day.year}-{day.month}"),
    Quirk("date_zh_month", ESTABLISHED, lambda day: f"{day.year}年{day.month}月"),
    Quirk("date_han_month", ESTABLISHED, han_month),
    Quirk("date_short_year", ESTABLISHED, lambda day: f"'{day.year % 100}.{day.month}"),
    Quirk("date_slash", DAYS, _spelled("slash")),
    Quirk("date_compact", DAYS, _spelled("compact")),
    Quirk("date_zh", DAYS, _spelled("zh")),
    Quirk("date_han", DAYS, _spelled("han")),
    Quirk("date_dot", DAYS, _spelled("dot")),
    Quirk("date_excel", DAYS, _spelled("excel"), xlsx_only=True),
    Quirk("date_serial", DAYS, excel_serial, xlsx_only=True),
    Quirk("number_as_text", COUNTS, str, xlsx_only=True),
    Quirk("number_full_width", COUNTS, lambda number: full_width(str(number))),
    Quirk("number_comma", ("online_view_count",), lambda number: f"{number:,}" if number >= 1000 else None),
    Quirk("number_comma", AMOUNTS, lambda value: f"{int(value):,}", yuan_only=True),
    Quirk("number_percent", SHARES, lambda value: f"{value}%"),
    Quirk("number_square_metres", AREAS, lambda value: f"{value}㎡"),
    Quirk("number_wan", REVENUE, _in_wan("{}万"), yuan_only=True),
    Quirk("number_wan_yuan", REVENUE, _in_wan("{}万元"), yuan_only=True),
    Quirk("number_han_wan", REVENUE, _han_wan, yuan_only=True),
    Quirk("number_yi", REVENUE, _yi, yuan_only=True),
    Quirk("empty_word", OPTIONAL, lambda _: "无", on_empty=True),
    Quirk("empty_slash", OPTIONAL, lambda _: "/", on_empty=True),
    Quirk("empty_dash", OPTIONAL, lambda _: "—", on_empty=True),
)
MONTH_ONLY = ("date_dot_month", "date_dash_month", "date_zh_month", "date_han_month", "date_short_year")


def plant_quirks(page: Page, rng: Random) -> list[Spot]:
    """Up to three readable oddities in a page of records, and sometimes one in its headers."""
    if not page.records or rng.random() > MESSY_SHARE:
        return []
    spots: list[Spot] = []
    for quirk in rng.sample(QUIRKS, 8):
        planted = _plant(page, rng, quirk, {(item.row, item.column) for item in spots})
        if planted:
            spots.append(planted)
        if len(spots) == 3:
            break
    if rng.random() < 0.25:
        spots.append(_header_quirk(page, rng))
    return spots


def _plant(page: Page, rng: Random, quirk: Quirk, taken: set[tuple[int, int]]) -> Spot | None:
    text_file = page.style.file_format != "xlsx"
    if (quirk.xlsx_only and text_file) or (quirk.yuan_only and page.style.wan):
        return None
    cells = [
        (index, code)
        for code in quirk.fields
        if code in page.columns
        for index, record in enumerate(page.records)
        if (record.get(code) is None) == quirk.on_empty and (page.record_rows[index], page.columns[code]) not in taken
    ]
    for index, code in rng.sample(cells, min(4, len(cells))):
        value = page.records[index].get(code)
        written = quirk.write(value)
        if written is not None and written != page.get(page.record_rows[index], page.columns[code]):
            planted = spot(page, index, code, written)
            means = f"{value:%Y-%m}" if quirk.kind in MONTH_ONLY else planted.means
            return Spot(planted.row, planted.column, code, written, means, kind=quirk.kind)
    return None


def _header_quirk(page: Page, rng: Random) -> Spot:
    """Spaces in a header, as clerks pad short words; a line break in a workbook."""
    code = rng.choice(sorted(page.columns))
    column = page.columns[code]
    row = page.header_row if page.get(page.header_row, column) is not None else page.header_row - 1
    text = str(page.get(row, column))
    broken = page.style.file_format == "xlsx" and rng.random() < 0.5
    written = text[:1] + ("\n" if broken else "\u3000") + text[1:]
    page.put(row, column, written)
    return Spot(
        row,
        column,
        code,
        written,
        page.form.column(code).header,
        kind="header_line_break" if broken else "header_spaces",
    )
