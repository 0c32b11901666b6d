"""The template's words and settings, and how the rules of a column are put for those who fill it in."""

from __future__ import annotations

from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from zhibao.checking.frame import facts_of
from zhibao.checking.suites import Rule, Suite
from zhibao.period import Period
from zhibao.programme.models import Column, Programme
from zhibao.reading.model import ReadReturn

# What Excel allows in a cell's message (characters of UTF-16).
LONGEST_TITLE = 32
LONGEST_MESSAGE = 255


@cache
def settings() -> dict[str, Any]:
    """template.yaml."""
    return yaml.safe_load(Path(__file__).with_name("template.yaml").read_text(encoding="utf-8"))


def word(name: str, **values: object) -> str:
    """One of the template's words, filled in."""
    return str(settings()["words"][name]).format(**values)


def clipped(text: str, longest: int) -> str:
    """`text`, or as much of it as fits."""
    while len(text.encode("utf-16-le")) // 2 > longest:
        text = text[:-2].rstrip() + "…"
    return text


class Wording:
    """Puts the rules of one form's columns in words: what a column must hold, what is not right, what to do."""

    def __init__(self, programme: Programme, suite: Suite, period: Period) -> None:
        self._form = suite.form
        self._day = str(period.starts_on)
        facts = facts_of(programme, ReadReturn(period=str(period)), period.ends_on)
        self._facts = {key: "" if value is None else value for key, value in asdict(facts).items()}

    def owed(self, column: Column) -> str:
        """必填, 视情况必填 or 选填."""
        return word("required" if column.required else "conditional" if column.required_when else "optional")

    def kind(self, column: Column, words: tuple[str, ...] = ()) -> str:
        """What the column holds, by its type; `words` are those of its drop-down."""
        kind = str(settings()["types"]["choice" if words else column.type]).format(day=self._day)
        return f"{kind}：{'、'.join(words)}" if words else kind

    def fault(self, rule: Rule) -> str:
        """What is not right, as the finding on it would say, without its full stop."""
        return self._fill(rule, rule.entry.meta.message.zh).rstrip("。")

    def remedy(self, rule: Rule) -> str:
        return self._fill(rule, rule.entry.meta.next_step.zh)

    def faults(self, rules: list[Rule]) -> str:
        """Every fault with its consequence: 退回：…；核实：…"""
        parts = []
        told = [rule for rule in rules if not _says_owed(rule)]
        for severity, entry in settings()["severities"].items():
            found = [self.fault(rule) for rule in told if rule.entry.meta.severity == severity]
            if found:
                parts.append(f"{entry['word']}：{'；'.join(found)}")
        return "。".join([*parts, ""])

    def note(self, column: Column, rules: list[Rule]) -> str:
        """The whole of it, for the note on a header: one line a rule, with its clause and what to do."""
        lines = [f"{column.header}（{self.owed(column)}）：{self.kind(column)}"]
        for rule in rules:
            clause = f"（{rule.entry.meta.clause}）" if rule.entry.meta.clause else ""
            consequence = settings()["severities"][rule.entry.meta.severity]["word"]
            lines.append(f"[{consequence}] {self.fault(rule)}{clause}。{self.remedy(rule)}")
        return "\n".join(lines)

    def prompt(self, column: Column, rules: list[Rule]) -> str:
        """Its short form, shown when a cell is entered."""
        return clipped(f"{self.owed(column)}。{self.kind(column)}。{self.faults(rules)}", LONGEST_MESSAGE)

    def _fill(self, rule: Rule, text: str) -> str:
        others = [code for code in rule.columns if code != rule.at and not code.startswith("_")]
        return text.format(**{
            **rule.kwargs, **self._facts, "header": self._form.column(rule.at).header,
            "other": "、".join(self._form.column(code).header for code in others), "first_row": word("another_row"),
        })


def _says_owed(rule: Rule) -> bool:
    """Whether the rule only says what 必填 says already."""
    return rule.entry.meta.for_each == "required"
