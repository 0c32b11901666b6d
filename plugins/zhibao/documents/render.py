"""Turns content into the bytes of a PDF: the same content, the same bytes, or an error that says what to mend."""

from __future__ import annotations

import gc
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from zhibao.documents.archive import VARIANT, declare
from zhibao.documents.coded import with_codes
from zhibao.documents.embedding import Embedded, embed, embedded_files
from zhibao.documents.fonts import FontSet, strangers
from zhibao.documents.glyphs import check_glyphs
from zhibao.documents.layout import lay_out, press_of
from zhibao.documents.longtables import cut
from zhibao.documents.marks import as_data, unmarked
from zhibao.documents.model import Content
from zhibao.documents.rowdrawing import Part, tag_rows
from zhibao.documents.structure import tidy
from zhibao.documents.templating import fullest_html, page_html
from zhibao.errors import OperatorError

LOGGERS = ("weasyprint", "fontTools")
FONT_TYPES = ("/Font", "/FontDescriptor")


def render(content: Content, templates_dir: Path, fonts: FontSet) -> bytes:
    """The PDF of `content` by the template of its kind. Raises OperatorError for whatever an operator can mend."""
    fonts.check()
    with _warnings_are_errors(content.document), _without_gc(), _kept_in(content.document):
        marked = page_html(content, templates_dir, as_data)
        page = with_codes(marked, content, fonts) if content.copy.codes else unmarked(marked)
        check_glyphs(page, fonts, content.document)
        files = embedded_files(content, templates_dir, fonts, fullest_html(content, templates_dir, marked))
        document, rows = _laid_out(page, templates_dir, fonts)
        return document.write_pdf(
            pdf_variant=VARIANT,
            pdf_identifier=content.identity["figures"].encode(),
            custom_metadata=True,
            finisher=lambda _, pdf: _finish(pdf, content, fonts, rows, files),
        )


def _laid_out(page: str, templates_dir: Path, fonts: FontSet) -> tuple[Any, list[Part]]:
    """The document, and the rows of its long tables; where these do not fit their pages, all is laid out alike."""
    press = press_of(fonts, templates_dir)
    try:
        return lay_out(press, *cut(page), fonts)
    except LookupError:
        return lay_out(press, page, (), fonts)


@contextmanager
def _kept_in(document: str) -> Iterator[None]:
    from weasyprint.urls import FatalURLFetchingError

    try:
        yield
    except FatalURLFetchingError as error:
        raise OperatorError(
            f"报告“{document}”的模板试图读取文件或网络，已停止：{error}",
            f"the template of {document!r} tried to reach a file or the network and was stopped: {error}",
        ) from None


def _finish(
    pdf: Any, content: Content, fonts: FontSet, rows: Sequence[Part], files: Sequence[Embedded]
) -> None:
    _check_and_name_fonts(pdf, fonts, content.document)
    tidy(pdf)
    tag_rows(pdf, rows)
    declare(pdf, content.named_identity)
    embed(pdf, files, content.as_of)


def _check_and_name_fonts(pdf: Any, fonts: FontSet, document: str) -> None:
    """Hold the embedded fonts against the set, then give them their real names instead of their roles'."""
    named = [item for item in pdf.objects if isinstance(item, dict) and item.get("Type") in FONT_TYPES]
    embedded = [_text(item["FontName"]) for item in named if "FontName" in item]
    if unknown := strangers(embedded, fonts):
        raise OperatorError(
            f"报告“{document}”用到了未配置的字体：{'、'.join(unknown)}。请检查 page.css 与 fonts.yaml。",
            f"{document!r} was drawn with fonts that are not configured: {', '.join(unknown)}. "
            "Check page.css and fonts.yaml.",
        )
    for item in named:
        for key in {"FontName", "BaseFont"} & set(item):
            tag, _, alias = _text(item[key]).partition("+")
            item[key] = f"/{tag}+{fonts.embedded_name(alias)}"


def _text(name: bytes | str) -> str:
    return (name.decode() if isinstance(name, bytes) else name).lstrip("/")


class _Collector(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


@contextmanager
def _warnings_are_errors(document: str) -> Iterator[None]:
    """A warning of the renderer is a fault of the page: a missing glyph, an unloadable font, a wrong CSS word."""
    import weasyprint  # noqa: F401  it sets up its logger when it is imported

    collector = _Collector()
    loggers = [logging.getLogger(name) for name in LOGGERS]
    before = [(logger.handlers, logger.propagate) for logger in loggers]
    for logger in loggers:
        logger.handlers, logger.propagate = [collector], False
    try:
        yield
    finally:
        for logger, (handlers, propagate) in zip(loggers, before, strict=True):
            logger.handlers, logger.propagate = handlers, propagate
    if collector.messages:
        listed = "\n".join(dict.fromkeys(collector.messages))
        raise OperatorError(
            f"排版“{document}”时出现警告，已停止：\n{listed}",
            f"rendering {document!r} gave warnings and was stopped:\n{listed}",
        )


@contextmanager
def _without_gc() -> Iterator[None]:
    """A render makes no garbage worth collecting midway; pausing saves a quarter of its time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
