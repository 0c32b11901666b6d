"""Writes the files of a span, each with the instant of its arrival, and the answer sheet beside them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from random import Random

from zhibao.errors import RefusedError
from zhibao.period import Period
from zhibao.programme.models import Form, Programme, Unit
from zhibao.samples.layout import lay_out
from zhibao.samples.ledgers import periods_of
from zhibao.samples.manifest import FileEntry, Manifest
from zhibao.samples.mess import Spot, plant_quirks
from zhibao.samples.page import Page, Wrongs
from zhibao.samples.plants import cell_plants, file_plants
from zhibao.samples.records import Decision, Event, Record
from zhibao.samples.schedule import Schedule, Sending, Slot, closing_month, due_at, is_present, owed_forms
from zhibao.samples.specials import bend
from zhibao.samples.story import Story, owing_units, tell_story
from zhibao.samples.styles import Style, file_stem, style_units, tidy_styles
from zhibao.samples.truth import SlotOutcome, conclude
from zhibao.samples.workbook import locked, plan_book, to_csv, to_xlsx, truncated

MANIFEST = "planted.json"
STRANGER_FOLDER = "unlisted"
STEPS = ("shortlisted", "prize", "rejected", "proposed", "granted", "revoked")


@dataclass(slots=True)
class _Run:
    """One call: what is written, and what the files say that will be accepted."""

    programme: Programme
    seed: int
    story: Story
    styles: dict[str, Style]
    schedule: Schedule
    out: Path
    manifest: Manifest
    cross: dict[Slot, set[str]]
    tidy: bool
    used: set[str] = field(default_factory=set)
    accepted: list[Record] = field(default_factory=list)
    outcomes: list[SlotOutcome] = field(default_factory=list)


def write_samples(
    programme: Programme,
    seed: int,
    units: Sequence[str] | None,
    first: Period,
    last: Period,
    out: Path,
    *,
    tidy: bool = False,
) -> Manifest:
    """Write the returns of `units` (all that owe returns, if None) for the months from `first` to `last`.

    Files lie in `out/<unit>/`; a file's time of modification is its arrival. The manifest is written to
    `out/planted.json` too. The same arguments give the same bytes. Raises RefusedError for a span or a unit
    outside the programme. `tidy` writes each in the template's own shape with nothing wrong in it; some are still late,
    missing, or sent again.
    """
    owing = owing_units(programme)
    chosen = _chosen(owing, units)
    run = _prepare(programme, seed, chosen, first, last, out, tidy)
    months = [period for period in run.story.periods if first <= period <= last]
    if not months or first.cadence != "monthly" or last.cadence != "monthly":
        raise RefusedError("起止报告期应为本工程期内的月份", "the span must be months of the programme")
    for unit in chosen:
        for form in owed_forms(programme, unit):
            for period in periods_of(form.cadence, run.story.periods):
                if closing_month(programme, period) in months:
                    _write_slot(run, unit, form, period)
    if len(chosen) == len(owing) and not tidy:
        _write_stranger(run, months[min(2, len(months) - 1)])
    run.manifest.truth = conclude(
        programme,
        [row for row in run.accepted if isinstance(row, Decision)],
        [row for row in run.accepted if isinstance(row, Event)],
        run.outcomes,
        run.story.specials,
        last,
    )
    run.manifest.write(out / MANIFEST)
    return run.manifest


def _chosen(owing: list[Unit], units: Sequence[str] | None) -> list[Unit]:
    unknown = sorted(set(units or ()) - {unit.code for unit in owing})
    if unknown:
        raise RefusedError(f"不是报送单位：{'、'.join(unknown)}", f"no reporting unit: {', '.join(unknown)}")
    return [unit for unit in owing if units is None or unit.code in units]


def plan(programme: Programme, seed: int) -> tuple[Story, Schedule]:
    """What happens in the whole programme, and who sends what when; files are a part of it written down."""

    def present(unit: str, form: str, period: Period) -> bool:
        return is_present(seed, unit, form, period)

    story = tell_story(programme, seed, present)
    bend(programme, seed, story, present)
    return story, Schedule(programme, seed, story, style_units(programme, seed, owing_units(programme)))


def _prepare(
    programme: Programme, seed: int, chosen: list[Unit], first: Period, last: Period, out: Path, tidy: bool
) -> _Run:
    story, schedule = plan(programme, seed)
    if tidy:
        schedule.styles, schedule.faults = tidy_styles(programme, chosen), {}
    manifest = Manifest(seed, programme.code, str(first), str(last), [unit.code for unit in chosen])
    return _Run(programme, seed, story, schedule.styles, schedule, out, manifest, _cross_checks(story), tidy)


def _cross_checks(story: Story) -> dict[Slot, set[str]]:
    """The returns that a check across units or time may speak about, by what it would say."""
    cross: dict[Slot, set[str]] = {}
    for special in story.specials:
        for at in ("first", "second"):
            unit = special[f"{at}_unit"]
            for form, key in (("candidate", "nominated_in"), ("selection_result", "period")):
                slot = unit, form, Period.parse(special[f"{at}_{key}"])
                cross.setdefault(slot, set()).add(special["kind"])
    return cross


def _write_slot(run: _Run, unit: Unit, form: Form, period: Period) -> None:
    slot = unit.code, form.code, period
    sendings = run.schedule.sendings(slot)
    if not sendings:
        run.manifest.missing.append({"unit": unit.code, "form": form.code, "period": str(period)})
    previous: str | None = None
    for sending in sendings:
        previous = _write_sending(run, form, sending, previous)
    good = [sending for sending in sendings if sending.status.startswith("accepted")]
    final = records_of(run.story, good[-1]) if good else []
    run.accepted += final
    run.outcomes.append(
        SlotOutcome(
            due_at(run.programme, period),
            any(sending.is_attributable for sending in sendings),
            bool(good),
            not final,
            good[0].received_at if good else None,
        )
    )


def records_of(story: Story, sending: Sending) -> list[Record]:
    """The records in one file; of two accepted versions, one event is added or one title withdrawn by the second."""
    unit, form, period = sending.slot
    if form == "candidate":
        return sorted(story.candidates.get((unit, period), []), key=lambda row: row.number)  # type: ignore[return-value]
    if form == "event":
        events = story.events.get((unit, period), [])
        return list(events[:-1] if sending.resent else events)
    if form != "selection_result":
        return list(story.ledgers.get(sending.slot, []))
    rows = sorted(
        story.decisions.get((unit, period), []), key=lambda row: (row.candidate.number, STEPS.index(row.result))
    )
    if sending.withdraws:
        withdrawn = next(row for row in reversed(rows) if row.result == "granted")
        rows.remove(withdrawn)
    return rows  # type: ignore[return-value]


def _write_sending(run: _Run, form: Form, sending: Sending, previous: str | None) -> str:
    unit, _, period = sending.slot
    style, fault = run.styles[unit], sending.fault
    rng = Random(f"{run.seed}:mess:{sending.slot}:{sending.version}")
    records = records_of(run.story, sending)
    rows = [record.row(period) for record in records]
    wrongs = Wrongs(total=True) if fault is None else fault.wrongs(form.code)
    page = lay_out(run.programme, style, form, period, sending.received_at.date(), rows, wrongs)
    spots = [] if run.tidy else _plant(page, rng, sending)
    file = _name(run, unit, file_stem(style, run.programme, form, period), sending.version, style)
    kind = fault.kind if fault else ""
    _write_file(run, file, page, sending.received_at, kind)
    run.manifest.planted += file_plants(file, page, kind, form, spots)
    if kind not in ("truncated", "locked"):
        run.manifest.planted += cell_plants(file, page, spots, fault)
    run.manifest.files.append(
        FileEntry(
            file,
            unit,
            form.code,
            str(period),
            sending.received_at.isoformat(),
            sending.status,
            len(rows),
            not rows,
            previous,
            tuple(sorted(run.cross.get(sending.slot, ()))),
        )
    )
    return file


def _plant(page: Page, rng: Random, sending: Sending) -> list[Spot]:
    if sending.fault is None:
        return plant_quirks(page, rng)
    return [sending.fault.plant(page, rng)] if sending.fault.plant else []


def _name(run: _Run, folder: str, stem: str, version: int, style: Style) -> str:
    suffix = "xlsx" if style.file_format == "xlsx" else "csv"
    name = f"{folder}/{stem}{'（更正）' if version > 1 else ''}"
    while f"{name}.{suffix}" in run.used:
        name += "-副本"
    run.used.add(f"{name}.{suffix}")
    return f"{name}.{suffix}"


def _write_file(run: _Run, file: str, page: Page, at: datetime, kind: str) -> None:
    path = run.out / file
    path.parent.mkdir(parents=True, exist_ok=True)
    if kind == "locked":
        data = locked()
    elif page.style.file_format == "xlsx":
        data = to_xlsx(plan_book(page), at)
    else:
        data = to_csv(page, page.style.file_format)
    path.write_bytes(truncated(data) if kind == "truncated" else data)
    os.utime(path, (at.timestamp(), at.timestamp()))


def _write_stranger(run: _Run, period: Period) -> None:
    """A return of a place that is no unit of this programme."""
    if not run.programme.not_units:
        return
    name = run.programme.not_units[0].name
    form, style = run.programme.forms["event"], next(iter(run.styles.values()))
    host = owing_units(run.programme)[0].code
    held = run.story.events[host, period]
    rows = [{**event.row(period), "event_no": f"XQ-{event.number}", "host": name} for event in held]
    at = due_at(run.programme, period).replace(hour=10)
    page = lay_out(run.programme, style, form, period, at.date(), rows, Wrongs(unit_word=name))
    file = _name(run, STRANGER_FOLDER, f"{name}_赛事台账_{period.zh()}", 1, style)
    _write_file(run, file, page, at, "not_unit")
    run.manifest.planted += file_plants(file, page, "not_unit", form)
    run.manifest.files.append(FileEntry(file, None, form.code, str(period), at.isoformat(), "refused", len(rows)))
