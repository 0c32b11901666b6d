"""Fills by severity: a marked cell keeps its own style but for the fill, so its number format and borders stay."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from lxml import etree

from zhibao.findings import Severity
from zhibao.workbooks.package import Package, parse, serialise

# Pattern, foreground and background of each fill. The patterns tell them apart in grey print.
FILLS: dict[Severity, tuple[str, str, str]] = {
    "error": ("solid", "FFFF8B8B", "FFFFFFFF"),
    "query": ("lightUp", "FFED7D31", "FFFFE5CC"),
    "warning": ("lightGray", "FFFFD966", "FFFFFBE6"),
}
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"
_MINIMAL = (
    '<styleSheet xmlns="{}"><fonts count="1"><font><sz val="11"/><name val="宋体"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="1"><xf xfId="0"/></cellXfs></styleSheet>'
)


class CellStyles:
    """The styles of a workbook, and those that marking adds to it."""

    def __init__(self, package: Package) -> None:
        self._package, self._ns = package, f"{{{package.main}}}"
        self._part = package.related(package.workbook, "/styles") or ""
        if not self._part:
            self._part = package.free_name("xl/styles{}.xml")
            package.parts[self._part] = _MINIMAL.format(package.main).encode()
            package.relate(package.workbook, "/styles", self._part)
            package.declare(self._part, _TYPE)
        self._root = parse(package.parts[self._part])
        self._xfs = self._root.find(f"{self._ns}cellXfs")
        self._old_fills = self._our_fills()
        self._fills: dict[Severity, int] = {}
        self._border: int | None = None
        self._made: dict[tuple[int, str], int] = {}

    def marked(self, style: int, severity: Severity) -> int:
        """The style like `style` with the fill of `severity`."""
        if severity not in self._fills:
            self._fills[severity] = self._add_fill(severity)
        return self._variant(style, severity, fillId=str(self._fills[severity]), applyFill="1")

    def old_marks(self) -> set[int]:
        """The styles with which an earlier copy of this workbook was marked."""
        fills = self._old_fills
        return {place for place, xf in enumerate(self._xfs) if xf.get("fillId") in fills} if fills else set()

    def unmarked(self, style: int) -> int:
        """The style like `style` without a fill."""
        return self._variant(style, "none", fillId="0")

    def own(
        self, *, fill: Severity | None = None, emphasis: str = "", size: int = 11, colour: str = "FF000000",
        in_table: bool = True,
    ) -> int:
        """A style of the sheet that is added. `emphasis` is "b" or "u"; a table's cells have borders and wrap."""
        font = f'{f"<{emphasis}/>" if emphasis else ""}<sz val="{size}"/><color rgb="{colour}"/><name val="宋体"/>'
        font_id = self._add("fonts", f'<font xmlns="{self._package.main}">{font}</font>')
        border_id = self._thin_border() if in_table else 0
        xf = etree.SubElement(self._xfs, f"{self._ns}xf", numFmtId="49", fontId=str(font_id), fillId="0",
                              borderId=str(border_id), xfId="0", applyNumberFormat="1", applyFont="1", applyBorder="1",
                              applyAlignment="1")
        etree.SubElement(xf, f"{self._ns}alignment", vertical="top", **({"wrapText": "1"} if in_table else {}))
        place = len(self._xfs) - 1
        return self.marked(place, fill) if fill else place

    def save(self) -> None:
        self._xfs.set("count", str(len(self._xfs)))
        self._package.parts[self._part] = serialise(self._root)

    def _variant(self, style: int, kind: str, **attributes: str) -> int:
        style = style if 0 <= style < len(self._xfs) else 0
        if (style, kind) not in self._made:
            xf = deepcopy(self._xfs[style])
            for name, value in attributes.items():
                xf.set(name, value)
            self._xfs.append(xf)
            self._made[style, kind] = len(self._xfs) - 1
        return self._made[style, kind]

    def _thin_border(self) -> int:
        if self._border is None:
            sides = "".join(f'<{side} style="thin"><color rgb="FFA6A6A6"/></{side}>'
                            for side in ("left", "right", "top", "bottom"))
            self._border = self._add("borders", f'<border xmlns="{self._package.main}">{sides}<diagonal/></border>')
        return self._border

    def _add_fill(self, severity: Severity) -> int:
        pattern, foreground, background = FILLS[severity]
        return self._add(
            "fills", f'<fill xmlns="{self._package.main}"><patternFill patternType="{pattern}">'
            f'<fgColor rgb="{foreground}"/><bgColor rgb="{background}"/></patternFill></fill>',
        )

    def _add(self, group: str, xml: str) -> int:
        parent: Any = self._root.find(self._ns + group)
        parent.append(parse(xml.encode()))
        parent.set("count", str(len(parent)))
        return len(parent) - 1

    def _our_fills(self) -> set[str]:
        ours = {(pattern, foreground) for pattern, foreground, _ in FILLS.values()}
        found = set()
        for place, fill in enumerate(self._root.find(f"{self._ns}fills")):
            pattern, colour = fill.find(f"{self._ns}patternFill"), fill.find(f".//{self._ns}fgColor")
            if pattern is not None and colour is not None and (pattern.get("patternType"), colour.get("rgb")) in ours:
                found.add(str(place))
        return found
