"""What Excel insists on when it opens a package, and repairs the file for want of: said here, since no Excel runs here.

From ECMA-376 part 1 (18.3.1.99 worksheet, 18.2.27 workbook) and part 2 (packages), and from files that Excel repaired.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from io import BytesIO
from typing import Any

from lxml import etree

_WORKSHEET = (
    "sheetPr dimension sheetViews sheetFormatPr cols sheetData sheetCalcPr sheetProtection protectedRanges scenarios"
    " autoFilter sortState dataConsolidate customSheetViews mergeCells phoneticPr conditionalFormatting dataValidations"
    " hyperlinks printOptions pageMargins pageSetup headerFooter rowBreaks colBreaks customProperties cellWatches"
    " ignoredErrors smartTags drawing legacyDrawing legacyDrawingHF drawingHF picture oleObjects controls"
    " webPublishItems tableParts extLst"
)
_WORKBOOK = (
    "fileVersion fileSharing workbookPr workbookProtection bookViews sheets functionGroups externalReferences"
    " definedNames calcPr oleSize customWorkbookViews pivotCaches smartTagPr smartTagTypes webPublishing"
    " fileRecoveryPr webPublishObjects extLst"
)
_STYLES = "numFmts fonts fills borders cellStyleXfs cellXfs cellStyles dxfs tableStyles colors extLst"


def complaints(content: bytes) -> list[str]:
    """What is wrong with the package; an empty list is what a test wants."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    found = [f"doubled entry {name}" for name in parts if list(parts).count(name) > 1]
    found += _of_types(parts) + _of_relations(parts)
    workbook = etree.fromstring(parts["xl/workbook.xml"])
    found += _order(workbook, _WORKBOOK, "workbook")
    for attribute in ("name", "sheetId"):
        values = [sheet.get(attribute) for sheet in _named(workbook, "sheet")]
        found += [f"{attribute} twice in {values}"] if len(set(values)) < len(values) else []
    styles = next(etree.fromstring(data) for name, data in parts.items() if re.search(r"/styles\d*\.xml$", name))
    found += _order(styles, _STYLES, "styles")
    xfs = len(_child(styles, "cellXfs"))
    for group in styles:
        said = group.get("count")
        found += [f"{group.tag} counts {said}, not {len(group)}"] if said not in (None, str(len(group))) else []
    for xf in _child(styles, "cellXfs"):
        for attribute, group in (("fontId", "fonts"), ("fillId", "fills"), ("borderId", "borders")):
            if int(xf.get(attribute, 0)) >= len(_child(styles, group)):
                found.append(f"no {attribute} {xf.get(attribute)}")
    sheets = [name for name in parts if re.search(r"worksheets/[^/]+\.xml$", name)]
    assert sheets, "no sheet was looked at"
    for name in sheets:
        found += _of_sheet(name, etree.fromstring(parts[name]), xfs, parts)
    return found + _of_drawings(parts)


def _of_types(parts: dict[str, bytes]) -> list[str]:
    types = etree.fromstring(parts["[Content_Types].xml"])
    extensions = [item.get("Extension").lower() for item in types if item.tag.endswith("Default")]
    overrides = [item.get("PartName").lower() for item in types if item.tag.endswith("Override")]
    found = [f"type said twice: {said}" for said in (extensions, overrides) if len(set(said)) < len(said)]
    found += [f"type of no part: {name}" for name in overrides if name[1:] not in {part.lower() for part in parts}]
    return found + [
        f"no type: {name}" for name in parts if name != "[Content_Types].xml"
        and f"/{name}".lower() not in overrides and name.rpartition(".")[2].lower() not in extensions
    ]


def _of_relations(parts: dict[str, bytes]) -> list[str]:
    found = []
    for name, data in parts.items():
        if not name.endswith(".rels"):
            continue
        folder = posixpath.dirname(posixpath.dirname(name))
        ids = [item.get("Id") for item in etree.fromstring(data)]
        found += [f"id twice in {name}"] if len(set(ids)) < len(ids) else []
        for item in etree.fromstring(data):
            if item.get("TargetMode") != "External":
                target = item.get("Target")
                full = target[1:] if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
                found += [] if full.lower() in {part.lower() for part in parts} else [f"{name} points to no {full}"]
    return found


def _of_sheet(name: str, root: Any, xfs: int, parts: dict[str, bytes]) -> list[str]:
    found = _order(root, _WORKSHEET, name)
    rows = [int(row.get("r")) for row in _named(root, "row") if row.get("r")]
    found += [f"{name}: rows out of order"] if rows != sorted(set(rows)) else []
    for row in _named(root, "row"):
        columns = [_number(cell.get("r")) for cell in row if cell.get("r")]
        found += [f"{name}: cells of row {row.get('r')} out of order"] if columns != sorted(set(columns)) else []
        found += [f"{name}: no style {cell.get('s')}" for cell in row if int(cell.get("s", 0)) >= xfs]
    if any(relation.endswith("/comments") for relation in _kinds(name, parts)):
        found += [] if _named(root, "legacyDrawing") else [f"{name}: comments without boxes"]
    return found


def _of_drawings(parts: dict[str, bytes]) -> list[str]:
    found, ids, blocks = [], [], []
    for name, data in parts.items():
        if not name.endswith(".vml"):
            continue
        own = [int(block) for said in re.findall(rb"<\w+:idmap[^>]*data=\"([\d,]+)\"", data)
               for block in said.split(b",")]
        shapes = [int(number) for number in re.findall(rb"<\w+:shape\s(?:[^>]*\s)?id=\"_x0000_s(\d+)\"", data)]
        found += [f"{name}: shape {shape} in no block of {own}" for shape in shapes if shape // 1024 not in own]
        types = set(re.findall(rb"<\w+:shapetype\s[^>]*?id=\"([^\"]+)\"", data))
        used = set(re.findall(rb"<\w+:shape\s[^>]*?type=\"#([^\"]+)\"", data))
        found += [f"{name}: no shape type {kind.decode()}" for kind in used - types]
        ids += shapes
        blocks += own if shapes else []  # the pictures of headers are named otherwise
    found += ["shape id twice"] if len(set(ids)) < len(ids) else []
    return found + (["two drawings share a block"] if len(set(blocks)) < len(blocks) else [])


def _kinds(part: str, parts: dict[str, bytes]) -> list[str]:
    folder, leaf = posixpath.split(part)
    data = parts.get(f"{folder}/_rels/{leaf}.rels")
    return [] if data is None else [item.get("Type") for item in etree.fromstring(data)]


def _order(root: Any, sequence: str, name: str) -> list[str]:
    wanted = sequence.split()
    places = [wanted.index(local) for child in root if (local := etree.QName(child).localname) in wanted]
    return [] if places == sorted(places) else [f"{name}: elements out of order"]


def _named(root: Any, local: str) -> list[Any]:
    return [item for item in root.iter() if isinstance(item.tag, str) and etree.QName(item).localname == local]


def _child(root: Any, local: str) -> Any:
    return next(child for child in root if etree.QName(child).localname == local)


def _number(reference: str) -> int:
    number = 0
    for letter in reference.rstrip("0123456789"):
        number = number * 26 + ord(letter) - 64
    return number
