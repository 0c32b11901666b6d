"""Each reason not to take a return in has its own code, place and words; both sides of every one."""

from __future__ import annotations

import re
from datetime import date, datetime
from string import Formatter
from zoneinfo import ZoneInfo

import pytest

from zhibao.admission import MESSAGES, admission_findings, admit
from zhibao.findings import Finding, decide_status
from zhibao.period import Period
from zhibao.programme.calendar import closes_at, due_at
from zhibao.programme.models import Programme
from zhibao.reading.messages import catalogue
from zhibao.reading.model import ReadReturn

SHANGHAI = ZoneInfo("Asia/Shanghai")
TEMPLATE = {"programme": "lanzhou-bqw", "form": "event", "unit": "chengguan", "period": "2022-03",
            "template_version": "2021.1"}
APRIL = datetime(2022, 4, 2, 9, 0, tzinfo=SHANGHAI)


def returned(unit: str = "chengguan", period: str = "2022-03", form: str = "event", **template: str) -> ReadReturn:
    """A return as read from a template; `template` changes what the template says of itself."""
    return ReadReturn(
        form=form, unit=unit, period=period, sheet="赛事台账", template={**TEMPLATE, **template},
        head_cells={"unit": (3, "B"), "period": (3, "E")},
    )


def plain(**stated: str) -> ReadReturn:
    """A return that was not written from a template."""
    read = returned(**stated)
    read.template = {}
    return read


def codes(found: list[Finding]) -> list[str]:
    return [item.code.removeprefix("admission.") for item in found]


def found(programme: Programme, read: ReadReturn, at: datetime = APRIL, sent_for: str | None = None) -> list[str]:
    return codes(admission_findings(programme, read, at, sent_for))


def changed(programme: Programme, unit: str, **values: object) -> Programme:
    units = [item.model_copy(update=values) if item.code == unit else item for item in programme.units]
    return programme.model_copy(update={"units": units})


def closing(programme: Programme, days: int | None) -> Programme:
    calendar = programme.calendar.model_copy(update={"closes_after_working_days": days})
    return programme.model_copy(update={"calendar": calendar})


@pytest.mark.parametrize("read", [returned(), plain(), ReadReturn(), plain(period="2021-07")])
def test_what_belongs_here_is_let_in(programme: Programme, read: ReadReturn) -> None:
    assert found(programme, read) == []


def test_another_programmes_template_is_refused(programme: Programme) -> None:
    read = admit(programme, returned(programme="elsewhere"), APRIL)
    assert codes(read.findings) == ["other_programme"]
    assert read.refused
    assert decide_status(read.findings, refused=read.refused) == "refused"


def test_all_others_are_returned_to_be_mended(programme: Programme) -> None:
    read = admit(programme, returned(period="2022-02"), APRIL)
    assert decide_status(read.findings, refused=read.refused) == "returned"


@pytest.mark.parametrize(("read", "code", "place"), [
    (returned(form="candidate"), "other_form", (None, None)),
    (returned(unit="qilihe"), "other_unit", (3, "B")),
    (returned(period="2022-02"), "other_period", (3, "E")),
])
def test_the_head_against_the_template(
    programme: Programme, read: ReadReturn, code: str, place: tuple[int | None, str | None]
) -> None:
    [finding] = admission_findings(programme, read, APRIL, None)
    assert (finding.code, finding.severity) == (f"admission.{code}", "error")
    assert (finding.row, finding.column) == place


def test_what_a_template_says_of_itself_is_not_trusted(programme: Programme) -> None:
    read = returned(form="candidate")
    read.template = {"form": "13800000000", "unit": "13800000000", "period": "13800000000"}
    texts = [item.message.zh + item.message.en for item in admission_findings(programme, read, APRIL, None)]
    assert len(texts) == 3
    assert "13800000000" not in "".join(texts)


@pytest.mark.parametrize(("unit", "sent_for", "expected"), [
    ("chengguan", "chengguan", []), ("chengguan", None, []), ("chengguan", "qilihe", ["not_the_senders"]),
    ("jingkai", "anning", []), ("jingkai", "jingkai", []), ("anning", "jingkai", ["not_the_senders"]),
])
def test_a_unit_sends_its_own_and_its_sub_units(
    programme: Programme, unit: str, sent_for: str | None, expected: list[str]
) -> None:
    assert found(programme, plain(unit=unit), sent_for=sent_for) == expected


@pytest.mark.parametrize(("form", "unit", "expected"), [
    ("event", "chengguan", []), ("event", "womens_federation", []), ("event", "tax_bureau", ["form_not_theirs"]),
    ("finance", "finance_office", []), ("finance", "jingkai", []), ("finance", "hrss_bureau", ["form_not_theirs"]),
    ("investment_link", "cooperation_office", []), ("investment_link", "finance_office", ["form_not_theirs"]),
    ("training_class", "hrss_bureau", []), ("training_class", "womens_federation", ["form_not_theirs"]),
])
def test_who_submits_the_form(programme: Programme, form: str, unit: str, expected: list[str]) -> None:
    assert found(programme, plain(unit=unit, form=form)) == expected


@pytest.mark.parametrize(("first", "last", "expected"), [
    (None, None, []),
    (date(2022, 3, 31), None, []), (date(2022, 4, 1), None, ["unit_not_in_force"]),
    (None, date(2022, 3, 1), []), (None, date(2022, 2, 28), ["unit_not_in_force"]),
])
def test_a_unit_reports_while_it_exists(
    programme: Programme, first: date | None, last: date | None, expected: list[str]
) -> None:
    at_work = changed(programme, "chengguan", effective_from=first, effective_to=last)
    assert found(at_work, plain()) == expected


@pytest.mark.parametrize(("first", "expected"), [
    (date(2022, 3, 31), []), (date(2022, 4, 1), ["form_not_in_force"]),
])
def test_a_form_is_used_while_it_is_in_force(programme: Programme, first: date, expected: list[str]) -> None:
    form = programme.forms["event"].model_copy(update={"effective_from": first})
    changed_forms = programme.model_copy(update={"forms": {**programme.forms, "event": form}})
    assert found(changed_forms, plain()) == expected


@pytest.mark.parametrize(("period", "expected"), [
    ("2021-06", ["before_first_period"]), ("2021-07", []), ("2023-12", []), ("2024-01", ["after_programme"]),
])
def test_the_periods_of_the_programme(programme: Programme, period: str, expected: list[str]) -> None:
    assert found(programme, plain(period=period), datetime(2024, 2, 1, tzinfo=SHANGHAI)) == expected


@pytest.mark.parametrize(("at", "expected"), [
    (datetime(2022, 2, 28, 23, 59, tzinfo=SHANGHAI), ["period_not_begun"]),
    (datetime(2022, 3, 1, 0, 0, tzinfo=SHANGHAI), []),
    (datetime(2022, 2, 28, 16, 0, tzinfo=ZoneInfo("UTC")), []),
])
def test_no_period_is_reported_before_it_begins(programme: Programme, at: datetime, expected: list[str]) -> None:
    assert found(programme, plain(), at) == expected


def test_by_default_no_period_is_ever_closed(programme: Programme) -> None:
    assert programme.calendar.closes_after_working_days is None
    assert closes_at(programme, due_at(programme, "monthly", Period.parse("2022-03"))) is None
    assert found(programme, plain(), datetime(2030, 1, 1, tzinfo=SHANGHAI)) == []


@pytest.mark.parametrize(("days", "at", "expected"), [
    # March 2022 is due on 6 April at 17:30 (the 5th is 清明); the third working day after it is 11 April.
    (3, datetime(2022, 4, 11, 17, 30, tzinfo=SHANGHAI), []),
    (3, datetime(2022, 4, 11, 17, 31, tzinfo=SHANGHAI), ["period_closed"]),
    (0, datetime(2022, 4, 6, 17, 30, tzinfo=SHANGHAI), []),
    (0, datetime(2022, 4, 6, 17, 31, tzinfo=SHANGHAI), ["period_closed"]),
])
def test_a_programme_may_close_a_period(
    programme: Programme, days: int, at: datetime, expected: list[str]
) -> None:
    assert found(closing(programme, days), plain(), at) == expected


def nil(form: str, period: str) -> ReadReturn:
    read = plain(period=period)
    read.form, read.nil_return = form, True
    return read


@pytest.mark.parametrize(("form", "period", "expected"), [
    ("event", "2022-03", []), ("narrative", "2022", ["may_not_be_nil"]),
])
def test_some_forms_cannot_be_nil(programme: Programme, form: str, period: str, expected: list[str]) -> None:
    assert found(programme, nil(form, period), datetime(2022, 12, 1, tzinfo=SHANGHAI)) == expected


def test_what_is_open_again_is_taken_though_its_period_is_closed(programme: Programme) -> None:
    late, read = datetime(2022, 4, 11, 17, 31, tzinfo=SHANGHAI), plain()
    slot = (read.unit, read.form, read.period)
    assert codes(admission_findings(closing(programme, 3), read, late, None, {slot})) == []
    for other in (("xigu", *slot[1:]), (slot[0], "forum", slot[2]), (*slot[:2], "2022-02")):
        assert codes(admission_findings(closing(programme, 3), read, late, None, {other})) == ["period_closed"]


def test_every_reason_speaks_both_languages(programme: Programme) -> None:
    ended = changed(closing(programme, 0), "tax_bureau", effective_to=date(2020, 1, 1))
    form = programme.forms["event"].model_copy(update={"effective_to": date(2020, 1, 1)})
    ended = ended.model_copy(update={"forms": {**programme.forms, "event": form}})
    late, early = datetime(2030, 1, 1, tzinfo=SHANGHAI), datetime(2020, 1, 1, tzinfo=SHANGHAI)
    cases = [
        (returned(unit="tax_bureau", period="2024-01"), late), (returned(unit="tax_bureau", period="2021-06"), early),
        (returned(form="candidate"), APRIL), (returned(programme="elsewhere"), APRIL), (nil("narrative", "2022"), late),
    ]
    made = [item for read, at in cases for item in admission_findings(ended, read, at, "xigu")]
    assert {item.code for item in made} == set(catalogue(MESSAGES))
    for item in made:
        for text in (item.message, item.next_step):
            assert "{" not in text.zh + text.en
        assert re.search(r"[\u4e00-\u9fff]", item.message.zh)
        assert not re.search(r"[\u4e00-\u9fff]", item.message.en.replace("更正", ""))


@pytest.mark.parametrize("code", sorted(catalogue(MESSAGES)))
def test_both_languages_tell_the_same_facts(code: str) -> None:
    entry = catalogue(MESSAGES)[code]
    zh, en = ({name for _, name, _, _ in Formatter().parse(entry["message"][language])} for language in ("zh", "en"))
    assert zh - {None} == en - {None}
