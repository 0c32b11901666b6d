"""The zip package of an .xlsx as parts that are kept by the byte unless they are replaced."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from lxml import etree

CONTENT_TYPES = "[Content_Types].xml"
_TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
_RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_EMPTY_RELATIONS = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"/>'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_STRICT_OFFICE = "http://purl.oclc.org/ooxml/officeDocument/relationships"
_STRICT_MAIN = "http://purl.oclc.org/ooxml/spreadsheetml/main"
_LONG_AGO = (1980, 1, 1, 0, 0, 0)
# What the workbook is, by the content type of its main part; a program opens no file whose name says another.
_SUFFIXES = {"sheet.macroEnabled": ".xlsm", "template.macroEnabled": ".xltm", "template.main": ".xltx"}
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


def parse(data: bytes) -> Any:
    """XML without entities, files or network. The preflight has bounded its size and refused a DOCTYPE."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True, remove_comments=True)
    return etree.fromstring(data, parser)


def serialise(root: Any) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def storable(text: str) -> str:
    """`text` without what XML cannot hold, and so that no program reads `_x0041_` in it as a letter."""
    return _ESCAPE.sub("_x005F_", "".join(sign for sign in text if sign >= " " or sign in "\t\n"))


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of the workbook and the part that holds it. A chart sheet is no worksheet."""

    name: str
    part: str
    is_hidden: bool
    is_worksheet: bool


class Package:
    """The parts of one workbook by name. What is not put back stays as it was, byte by byte."""

    def __init__(self, path: Path) -> None:
        with zipfile.ZipFile(path) as archive:
            self._entries = {entry.filename: entry for entry in archive.infolist() if not entry.is_dir()}
            self.parts = {name: archive.read(entry) for name, entry in self._entries.items()}
        self._by_lower = {name.lower(): name for name in self.parts}
        self.workbook = self._target("", "/officeDocument")
        root = parse(self.parts[self.workbook])
        self.main = etree.QName(root).namespace or ""
        self.office = _STRICT_OFFICE if self.main == _STRICT_MAIN else _OFFICE

    def write(self) -> bytes:
        """The same parts always give the same bytes."""
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            for name, data in self.parts.items():
                entry, old = zipfile.ZipInfo(name, _LONG_AGO), self._entries.get(name)
                stays_flat = old is not None and old.compress_type == zipfile.ZIP_STORED
                entry.compress_type = zipfile.ZIP_STORED if stays_flat else zipfile.ZIP_DEFLATED
                archive.writestr(entry, data)
        return out.getvalue()

    @property
    def suffix(self) -> str:
        """The ending that a file of this content must have."""
        declared = re.search(rb'<\w*:?Override\b(?=[^>]*"/%b")[^>]*' % re.escape(self.workbook.encode()),
                             self.parts[CONTENT_TYPES])
        said = declared[0].decode() if declared else ""
        return next((suffix for mark, suffix in _SUFFIXES.items() if mark in said), ".xlsx")

    def sheets(self) -> list[Sheet]:
        """The workbook's sheets in order."""
        relations = {item.get("Id"): item for item in self.relations(self.workbook)}
        found = []
        for sheet in parse(self.parts[self.workbook]).iter(f"{{{self.main}}}sheet"):
            relation = relations.get(sheet.get(f"{{{self.office}}}id"))
            part = "" if relation is None else self._resolve(self.workbook, relation.get("Target"))
            is_worksheet = part in self.parts and relation.get("Type", "").endswith("/worksheet")
            found.append(Sheet(sheet.get("name"), part, sheet.get("state", "visible") != "visible", is_worksheet))
        return found

    def relations(self, part: str) -> Any:
        return parse(self.parts.get(self._relations_name(part), _EMPTY_RELATIONS))

    def forget_relations(self, part: str) -> None:
        """The part points to nothing any more."""
        self.parts.pop(self._relations_name(part), None)

    def related(self, part: str, kind: str, relation: str | None = None) -> str | None:
        """The part that `part` relates to by a relationship of this kind ("/styles"), or by that very one."""
        return self._target(part, kind, relation) or None

    def relate(self, part: str, kind: str, target: str) -> str:
        """Relate `part` to another part. Gives the relationship's id."""
        root = self.relations(part)
        taken = {item.get("Id") for item in root}
        number = next(f"rIdZb{index}" for index in range(1, len(taken) + 2) if f"rIdZb{index}" not in taken)
        etree.SubElement(root, _RELATION, Id=number, Type=self.office + kind, Target=f"/{target}")
        self.parts[self._relations_name(part)] = serialise(root)
        return number

    def declare(self, part: str, content_type: str) -> None:
        """State the content type of a new part."""
        root = parse(self.parts[CONTENT_TYPES])
        etree.SubElement(root, f"{_TYPES}Override", PartName=f"/{part}", ContentType=content_type)
        self.parts[CONTENT_TYPES] = serialise(root)

    def declare_extension(self, extension: str, content_type: str) -> None:
        root = parse(self.parts[CONTENT_TYPES])
        known = {item.get("Extension", "").lower() for item in root.iter(f"{_TYPES}Default")}
        if extension not in known:
            root.insert(0, etree.Element(f"{_TYPES}Default", Extension=extension, ContentType=content_type))
            self.parts[CONTENT_TYPES] = serialise(root)

    def free_name(self, pattern: str) -> str:
        """The first name of this pattern ("xl/comments{}.xml") that no part bears."""
        taken = {name.lower() for name in self.parts}
        return next(name for index in range(1, len(taken) + 2) if (name := pattern.format(index)).lower() not in taken)

    @staticmethod
    def _relations_name(part: str) -> str:
        folder, leaf = posixpath.split(part)
        return posixpath.join(folder, "_rels", f"{leaf}.rels")

    def _target(self, part: str, kind: str, relation: str | None = None) -> str:
        for item in self.relations(part):
            if (item.get("Type", "").endswith(kind) and item.get("TargetMode") != "External"
                    and relation in (None, item.get("Id"))):
                return self._resolve(part, item.get("Target"))
        return ""

    def _resolve(self, part: str, target: str) -> str:
        """The part meant; programs are lax about case, backslashes and percent signs."""
        path = unquote(target.replace("\\", "/"))
        full = path[1:] if path.startswith("/") else posixpath.normpath(posixpath.join(posixpath.dirname(part), path))
        return self._by_lower.get(full.lower(), full)
