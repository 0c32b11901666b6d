"""Fills by severity: a marked cell keeps its own style but for the fill, so its number format and borders stay."""

from __future__ import annotations

from copy import deepcopy
from functools import cached_property
from typing import Any, Literal

from lxml import etree

from zhibao.findings import Severity
from zhibao.workbooks.package import Package, parse, serialise

# Pattern, foreground and background of each fill. The patterns tell them apart in grey print.
FILLS: dict[Severity, tuple[str, str, str]] = {
    "error": ("solid", "FFFF8B8B", "FFFFFFFF"),
    "query": ("lightUp", "FFED7D31", "FFFFE5CC"),
    "warning": ("lightGray", "FFFFD966", "FFFFFBE6"),
}
# A program that knows no patterns (LibreOffice) saves them as the colours that they come to.
FLAT_FILLS = {"FFFBCBA6", "FFFFF3C6"}
# Fills of the sheet that is added: its header, and where an office may write.
OWN_FILLS = {"head": "FFD9E2F3", "room": "FFFFF9E5"}
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"
# The groups of a style sheet in their order, and what each must hold.
_GROUPS = {
    "numFmts": "", "fonts": '<font><sz val="11"/><name val="宋体"/></font>',
    "fills": '<fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>',
    "borders": "<border><left/><right/><top/><bottom/><diagonal/></border>",
    "cellStyleXfs": '<xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>',
    "cellXfs": '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>',
}
_NEEDED = tuple(_GROUPS)[1:]
_AS_TEXT = "49"


class CellStyles:
    """The styles of a workbook, and those that marking adds to it."""

    def __init__(self, package: Package) -> None:
        self._package, self._ns = package, f"{{{package.main}}}"
        self._part = package.related(package.workbook, "/styles") or ""
        if not self._part:
            self._part = "xl/styles.xml"
            package.parts[self._part] = f'<styleSheet xmlns="{package.main}"/>'.encode()
            package.relate(package.workbook, "/styles", self._part)
            package.declare(self._part, _TYPE)
        self._root = parse(package.parts[self._part])
        for name in _NEEDED:
            self._group(name)
        self._xfs = self._group("cellXfs")
        old_fills = self._our_fills()
        self.old_marks = frozenset(place for place, xf in enumerate(self._xfs) if xf.get("fillId") in old_fills)
        self._fills: dict[Severity, str] = {}
        self._made: dict[tuple[int, str], int] = {}

    def marked(self, style: int, severity: Severity) -> int:
        """The style like `style` with the fill of `severity`."""
        if severity not in self._fills:
            self._fills[severity] = self._fill(*FILLS[severity])
        return self._with_fill(style, self._fills[severity])

    def unmarked(self, style: int) -> int:
        """The style like `style` without a fill."""
        return self._with_fill(style, "0")

    def own(
        self, *, fill: Severity | Literal["head", "room", ""] = "", emphasis: Literal["", "b", "u"] = "",
        size: int = 11, colour: str = "FF000000", in_table: bool = True,
    ) -> int:
        """A style of the sheet that is added: bold or underlined; a table's cells have borders and wrap."""
        font = f'{f"<{emphasis}/>" if emphasis else ""}<sz val="{size}"/><color rgb="{colour}"/><name val="宋体"/>'
        font_id = self._place_of("fonts", f"<font>{font}</font>")
        look = FILLS[fill] if fill in FILLS else ("solid", OWN_FILLS[fill], "FFFFFFFF") if fill else None
        wraps = 'wrapText="1" ' if in_table else ""
        return int(self._place_of("cellXfs", (
            f'<xf numFmtId="{_AS_TEXT}" fontId="{font_id}" fillId="{self._fill(*look) if look else 0}"'
            f' borderId="{self._thin_border if in_table else 0}" xfId="0" applyNumberFormat="1" applyFont="1"'
            f' applyFill="1" applyBorder="1" applyAlignment="1"><alignment {wraps}vertical="center"/></xf>'
        )))

    def save(self) -> None:
        self._package.parts[self._part] = serialise(self._root)

    def _with_fill(self, style: int, fill_id: str) -> int:
        style = style if 0 <= style < len(self._xfs) else 0
        if (style, fill_id) not in self._made:
            xf = deepcopy(self._xfs[style])
            xf.set("fillId", fill_id)
            xf.set("applyFill", "1")
            self._made[style, fill_id] = self._append(self._xfs, xf)
        return self._made[style, fill_id]

    @cached_property
    def _thin_border(self) -> str:
        sides = "".join(f'<{side} style="thin"><color rgb="FFA6A6A6"/></{side}>'
                        for side in ("left", "right", "top", "bottom"))
        return self._place_of("borders", f"<border>{sides}<diagonal/></border>")

    def _fill(self, pattern: str, foreground: str, background: str) -> str:
        return self._place_of(
            "fills", f'<fill><patternFill patternType="{pattern}"><fgColor rgb="{foreground}"/>'
            f'<bgColor rgb="{background}"/></patternFill></fill>',
        )

    def _place_of(self, group: str, xml: str) -> str:
        """The number of this element in its group, where it is added if it is not there."""
        parent, made = self._group(group), self._parsed(xml)[0]
        wanted = etree.tostring(made, method="c14n")
        known = (place for place, child in enumerate(parent)
                 if child.tag == made.tag and etree.tostring(child, method="c14n", with_tail=False) == wanted)
        place = next(known, None)
        return str(self._append(parent, made) if place is None else place)

    @staticmethod
    def _append(parent: Any, child: Any) -> int:
        parent.append(child)
        parent.set("count", str(len(parent)))
        return len(parent) - 1

    def _group(self, name: str) -> Any:
        """The group of the style sheet; one that is missing is put where it belongs."""
        found = self._root.find(self._ns + name)
        if found is None:
            before = tuple(self._ns + group for group in list(_GROUPS)[:list(_GROUPS).index(name)])
            found = self._parsed(f"<{name}>{_GROUPS[name]}</{name}>")[0]
            self._root.insert(sum(child.tag in before for child in self._root), found)
        return found

    def _parsed(self, xml: str) -> Any:
        return parse(f'<styleSheet xmlns="{self._package.main}">{xml}</styleSheet>'.encode())

    def _our_fills(self) -> set[str]:
        ours = {(pattern, foreground) for pattern, foreground, _ in FILLS.values()}
        ours |= {("solid", flat) for flat in FLAT_FILLS}
        found = set()
        for place, fill in enumerate(self._group("fills")):
            pattern, colour = fill.find(f"{self._ns}patternFill"), fill.find(f".//{self._ns}fgColor")
            if pattern is not None and colour is not None and (pattern.get("patternType"), colour.get("rgb")) in ours:
                found.add(str(place))
        return found
