"""Every rule that a finding may name, by its code, in words that fit whatever it found."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from zhibao.admission import MESSAGES as ADMISSION
from zhibao.checking.suites import Rule, load_suite
from zhibao.findings import Severity
from zhibao.programme.models import Form, Programme
from zhibao.reading.messages import CATALOGUE as READING
from zhibao.reading.messages import catalogue
from zhibao.settings import load_settings
from zhibao.text import Text
from zhibao.warehouse.cross_checks import PREFIX, load_checks

# What stands for the column of a rule that holds for several, and for whatever only a finding knows.
ANY = Text(zh="该项", en="the item")
# What a finding says of its own return.
DAYS = {
    "period_start": Text(zh="报告期首日", en="the period's first day"),
    "period_end": Text(zh="报告期末日", en="the period's last day"),
    "latest_on": Text(zh="截止日", en="the last day"),
    "span_start": Text(zh="工程起始日", en="the programme's first day"),
    "span_end": Text(zh="工程结束日", en="the programme's last day"),
    "last_fiscal_year": Text(zh="上一年度", en="the last fiscal year"),
}
SPARE = re.compile(r"\{\w+\}")
SPACE_IN_HAN = re.compile(r"(?<=[\u4e00-\u9fff…]) (?=[\u4e00-\u9fff…])")



@dataclass(frozen=True, slots=True)
class RuleWords:
    """What a rule says of whatever it finds, and how serious that is."""

    says: Text
    severity: Severity


_known: dict[str, dict[str, RuleWords]] = {}


def rule_words(programme: Programme) -> Mapping[str, RuleWords]:
    """The rules by code: of reading, admission, the suites and the checks across returns. Read once a process."""
    if programme.digest not in _known:
        settings = load_settings()
        found = {
            code: RuleWords(Text.model_validate(entry["message"]), entry["severity"])
            for path in (READING, ADMISSION) for code, entry in catalogue(path).items()
        }
        for form in programme.forms.values():
            found |= _of_suite(form, load_suite(settings.expectations_dir, form).rules)
        found |= {
            PREFIX + check.name: RuleWords(check.words.message, check.words.severity)
            for check in load_checks(settings.sql_dir)
        }
        _known[programme.digest] = {code: RuleWords(_general(rule.says), rule.severity) for code, rule in found.items()}
    return _known[programme.digest]


def _of_suite(form: Form, rules: tuple[Rule, ...]) -> dict[str, RuleWords]:
    by_code = defaultdict(list)
    for rule in rules:
        by_code[rule.code].append(rule)
    return {code: RuleWords(_said(form, same), same[0].entry.meta.severity) for code, same in by_code.items()}


def _said(form: Form, rules: list[Rule]) -> Text:
    """With the rule's own limits, and its column's header where it has but one."""
    text, at, others = rules[0].entry.meta.message, {rule.at for rule in rules}, {rule.columns for rule in rules}
    known: dict[str, object] = {
        key: value for key, value in rules[0].kwargs.items() if all(rule.kwargs.get(key) == value for rule in rules)
    }
    if len(at) == len(others) == 1:
        (place,), (columns,) = at, others
        known["header"] = form.column(place).header
        named = [form.column(code).header for code in columns if code != place and not code.startswith("_")]
        known |= {"other": "、".join(named)} if named else {}
    return Text(zh=_fill(text.zh, known), en=_fill(text.en, known))


def said_by(form: Form, rule: Rule) -> Text:
    """What one rule says of its own column."""
    return _general(_said(form, [rule]))


def _fill(template: str, values: Mapping[str, object]) -> str:
    return SPARE.sub(lambda match: str(values.get(match[0][1:-1], match[0])), template)


def _general(text: Text) -> Text:
    days = {language: {key: words.in_(language) for key, words in DAYS.items()} for language in ("zh", "en")}
    return Text(
        zh=_without_places(_fill(text.zh, days["zh"]), ANY.zh), en=_without_places(_fill(text.en, days["en"]), ANY.en)
    )


def _without_places(template: str, item: str) -> str:
    named = template.replace("{header}", item).replace("{shown}", "")
    return SPACE_IN_HAN.sub("", SPARE.sub("…", named).replace("“…”", "…")).rstrip("。.")
