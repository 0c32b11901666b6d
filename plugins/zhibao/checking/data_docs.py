"""Great Expectations' own Data Docs of a period's returns: a page a form, readable without any network.

GX draws the page of a validation; what it would load from elsewhere is left out, its style is ours, and its words are
put into Chinese where they stand alone. Values of cells are not in it: they are personal (ADR 0010).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from zhibao.checking.frame import build_frame, facts_of
from zhibao.checking.gx import validate
from zhibao.checking.suites import Suite, load_suite
from zhibao.programme.models import Form, Programme
from zhibao.reading.model import ReadReturn
from zhibao.rules import said_by

if TYPE_CHECKING:
    from lxml.html import HtmlElement

WORDS = Path(__file__).with_name("data_docs.yaml")
# What a closed network cannot reach, what needs it, and what only advertises.
LEFT_OUT = (
    "//script", "//link", "//style", "//nav", "//footer", "//*[contains(@class, 'modal')]", "//*[@id='bottom-right']",
    "//*[@data-toggle='collapse']", "//*[contains(@class, 'collapse')]", "//*[contains(@class, 'navigation')]",
    "//*[starts-with(normalize-space(), 'Actions')]", "//*[normalize-space() = 'Table of Contents']",
)
POLICY = "default-src 'none'; style-src 'unsafe-inline'"


@dataclass(frozen=True, slots=True)
class FormDocs:
    """One page: the form, how many returns and rows it looked at, and how many rules held and did not."""

    form: Form
    page: str
    return_count: int
    row_count: int
    held_count: int
    unmet_count: int


def build_data_docs(
    programme: Programme, returns: Sequence[ReadReturn], expectations_dir: Path, today: date, style: str
) -> tuple[list[FormDocs], dict[str, bytes]]:
    """The pages of all forms that have rows, and their bytes by file name. `style` is the text of a style sheet."""
    by_form: dict[str, list[ReadReturn]] = defaultdict(list)
    for item in returns:
        if item.form in programme.forms and item.rows and not item.refused:
            by_form[item.form].append(item)
    docs, pages = [], {}
    for code, form in programme.forms.items():
        if code not in by_form:
            continue
        suite, found = load_suite(expectations_dir, form), by_form[code]
        frame = build_frame(suite, found, [facts_of(programme, item, today) for item in found])
        result = validate(suite, frame, [f"{said_by(form, rule).zh} [{rule.code}]" for rule in suite.rules])
        name = f"{code}.html"
        pages[name] = _page(suite, result, style)
        held = sum(bool(item.success) for item in result.results)
        docs.append(FormDocs(form, name, len(found), len(frame["_row"]), held, len(suite.rules) - held))
    return docs, pages


def _page(suite: Suite, result: Any, style: str) -> bytes:
    from great_expectations.render.renderer import ValidationResultsPageRenderer
    from great_expectations.render.view import DefaultJinjaPageView
    from lxml import html

    root = html.document_fromstring(DefaultJinjaPageView().render(ValidationResultsPageRenderer().render(result)))
    for path in LEFT_OUT:
        for element in root.xpath(path):
            element.drop_tree()
    for link in root.xpath("//a[not(starts-with(@href, '#'))]"):
        link.drop_tag()  # to other pages of a whole site, which this is not
    _translate(root, suite.form)
    _dress(root, suite.form, style)
    return html.tostring(root, encoding="utf-8", doctype="<!DOCTYPE html>")


def _translate(root: HtmlElement, form: Form) -> None:
    words = yaml.safe_load(WORDS.read_text("utf-8"))
    exact = words["exact"] | {column.code: column.header for column in form.columns}
    for element in root.iter():
        for place in ("text", "tail"):
            text = getattr(element, place)
            if isinstance(element.tag, str) and text and (kept := text.strip()):
                said = exact.get(kept)
                if said is None:
                    said = kept
                    for english, chinese in words["within"].items():
                        said = re.sub(english, chinese, said)
                setattr(element, place, text.replace(kept, said))


def _dress(root: HtmlElement, form: Form, style: str) -> None:
    from lxml.html import builder

    root.set("lang", "zh-CN")
    for head in root.xpath("//head"):
        head.clear()
        head.append(builder.META(charset="utf-8"))
        head.append(builder.META(content=POLICY, **{"http-equiv": "Content-Security-Policy"}))
        head.append(builder.TITLE(form.name.zh))
        head.append(builder.STYLE(style))
    for body in root.xpath("//body"):
        body.set("class", "data-docs")
        body.insert(0, builder.H1(form.name.zh))
        body.insert(1, builder.P(builder.A("返回目录", href="index.html")))
