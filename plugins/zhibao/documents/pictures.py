"""The charts of a page as pictures, drawn by the renderer of the PDF in its fonts, for forms that take no live text."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

from lxml import etree, html

from zhibao.documents.fonts import FontSet
from zhibao.documents.wordstyles import WIDTH_MM

DPI = 300
SVG = "{http://www.w3.org/2000/svg}svg"


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG, what it shows in words, and the size at which it is as large as in the PDF."""

    png: bytes
    description: str
    width_mm: float
    height_mm: float


def pictures_of(root: html.HtmlElement, fonts: FontSet) -> list[Picture]:
    """One for each <figure> of the page, in its order."""
    charts = [chart for figure in root.iter("figure") for chart in figure.iter("svg", SVG)]
    return _drawn(charts, fonts) if charts else []


def _drawn(charts: list[html.HtmlElement], fonts: FontSet) -> list[Picture]:
    import pypdfium2

    heights = [_height_mm(chart) for chart in charts]
    pdf = pypdfium2.PdfDocument(_pages(charts, heights, fonts))
    return [
        Picture(_png(page), chart.get("aria-label", ""), WIDTH_MM, height)
        for page, chart, height in zip(pdf, charts, heights, strict=True)
    ]


def _height_mm(chart: html.HtmlElement) -> float:
    _, _, width, height = map(float, (chart.get("viewbox") or chart.get("viewBox")).split())
    return WIDTH_MM * height / width


def _pages(charts: list[html.HtmlElement], heights: list[float], fonts: FontSet) -> bytes:
    """A PDF with a page the size of each chart."""
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration

    from zhibao.documents.fetching import font_fetcher

    sizes = "".join(
        f"@page p{place} {{ size: {WIDTH_MM}mm {height + 0.1}mm; margin: 0 }} .p{place} {{ page: p{place} }}"
        for place, height in enumerate(heights)
    )
    body = "".join(
        f'<div class="p{place}">{etree.tostring(chart, encoding="unicode", with_tail=False)}</div>'
        for place, chart in enumerate(charts)
    )
    faces, fetcher = FontConfiguration(), font_fetcher(fonts)
    style = f"{fonts.stylesheet} {sizes} body {{ margin: 0 }} svg {{ display: block; width: {WIDTH_MM}mm }}"
    css = CSS(string=style, font_config=faces, url_fetcher=fetcher, base_url="zhibao:style")
    page = HTML(string=body, url_fetcher=fetcher, base_url="zhibao:pictures")
    return page.write_pdf(stylesheets=[css], font_config=faces)


def _png(page: object) -> bytes:
    out = BytesIO()
    page.render(scale=DPI / 72).to_pil().convert("L").quantize(16).save(out, "PNG", optimize=True, dpi=(DPI, DPI))
    return out.getvalue()
