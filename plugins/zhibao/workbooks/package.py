"""The zip package of an .xlsx as parts that are kept by the byte unless they are replaced."""

from __future__ import annotations

import io
import posixpath
import zipfile
from pathlib import Path
from typing import Any

from lxml import etree

CONTENT_TYPES = "[Content_Types].xml"
_TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
_RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_EMPTY_RELATIONS = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"/>'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_OFFICE = "http://purl.oclc.org/ooxml/officeDocument/relationships"
STRICT_MAIN = "http://purl.oclc.org/ooxml/spreadsheetml/main"


def parse(data: bytes) -> Any:
    """XML without entities, files or network. The preflight has bounded its size and refused a DOCTYPE."""
    return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))


def serialise(root: Any) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


class Package:
    """The parts of one workbook by name. What is not put back stays as it was, byte by byte."""

    def __init__(self, path: Path) -> None:
        with zipfile.ZipFile(path) as archive:
            self.parts = {entry.filename: archive.read(entry) for entry in archive.infolist() if not entry.is_dir()}
        self.workbook = self._target("", self._relations("")[0], "/officeDocument")
        root = parse(self.parts[self.workbook])
        self.main = etree.QName(root).namespace or ""
        self.office = STRICT_OFFICE if self.main == STRICT_MAIN else OFFICE

    def write(self) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in self.parts.items():
                archive.writestr(name, data)
        return out.getvalue()

    def sheets(self) -> list[tuple[str, str]]:
        """(name, part) of each sheet in order."""
        root, (relations, _) = parse(self.parts[self.workbook]), self._relations(self.workbook)
        targets = {item.get("Id"): self._resolve(self.workbook, item.get("Target")) for item in relations}
        found = root.iter(f"{{{self.main}}}sheet")
        return [(sheet.get("name"), targets.get(sheet.get(f"{{{self.office}}}id"), "")) for sheet in found]

    def related(self, part: str, kind: str) -> str | None:
        """The part that `part` relates to by a relationship of this kind ("/styles"), if there is one."""
        return self._target(part, self._relations(part)[0], kind) or None

    def relate(self, part: str, kind: str, target: str) -> str:
        """Relate `part` to another part. Gives the relationship's id."""
        root, name = self._relations(part)
        taken = {item.get("Id") for item in root}
        number = next(f"rIdZb{index}" for index in range(1, len(taken) + 2) if f"rIdZb{index}" not in taken)
        etree.SubElement(root, _RELATION, Id=number, Type=self.office + kind, Target=f"/{target}")
        self.parts[name] = serialise(root)
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

    def _relations(self, part: str) -> tuple[Any, str]:
        folder, leaf = posixpath.split(part)
        name = posixpath.join(folder, "_rels", f"{leaf}.rels")
        return parse(self.parts.get(name, _EMPTY_RELATIONS)), name

    def _target(self, part: str, relations: Any, kind: str) -> str:
        for item in relations:
            if item.get("Type", "").endswith(kind) and item.get("TargetMode") != "External":
                return self._resolve(part, item.get("Target"))
        return ""

    @staticmethod
    def _resolve(part: str, target: str) -> str:
        if target.startswith("/"):
            return target[1:]
        return posixpath.normpath(posixpath.join(posixpath.dirname(part), target))
