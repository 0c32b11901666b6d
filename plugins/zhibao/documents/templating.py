"""Templates in a cage: they format figures, they compute none, and they reach no file and no network."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined, TemplateError, TemplateNotFound, TemplateSyntaxError
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from zhibao.documents import annexes, charts, grids, numbers, views, words
from zhibao.documents.marks import Mark, as_data, marking
from zhibao.documents.masks import listable
from zhibao.documents.model import Content
from zhibao.documents.quality import QUALITY, quality_view
from zhibao.errors import OperatorError

# Filters that would compute a value from figures (DESIGN 6).
COMPUTING = ("abs", "sum", "round", "int", "float", "count", "length", "max", "min")


class FigureSandbox(ImmutableSandboxedEnvironment):
    """Jinja2's sandbox, without arithmetic."""

    intercepted_binops = frozenset({"+", "-", "*", "/", "//", "**", "%"})
    intercepted_unops = frozenset({"+", "-"})

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        raise SecurityError(f"a template may format a figure; it may not compute one ({operator})")

    def call_unop(self, context: Context, operator: str, arg: Any) -> Any:
        raise SecurityError(f"a template may format a figure; it may not compute one ({operator})")


@lru_cache(maxsize=8)
def environment(templates_dir: Path, mark: Mark | None = None) -> FigureSandbox:
    """The templates, with `mark` deciding how a figure's text is written into the page (as it is, unless said).

    Kept, because compiling them costs more than filling them in; a file that changes is compiled again.
    """
    env = FigureSandbox(
        loader=FileSystemLoader(templates_dir),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
    )
    for name in COMPUTING:
        env.filters.pop(name)
    env.filters.update(
        number=marking(numbers.number, mark),
        cell=marking(numbers.cell, mark),
        numeral=numbers.numeral,
        numeral_after=lambda place, before: numbers.numeral(place + before),
        date=numbers.date_zh,
        as_at=numbers.as_at_zh,
        range=numbers.range_zh,
        month=numbers.month_zh,
        pace=marking(words.pace, mark, place=2),
        requirement=words.requirement,
        mark_size=words.mark_size,
        year_on_year=marking(words.year_on_year, mark),
    )
    return env


def page_html(content: Content, templates_dir: Path, mark: Mark | None = None) -> str:
    """The printed document as HTML, from `<kind>.html.j2`. Raises OperatorError with template and line."""
    return _rendered(content, templates_dir, f"{content.kind}.html.j2", mark)


def web_html(content: Content, templates_dir: Path, mark: Mark | None = None) -> str:
    """The document for a browser, from `web/<kind>.html.j2`; it holds all it needs. Raises OperatorError likewise."""
    return _rendered(content, templates_dir, f"web/{content.kind}.html.j2", mark)


def fullest_html(content: Content, templates_dir: Path, printed: str | None = None) -> str:
    """The form of the document that holds most, figures marked: the browser's page where there is one, else paper.

    `printed` is the latter, marked, where it is at hand.
    """
    if has_web(content, templates_dir):
        return web_html(content, templates_dir, as_data)
    return printed or page_html(content, templates_dir, as_data)


def has_web(content: Content, templates_dir: Path) -> bool:
    """Whether this kind has a page for a browser."""
    return (templates_dir / "web" / f"{content.kind}.html.j2").is_file()


def list_html(templates_dir: Path, name: str, **values: Any) -> str:
    """A page of links, `web/<name>.html.j2`."""
    return environment(templates_dir).get_template(f"web/{name}.html.j2").render(**values)


def _rendered(content: Content, templates_dir: Path, name: str, mark: Mark | None) -> str:
    try:
        return environment(templates_dir, mark).get_template(name).render(**_variables(content))
    except TemplateError as error:
        raise _template_error(content, error, name) from None


def _variables(content: Content) -> dict[str, Any]:
    programme = content.programme
    return {
        "content": content,
        "programme": programme,
        "period": content.period,
        "figures": content.figures,
        "window": content.window,
        "return_view": views.return_view(content),
        "signer": words.signer(content),
        "as_of_zh": numbers.instant_zh(content.as_of_local),
        "column_chart": charts.column_chart,
        **(_of_quality(content) if content.kind == QUALITY else _of_progress(content)),
        **({"card": views.scorecard_view(content)} if content.copy.unit else {}),
    }


def _of_quality(content: Content) -> dict[str, Any]:
    return {"quality": quality_view(content)}


def _of_progress(content: Content) -> dict[str, Any]:
    programme = content.programme
    return {
        "tasks": views.task_views(content),
        "numbering": numbers.numbering,
        "quota_views": views.quota_views(content),
        "target_views": views.target_views(content),
        "event_view": views.event_view(content),
        "criteria_views": views.criteria_views(content),
        "exclusions": views.exclusions(content),
        "contests": views.contest_lines(content),
        "awardees": listable(content.lists.awardees, programme),
        "award_lists": views.award_lists(content),
        "waivers": listable(content.lists.waivers, programme),
        "corrected": content.lists.corrected,
        "corrections": content.lists.all_corrections,
        "narratives": content.lists.narratives or {},
        "silent_units": content.lists.silent,
        "annexes": annexes.annexes(content),
        "contest_grid": grids.contest_grid(content),
        "return_grid": grids.return_grid(content),
        "verdict_marks": words.VERDICT_MARKS,
        "verdict_words": words.verdict_words(),
        "span_years": numbers.years_zh(programme.span.starts_on, programme.span.ends_on),
        "progress_chart": charts.progress_chart,
        "month_chart": charts.month_chart,
    }


def _template_error(content: Content, error: TemplateError, name: str) -> OperatorError:
    if isinstance(error, TemplateSyntaxError):
        where = f"{error.name}:{error.lineno}"
    elif isinstance(error, TemplateNotFound):
        where = f"{error.name}（不存在或不在模板目录内 / not in the folder of templates）"
    else:
        where = f"{name}{_line_of(error)}"
    return OperatorError(
        f"报告“{content.document}”的模板有误：{where}：{error.message}",
        f"the template of {content.document!r} is wrong: {where}: {error.message}",
    )


def _line_of(error: TemplateError) -> str:
    """The deepest line of a template in the traceback, as `:12`."""
    trace, line = error.__traceback__, ""
    while trace is not None:
        if trace.tb_frame.f_code.co_filename.endswith(".j2"):
            line = f":{trace.tb_lineno}"
        trace = trace.tb_next
    return line
