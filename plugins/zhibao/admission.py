"""Whether a return that could be read belongs here: the right programme, form, unit and period, and in time.

Pure: what the file says of itself (its head, and the hidden identity of its template) is held against the programme,
the sender and the clock.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from zhibao.findings import Finding
from zhibao.period import Period
from zhibao.programme.calendar import closes_at, due_at
from zhibao.programme.models import Dated, Form, Programme, Unit
from zhibao.reading.messages import finding, harmless
from zhibao.reading.model import ReadReturn
from zhibao.text import Text

Reopened = Container[tuple[str, str, str]]  # unit, form, period

MESSAGES = Path(__file__).with_name("admission.yaml")
# What no correction of the file can mend.
_REFUSALS = {"admission.other_programme"}


def admit(
    programme: Programme, read: ReadReturn, received_at: datetime, sent_for: str | None = None, reopened: Reopened = ()
) -> ReadReturn:
    """`read` with the findings of its admission added; refused if it belongs to another programme."""
    found = admission_findings(programme, read, received_at, sent_for, reopened)
    read.findings += found
    read.refused = read.refused or any(item.code in _REFUSALS for item in found)
    return read


def admission_findings(
    programme: Programme, read: ReadReturn, received_at: datetime, sent_for: str | None, reopened: Reopened = ()
) -> list[Finding]:
    """What speaks against taking `read` in. `received_at` carries a time zone; `sent_for` is the unit that the source
    vouches for (a folder's, a sender's), None where it vouches for nobody. `reopened` are the returns that are taken
    though their period is closed.

    What reading could not make out (no form, no unit, no period) is reading's finding, and not repeated here.
    """
    if read.refused:
        return []
    if read.template.get("programme", programme.code) != programme.code:
        return [_at(read, None, "admission.other_programme", programme=programme.name)]
    found = [*_against_template(programme, read), *_against_sender(programme, read, sent_for)]
    if read.form and read.unit and read.period:
        form, unit, period = programme.forms[read.form], programme.unit(read.unit), Period.parse(read.period)
        found += [_at(read, field, code, **words) for field, code, words in bars(programme, form, unit, period)]
        is_reopened = (unit.code, form.code, str(period)) in reopened
        found += [
            _at(read, "period", code, **words)
            for code, words in _clock(programme, form, unit, period, received_at, is_reopened=is_reopened)
        ]
        if read.nil_return and not form.may_be_nil:
            found.append(_at(read, "nil_return", "admission.may_not_be_nil", form=form.name))
    return found


def bars(
    programme: Programme, form: Form, unit: Unit, period: Period
) -> Iterator[tuple[str, str, dict[str, object]]]:
    """What forbids this return at any time: (head code that is at fault, finding code, words of its message)."""
    words: dict[str, object] = {"unit": unit.name, "form": form.name, "period": _words(period)}
    if not form.may_come_from(unit):
        yield "unit", "admission.form_not_theirs", words
    if not _overlaps(unit, period):
        yield "unit", "admission.unit_not_in_force", words
    if not _overlaps(form, period):
        yield "period", "admission.form_not_in_force", words
    first = Period.parse(programme.span.first_return_period)
    if period.ends_on < first.starts_on:
        yield "period", "admission.before_first_period", {**words, "first": _words(first)}
    if period.starts_on > programme.span.ends_on:
        yield "period", "admission.after_programme", {**words, "last_on": programme.span.ends_on}


def _against_template(programme: Programme, read: ReadReturn) -> Iterator[Finding]:
    """The head and the table must be those that the template was written for."""
    form, unit, period = (read.template.get(label) for label in ("form", "unit", "period"))
    if form and read.form and form != read.form:
        yield _at(read, None, "admission.other_form",
                  form=programme.forms[read.form].name, template=_name_of_form(programme, form))
    if unit and read.unit and unit != read.unit:
        yield _at(read, "unit", "admission.other_unit",
                  unit=programme.unit(read.unit).name, template=_name_of_unit(programme, unit))
    if period and read.period and period != read.period:
        yield _at(read, "period", "admission.other_period",
                  period=_words(Period.parse(read.period)), template=_name_of_period(period))


def _against_sender(programme: Programme, read: ReadReturn, sent_for: str | None) -> Iterator[Finding]:
    """A unit sends its own returns, and those of its sub-units."""
    if sent_for is None or read.unit is None:
        return
    unit = programme.unit(read.unit)
    if not programme.sends_for(sent_for, unit.code):
        yield _at(read, "unit", "admission.not_the_senders",
                  unit=unit.name, sender=_name_of_unit(programme, sent_for))


def _clock(
    programme: Programme, form: Form, unit: Unit, period: Period, received_at: datetime, *, is_reopened: bool
) -> Iterator[tuple[str, dict[str, object]]]:
    words: dict[str, object] = {"period": _words(period)}
    if received_at.astimezone(ZoneInfo(programme.timezone)).date() < period.starts_on:
        yield "admission.period_not_begun", {**words, "starts_on": period.starts_on}
    closed_at = closes_at(programme, due_at(programme, form.cadence, period, unit, form))
    if closed_at is not None and received_at > closed_at and not is_reopened:
        asked = programme.unit(programme.executor).name
        yield "admission.period_closed", {**words, "closed_at": f"{closed_at:%Y-%m-%d %H:%M}", "asked": asked}


def _at(read: ReadReturn, field: str | None, code: str, **words: Any) -> Finding:
    """The finding at the head's value of `field`, or about the whole file."""
    row, column = read.head_cells.get(field or "", (None, None))
    return finding(code, words_in=MESSAGES, sheet=read.sheet if row else None, row=row, column=column, field=field,
                   **words)


def _overlaps(item: Dated, period: Period) -> bool:
    return item.in_force(period.starts_on) or item.in_force(period.ends_on)


def _words(period: Period) -> Text:
    return Text(zh=period.zh(), en=str(period))


# A template's identity comes out of a file and may say anything.


def _name_of_form(programme: Programme, code: str) -> Text | str:
    return programme.forms[code].name if code in programme.forms else harmless(code)


def _name_of_unit(programme: Programme, code: str) -> Text | str:
    return next((unit.name for unit in programme.units if unit.code == code), harmless(code))


def _name_of_period(code: str) -> Text | str:
    try:
        return _words(Period.parse(code))
    except ValueError:
        return harmless(code)
