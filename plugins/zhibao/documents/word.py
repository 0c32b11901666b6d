"""A document as .docx that an office can edit, from the very page that is printed: no sentence is written twice.

Each element of the page becomes a paragraph, table or picture of a real style; what a template adds in elements that
are not known here becomes plain text of the body.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from lxml import html

from zhibao.documents.fonts import FontSet
from zhibao.documents.model import Content
from zhibao.documents.pictures import Picture, pictures_of
from zhibao.documents.templating import page_html
from zhibao.documents.typeset import SOURCE_BREAK
from zhibao.documents.wordfile import word_file
from zhibao.documents.wordstyles import CELL, MAIN, fonts_of, section_xml
from zhibao.documents.wordtables import table_xml

DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
EMU_PER_MM = 36000
HEADINGS = {"h1": "Title", "h2": "Heading1", "h3": "Heading2", "h4": "Heading3"}
# The classes of the page that have a style of their own.
CLASSES = {
    "title": "Title", "draft-mark": "DraftMark", "addressee": "Addressee", "signer": "Signer", "day": "Day",
    "unit-line": "UnitLine", "under-table": "TableNote", "hei": "AnnexMark",
}
INSIDE = {"identity": "Small", "annex-list": "AnnexItem"}
FIRSTS = {"first": "AnnexFirst", "lone": "AnnexLone"}
ROLES = ("hei", "kai")  # a run of text in another font
WIDE = ("wide", "landscape")  # a section on its side


def word_document(content: Content, templates_dir: Path, fonts: FontSet) -> bytes:
    """The .docx of `content`. Raises OperatorError as the PDF does."""
    root = html.fromstring(page_html(content, templates_dir))
    pictures = pictures_of(root, fonts)
    writer = _Writer(fonts.office, pictures)
    writer.add(root.find("body"))
    meta = {item.get("name"): item.get("content") for item in root.iter("meta") if item.get("name")}
    properties = {"title": root.findtext(".//title"), "creator": meta["author"],
                  "created": content.as_of.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}
    about = {name: value for name, value in meta.items() if name.startswith("zhibao-")}
    return word_file(writer.document(), fonts.office, [picture.png for picture in pictures], properties, about)


class _Writer:
    """Collects the blocks of word/document.xml in the order of the page."""

    def __init__(self, names: Mapping[str, str], pictures: list[Picture]) -> None:
        self._names, self._pictures, self._blocks = names, iter(enumerate(pictures, start=1)), []
        self._wide = self._break = False

    def document(self) -> str:
        return (
            f'<w:document xmlns:w="{MAIN}" xmlns:r="{RELATIONS}" xmlns:a="{DRAWING}/main" xmlns:pic="{DRAWING}/picture"'
            f' xmlns:wp="{DRAWING}/wordprocessingDrawing"><w:body>{"".join(self._blocks)}'
            f"{section_xml(wide=self._wide)}</w:body></w:document>"
        )

    def add(self, element: html.HtmlElement, within: str = "") -> None:
        """Write what `element` holds; `within` is the style of the plain paragraphs in it."""
        kinds = (element.get("class") or "").split()
        if element.tag == "section":
            self._turn(wide=any(kind in WIDE for kind in kinds))
        within = next((INSIDE[kind] for kind in kinds if kind in INSIDE), within)
        for child in element:
            kinds = (child.get("class") or "").split()
            if child.tag == "table":
                self._blocks.append(table_xml(child, self._runs, wide=self._wide))
            elif child.tag == "figure":
                self._figure(child)
            elif child.tag == "p" or child.tag in HEADINGS:
                self._paragraph(child, _style_of(child.tag, kinds, within))
            elif isinstance(child.tag, str):
                self.add(child, within)

    def _turn(self, *, wide: bool) -> None:
        """Begin a page: of the same section, or of one that lies the other way."""
        if wide == self._wide:
            self._break = True
            return
        self._blocks.append(f'<w:p><w:pPr><w:pStyle w:val="Small"/>{section_xml(wide=self._wide)}</w:pPr></w:p>')
        self._wide = wide

    def _paragraph(self, element: html.HtmlElement, style: str) -> None:
        before = "<w:pageBreakBefore/>" if self._break or "fresh" in (element.get("class") or "") else ""
        self._break = False
        place = _over_the_day(element) if style == "Signer" else ""
        self._blocks.append(
            f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{before}{place}</w:pPr>{self._runs(element)}</w:p>'
        )

    def _runs(self, element: html.HtmlElement, role: str = "") -> str:
        """The text of an element as runs; a span of another font keeps it, a break of a line stays one."""
        parts = [self._run(element.text, role)]
        for child in element:
            kinds = (child.get("class") or "").split()
            if child.tag == "br":
                parts.append("<w:r><w:br/></w:r>")
            elif isinstance(child.tag, str):
                parts.append(self._runs(child, next((kind for kind in kinds if kind in ROLES), role)))
            parts.append(self._run(child.tail, role))
        return "".join(parts)

    def _run(self, text: str | None, role: str) -> str:
        said = SOURCE_BREAK.sub("", text or "")
        if not said:
            return ""
        look = f"<w:rPr>{fonts_of(role, 'latin', self._names)}</w:rPr>" if role else ""
        return f'<w:r>{look}<w:t xml:space="preserve">{escape(said)}</w:t></w:r>'

    def _figure(self, element: html.HtmlElement) -> None:
        place, picture = next(self._pictures)
        size = f'cx="{round(picture.width_mm * EMU_PER_MM)}" cy="{round(picture.height_mm * EMU_PER_MM)}"'
        named = f'id="{place}" name="图{place}" descr={quoteattr(picture.description)}'
        self._blocks.append(
            f'<w:p><w:pPr><w:pStyle w:val="Picture"/></w:pPr><w:r><w:drawing><wp:inline><wp:extent {size}/>'
            f'<wp:docPr {named}/><a:graphic><a:graphicData uri="{DRAWING}/picture"><pic:pic><pic:nvPicPr>'
            f'<pic:cNvPr {named}/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip r:embed="rPicture{place}"/>'
            '<a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/>'
            f'<a:ext {size}/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic>'
            "</a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>"
        )
        for caption in element.iter("figcaption"):
            self._paragraph(caption, "Caption")


def _over_the_day(signer: html.HtmlElement) -> str:
    """Where the signer ends, so that it stands centred over the day below it, which ends four characters in."""
    wide, day = (sum(1 if ord(char) > 127 else 0.5 for char in words) for words in (
        signer.text_content().strip(), "".join(item.text_content().strip() for item in signer.itersiblings("p"))))
    characters = max(round((4 + (day - wide) / 2) * 100), 0)
    return f'<w:ind w:rightChars="{characters}" w:right="{round(characters * CELL / 100)}"/>'


def _style_of(tag: str, kinds: list[str], within: str) -> str:
    own = next((CLASSES[kind] for kind in kinds if kind in CLASSES), None)
    if own == "Title" and tag != "h1":
        return "AnnexTitle"
    if within == "AnnexItem":
        return next((style for kind, style in FIRSTS.items() if kind in kinds), within)
    return own or HEADINGS.get(tag) or within or "BodyText"
