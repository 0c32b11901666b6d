"""What makes the file one for the archive: PDF/A-3 and PDF/UA declared together, and the document's identity in XMP.

WeasyPrint writes either variant's metadata, compressed; an archive's reader wants both, in clear (ISO 19005-3 §6.6,
ISO 14289-1 §5). What no schema of XMP defines is described by an extension schema (ISO 19005-3 §6.6.2.3).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape

VARIANT = "pdf/a-3a"
UA_PART = "1"
END = b"</rdf:RDF>"


def declare(pdf: Any, identity: Mapping[str, str]) -> None:
    """Add PDF/UA-1 and `identity` (key → value) to the metadata of a `pydyf.PDF`, and store it unfiltered."""
    stream = pdf.objects[int(pdf.catalog["Metadata"].split()[0])]
    named = {key.replace("_", ""): value for key, value in identity.items()}
    extra = (
        _values("http://www.aiim.org/pdfua/ns/id/", "pdfuaid", {"part": UA_PART})
        + _values("urn:zhibao:document#", "zhibao", named)
        + _schemas(
            _schema("PDF/UA identification", "http://www.aiim.org/pdfua/ns/id/", "pdfuaid", {"part": "Integer"}),
            _schema("Zhibao document identity", "urn:zhibao:document#", "zhibao", dict.fromkeys(named, "Text")),
        )
    )
    stream.stream = [part.replace(END, extra.encode() + END) for part in stream.stream]
    stream.compress = False


def _values(uri: str, prefix: str, values: Mapping[str, str]) -> str:
    inner = "".join(f"<{prefix}:{key}>{escape(value)}</{prefix}:{key}>" for key, value in values.items())
    return f'<rdf:Description xmlns:{prefix}="{uri}" rdf:about="">{inner}</rdf:Description>'


def _schemas(*schemas: str) -> str:
    spaces = "".join(
        f' xmlns:pdfa{name.title()}="http://www.aiim.org/pdfa/ns/{name}{"/" if name == "extension" else "#"}"'
        for name in ("extension", "schema", "property")
    )
    return (
        f'<rdf:Description{spaces} rdf:about=""><pdfaExtension:schemas><rdf:Bag>{"".join(schemas)}</rdf:Bag>'
        "</pdfaExtension:schemas></rdf:Description>"
    )


def _schema(title: str, uri: str, prefix: str, types: Mapping[str, str]) -> str:
    properties = "".join(
        f'<rdf:li rdf:parseType="Resource"><pdfaProperty:name>{name}</pdfaProperty:name>'
        f"<pdfaProperty:valueType>{kind}</pdfaProperty:valueType><pdfaProperty:category>internal"
        f"</pdfaProperty:category><pdfaProperty:description>{name}</pdfaProperty:description></rdf:li>"
        for name, kind in types.items()
    )
    return (
        f'<rdf:li rdf:parseType="Resource"><pdfaSchema:schema>{title}</pdfaSchema:schema>'
        f"<pdfaSchema:namespaceURI>{uri}</pdfaSchema:namespaceURI><pdfaSchema:prefix>{prefix}</pdfaSchema:prefix>"
        f"<pdfaSchema:property><rdf:Seq>{properties}</rdf:Seq></pdfaSchema:property></rdf:li>"
    )
