"""What `write_samples` puts on disk: the same bytes for the same seed, on time or late, as the manifest says."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from datetime import datetime
from pathlib import Path

import pytest

from zhibao.errors import RefusedError
from zhibao.period import Period
from zhibao.programme.models import Programme
from zhibao.samples import Manifest, write_samples
from zhibao.samples.schedule import due_at
from zhibao.samples.story import owing_units

UNITS = ["honggu", "hrss_bureau", "disabled_federation"]


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() + str(path.stat().st_mtime)
        for path in folder.rglob("*.*")
        if path.name != "planted.json"
    }


def test_same_seed_gives_the_same_bytes_and_arrivals(programme: Programme, tmp_path: Path) -> None:
    span = Period.parse("2021-12"), Period.parse("2022-04")
    one, two = tmp_path / "one", tmp_path / "two"
    first = write_samples(programme, 3, UNITS, *span, one)
    second = write_samples(programme, 3, UNITS, *span, two)
    assert len(digests(one)) == len(first.files) > 40
    assert digests(one) == digests(two)
    assert first.to_json() == second.to_json() == (one / "planted.json").read_text(encoding="utf-8")


def test_another_seed_gives_other_bytes(programme: Programme, tmp_path: Path) -> None:
    span = Period.parse("2022-03"), Period.parse("2022-03")
    for seed in (1, 2):
        write_samples(programme, seed, ["honggu"], *span, tmp_path / str(seed))
    assert not set(digests(tmp_path / "1").values()) & set(digests(tmp_path / "2").values())


def test_a_part_of_the_span_is_a_part_of_the_whole(
    programme: Programme, manifest: Manifest, folder: Path, tmp_path: Path
) -> None:
    write_samples(programme, manifest.seed, ["yuzhong"], Period.parse("2022-05"), Period.parse("2022-06"), tmp_path)
    part, whole = digests(tmp_path), digests(folder)
    assert len(part) >= 5
    assert part.items() <= whole.items()


def test_every_file_is_there_and_arrived_when_the_manifest_says(manifest: Manifest, folder: Path) -> None:
    assert len({entry.file for entry in manifest.files}) == len(manifest.files) > 1500
    assert set(digests(folder)) == {entry.file for entry in manifest.files}
    for entry in manifest.files:
        assert entry.received_at.endswith("+08:00")
        assert (folder / entry.file).stat().st_mtime == datetime.fromisoformat(entry.received_at).timestamp()


def test_every_owed_return_came_or_is_listed_as_missing(programme: Programme, manifest: Manifest) -> None:
    came = {(entry.unit, entry.form, entry.period) for entry in manifest.files if entry.unit}
    missing = {(entry["unit"], entry["form"], entry["period"]) for entry in manifest.missing}
    assert len(owing_units(programme)) == 21
    assert len(came) + len(missing) == 87 * 17 + 20 * 5 + 19 * 2  # months, quarters from 2021Q3, years
    assert not came & missing
    assert 5 <= len(missing) <= 40


def test_a_few_files_come_back_and_a_few_are_asked_about(manifest: Manifest) -> None:
    statuses = Counter(entry.expect_status for entry in manifest.files)
    assert 0.04 <= (statuses["returned"] + statuses["refused"]) / len(manifest.files) <= 0.06
    assert 6 <= statuses["accepted_with_queries"] <= 10


def test_most_come_on_time_some_late_and_one_at_the_very_second(programme: Programme, manifest: Manifest) -> None:
    delays = [
        (datetime.fromisoformat(entry.received_at) - due_at(programme, Period.parse(entry.period))).total_seconds()
        for entry in manifest.files
        if not entry.supersedes
    ]
    late = sum(delay > 0 for delay in delays)
    assert 0.02 <= late / len(delays) <= 0.09
    assert {0, 1} <= set(delays)


def test_a_correction_follows_its_first_version_within_days(manifest: Manifest) -> None:
    entries = {entry.file: entry for entry in manifest.files}
    corrections = [entry for entry in manifest.files if entry.supersedes]
    assert len(corrections) >= 25
    for entry in corrections:
        first = entries[entry.supersedes or ""]
        wait = datetime.fromisoformat(entry.received_at) - datetime.fromisoformat(first.received_at)
        assert 0.9 < wait.total_seconds() / 86400 < 2.1
        assert entry.expect_status == "accepted"


def test_some_returns_stay_uncorrected_but_no_roster_does(manifest: Manifest) -> None:
    ends: dict[tuple[str | None, str, str], str] = defaultdict(str)
    for entry in manifest.files:
        ends[entry.unit, entry.form, entry.period] = entry.expect_status
    open_forms = [form for (unit, form, _), status in ends.items() if unit and not status.startswith("accepted")]
    assert 2 <= len(open_forms) <= 30
    assert not {"candidate", "finance"} & set(open_forms)


@pytest.mark.parametrize(("first", "last"), [("2020-01", "2020-02"), ("2022Q1", "2022Q2"), ("2022-05", "2022-04")])
def test_a_span_outside_the_programme_is_refused(programme: Programme, tmp_path: Path, first: str, last: str) -> None:
    with pytest.raises(RefusedError):
        write_samples(programme, 1, None, Period.parse(first), Period.parse(last), tmp_path)


def test_an_unknown_unit_is_refused(programme: Programme, tmp_path: Path) -> None:
    month = Period.parse("2022-03")
    with pytest.raises(RefusedError):
        write_samples(programme, 1, ["lanzhou_new_area"], month, month, tmp_path)


def test_the_manifest_is_plain_json_that_says_all_is_invented(manifest: Manifest, folder: Path) -> None:
    data = json.loads((folder / "planted.json").read_text(encoding="utf-8"))
    assert "虚构" in data["notice"]
    assert [entry["file"] for entry in data["files"]] == [entry.file for entry in manifest.files]
    assert len(data["planted"]) == len(manifest.planted)
