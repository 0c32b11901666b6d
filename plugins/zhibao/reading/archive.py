"""Looks into the archives that .xlsx, .xlsb and .ods are: what they would cost, what leads out, their sheets' scans."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree

from zhibao.reading.limits import MIB, Limits
from zhibao.reading.messages import finding
from zhibao.reading.odsscan import OdsScanner
from zhibao.reading.refusal import Kind, Preflight, Refusal, not_read, suspicious
from zhibao.reading.sheetscan import Scanner, SheetScan
from zhibao.reading.xlsbscan import BinaryScanner, sheets_of

_CHUNK = 1 << 17
_START = 1 << 16
_ODS_RATIO = 3
# Nothing but declarations and comments up to the root element, behind which no DOCTYPE can stand.
_ROOT_FIRST = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<\?[^>]{0,500}\?>\s*|<!--[^>]{0,500}-->\s*){0,9}<[A-Za-z_]")
_DOCTYPES = tuple("<!DOCTYPE".encode(coding) for coding in ("ascii", "utf-16-le", "utf-16-be"))
_XML_STARTS = (b"<", b"\xef\xbb\xbf<", b"\xff\xfe<", b"\xfe\xff\x00<")
_SHEET_ROOT = re.compile(rb"<(?:\w+:)?worksheet[\s>]")
_BINARY_SHEET = re.compile(r"(?:^|/)worksheets/[^/]+\.bin$", re.IGNORECASE)
_MACROS = re.compile(r"vbaproject\.bin$|^basic/.+\.xml$|^scripts/.", re.IGNORECASE)
_PICTURES = re.compile(r"/media/|^pictures/.", re.IGNORECASE)
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"


def look_into_zip(path: Path, limits: Limits, result: Preflight) -> Kind:
    """The kind of workbook that the archive is. Raises Refusal, and what `zipfile` raises on a broken one."""
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
        _check_entries(entries, limits)
        names = {entry.filename for entry in entries}
        kind = _kind_of(archive, names)
        if any(map(_MACROS.search, names)):
            result.findings.append(finding("reading.macros_ignored"))
        result.has_pictures = any(map(_PICTURES.search, names))
        scans = _inflate_all(archive, entries, kind, limits)
        if kind == "ods":
            _refuse_encrypted_ods(archive, names)
            result.scans = scans.get("content.xml", [])
        else:
            _describe_workbook(archive, names, kind, scans, result)
    return kind


def refuse_large_grids(scans: list[SheetScan], limits: Limits) -> None:
    """A cell far away makes the parser ask for all the cells before it, in all `scans` that it opens at once."""
    if sum(scan.grid_cells for scan in scans) > limits.cells:
        raise Refusal("reading.grid_too_large", limit=limits.cells)


def _check_entries(entries: list[zipfile.ZipInfo], limits: Limits) -> None:
    if not entries:
        raise Refusal("reading.damaged_file")
    if len(entries) > limits.entries:
        raise suspicious("文件包内条目过多", "too many entries")
    names = [entry.filename.replace("\\", "/").lower() for entry in entries]
    if len(set(names)) != len(names):
        raise suspicious("文件包内有重名条目", "entries of the same name")
    for entry, name in zip(entries, names, strict=True):
        if name.startswith("/") or ".." in name.split("/") or ":" in name:
            raise suspicious("条目路径不正常", "an entry's path leads out")
        if entry.flag_bits & 1:
            raise Refusal("reading.password")
        # An .ods says each cell in a hundred bytes that are nearly the same in all.
        ratio = limits.ratio * _ODS_RATIO if name == "content.xml" else limits.ratio
        if entry.file_size > MIB and entry.file_size > ratio * max(1, entry.compress_size):
            raise suspicious("压缩比异常", "its compression is abnormal")
    if sum(entry.file_size for entry in entries) > limits.inflated_bytes:
        raise _too_large(limits)


def _too_large(limits: Limits) -> Refusal:
    return Refusal("reading.inflates_too_large", limit=limits.inflated_bytes // MIB)


def _kind_of(archive: zipfile.ZipFile, names: set[str]) -> Kind:
    if "mimetype" in names and b"opendocument" in (mimetype := archive.open("mimetype").read(200)):
        if b"spreadsheet" not in mimetype:
            raise not_read("OpenDocument")
        return "ods"
    if "xl/workbook.bin" in names:
        return "xlsb"
    if any(name.lower().endswith("workbook.xml") for name in names):
        return "xlsx"
    if any(name.startswith(("word/", "ppt/")) for name in names):
        raise not_read("Word / PowerPoint")
    raise Refusal("reading.packed_files")


def _inflate_all(
    archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], kind: Kind, limits: Limits
) -> dict[str, list[SheetScan]]:
    """Inflate every entry once, in pieces, believing no declared size. Gives the scans of the sheets by name."""
    left, scans = limits.inflated_bytes, {}
    for entry in entries:
        with archive.open(entry) as stream:
            chunk, tail, scanner = stream.read(_CHUNK), b"", None
            is_xml = chunk.lstrip().startswith(_XML_STARTS)
            may_declare = is_xml and not _ROOT_FIRST.match(chunk)
            if kind == "xlsx" and is_xml and _SHEET_ROOT.search(chunk, 0, _START):
                scanner = Scanner()
            elif kind == "xlsb" and _BINARY_SHEET.search(entry.filename):
                scanner = BinaryScanner()
            elif kind == "ods" and entry.filename == "content.xml":
                scanner = OdsScanner()
            while chunk:
                left -= len(chunk)
                if left < 0:
                    raise _too_large(limits)
                if may_declare:
                    _refuse_doctype(tail + chunk[:64], chunk)
                    tail = chunk[-32:]
                if scanner:
                    scanner.feed(chunk)
                chunk = stream.read(_CHUNK)
        if scanner:
            scans[entry.filename] = scanner.close()
            refuse_large_grids(scans[entry.filename], limits)
    return scans


def _refuse_doctype(seam: bytes, chunk: bytes) -> None:
    """A DOCTYPE stands before the root element; entities can be declared nowhere else."""
    for mark in _DOCTYPES:
        if mark in seam or mark in (chunk if mark is _DOCTYPES[0] else chunk[:_START]):
            raise suspicious("含有DOCTYPE声明", "it holds a DOCTYPE")


def _refuse_encrypted_ods(archive: zipfile.ZipFile, names: set[str]) -> None:
    if "META-INF/manifest.xml" in names and b"encryption-data" in archive.read("META-INF/manifest.xml"):
        raise Refusal("reading.password")
    if "content.xml" not in names:
        raise Refusal("reading.damaged_file")


def _describe_workbook(
    archive: zipfile.ZipFile, names: set[str], kind: Kind, scans: dict[str, list[SheetScan]], result: Preflight
) -> None:
    """Put the scans in the order of the workbook's sheets, and note its epoch."""
    leaf = "workbook.bin" if kind == "xlsb" else "workbook.xml"
    workbook = next(name for name in sorted(names, key=len) if name.lower().endswith(leaf))
    folder, _, leaf = workbook.rpartition("/")
    relations = f"{folder}/_rels/{leaf}.rels" if folder else f"_rels/{leaf}.rels"
    if relations not in names:
        raise Refusal("reading.damaged_file")
    targets = {node.get("Id"): node.get("Target", "") for node in ElementTree.fromstring(archive.read(relations))}
    order, result.epoch_1904 = (sheets_of if kind == "xlsb" else _sheets_of)(archive.read(workbook))
    for relation in order:
        target = targets.get(relation, "")
        full = target[1:] if target.startswith("/") else f"{folder}/{target}" if folder else target
        result.scans += scans.get(full) or [SheetScan()]


def _sheets_of(data: bytes) -> tuple[list[str], bool]:
    """The relation ids of the sheets in order, and whether days are counted from 1904. `data` is workbook.xml."""
    relations, epoch_1904 = [], False
    for node in ElementTree.fromstring(data).iter():
        local = node.tag.rpartition("}")[2]
        if local == "workbookPr":
            epoch_1904 = node.get("date1904") in ("1", "true")
        elif local == "sheet":
            relations.append(node.get(_RELATION) or node.get(_STRICT_RELATION) or "")
    return relations, epoch_1904
