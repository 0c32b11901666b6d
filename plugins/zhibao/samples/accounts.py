"""What units keep accounts of: loans and their running totals, funds on their way, bases that fill and empty."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from random import Random

from zhibao.period import Period
from zhibao.programme.models import Programme, Unit
from zhibao.samples.activities import Rows
from zhibao.samples.people import WORDS, credit_code
from zhibao.samples.records import Row

ITEMS = {
    "central": "就业补助资金", "provincial": "一次性创业补贴", "municipal": "场租补贴",
    "district": "创业指导服务",
}  # fmt: skip
FIRST_SERIAL = 500_000  # credit codes of bases, far from those of ventures


def loans(programme: Programme, rng: Random, unit: Unit, periods: Sequence[Period]) -> Rows:
    """金融对接: one row a month; every running total is the sum of its flow so far."""
    totals: Counter[str] = Counter()
    columns = programme.forms["finance"].columns
    rows: Rows = {}
    for period in periods:
        flows = _flows(rng)
        for column in columns:
            if column.running_total_of:
                totals[column.code] += flows[column.running_total_of]
        lent = Decimal(totals["startup_guarantee_loan_person_total_yuan"])
        lent += totals["startup_guarantee_loan_firm_total_yuan"]
        balance = lent * 7 // 100_000 * 10_000
        funds = {"loan_balance_yuan": balance, "guarantee_fund_balance_yuan": balance // 50_000 * 10_000}
        rows[period] = [{**flows, **totals, **funds}]
    return rows


def _flows(rng: Random) -> Row:
    persons, firms, links = rng.randint(0, 18), rng.randint(0, 3), rng.randint(0, 9)
    return {
        "startup_guarantee_loan_person_month_count": persons,
        "startup_guarantee_loan_person_month_yuan": Decimal(persons * rng.randint(8, 20) * 10_000),
        "startup_guarantee_loan_firm_month_count": firms,
        "startup_guarantee_loan_firm_month_yuan": Decimal(firms * rng.randint(50, 300) * 10_000),
        "jobs_created_month_count": persons * rng.randint(2, 4) + firms * 8,
        "bank_tax_link_month_count": links,
        "bank_tax_link_month_yuan": Decimal(links * rng.randint(10, 80) * 10_000),
        "matching_event_month_count": rng.choice((0, 0, 1, 2)),
    }


def funds(programme: Programme, rng: Random, unit: Unit, periods: Sequence[Period]) -> Rows:
    """资金: two or three items, whose figures only grow, each within the one before it."""
    items = sorted(rng.sample(list(ITEMS), rng.choice((2, 3))), key=list(ITEMS).index)
    standing: dict[str, list[int]] = {source: [0] * 5 for source in items}
    rows: Rows = {}
    for period in periods:
        for source in items:
            standing[source] = _grown(rng, standing[source])
        rows[period] = [_fund(source, standing[source]) for source in items]
    return rows


def _grown(rng: Random, before: list[int]) -> list[int]:
    """下达, 拨付, 使用 in units of 10,000 yuan; persons, ventures."""
    allocated = before[0] + rng.choice((0, 20, 50, 80))
    disbursed = before[1] + (allocated - before[1]) * rng.choice((5, 7, 10)) // 10
    used = before[2] + (disbursed - before[2]) * rng.choice((4, 8, 10)) // 10
    return [allocated, disbursed, used, before[3] + (used - before[2]) * 2, before[4] + (used - before[2]) // 4]


def _fund(source: str, standing: list[int]) -> Row:
    allocated, disbursed, used, persons, ventures = standing
    return {
        "source": source,
        "item": ITEMS[source],
        "allocated_yuan": Decimal(allocated * 10_000),
        "disbursed_yuan": Decimal(disbursed * 10_000),
        "used_yuan": Decimal(used * 10_000),
        "beneficiary_count": persons,
        "beneficiary_venture_count": ventures,
    }


def bases(programme: Programme, rng: Random, unit: Unit, periods: Sequence[Period]) -> Rows:
    """孵化基地: one or two bases, on both sides of the thresholds of 附件1 四, as they stand each quarter."""
    rows: Rows = {period: [] for period in periods}
    for _ in range(rng.choice((1, 2))):
        fixed, growing = _base(rng, unit), _counts(rng)
        used = {year: Decimal(rng.randint(780, 990)) / 10 for year in range(2017, 2031)}
        for period in periods:
            growing = {code: value + rng.randint(0, 4) for code, value in growing.items()}
            rows[period].append({**fixed, **_standing(period, growing, used), "reward_yuan": None})
    return rows


def _base(rng: Random, unit: Unit) -> Row:
    area = rng.choice((2900, 3000, 3600, 5200, 8000))
    since = date(rng.randint(2015, 2019), rng.randint(1, 12), 1)
    premises = rng.choice(("owned", "leased", "leased", "lent"))
    return {
        "incubator_name": f"{rng.choice(WORDS)}{rng.choice(WORDS)}示例创业孵化基地",
        "uscc": credit_code("enterprise", unit.division or "620102", FIRST_SERIAL + rng.randrange(400_000)),
        "grade": rng.choice(("provincial", "municipal", "municipal", "district")),
        "is_legal_person": "yes" if rng.random() < 0.9 else "no",
        "operating_since_on": since,
        "disposable_area_sqm": Decimal(area),
        "tenant_area_sqm": Decimal(area * rng.choice((70, 75, 82, 90)) // 100),
        "premises": premises,
        "lease_from_on": since if premises == "leased" else None,
        "lease_to_on": since.replace(year=since.year + rng.choice((8, 10))) if premises == "leased" else None,
    }


def _counts(rng: Random) -> dict[str, int]:
    return {
        "graduated": rng.randint(8, 24), "failed": rng.randint(5, 20), "incubating": rng.randint(34, 62),
        "jobs": rng.randint(400, 640), "overdue": rng.randint(0, 3), "revenue": rng.randint(4200, 7000),
    }  # fmt: skip


def _standing(period: Period, growing: dict[str, int], used: dict[int, Decimal]) -> Row:
    graduated, incubating = growing["graduated"], growing["incubating"]
    return {
        "utilisation_last_year_pct": used[period.year - 1],
        "utilisation_second_last_year_pct": used[period.year - 2],
        "utilisation_third_last_year_pct": used[period.year - 3],
        "graduated_count": graduated,
        "incubating_count": incubating,
        "jobs_count": growing["jobs"],
        "success_count": graduated + incubating // 3,
        "admitted_count": graduated + incubating + growing["failed"],
        "exit_due_count": graduated + growing["overdue"],
        "on_time_exit_count": graduated,
        "cumulative_revenue_yuan": Decimal(growing["revenue"] * 10_000),
    }
