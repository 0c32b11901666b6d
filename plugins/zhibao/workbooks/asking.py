"""Which template may be asked for: a form and a unit that there are, and a return that would be let in."""

from __future__ import annotations

from zhibao.admission import MESSAGES, bars
from zhibao.errors import OperatorError, RefusedError
from zhibao.period import Period
from zhibao.programme.models import Form, Programme, Unit
from zhibao.reading.messages import finding


def refuse_what_is_not_taken(programme: Programme, form: Form, unit: Unit, period: Period) -> None:
    """Raises RefusedError: a period of another cadence, or whatever admission would say to the return."""
    if period.cadence != form.cadence:
        raise RefusedError(
            f"“{form.name.zh}”的报告期应写成“{_example(form)}”的样子，{period}不是",
            f"the periods of {form.code} are written like {_example(form)}, not {period}",
        )
    for _, code, words in bars(programme, form, unit, period):
        found = finding(code, words_in=MESSAGES, **words)  # type: ignore[arg-type]
        raise RefusedError(f"{found.message.zh}。{found.next_step.zh}", f"{found.message.en}. {found.next_step.en}")


def form_of(programme: Programme, code: str) -> Form:
    """The form of that code. Raises OperatorError with the codes that there are."""
    if code not in programme.forms:
        known = ", ".join(programme.forms)
        raise OperatorError(f"没有这种表：{code}（有：{known}）", f"no such form: {code} (there are {known})")
    return programme.forms[code]


def unit_of(programme: Programme, code: str) -> Unit:
    """The unit of that code. Raises OperatorError with the codes that there are."""
    found = next((unit for unit in programme.units if unit.code == code), None)
    if found is None:
        known = ", ".join(unit.code for unit in programme.units)
        raise OperatorError(f"没有这个单位：{code}（有：{known}）", f"no such unit: {code} (there are {known})")
    return found


def _example(form: Form) -> str:
    return {"monthly": "2022-03", "quarterly": "2022Q1", "annual": "2022"}[form.cadence]
