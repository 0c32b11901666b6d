"""One return of three hundred slips of forty kinds, as a clerk would make them, and where each must be found."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from .workbooks import candidate, id_number

SOUND, ERRORS, KINDS = 30, 300, 40


class Slip(NamedTuple):
    """What to put into a sound record, and the finding that must answer it: its code, at this column."""

    code: str
    field: str
    changes: Callable[[int], dict[str, Any]]


def _wrong(number: str) -> str:
    return number[:-1] + ("1" if number[-1] == "0" else "0")


def _emptied(field: str) -> Slip:
    return Slip("candidate.required", field, lambda row: {field: None})


def _typed(code: str, field: str, value: Any) -> Slip:
    return Slip(code, field, lambda row: {field: value})


def _of_birth(code: str, born: str) -> Slip:
    return Slip(code, "id_number", lambda row: {"id_number": id_number(row, born=born)})


SLIPS = [
    *map(_emptied, ["level", "category", "person_name", "id_number", "phone", "venture_name", "venture_type",
                    "established_on", "project_name", "jobs_created_count", "annual_revenue_yuan", "nominated_by"]),
    Slip("candidate.required_when", "uscc", lambda row: {"uscc": None}),
    _typed("candidate.max_length", "project_summary", "测" * 501),
    _typed("candidate.count_not_negative", "ip_count", -1),
    Slip("candidate.id_number_format", "id_number", lambda row: {"id_number": id_number(row)[:-1]}),
    Slip("candidate.id_number_check_character", "id_number", lambda row: {"id_number": _wrong(id_number(row))}),
    _of_birth("candidate.id_number_birth_date", "20990101"),
    _of_birth("candidate.founder_age", "20080101"),
    Slip("candidate.id_number_region", "id_number", lambda row: {"id_number": id_number(row, region="999999")}),
    _typed("candidate.id_type_resident", "id_type", "军官证"),
    _typed("candidate.phone_mobile", "phone", "12900000000"),
    _typed("candidate.uscc_format", "uscc", "620102100000001"),
    Slip("candidate.uscc_check_character", "uscc", lambda row: {"uscc": _wrong(candidate(row)["uscc"])}),
    _typed("candidate.established_on_not_future", "established_on", "2022-04-01"),
    _typed("candidate.jobs_stable_within_created", "jobs_stable_count", 9),
    _typed("candidate.revenue_far_above_peers", "annual_revenue_yuan", 60_000_000),
    _typed("candidate.revenue_too_small", "annual_revenue_yuan", 999),
    _typed("candidate.revenue_year_last_complete", "revenue_year", 2020),
    _typed("candidate.credit_record_found", "credit_check", "有"),
    _typed("candidate.checked_on_not_future", "checked_on", "2022-04-01"),
    _typed("candidate.checked_without_date", "checked_on", None),
    _typed("reading.unreadable_choice", "category", "测试类别"),
    _typed("reading.unreadable_date", "established_on", "2021年13月45日"),
    _typed("reading.unreadable_number", "jobs_stable_count", "若干"),
    _typed("reading.approximate_number", "jobs_stable_count", "约5"),
    _typed("reading.not_whole_number", "jobs_stable_count", 5.5),
    Slip("candidate.key_unique", "candidate_no", lambda row: {"candidate_no": f"CG-{row // KINDS + 1:04d}"}),
    Slip("reading.id_number_as_number", "id_number", lambda row: {"id_number": 620102199001010000.0 + row}),
    _typed("reading.error_cell", "jobs_stable_count", "#DIV/0!"),
]


def planted() -> tuple[list[dict[str, Any]], list[tuple[int, str, str]]]:
    """The records, sound ones first, and (place in the return from 0, column, code) of each slip."""
    records, answers = [], []
    for place in range(SOUND + ERRORS):
        record = candidate(place + 1)
        if place >= SOUND:
            slip = SLIPS[place % len(SLIPS)]
            record |= slip.changes(place + 1)
            answers.append((place, slip.field, slip.code))
        records.append(record)
    return records, answers
