"""Puts the parts of a .docx together: the same parts, the same bytes (ECMA-376; nothing of the clock gets in)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from xml.sax.saxutils import escape, quoteattr
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from zhibao.documents.wordstyles import footer_xml, settings_xml, styles_xml

HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
PARTS = {"document": "document.main", "styles": "styles", "settings": "settings", "footer1": "footer",
         "footer2": "footer"}
FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # the first that the format knows


def word_file(
    document: str, names: Mapping[str, str], pictures: Sequence[bytes], properties: Mapping[str, str],
    about: Mapping[str, str],
) -> bytes:
    """`document` is word/document.xml; it refers to the pictures (PNG) as rPicture1 on, to the footers as rOdd, rEven.

    `properties` are title, creator and created; `about` are named values of the document's own.
    """
    parts = {
        "[Content_Types].xml": _types(), "_rels/.rels": _relations([
            ("r1", "officeDocument", "word/document.xml"), ("r2", "core", "docProps/core.xml"),
            ("r3", "custom-properties", "docProps/custom.xml"),
        ]),
        "docProps/core.xml": _core(properties), "docProps/custom.xml": _custom(about),
        "word/_rels/document.xml.rels": _relations([
            ("rStyles", "styles", "styles.xml"), ("rSettings", "settings", "settings.xml"),
            ("rOdd", "footer", "footer1.xml"), ("rEven", "footer", "footer2.xml"),
            *((f"rPicture{place}", "image", f"media/{place}.png") for place in range(1, len(pictures) + 1)),
        ]),
        "word/document.xml": document, "word/styles.xml": styles_xml(names), "word/settings.xml": settings_xml(),
        "word/footer1.xml": footer_xml(odd=True), "word/footer2.xml": footer_xml(odd=False),
    }
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            _add(archive, name, (HEAD + text).encode())
        for place, picture in enumerate(pictures, start=1):
            _add(archive, f"word/media/{place}.png", picture)
    return out.getvalue()


def _add(archive: ZipFile, name: str, content: bytes) -> None:
    entry = ZipInfo(name, FIRST_DAY)
    entry.compress_type = ZIP_DEFLATED
    archive.writestr(entry, content)


def _types() -> str:
    defaults = {"rels": "application/vnd.openxmlformats-package.relationships+xml", "xml": "application/xml",
                "png": "image/png"}
    overrides = {f"/word/{name}.xml": f"{WORD_TYPE}.{kind}+xml" for name, kind in PARTS.items()} | {
        "/docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
        "/docProps/custom.xml": "application/vnd.openxmlformats-officedocument.custom-properties+xml",
    }
    return (
        f'<Types xmlns="{PACKAGE}/content-types">'
        + "".join(f'<Default Extension="{end}" ContentType="{kind}"/>' for end, kind in defaults.items())
        + "".join(f'<Override PartName="{name}" ContentType="{kind}"/>' for name, kind in overrides.items())
        + "</Types>"
    )


def _relations(listed: Sequence[tuple[str, str, str]]) -> str:
    """(id, kind, target) each."""
    kinds = {"core": f"{PACKAGE}/relationships/metadata/core-properties"}
    return f'<Relationships xmlns="{PACKAGE}/relationships">' + "".join(
        f'<Relationship Id="{id_}" Type="{kinds.get(kind, f"{OFFICE}/relationships/{kind}")}" Target="{target}"/>'
        for id_, kind, target in listed
    ) + "</Relationships>"


def _core(properties: Mapping[str, str]) -> str:
    dated = 'xsi:type="dcterms:W3CDTF"'
    return (
        f'<cp:coreProperties xmlns:cp="{PACKAGE}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f'<dc:title>{escape(properties["title"])}</dc:title><dc:creator>{escape(properties["creator"])}</dc:creator>'
        "<dc:language>zh-CN</dc:language>"
        f'<dcterms:created {dated}>{properties["created"]}</dcterms:created>'
        f'<dcterms:modified {dated}>{properties["created"]}</dcterms:modified></cp:coreProperties>'
    )


def _custom(about: Mapping[str, str]) -> str:
    return (
        f'<Properties xmlns="{OFFICE}/custom-properties" xmlns:vt="{OFFICE}/docPropsVTypes">' + "".join(
            f'<property fmtid="{{D5CDD505-2E9C-101B-9397-08002B2CF9AE}}" pid="{place}" name={quoteattr(name)}>'
            f"<vt:lpwstr>{escape(value)}</vt:lpwstr></property>"
            for place, (name, value) in enumerate(about.items(), start=2)
        ) + "</Properties>"
    )
