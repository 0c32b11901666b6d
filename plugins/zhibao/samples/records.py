"""What the story is made of: candidates, decisions and events, each able to say its row of a form by column code."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from zhibao.period import Period
from zhibao.samples.people import Person, Venture

Row = dict[str, Any]  # column code → str, int, Decimal, date, the code of a choice, or None


class Record(Protocol):
    """Whatever can say its row of a return for a period."""

    def row(self, period: Period) -> Row: ...


@dataclass(slots=True)
class Candidate:
    """One nomination of one person by one unit at one level."""

    number: str
    unit: str
    level: str
    category: str
    nominated_in: Period
    person: Person
    venture: Venture
    project: str
    jobs_created: int
    jobs_stable: int
    revenue_yuan: Decimal
    checks: dict[str, Any]
    nominated_by: str
    ip_count: int | None = None
    updates: dict[Period, dict[str, Any]] = field(default_factory=dict)

    def row(self, period: Period) -> Row:
        """The row as sent in `period`: the nomination, or its later update."""
        person, venture = self.person, self.venture
        return {
            "candidate_no": self.number,
            "level": self.level,
            "category": self.category,
            "person_name": person.name,
            "id_type": "居民身份证",
            "id_number": person.id_number,
            "gender": person.gender,
            "phone": person.phone,
            "disability_no": f"{person.id_number}44" if self.category == "disabled" else None,
            "veteran_no": f"示例退{self.number[-4:]}" if self.category == "veterans" else None,
            "venture_name": venture.name,
            "uscc": venture.uscc,
            "venture_type": venture.kind,
            "established_on": venture.established_on,
            "business_address": venture.address,
            "project_name": self.project,
            "project_summary": f"{self.project}，虚构样例。",
            "jobs_created_count": self.jobs_created,
            "jobs_stable_count": self.jobs_stable,
            "insured_count": self.jobs_stable,
            "annual_revenue_yuan": self.revenue_yuan,
            "revenue_year": period.year - 1,
            "ip_count": self.ip_count,
            "ip_detail": "示例专利" if self.ip_count else None,
            "nominated_by": self.nominated_by,
            "attachments": "营业执照、身份证复印件",
            **self.checks,
            **self.updates.get(period, {}),
        }


@dataclass(slots=True)
class Decision:
    """One row of a selection result: what was decided on one candidate in one month."""

    candidate: Candidate
    result: str
    period: Period
    granted_by: str
    event_no: str | None = None
    score: Decimal | None = None
    rank: int | None = None
    notice: tuple[date, date] | None = None
    decided_on: date | None = None
    document_no: str | None = None
    prize_yuan: int | None = None
    remark: str | None = None

    def row(self, _: Period) -> Row:
        start, end = self.notice or (None, None)
        return {
            "candidate_no": self.candidate.number,
            "event_no": self.event_no,
            "score": self.score,
            "rank": self.rank,
            "result": self.result,
            "notice_from_on": start,
            "notice_to_on": end,
            "level": self.candidate.level,
            "granted_by": self.granted_by if self.decided_on else None,
            "document_no": self.document_no,
            "decided_on": self.decided_on,
            "prize_yuan": None if self.prize_yuan is None else Decimal(self.prize_yuan),
            "remark": self.remark,
        }

    def again(self, **changes: Any) -> Decision:
        return replace(self, **changes)


@dataclass(slots=True)
class Event:
    """One contest held."""

    number: str
    unit: str
    period: Period
    competition: str
    held_on: date
    details: Row

    def row(self, _: Period) -> Row:
        return {"event_no": self.number, "competition": self.competition, "held_on": self.held_on, **self.details}


@dataclass(slots=True)
class Line:
    """One row of a ledger, which nothing else of the story refers to."""

    values: Row

    def row(self, _: Period) -> Row:
        return self.values
