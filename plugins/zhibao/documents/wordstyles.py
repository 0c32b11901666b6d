"""The styles of an editable document: the page of GB/T 9704-2012 for a word processor, fonts by the names offices use.

Text stands on the grid of 22 lines × 28 characters; headings are real styles with their levels. Lengths are twips.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import floor
from xml.sax.saxutils import quoteattr

MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
TWIPS = 1440 / 25.4  # a millimetre
WIDTH_MM, HEIGHT_MM = 156, 225  # type area
LINES, CHARACTERS, SIZE = 22, 28, 16  # of a page, of a line; points of the text
LINE = floor(HEIGHT_MM * TWIPS / LINES)
# Characters stand closer by this much, so that 28 fit: a property of the styles, not of the page's grid, where a pitch
# below the size of the text is read differently by different word processors. Twentieths of a point.
CELL = WIDTH_MM * TWIPS / CHARACTERS
CLOSER = floor(CELL - SIZE * 20)
EXACT = f'<w:spacing w:line="{LINE}" w:lineRule="exact"/>'
SMALL = '<w:snapToGrid w:val="0"/><w:spacing w:before="{before}" w:after="{after}"/>'
INDENTED = '<w:ind w:firstLineChars="200" w:firstLine="632"/>'
SPACED = f'<w:spacing w:beforeLines="100" w:before="{LINE}"/>'  # a line is left free before it
KEPT, RIGHT, LEFT = "<w:keepNext/>", '<w:jc w:val="right"/>', '<w:jc w:val="left"/>'
CENTERED = '<w:jc w:val="center"/>'


@dataclass(frozen=True, slots=True)
class Style:
    """A paragraph style: `name` as word processors list it, the role of its Han font, its size in points.

    `layout` are the properties of its paragraphs, in the order of the standard. `digits` says whether digits are in
    the font of the text, or in the Latin one.
    """

    id: str
    name: str
    role: str = "body"
    size: float = SIZE
    layout: str = ""
    digits: str = "latin"
    color: str = ""


STYLES = (
    Style("BodyText", "Body Text", layout=INDENTED),
    Style("Title", "Title", "title", 22, EXACT + CENTERED, "title"),
    Style("Heading1", "heading 1", "hei", layout=f'{KEPT}{INDENTED}<w:outlineLvl w:val="0"/>', digits="hei"),
    Style("Heading2", "heading 2", "kai", layout=f'{KEPT}{INDENTED}<w:outlineLvl w:val="1"/>'),
    Style("Heading3", "heading 3", layout=f'{KEPT}{INDENTED}<w:outlineLvl w:val="2"/>'),
    Style("DraftMark", "代拟稿", "kai", layout=CENTERED),
    Style("Addressee", "主送机关", layout=SPACED),
    Style("AnnexFirst", "附件说明首行", layout=KEPT + SPACED
          + '<w:ind w:leftChars="620" w:left="1984" w:hangingChars="420" w:hanging="1344"/>'),
    Style("AnnexItem", "附件说明", layout=KEPT
          + '<w:ind w:leftChars="620" w:left="1984" w:hangingChars="120" w:hanging="384"/>'),
    Style("AnnexLone", "附件说明单项", layout=KEPT + SPACED
          + '<w:ind w:leftChars="500" w:left="1580" w:hangingChars="300" w:hanging="948"/>'),
    Style("Signer", "发文机关署名", layout=f"{KEPT}{SPACED}{RIGHT}"),
    Style("Day", "成文日期", layout=f'<w:ind w:rightChars="400" w:right="1264"/>{RIGHT}'),
    Style("AnnexMark", "附件序号", "hei", layout=KEPT, digits="hei"),
    Style("AnnexTitle", "附件标题", "title", 22, f'{KEPT}<w:spacing w:before="{LINE}" w:after="283" w:line="{LINE}"'
          f' w:lineRule="exact"/>{CENTERED}<w:outlineLvl w:val="0"/>', "title"),
    Style("UnitLine", "表格单位", size=10.5, layout=KEPT + SMALL.format(before=0, after=40) + RIGHT),
    Style("TableHead", "表头", "hei", 10.5, SMALL.format(before=40, after=40) + CENTERED, "hei"),
    Style("TableCell", "表格数字", size=10.5, layout=SMALL.format(before=30, after=30) + CENTERED),
    Style("TableWord", "表格文字", size=10.5, layout=SMALL.format(before=30, after=30) + LEFT),
    Style("TableTotal", "表格合计", "hei", 10.5, SMALL.format(before=30, after=30) + CENTERED, "hei"),
    Style("TableGroup", "表格分组", "kai", 10.5, SMALL.format(before=30, after=30) + LEFT),
    Style("TableNote", "表注", size=9, layout=SMALL.format(before=60, after=0)),
    Style("Picture", "图", layout=KEPT + SMALL.format(before=170, after=0) + CENTERED),
    Style("Caption", "caption", "hei", 10.5, SMALL.format(before=40, after=60) + CENTERED, "hei"),
    Style("Small", "版本说明", size=7.5, layout=SMALL.format(before=0, after=0), color='<w:color w:val="333333"/>'),
    Style("Footer", "footer", "song", 14, '<w:snapToGrid w:val="0"/><w:spacing w:line="280" w:lineRule="exact"/>',
          "song"),
)


def fonts_of(role: str, digits: str, names: Mapping[str, str]) -> str:
    """Quotation marks and dashes are Han: they are in many fonts, and a word processor asks which one is meant."""
    han, latin = quoteattr(names[role]), quoteattr(names[digits])
    return f'<w:rFonts w:hint="eastAsia" w:ascii={latin} w:hAnsi={latin} w:eastAsia={han} w:cs={latin}/>'


def styles_xml(names: Mapping[str, str]) -> str:
    """`word/styles.xml`; `names` are the fonts by role."""
    normal, size = fonts_of("body", "latin", names), _size(SIZE)
    return (
        f'<w:styles xmlns:w="{MAIN}"><w:docDefaults><w:rPrDefault><w:rPr>{normal}{size}'
        '<w:lang w:val="en-US" w:eastAsia="zh-CN"/></w:rPr></w:rPrDefault>'
        '<w:pPrDefault><w:pPr><w:overflowPunct w:val="0"/></w:pPr></w:pPrDefault></w:docDefaults>'
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/>'
        '<w:pPr><w:widowControl w:val="0"/><w:overflowPunct w:val="0"/><w:jc w:val="both"/></w:pPr>'
        f'<w:rPr>{normal}<w:spacing w:val="{CLOSER}"/>{size}</w:rPr></w:style>'
        '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/>'
        '<w:tblPr><w:tblInd w:w="0" w:type="dxa"/></w:tblPr></w:style>'
        + "".join(_style(style, names) for style in STYLES) + "</w:styles>"
    )


def _style(style: Style, names: Mapping[str, str]) -> str:
    closer = CLOSER if style.size == SIZE else 0
    return (
        f'<w:style w:type="paragraph" w:styleId="{style.id}"><w:name w:val="{style.name}"/><w:basedOn w:val="Normal"/>'
        f'<w:qFormat/><w:pPr>{style.layout}</w:pPr><w:rPr>{fonts_of(style.role, style.digits, names)}{style.color}'
        f'<w:spacing w:val="{closer}"/>{_size(style.size)}</w:rPr></w:style>'
    )


def _size(points: float) -> str:
    return f'<w:sz w:val="{round(points * 2)}"/><w:szCs w:val="{round(points * 2)}"/>'


def section_xml(*, wide: bool) -> str:
    """The end of a section: an upright page, or one on its side. Page numbers run on."""
    across, down = (16838, 11906) if wide else (11906, 16838)
    top, right, bottom, left = (1588, 2098, 1474, 1984) if wide else (2098, 1474, 1984, 1588)
    turned = ' w:orient="landscape"' if wide else ""
    return (
        '<w:sectPr><w:footerReference w:type="default" r:id="rOdd"/><w:footerReference w:type="even" r:id="rEven"/>'
        f'<w:type w:val="nextPage"/><w:pgSz w:w="{across}" w:h="{down}"{turned}/>'
        f'<w:pgMar w:top="{top}" w:right="{right}" w:bottom="{bottom}" w:left="{left}" w:header="851"'
        f' w:footer="{bottom - 547}" w:gutter="0"/>'
        f'<w:docGrid w:type="linesAndChars" w:linePitch="{LINE}" w:charSpace="0"/></w:sectPr>'
    )


def footer_xml(*, odd: bool) -> str:
    """"— 1 —", one character in from the outer edge: right on odd pages, left on even ones."""
    side, edge = ("right", "right") if odd else ("left", "left")
    field = "".join(
        f"<w:r>{part}</w:r>" for part in (
            '<w:fldChar w:fldCharType="begin"/>', '<w:instrText xml:space="preserve"> PAGE </w:instrText>',
            '<w:fldChar w:fldCharType="separate"/>', "<w:t>1</w:t>", '<w:fldChar w:fldCharType="end"/>',
        )
    )
    dash = '<w:r><w:t xml:space="preserve">{}</w:t></w:r>'
    return (
        f'<w:ftr xmlns:w="{MAIN}"><w:p><w:pPr><w:pStyle w:val="Footer"/><w:ind w:{edge}Chars="100" w:{edge}="280"/>'
        f'<w:jc w:val="{side}"/></w:pPr>{dash.format("— ")}{field}{dash.format(" —")}</w:p></w:ftr>'
    )


def settings_xml() -> str:
    return (
        f'<w:settings xmlns:w="{MAIN}"><w:evenAndOddHeaders/><w:defaultTabStop w:val="420"/>'
        '<w:characterSpacingControl w:val="doNotCompress"/><w:compat><w:compatSetting w:name="compatibilityMode"'
        ' w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>'
        '<w:themeFontLang w:val="en-US" w:eastAsia="zh-CN"/></w:settings>'
    )
