"""A file is looked at before any parser sees it: its magic bytes say what it is, its archive what it would cost."""

from __future__ import annotations

import re
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from xml.etree import ElementTree

from zhibao.findings import Finding
from zhibao.reading.limits import MIB, Limits
from zhibao.reading.messages import finding
from zhibao.reading.sheetscan import Scanner, SheetScan
from zhibao.text import Text

Kind = Literal["xlsx", "csv"]

_CHUNK = 1 << 20
_START = 1 << 16
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\x00", b"MM\x00*")
_DOCTYPES = tuple("<!DOCTYPE".encode(coding) for coding in ("ascii", "utf-16-le", "utf-16-be"))
_SHEET = re.compile(r"(?:^|/)worksheets/[^/]+\.xml$", re.IGNORECASE)
_EXTENSIONS: dict[str, set[str]] = {"xlsx": {".xlsx", ".xlsm", ".xltx"}, "csv": {".csv", ".txt", ".tsv"}}
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"


@dataclass(slots=True)
class Preflight:
    """What the file is and what was found out about it. `scans` is by the sheet's place in the workbook."""

    kind: Kind | None = None
    findings: list[Finding] = field(default_factory=list)
    scans: list[SheetScan] = field(default_factory=list)
    epoch_1904: bool = False
    has_pictures: bool = False

    @property
    def refused(self) -> bool:
        return self.kind is None


class _Refusal(Exception):
    """Carries the one finding that ends a preflight."""

    def __init__(self, code: str, **words: object) -> None:
        self.finding = finding(code, **words)  # type: ignore[arg-type]


def preflight(path: Path, limits: Limits, file_name: str | None = None) -> Preflight:
    """Decide by content what `path` is, and refuse what must not be parsed. Raises nothing on a bad file."""
    result = Preflight()
    try:
        result.kind = _look(path, limits, result)
    except _Refusal as refusal:
        result.findings.append(refusal.finding)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ElementTree.ParseError, ValueError):
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
        raise _Refusal("reading.empty_file")
    if size > limits.file_bytes:
        raise _Refusal("reading.file_too_large", limit=limits.file_bytes // MIB)
    with path.open("rb") as stream:
        start = stream.read(8192)
    if start.startswith(b"PK"):
        _look_into_zip(path, limits, result)
        return "xlsx"
    _refuse_other_kinds(path, start)
    return "csv"


def _refuse_other_kinds(path: Path, start: bytes) -> None:
    """Everything that is neither an archive nor text."""
    if start.startswith(_OLE):
        _refuse_ole(path.read_bytes())
    if start.startswith(_PICTURES):
        raise _Refusal("reading.picture_only")
    if start.startswith(b"%PDF"):
        raise _not_read("PDF")
    if start.startswith(b"{\\rtf"):
        raise _not_read("RTF")
    head = start[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<!doctype html", b"<html", b"<?xml", b"<table", b"<meta")):
        raise _not_read("HTML/XML")
    if b"\x00" in start and not start.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _Refusal("reading.unknown_file")


def _refuse_ole(data: bytes) -> None:
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise _Refusal("reading.password")
    if any(name.encode("utf-16-le") in data for name in ("Workbook", "Book")):
        raise _not_read(".xls / .et")
    raise _Refusal("reading.unknown_file")


def _not_read(kind: str) -> _Refusal:
    return _Refusal("reading.not_read_yet", kind=kind)


def _look_into_zip(path: Path, limits: Limits, result: Preflight) -> None:
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
        _check_entries(entries, limits)
        names = {entry.filename for entry in entries}
        _check_is_xlsx(archive, names)
        if any(name.lower().endswith("vbaproject.bin") for name in names):
            result.findings.append(finding("reading.macros_ignored"))
        result.has_pictures = any("/media/" in name for name in names)
        scans = _inflate_all(archive, entries, limits)
        _describe_workbook(archive, names, scans, result)


def _check_entries(entries: list[zipfile.ZipInfo], limits: Limits) -> None:
    if len(entries) > limits.entries:
        raise _Refusal("reading.suspicious_archive", reason=_reason("文件包内条目过多", "too many entries"))
    names = [entry.filename.replace("\\", "/").lower() for entry in entries]
    if len(set(names)) != len(names):
        raise _Refusal("reading.suspicious_archive", reason=_reason("文件包内有重名条目", "entries of the same name"))
    for entry, name in zip(entries, names, strict=True):
        if name.startswith("/") or ".." in name.split("/") or ":" in name:
            raise _Refusal("reading.suspicious_archive", reason=_reason("条目路径不正常", "an entry's path leads out"))
        if entry.flag_bits & 1:
            raise _Refusal("reading.password")
        if entry.file_size > MIB and entry.file_size > limits.ratio * max(1, entry.compress_size):
            raise _Refusal("reading.suspicious_archive", reason=_reason("压缩比异常", "its compression is abnormal"))
    if sum(entry.file_size for entry in entries) > limits.inflated_bytes:
        raise _too_large(limits)


def _too_large(limits: Limits) -> _Refusal:
    return _Refusal("reading.inflates_too_large", limit=limits.inflated_bytes // MIB)


def _reason(zh: str, en: str) -> Text:
    return Text(zh=zh, en=en)


def _check_is_xlsx(archive: zipfile.ZipFile, names: set[str]) -> None:
    if "mimetype" in names and b"opendocument" in archive.open("mimetype").read(200):
        raise _not_read(".ods")
    if "xl/workbook.bin" in names:
        raise _not_read(".xlsb")
    if any(name.startswith(("word/", "ppt/")) for name in names):
        raise _not_read("Word / PowerPoint")
    if not any(name.lower().endswith("workbook.xml") for name in names):
        raise _Refusal("reading.unknown_file")


def _inflate_all(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], limits: Limits) -> dict[str, SheetScan]:
    """Inflate every entry once, in pieces, believing no declared size. Gives the scans of the sheets by name."""
    total, scans = 0, {}
    for entry in entries:
        name = entry.filename.lower()
        scanner = Scanner() if _SHEET.search(name) else None
        is_xml, tail = name.endswith((".xml", ".rels", ".vml")), b""
        with archive.open(entry) as stream:
            while chunk := stream.read(_CHUNK):
                total += len(chunk)
                if total > limits.inflated_bytes:
                    raise _too_large(limits)
                if is_xml:
                    _refuse_doctype(tail + chunk[:64], chunk)
                    tail = chunk[-32:]
                if scanner:
                    scanner.feed(chunk)
        if scanner:
            scans[entry.filename] = scan = scanner.close()
            if scan.grid_cells > limits.cells:
                raise _Refusal("reading.grid_too_large", limit=limits.cells)
    return scans


def _refuse_doctype(seam: bytes, chunk: bytes) -> None:
    """A DOCTYPE stands before the root element; entities can be declared nowhere else."""
    for mark in _DOCTYPES:
        if mark in seam or mark in (chunk if mark is _DOCTYPES[0] else chunk[:_START]):
            raise _Refusal("reading.suspicious_archive", reason=_reason("含有DOCTYPE声明", "it holds a DOCTYPE"))


def _describe_workbook(
    archive: zipfile.ZipFile, names: set[str], scans: dict[str, SheetScan], result: Preflight
) -> None:
    """Put the scans in the order of the workbook's sheets, and note its epoch."""
    workbook = next(name for name in sorted(names, key=len) if name.lower().endswith("workbook.xml"))
    folder, _, leaf = workbook.rpartition("/")
    relations = f"{folder}/_rels/{leaf}.rels" if folder else f"_rels/{leaf}.rels"
    if relations not in names:
        raise _Refusal("reading.damaged_file")
    targets = {node.get("Id"): node.get("Target", "") for node in ElementTree.fromstring(archive.read(relations))}
    root = ElementTree.fromstring(archive.read(workbook))
    for node in root.iter():
        local = node.tag.rpartition("}")[2]
        if local == "workbookPr":
            result.epoch_1904 = node.get("date1904") in ("1", "true")
        elif local == "sheet":
            target = targets.get(node.get(_RELATION) or node.get(_STRICT_RELATION) or "", "")
            full = target[1:] if target.startswith("/") else f"{folder}/{target}" if folder else target
            result.scans.append(scans.get(full, SheetScan()))
