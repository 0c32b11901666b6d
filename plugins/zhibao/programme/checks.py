"""What must hold between the parts of a programme. Each check yields the place of the fault and what is wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from zhibao.programme.models import UNIT_KINDS, Criterion, Dated, NarrativeSections, Programme, QuotaTable

Fault = tuple[tuple[str | int, ...], str]


def check_programme(programme: Programme) -> list[Fault]:
    """Every fault, in the order of the checks; an empty list is a sound programme."""
    return [
        fault
        for check in (
            _codes, _units, _competitions, _quotas, _plan, _levels, _forms, _senders, _contacts, _recipients, _calendar,
            _reports, _indicators,
        )
        for fault in check(programme)
    ]


def _codes(programme: Programme) -> Iterator[Fault]:
    for name in ("units", "categories", "competitions", "cadences", "levels", "recipients", "head", "indicators"):
        counts = Counter(item.code for item in getattr(programme, name))
        for index, item in enumerate(getattr(programme, name)):
            if counts[item.code] > 1:
                yield (name, index, "code"), f"code {item.code!r} is given twice"


def _units(programme: Programme) -> Iterator[Fault]:
    codes = {unit.code for unit in programme.units}
    for index, unit in enumerate(programme.units):
        if unit.parent is not None and unit.parent not in codes:
            yield ("units", index, "parent"), f"parent {unit.parent!r} is no unit"
        if unit.code in UNIT_KINDS:
            yield ("units", index, "code"), f"code {unit.code!r} is the name of a kind of units"
        if unit.kind == "sub_unit" and unit.parent is None:
            yield ("units", index), f"sub-unit {unit.code!r} has no parent"
    for key in ("overall_lead", "executor"):
        if getattr(programme, key) not in codes:
            yield (key,), f"{getattr(programme, key)!r} is no unit"


def _competitions(programme: Programme) -> Iterator[Fault]:
    units = {unit.code for unit in programme.units}
    categories = {category.code for category in programme.categories}
    series = Counter(competition.series for competition in programme.competitions)
    for index, competition in enumerate(programme.competitions):
        place = ("competitions", index)
        for lead in competition.leads:
            if lead not in units:
                yield (*place, "leads"), f"lead {lead!r} is no unit"
        for support in competition.supports:
            if support not in units:
                yield (*place, "supports"), f"supporter {support!r} is no unit"
        if competition.category not in categories:
            yield (*place, "category"), f"category {competition.category!r} is not listed"
        if series[competition.series] > 1:
            yield (*place, "series"), f"series {competition.series} is given twice"
        if not competition.clause.strip():
            yield (*place, "clause"), "the clause is missing"


def _quotas(programme: Programme) -> Iterator[Fault]:
    known = {"category": {item.code for item in programme.categories}, "unit": {item.code for item in programme.units}}
    levels = {level.code for level in programme.levels}
    for index, table in enumerate(programme.quotas):
        place = ("quotas", index)
        if (table.level is None) == (table.indicator is None):
            yield place, "a table of targets is of a level or of an indicator"
        if table.level is not None and table.level not in levels:
            yield (*place, "level"), f"level {table.level!r} is not listed"
        if table.indicator is not None:
            yield from _volume(programme, table, place)
        for code in table.targets:
            if code not in known[table.by]:
                yield (*place, "targets", code), f"{code!r} is no {table.by}"
        total = sum(table.targets.values())
        if total != table.total:
            yield (*place, "total"), f"targets sum to {total}, the stated total is {table.total}"
        if not table.clause.strip():
            yield (*place, "clause"), "the clause is missing"


def _volume(programme: Programme, table: QuotaTable, place: tuple[str | int, ...]) -> Iterator[Fault]:
    """The targets of an indicator: it adds up over time, and each unit tells it."""
    item = next((item for item in programme.indicators if item.code == table.indicator), None)
    if item is None:
        yield (*place, "indicator"), f"indicator {table.indicator!r} is not listed"
    elif item.over != "window":
        yield (*place, "indicator"), f"indicator {item.code!r} tells what stands, and has no sum over time"
    elif table.by != "unit":
        yield (*place, "by"), "an indicator has targets by unit"
    elif item.form in programme.forms:
        form = programme.forms[item.form]
        for unit in programme.units:
            if unit.code in table.targets and not form.is_owed_by(unit):
                yield (*place, "targets", unit.code), f"{unit.code!r} does not owe the form {form.code!r}"


def _levels(programme: Programme) -> Iterator[Fault]:
    units = {unit.code for unit in programme.units}
    levels = {level.code for level in programme.levels}
    for index, level in enumerate(programme.levels):
        place, form = ("levels", index), programme.forms.get(level.roster)
        if form is None:
            yield (*place, "roster"), f"form {level.roster!r} is not listed"
            continue
        known = {item.code for item in (*form.columns, *form.derived)}
        if level.promoted_from is not None and level.promoted_from not in levels - {level.code}:
            yield (*place, "promoted_from"), f"{level.promoted_from!r} is no other level"
        if level.subject != "person" and not form.key:
            yield (*place, "roster"), f"form {level.roster!r} has no key to know a row by"
        if level.named_by is not None and level.named_by not in known:
            yield (*place, "named_by"), f"{level.named_by!r} is no column of the form {level.roster!r}"
        for unit in level.nominated_by:
            if unit not in units:
                yield (*place, "nominated_by"), f"{unit!r} is no unit"
        if not level.clause.strip():
            yield (*place, "clause"), "the clause is missing"
        codes = Counter(criterion.code for criterion in level.criteria)
        for position, criterion in enumerate(level.criteria):
            here = (*place, "criteria", position)
            if not criterion.clause.strip():
                yield (*here, "clause"), f"criterion {criterion.code!r} has no clause"
            if codes[criterion.code] > 1:
                yield (*here, "code"), f"criterion {criterion.code!r} is given twice"
            for key, code in _measured(criterion):
                if code not in known:
                    yield (*here, key), f"{code!r} is no column of the form {level.roster!r}"
            if criterion.op != "is" and not isinstance(criterion.threshold, Decimal):
                yield (*here, "threshold"), f"{criterion.threshold!r} is no number to hold a measure against"


def _measured(criterion: Criterion) -> Iterator[tuple[str, str]]:
    """The columns that a criterion names, by key."""
    if criterion.measure != "none":
        yield "measure", criterion.measure
    for key, code in (("dated_by", criterion.dated_by), ("year_of", criterion.year_of)):
        if code is not None:
            yield key, code
    if criterion.applies_when is not None:
        yield "applies_when", criterion.applies_when.column


def _plan(programme: Programme) -> Iterator[Fault]:
    """The annual plan has numbers for what has a quota."""
    known = {(table.level, code) for table in programme.quotas for code in table.targets}
    for year, levels in programme.switches.quota.annual_plan.items():
        for level, numbers in levels.items():
            for code in numbers:
                if (level, code) not in known:
                    yield ("switches", "quota", "annual_plan", year), f"{level}.{code} has no quota"


def _forms(programme: Programme) -> Iterator[Fault]:
    for name, form in programme.forms.items():
        place = ("forms", name)
        if form.code != name:
            yield (*place, "code"), f"the form's code {form.code!r} differs from its file's name"
        codes = Counter(column.code for column in form.columns)
        headers: dict[str, str] = {}
        for key in form.key:
            if key not in codes:
                yield (*place, "key"), f"key {key!r} is no column"
        for index, column in enumerate(form.columns):
            here = (*place, "columns", index)
            if codes[column.code] > 1:
                yield (*here, "code"), f"column {column.code!r} is given twice"
            if column.type == "choice" and not column.choices:
                yield here, f"column {column.code!r} is a choice without choices"
            if column.required_when and column.required_when.column not in codes:
                yield (*here, "required_when"), f"{column.required_when.column!r} is no column"
            if column.running_total_of is not None and column.running_total_of not in codes:
                yield (*here, "running_total_of"), f"{column.running_total_of!r} is no column"
            if (column.min_length or 0) > (column.max_length or column.min_length or 0):
                yield (*here, "min_length"), f"column {column.code!r} is to be longer than it may be"
        for position, item in enumerate(form.derived):
            for code in (item.code, *item.columns):
                if (code in codes) == (code == item.code):
                    yield (*place, "derived", position), f"{code!r} is {'also a' if code in codes else 'no'} column"
            if not item.columns:
                yield (*place, "derived", position), f"{item.code!r} is derived from nothing"
        for index, column in enumerate(form.columns):
            here = (*place, "columns", index)
            for header in (column.header, *column.synonyms):
                if headers.setdefault(header, column.code) != column.code:
                    yield (*here, "header"), f"header {header!r} also means {headers[header]!r}"


def _senders(programme: Programme) -> Iterator[Fault]:
    """Who sends a form and who owes it: kinds of units, or units that are there while the form is asked for."""
    units = {unit.code: unit for unit in programme.units}
    for name, form in programme.forms.items():
        for key in ("submitted_by", "owed_by"):
            for index, entry in enumerate(getattr(form, key)):
                place = ("forms", name, key, index)
                if entry not in units.keys() | UNIT_KINDS:
                    yield place, f"{entry!r} is no unit and no kind of units"
                elif key == "owed_by" and entry in units and not _meet(programme, form, units[entry]):
                    yield place, f"{entry!r} owes the form {name!r} and is not in force while it is asked for"
        for unit in programme.units:
            if form.is_owed_by(unit) and not form.may_come_from(unit):
                yield ("forms", name, "owed_by"), f"{unit.code!r} owes the form {name!r} and may not submit it"


def _contacts(programme: Programme) -> Iterator[Fault]:
    """An address speaks for one unit alone, and whoever owes returns can be answered."""
    units = {unit.code for unit in programme.units}
    listed: set[str] = set()
    speaks_for: dict[str, str] = {}
    for index, contact in enumerate(programme.contacts):
        if contact.unit not in units:
            yield ("contacts", index, "unit"), f"{contact.unit!r} is no unit"
        if contact.unit in listed:
            yield ("contacts", index, "unit"), f"unit {contact.unit!r} is given twice"
        listed.add(contact.unit)
        for position, address in enumerate(contact.addresses):
            owner = speaks_for.setdefault(address.casefold(), contact.unit)
            if owner != contact.unit:
                yield ("contacts", index, "addresses", position), f"{address!r} is also an address of {owner!r}"
    for unit in programme.units:
        if unit.code not in listed and any(form.is_owed_by(unit) for form in programme.forms.values()):
            yield ("contacts",), f"unit {unit.code!r} owes returns and has no contact"


def _calendar(programme: Programme) -> Iterator[Fault]:
    """A due date of its own speaks of forms and units that there are; whoever approves has time for it."""
    rules = programme.calendar
    if rules.annual_put_up_working_days_before <= rules.annual_approved_working_days_before:
        yield ("calendar", "annual_put_up_working_days_before"), (
            "the annual report is put up for approval no earlier than it should be approved"
            f" ({rules.annual_approved_working_days_before} working days before it is due)"
        )
    units = {unit.code for unit in programme.units}
    for index, own in enumerate(programme.calendar.own_due):
        for key, codes, known in (("forms", own.forms, programme.forms.keys()), ("units", own.units, units)):
            for position, code in enumerate(codes):
                if code not in known:
                    yield ("calendar", "own_due", index, key, position), f"{code!r} is none of the {key}"


def _recipients(programme: Programme) -> Iterator[Fault]:
    """Whoever receives a report is on the list of those who may."""
    for index, recipient in enumerate(programme.recipients):
        if not programme.delivery.allows(recipient.address):
            yield ("recipients", index, "address"), f"{recipient.address!r} is not on the list delivery.allowed"


def _meet(programme: Programme, *dated: Dated) -> bool:
    """Whether there is a day of the programme on which all are in force."""
    first = max(programme.span.starts_on, *(item.effective_from or date.min for item in dated))
    last = min(programme.span.ends_on, *(item.effective_to or date.max for item in dated))
    return first <= last


def _indicators(programme: Programme) -> Iterator[Fault]:
    for index, item in enumerate(programme.indicators):
        at, form = ("indicators", index), programme.forms.get(item.form)
        if form is None:
            yield (*at, "form"), f"form {item.form!r} is not listed"
            continue
        known = {column.code: column for column in form.columns}
        named = (("column", [item.column]), ("dated_by", [item.dated_by]), ("where", item.where),
                 ("containing", item.containing))
        for key, codes in named:
            for code in codes:
                if code is not None and code not in known:
                    yield (*at, key), f"form {form.code!r} has no column {code!r}"
        if item.dated_by in known and known[item.dated_by].type != "date":
            yield (*at, "dated_by"), f"column {item.dated_by!r} is no date"
        if item.column in known and known[item.column].type not in ("integer", "decimal", "money"):
            yield (*at, "column"), f"column {item.column!r} is no number"
        if item.to_date and item.over != "window":
            yield (*at, "to_date"), f"indicator {item.code!r} tells what stands, and has no sum over time"
        for key in (*item.where, *(key for key in item.by if key != "unit")):
            if key not in known or not programme.choices_of(known[key]):
                yield (*at, "by"), f"column {key!r} has no choices"
            elif unknown := set(item.where.get(key, ())) - programme.choices_of(known[key]).keys():
                yield (*at, "where"), f"column {key!r} has no choice {sorted(unknown)[0]!r}"


def _narrative(programme: Programme, kind: str, narrative: NarrativeSections) -> Iterator[Fault]:
    at, form = ("reports", kind, "narrative"), programme.forms.get(narrative.form)
    if form is None:
        yield (*at, "form"), f"form {narrative.form!r} is not listed"
        return
    known = {column.code for column in form.columns}
    for section, columns in narrative.sections.items():
        for column in columns:
            if column not in known:
                yield (*at, "sections", section), f"form {form.code!r} has no column {column!r}"


def _forwards(programme: Programme, kind: str, forwarded: str) -> Iterator[Fault]:
    if forwarded not in programme.reports:
        yield ("reports", kind, "forwards"), f"{forwarded!r} is no report of this programme"
    elif not programme.reports[forwarded].addressees:
        yield ("reports", kind, "forwards"), f"{forwarded!r} has no addressees"


def _reports(programme: Programme) -> Iterator[Fault]:
    levels = {level.code for level in programme.levels}
    for kind, report in programme.reports.items():
        for level in report.lists_levels:
            if level not in levels:
                yield ("reports", kind, "lists_levels"), f"level {level!r} is not listed"
        if report.narrative is not None:
            yield from _narrative(programme, kind, report.narrative)
        if report.forwards is not None:
            yield from _forwards(programme, kind, report.forwards)
    for index, recipient in enumerate(programme.recipients):
        for kind in recipient.receives:
            if kind not in programme.reports:
                yield ("recipients", index, "receives"), f"{kind!r} is no report of this programme"
