"""The programme's folder: what it fixes, and that every fault is named by file and line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from zhibao.errors import ConfigurationError
from zhibao.programme.load import load_programme
from zhibao.programme.models import Programme
from zhibao.settings import ROOT

SOURCE = ROOT / "programmes" / "lanzhou-bqw"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SOURCE, tmp_path / "programme"))


def change(folder: Path, file: str, old: str, new: str) -> int:
    """Replace the first `old` in `file`; gives the 1-based line it stood on."""
    path = folder / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    return text[: text.index(old)].count("\n") + 1


def problems(folder: Path) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        load_programme(folder)
    return [str(problem) for problem in caught.value.problems]


def test_quotas_are_those_of_the_source_document(programme: Programme) -> None:
    by_level = {table.level: table for table in programme.quotas}
    assert sum(by_level["rising_star"].targets.values()) == by_level["rising_star"].total == 180
    assert sum(by_level["emerging_maker"].targets.values()) == by_level["emerging_maker"].total == 1800
    assert by_level["rising_star"].targets["disabled"] == 6
    assert by_level["emerging_maker"].targets["anning"] == 160


def test_thresholds_are_those_of_annex_1(programme: Programme) -> None:
    thresholds = {
        (level.code, criterion.code): criterion.threshold for level in programme.levels for criterion in level.criteria
    }
    expected = {
        "pacesetter": {"venture_age": 5, "jobs_created": 50, "annual_revenue": 5_000_000, "intellectual_property": 2},
        "rising_star": {"venture_age": 3, "jobs_created": 20, "annual_revenue": 2_000_000},
        "emerging_maker": {"venture_age": 2, "jobs_created": 5, "annual_revenue": 500_000},
        "provincial_demo_incubator": {"disposable_area": 3000, "tenant_share": 75, "cumulative_revenue": 50_000_000},
    }
    for level, criteria in expected.items():
        for criterion, threshold in criteria.items():
            assert thresholds[level, criterion] == threshold


def test_ten_competitions_lead_to_ten_categories(programme: Programme) -> None:
    assert [competition.series for competition in programme.competitions] == list(range(1, 11))
    assert len({competition.category for competition in programme.competitions}) == 10
    assert programme.competitions[9].leads == ["hrss_bureau", "broadcasting_station"]


def test_nineteen_units_owe_returns(programme: Programme) -> None:
    assert len([unit for unit in programme.units if programme.forms["candidate"].is_owed_by(unit)]) == 19
    assert programme.unit("jingkai").parent == "anning"


def test_every_unit_that_owes_returns_has_a_contact(programme: Programme) -> None:
    owing = {unit.code for unit in programme.units if any(form.is_owed_by(unit) for form in programme.forms.values())}
    assert len(owing) == 21
    for code in (*owing, "jingkai"):
        (address,) = programme.addresses_of(code)
        assert address.endswith("@example.org")
    assert programme.addresses_of("postal_administration") == []


def test_an_installations_own_addresses_take_the_place_of_the_examples(copy: Path, tmp_path: Path) -> None:
    examples = load_programme(copy)
    own = tmp_path / "own.yaml"
    text = (copy / "contacts.yaml").read_text("utf-8")
    own.write_text(text.replace("chengguan@example.org", "Baobiao@chengguan.example.org, two@example.org"), "utf-8")
    loaded = load_programme(copy, own)
    assert loaded.addresses_of("chengguan") == ["Baobiao@chengguan.example.org", "two@example.org"]
    assert loaded.digest == examples.digest
    own.write_text(text.replace("qilihe@example.org", "Chengguan@example.org"), "utf-8")
    with pytest.raises(ConfigurationError, match=r"own.yaml:5: 'Chengguan@example.org' is also an address of 'chengg"):
        load_programme(copy, own)


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("quotas.yaml", "disabled: 6", "disabled: 7", "targets sum to 181, the stated total is 180"),
        ("quotas.yaml", "chengguan: 600", "chengguan: 599", "targets sum to 1799, the stated total is 1800"),
        ("contacts.yaml", "{unit: xigu,", "{unit: xigu2,", "'xigu2' is no unit"),
        ("contacts.yaml", "{unit: xigu,", "{unit: anning,", "unit 'anning' is given twice"),
        ("contacts.yaml", "[xigu@example.org]", "[ANNING@example.org]",
         "'anning@example.org' is also an address of 'xigu'"),
        ("contacts.yaml", "[xigu@example.org]", "[]", "at least 1 item"),
        ("contacts.yaml", "[xigu@example.org]", "[xigu]", "should match pattern"),
        ("quotas.yaml", "      gaoxin: 90", "      xinqu: 90", "'xinqu' is no unit"),
        ("competitions.yaml", "leads: [womens_federation]", "leads: [nobody]", "lead 'nobody' is no unit"),
        ("competitions.yaml", "clause: 四（一）3", 'clause: ""', "the clause is missing"),
        ("levels.yaml", "clause: 附件1 二（四）, mode: attachment, measure: jobs_created_count",
         'clause: "", mode: attachment, measure: jobs_created_count', "criterion 'jobs_created' has no clause"),
        ("levels.yaml", "measure: ip_count", "measure: patents", "'patents' is no column of the form 'candidate'"),
        ("levels.yaml", 'op: ">=", threshold: 2,', 'op: ">=", threshold: two,', "'two' is no number"),
        ("levels.yaml", "promoted_from: rising_star", "promoted_from: hero", "'hero' is no other level"),
        ("levels.yaml", "roster: incubator", "roster: bases", "form 'bases' is not listed"),
        ("levels.yaml", "{column: premises,", "{column: place,", "'place' is no column of the form 'incubator'"),
        ("forms/incubator.yaml", "ratio_of: [success_count,", "ratio_of: [won_count,", "'won_count' is no column"),
        ("programme.yaml", "annual_plan: {}", "annual_plan: {2022: {rising_star: {heroes: 3}}}",
         "rising_star.heroes has no quota"),
        ("units.yaml", "parent: anning", "parent: nowhere", "parent 'nowhere' is no unit"),
        ("forms/event.yaml", "key: [event_no]", "key: [number]", "key 'number' is no column"),
        ("forms/finance.yaml", "submitted_by: [district, sub_unit, finance_office]",
         "submitted_by: [district, sub_unit, finance]", "'finance' is no unit and no kind of units"),
        ("forms/finance.yaml", "owed_by: [district, finance_office]", "owed_by: [district, tax_bureau]",
         "'tax_bureau' owes the form 'finance' and may not submit it"),
        ("forms/narrative.yaml", "min_length: 200, max_length: 3000", "min_length: 200, max_length: 199",
         "'work_done' is to be longer than it may be"),
        ("forms/finance.yaml", "running_total_of: jobs_created_month_count", "running_total_of: jobs",
         "'jobs' is no column"),
        ("units.yaml", "code: tax_bureau", "code: district", "'district' is the name of a kind of units"),
        ("recipients.yaml", "receives: [annual]", "receives: [weekly]", "'weekly' is no report of this programme"),
        ("calendar.yaml", "shift: backward", "shift: sideways", "calendar.due.annual.shift"),
        ("programme.yaml", "timezone: Asia/Shanghai", "timezone: Asia/Shanghai\ncolour: red", "colour: Extra inputs"),
    ],
)
def test_each_fault_is_named_by_file_and_line(copy: Path, file: str, old: str, new: str, message: str) -> None:
    line = change(copy, file, old, new)
    found = [problem for problem in problems(copy) if message in problem]
    assert len(found) == 1, problems(copy)
    name, number, _ = found[0].split(":", 2)
    assert name == file
    # A wrong sum is shown at the table's total, and an added line below the one that was changed.
    assert abs(int(number) - line) <= 9


@pytest.mark.parametrize(("dates", "owes"), [
    ("effective_from: 2023-12-31", True), ("effective_from: 2024-01-01", False), ("effective_to: 2020-12-31", False),
    ("effective_to: 2021-01-01", True),
])
def test_a_unit_that_owes_by_its_code_is_in_force(copy: Path, dates: str, owes: bool) -> None:
    change(copy, "units.yaml", "{code: finance_office,", f"{{code: finance_office, {dates},")
    if owes:
        assert load_programme(copy).unit("finance_office")
    else:
        assert problems(copy) == [
            "forms/finance.yaml:7: 'finance_office' owes the form 'finance' and is not in force while it is asked for"
        ]


def test_broken_yaml_is_named_by_line(copy: Path) -> None:
    (copy / "quotas.yaml").write_text("quotas:\n  - level: [\n", "utf-8")
    assert problems(copy)[0].startswith("quotas.yaml:")


def test_a_missing_file_is_named(copy: Path) -> None:
    (copy / "levels.yaml").unlink()
    assert problems(copy) == ["levels.yaml:1: file is missing"]


def test_the_digest_follows_every_change(copy: Path, programme: Programme) -> None:
    assert load_programme(copy).digest == programme.digest
    change(copy, "levels.yaml", "threshold: 20", "threshold: 21")
    assert load_programme(copy).digest != programme.digest


@pytest.mark.parametrize(("old", "new", "words"), [
    ("form: forum, over", "form: salon, over", "form 'salon' is not listed"),
    ("column: qualified_count", "column: passed_count", "has no column 'passed_count'"),
    ("column: trained_count", "column: training_type", "'training_type' is no number"),
    ("dated_by: held_on", "dated_by: host", "'host' is no date"),
    ("by: [grade, unit]", "by: [incubator_name]", "'incubator_name' has no choices"),
    ("[signed, paid_in]", "[signed, lost]", "'status' has no choice 'lost'"),
    ("code: forum_count", "code: qualified_count", "'qualified_count' is given twice"),
])
def test_faults_of_an_indicator_are_named_by_line(copy: Path, old: str, new: str, words: str) -> None:
    line = change(copy, "indicators.yaml", old, new)
    found = problems(copy)
    assert any(f"indicators.yaml:{line}" in problem and words in problem for problem in found), found


def test_sections_of_the_narratives_are_columns_of_their_form(copy: Path) -> None:
    change(copy, "programme.yaml", "problems: [problems]", "problems: [difficulties]")
    assert any("has no column 'difficulties'" in problem for problem in problems(copy))
