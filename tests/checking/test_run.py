"""How a batch is run: whose finding it is, in which order, and whose fault a rule that raises is."""

from __future__ import annotations

import json
import logging
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from zhibao.checking.run import check_returns
from zhibao.errors import OperatorError
from zhibao.findings import Finding
from zhibao.reading.model import ReadReturn
from zhibao.text import Text

from .returns import EXPECTATIONS, FIRST_ROW, PROGRAMME, TODAY, candidate, event, make_return, selection_result

LOST = Text(zh="号码已失真", en="the number is lost")
READ = Finding("reading.numeric_identifier", "error", LOST, LOST)


def check(*returns: ReadReturn, today: date = TODAY, folder: Path = EXPECTATIONS) -> list[list[Finding]]:
    """The findings by Great Expectations, which are those of the offline check."""
    found = check_returns(PROGRAMME, returns, folder, today, engine="gx")
    assert check_returns(PROGRAMME, returns, folder, today, engine="native") == found
    return found


def codes(found: list[Finding]) -> list[tuple[int | None, str | None, str]]:
    return [(finding.row, finding.column, finding.code) for finding in found]


def edited_suites(tmp_path: Path, rule: str, **changes: Any) -> Path:
    """A copy of the suites in which one rule has other kwargs, or another type."""
    for path in EXPECTATIONS.glob("*.json"):
        suite = json.loads(path.read_text("utf-8"))
        for entry in suite["expectations"]:
            if entry["meta"]["rule"] == rule:
                entry.update(changes)
        (tmp_path / path.name).write_text(json.dumps(suite, ensure_ascii=False, indent=2), "utf-8")
    return tmp_path


def test_each_return_gets_its_own_findings_at_its_own_rows() -> None:
    found = check(
        make_return("candidate", [candidate(1), candidate(2, phone=None)], rows=[9, 12], sheet="甲"),
        make_return("event", [event(1, event_name=None)]),
        make_return("candidate", [candidate(1), candidate(2)]),
        make_return("candidate", [candidate(1, gender="?"), candidate(2)], rows=[4, 5], sheet="乙"),
    )
    assert codes(found[0]) == [(12, "I", "candidate.required")]
    assert codes(found[1]) == [(FIRST_ROW, "C", "event.required")]
    assert found[2] == []
    assert codes(found[3]) == [(4, "H", "candidate.gender_known")]
    assert (found[0][0].sheet, found[3][0].sheet) == ("甲", "乙")


def test_findings_of_the_reading_come_first_then_by_row_column_and_rule() -> None:
    records = [
        candidate(1, nominated_by=None, revenue_year=1999, insured_count=-1),
        candidate(2, person_name=None, candidate_no=None),
    ]
    found = check(make_return("candidate", records, rows=[31, 30], findings=[READ]))[0]
    assert codes(found) == [
        (None, None, "reading.numeric_identifier"),
        (30, "B", "candidate.required"),
        (30, "E", "candidate.required"),
        (31, "W", "candidate.count_not_negative"),
        (31, "Y", "candidate.revenue_year_last_complete"),
        (31, "AG", "candidate.required"),
    ]


def test_two_rules_at_one_cell_follow_the_suite() -> None:
    found = check(make_return("selection_result", [selection_result(1, decided_on=date(2024, 1, 5))]))[0]
    assert [finding.code for finding in found] == [
        "selection_result.decided_within_span", "selection_result.decided_not_after_period"
    ]


def test_a_key_is_unique_within_its_return_alone_and_the_first_row_is_named() -> None:
    one = make_return("candidate", [candidate(1), candidate(2), candidate(1), candidate(1)])
    found = check(one, make_return("candidate", [candidate(1)]))
    assert codes(found[0]) == [(8, "B", "candidate.key_unique"), (9, "B", "candidate.key_unique")]
    assert all("第 6 行" in finding.message.zh for finding in found[0])
    assert found[1] == []


def test_peers_are_those_of_the_level_in_the_return() -> None:
    high = candidate(1, annual_revenue_yuan=Decimal(60_000_000))
    peers = [candidate(number) for number in range(2, 7)]
    found = check(make_return("candidate", [high, *peers]))[0]
    assert codes(found) == [(FIRST_ROW, "X", "candidate.revenue_far_above_peers")]
    others = [candidate(number, level="rising_star") for number in range(2, 7)]
    assert check(make_return("candidate", [high, *others])) == [[]]


def test_what_is_found_in_a_return_does_not_hang_on_the_rest_of_its_batch() -> None:
    """One file by hand and a batch in the DAG must agree."""
    high = candidate(1, annual_revenue_yuan=Decimal(60_000_000))
    alone, other = make_return("candidate", [high]), make_return("candidate", [candidate(n) for n in range(2, 9)])
    batch = check(alone, other)
    assert batch == [*check(alone), *check(other)] == [[], []]


def test_peers_without_business_do_not_count() -> None:
    idle = [candidate(number, annual_revenue_yuan=Decimal(0)) for number in range(2, 9)]
    assert check(make_return("candidate", [candidate(1), *idle])) == [[]]


def test_a_doubtful_cell_has_no_finding_but_the_readers() -> None:
    record = candidate(2, id_number=None, jobs_created_count=None)
    doubts = {"id_number": {0: "reading.numeric_identifier"}, "jobs_created_count": {0: "reading.approximate_number"}}
    assert check(make_return("candidate", [record], doubts=doubts)) == [[]]
    found = check(make_return("candidate", [candidate(1), record], doubts=doubts))[0]
    assert codes(found) == [(7, "G", "candidate.required"), (7, "U", "candidate.required")]


def test_a_missing_column_has_no_finding_in_its_rows() -> None:
    records = [candidate(1), candidate(2)]
    assert check(make_return("candidate", records, without=("phone", "checked_on", "uscc"))) == [[]]


def test_headers_as_the_office_wrote_them() -> None:
    item = make_return("candidate", [candidate(1, phone=None)])
    item.headers["phone"] = "联系方式"
    assert check(item)[0][0].header == "联系方式"
    assert "联系方式" in check(item)[0][0].message.zh
    del item.headers["phone"]
    assert check(item)[0][0].header == "手机号"


def test_what_is_not_checked_keeps_the_findings_of_its_reading() -> None:
    bad = candidate(1, phone=None)
    assert check() == []
    assert check(
        make_return("candidate", [], nil_return=True),
        make_return("candidate", [bad], refused=True, findings=[READ]),
        ReadReturn(findings=[READ]),
        ReadReturn(form="unknown", rows=[1]),
    ) == [[], [READ], [READ], []]


def test_without_a_period_dates_are_bounded_by_today_alone() -> None:
    records = [event(1), event(2, held_on=date(2030, 1, 1))]
    assert check(make_return("event", records, period=None)) == [[]]
    future = make_return("candidate", [candidate(1, established_on=date(2022, 11, 5))], period="2022-13")
    assert [finding.code for finding in check(future)[0]] == ["candidate.established_on_not_future"]
    assert check(future, today=date(2022, 11, 5)) == [[]]


def test_a_period_that_has_not_ended_is_bounded_by_today() -> None:
    item = make_return("candidate", [candidate(1, checked_on=date(2022, 10, 20))])
    assert check(item, today=date(2022, 10, 20)) == [[]]
    found = check(item, today=date(2022, 10, 19))[0]
    assert [finding.code for finding in found] == ["candidate.checked_on_not_future"]
    assert "2022-10-19" in found[0].message.zh


def test_no_finding_is_cut_off() -> None:
    bad = [candidate(number, person_name=None, gender="?", insured_count=-1) for number in range(1, 1001)]
    found = check(make_return("candidate", bad))[0]
    assert len(found) == 3000
    assert len({(finding.row, finding.column) for finding in found}) == 3000


@pytest.mark.parametrize(
    ("rule", "changes"),
    [
        ("selection_result.document_no_form",
         {"type": "expect_column_values_to_match_regex", "kwargs": {"column": "document_no", "regex": "("}}),
        ("selection_result.score_range",
         {"type": "expect_column_values_to_be_between", "kwargs": {"column": "document_no", "min_value": 0}}),
        ("selection_result.rank_positive", {"type": "expect_no_such_thing"}),
        ("selection_result.rank_positive", {"kwargs": {"column": "rank", "min_value": 1, "strict": "maybe"}}),
        ("selection_result.notice_order",
         {"type": "expect_date_within", "kwargs": {"column_list": ["decided_on", "notice_to_on"]}}),
    ],
)
def test_a_rule_that_raises_is_the_operators(tmp_path: Path, rule: str, changes: dict[str, Any]) -> None:
    folder = edited_suites(tmp_path, rule, **changes)
    with pytest.raises(OperatorError) as raised:
        check(make_return("selection_result", [selection_result(1)]), folder=folder)
    assert rule in raised.value.text.zh
    assert "测试发" not in raised.value.text.zh + raised.value.text.en


def test_values_that_do_not_fit_their_column_are_no_bad_data() -> None:
    with pytest.raises(OperatorError) as raised:
        check(make_return("candidate", [candidate(1, insured_count="测试某甲")]))
    assert "candidate.insured_count" in raised.value.text.en
    assert "测试某甲" not in raised.value.text.zh + raised.value.text.en


def test_a_run_is_silent_and_writes_nothing(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture, recwarn: pytest.WarningsRecorder
) -> None:
    before = {path.name: path.read_bytes() for path in EXPECTATIONS.iterdir()}
    with caplog.at_level(logging.DEBUG):
        assert check(make_return("candidate", [candidate(1, phone="1"), candidate(2, id_number="1")]))[0]
    assert capsys.readouterr() == ("", "")
    assert not caplog.records
    assert not recwarn.list
    assert {path.name: path.read_bytes() for path in EXPECTATIONS.iterdir()} == before
