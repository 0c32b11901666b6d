"""The conclusions are right: the rule case by case, and the whole recounted from the records another way."""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest

from zhibao.period import Period
from zhibao.programme.models import Programme
from zhibao.samples import Manifest
from zhibao.samples.people import Person, Venture
from zhibao.samples.records import Candidate, Decision
from zhibao.samples.schedule import due_at
from zhibao.samples.truth import Award, count_awards
from zhibao.samples.write import plan, records_of

LEVELS = ("rising_star", "emerging_maker", "pacesetter")
MONTH = Period.parse("2022-03")


@dataclass
class Case:
    """One decision to be counted: who, whose venture, where, what, when."""

    person: str
    venture: str
    unit: str
    result: str
    day: int
    level: str = "emerging_maker"


def decision(case: Case) -> Decision:
    person = Person("张某一", "男", case.person, "13800000001")
    venture = Venture(case.venture, "team", None, date(2021, 1, 1), "示例路1号")
    number = f"{case.unit}-{case.person}"
    candidate = Candidate(
        number, case.unit, case.level, "women", MONTH, person, venture, "示例项目", 5, 5, Decimal(1), {}, "x"
    )
    return Decision(candidate, case.result, MONTH, "x", decided_on=date(2022, 3, case.day))


@pytest.mark.parametrize(
    ("cases", "expected"),
    [
        ([Case("p1", "v1", "xigu", "granted", 5)], [("xigu", 5)]),
        ([Case("p1", "v1", "xigu", "granted", 9), Case("p1", "v2", "anning", "granted", 5)], [("anning", 5)]),
        ([Case("p1", "v1", "xigu", "granted", 5), Case("p2", "v1", "xigu", "granted", 6)], [("xigu", 5)]),
        ([Case("p1", "v1", "xigu", "granted", 5), Case("p1", "v1", "xigu", "revoked", 9)], []),
        ([Case("p1", "v1", "xigu", "granted", 5), Case("p1", "v1", "xigu", "granted", 9)], [("xigu", 5)]),
        ([Case("p1", "v1", "xigu", "proposed", 5)], []),
        (
            [Case("p1", "v1", "xigu", "granted", 5), Case("p1", "v1", "hrss_bureau", "granted", 6, "rising_star")],
            [("xigu", 5), ("hrss_bureau", 6)],
        ),
    ],
)
def test_count_awards(cases: list[Case], expected: list[tuple[str, int]]) -> None:
    assert [(award.unit, award.decided_on.day) for award in count_awards(map(decision, cases))] == expected


def figures(manifest: Manifest) -> dict[str, object]:
    return {item["id"]: item["value"] for item in manifest.truth if "id" in item}


def test_awards_stay_within_quotas_and_reach_more_than_half(programme: Programme, manifest: Manifest) -> None:
    values = figures(manifest)
    for table in programme.quotas:
        total = values[f'awarded_count{{level="{table.level}"}}']
        assert 0.53 * table.total <= int(str(total)) <= 0.60 * table.total
        parts = []
        for code, target in table.targets.items():
            labels = ",".join(sorted((f'level="{table.level}"', f'{table.by}="{code}"')))
            parts.append(int(str(values[f"awarded_count{{{labels}}}"])))
            assert 0.3 * target <= parts[-1] <= 0.67 * target, code
        assert sum(parts) == total


def accepted_decisions(programme: Programme, manifest: Manifest) -> list[Decision]:
    """The rows of the last accepted version of every selection return of the span."""
    story, schedule = plan(programme, manifest.seed)
    slots = [(entry.unit, entry.form, entry.period) for entry in manifest.files if entry.form == "selection_result"]
    rows: list[Decision] = []
    for unit, form, period in dict.fromkeys(slots):
        sendings = schedule.sendings((str(unit), form, Period.parse(period)))
        good = [sending for sending in sendings if sending.status.startswith("accepted")]
        rows += records_of(story, good[-1]) if good else []  # type: ignore[arg-type]
    return rows


def test_recount_from_the_records(programme: Programme, manifest: Manifest) -> None:
    rows = accepted_decisions(programme, manifest)
    revoked = {(row.candidate.unit, row.candidate.number) for row in rows if row.result == "revoked"}
    by_person: dict[tuple[str, str], Decision] = {}
    by_venture: dict[tuple[str, str], Decision] = {}
    for row in sorted(rows, key=lambda row: str(row.decided_on)):
        if row.result == "granted" and (row.candidate.unit, row.candidate.number) not in revoked:
            by_person.setdefault((row.candidate.level, row.candidate.person.id_number), row)
    for (level, _), row in by_person.items():
        by_venture.setdefault((level, row.candidate.venture.name), row)
    counts = Counter((level, row.candidate.unit) for (level, _), row in by_venture.items())
    granted = sum(row.result == "granted" for row in rows)
    assert granted - sum(counts.values()) >= 9  # doubles, second founders, revoked and repeated titles
    values = figures(manifest)
    for unit, target in programme.quotas[1].targets.items():
        assert values[f'awarded_count{{level="emerging_maker",unit="{unit}"}}'] == counts["emerging_maker", unit]
        assert counts["emerging_maker", unit] <= target
    for level in ("rising_star", "pacesetter"):
        total = sum(count for (at, _), count in counts.items() if at == level)
        assert values[f'awarded_count{{level="{level}"}}'] == total


def test_decisions_lie_in_their_month_and_after_the_notice(programme: Programme, manifest: Manifest) -> None:
    decided = [row for row in accepted_decisions(programme, manifest) if row.decided_on]
    assert len(decided) > 1000
    for row in decided:
        assert row.notice and row.decided_on and row.notice[1] <= row.decided_on
        assert row.period.starts_on <= row.decided_on <= row.period.ends_on
        assert row.result != "granted" or row.candidate.nominated_in < row.period
    assert any(row.notice and row.notice[1] == row.decided_on for row in decided)


def test_candidates_are_about_half_as_many_again_as_titles(manifest: Manifest) -> None:
    titles = sum(int(str(figures(manifest)[f'awarded_count{{level="{level}"}}'])) for level in LEVELS)
    rosters = sum(
        entry.row_count for entry in manifest.files if entry.form == "candidate" and entry.expect_status != "returned"
    )
    assert 1.4 <= rosters / titles <= 1.85  # updates count twice here


def test_every_kind_of_special_is_concluded(manifest: Manifest) -> None:
    kinds = Counter(item["kind"] for item in manifest.truth if "kind" in item)
    assert set(kinds) == {"duplicate_person", "promotion", "two_founders", "revoked", "granted_again"}
    assert 4 <= kinds["duplicate_person"] <= 6
    assert kinds["two_founders"] == 2


def test_return_counts_add_up(programme: Programme, manifest: Manifest) -> None:
    count = {name: figures(manifest)[f'return_count{{state="{name}"}}'] for name in ("expected", "received", "missing")}
    assert count["expected"] == 87 * 11 + 20 * 4 + 19  # due from January to November 2022
    assert int(str(count["received"])) + int(str(count["missing"])) == count["expected"]
    due = [due_at(programme, Period.parse(entry["period"])) for entry in manifest.missing]
    inside = [day for day in due if "2022-01-01" <= day.date().isoformat() <= "2022-11-30"]
    assert int(str(count["missing"])) >= len(inside) > 10


def test_award_is_counted_where_the_first_decision_fell() -> None:
    rows = [decision(Case("p1", "v1", "xigu", "granted", 9)), decision(Case("p1", "v1", "anning", "granted", 8))]
    assert count_awards(rows) == [Award("anning", "emerging_maker", "women", date(2022, 3, 8))]


def test_names_are_distinct_after_clean_up(manifest: Manifest) -> None:
    """Two files of one unit never differ by width or spaces alone: Windows and macOS could not hold both."""
    seen: dict[str, set[str]] = defaultdict(set)
    for entry in manifest.files:
        seen[unicodedata.normalize("NFKC", entry.file).casefold()].add(entry.file)
    assert all(len(files) == 1 for files in seen.values())
