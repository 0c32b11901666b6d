"""A file is looked at before any parser sees it: its magic bytes say what it is, a scan what it would cost."""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from pathlib import Path
from xml.etree import ElementTree

from zhibao.reading import ole
from zhibao.reading.archive import look_into_zip, refuse_large_grids
from zhibao.reading.limits import MIB, Limits
from zhibao.reading.messages import finding
from zhibao.reading.refusal import Kind, Preflight, Refusal, not_read, suspicious
from zhibao.reading.xlsscan import scan_xls

__all__ = ["Preflight", "preflight"]

_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\x00", b"MM\x00*")
_PACKERS = (b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")
_BIFF_ALONE = re.compile(rb"\x09[\x00\x02\x04\x08][\x04-\x10]\x00")
_EXTENSIONS: dict[str, set[str]] = {
    "xlsx": {".xlsx", ".xlsm", ".xltx", ".xltm"}, "xls": {".xls", ".et", ".xlt", ".ett"}, "xlsb": {".xlsb"},
    "ods": {".ods", ".ots"}, "csv": {".csv", ".txt", ".tsv"}, "html": {".html", ".htm"},
    "xml": {".xml"},
}
_BROKEN = (
    zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ElementTree.ParseError, ValueError, struct.error,
    IndexError,
)


def preflight(path: Path, limits: Limits, file_name: str | None = None) -> Preflight:
    """Decide by content what `path` is, and refuse what must not be parsed. Raises nothing on a bad file."""
    result = Preflight()
    try:
        result.kind = _look(path, limits, result)
    except Refusal as refusal:
        result.findings.append(refusal.finding)
    except _BROKEN:
        result.findings.append(finding("reading.damaged_file"))
    except OSError:
        result.findings.append(finding("reading.file_unreadable"))
    suffix = Path(file_name or "").suffix.lower()
    if result.kind and suffix and suffix not in _EXTENSIONS[result.kind]:
        result.findings.append(finding("reading.wrong_extension", kind="." + result.kind))
    return result


def _look(path: Path, limits: Limits, result: Preflight) -> Kind:
    size = path.stat().st_size
    if size == 0:
        raise Refusal("reading.empty_file")
    if size > limits.file_bytes:
        raise Refusal("reading.file_too_large", limit=limits.file_bytes // MIB)
    with path.open("rb") as stream:
        start = stream.read(8192)
    if start.startswith(b"PK"):
        return look_into_zip(path, limits, result)
    if start.startswith(ole.MAGIC):
        return _look_into_ole(path.read_bytes(), limits, result)
    return _look_at_text(path, start, result)


def _look_into_ole(data: bytes, limits: Limits, result: Preflight) -> Kind:
    """An .xls or .et, or what else is kept in OLE files: an encrypted .xlsx, a Word document."""
    file = ole.Ole(data)
    if "EncryptedPackage" in file.names:
        raise Refusal("reading.password")
    stream = file.stream("Workbook") or file.stream("Book")
    if stream is None:
        raise not_read("Word / PowerPoint") if file.names & {"WordDocument", "PowerPoint Document"} else _unknown()
    book = scan_xls(stream)
    if book.has_password:
        raise Refusal("reading.password")
    if "_VBA_PROJECT_CUR" in file.names:
        result.findings.append(finding("reading.macros_ignored"))
    refuse_large_grids(book.scans, limits)
    result.needs_conversion = not book.is_unicode
    result.scans, result.epoch_1904, result.has_pictures = book.scans, book.epoch_1904, book.has_pictures
    return "xls"


def _look_at_text(path: Path, start: bytes, result: Preflight) -> Kind:
    """Text it is, unless its first bytes are those of something else."""
    if start.startswith(_PICTURES):
        raise Refusal("reading.picture_only")
    if start.startswith(_PACKERS):
        raise Refusal("reading.packed_files")
    if start.startswith(b"%PDF"):
        raise not_read("PDF")
    if start.startswith(b"{\\rtf"):
        raise not_read("RTF")
    head = start[:2048].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<!doctype html", b"<html", b"<table", b"<meta", b"<head", b"<style", b"<body", b"<div")):
        return "html"
    if head.startswith(b"<?xml"):
        if b"<html" in head:
            return "html"
        if b"urn:schemas-microsoft-com:office:spreadsheet" in head:
            result.needs_conversion = True
            return _look_into_xml(path)
        raise not_read("XML")
    if b"\x00" in start and not start.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise not_read("Excel 2–4") if _BIFF_ALONE.match(start) else _unknown()
    return "csv"


def _look_into_xml(path: Path) -> Kind:
    """The XML that Excel 2003 writes, which is only read after conversion."""
    if b"<!DOCTYPE" in path.read_bytes():
        raise suspicious("含有DOCTYPE声明", "it holds a DOCTYPE")
    return "xml"


def _unknown() -> Refusal:
    return Refusal("reading.unknown_file")
