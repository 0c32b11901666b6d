"""Comments on cells, beside those that an office wrote itself; what an earlier copy was given is taken away first."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from lxml import etree

from zhibao.reading.sheetscan import column_letters
from zhibao.workbooks.boxes import Boxes
from zhibao.workbooks.package import Package, parse, serialise, storable
from zhibao.workbooks.sheetxml import Cell, SheetXml

AUTHOR = "直报"
# How each finding's two lines begin. By this they are known again, whatever program saved the workbook in between.
FIRST, SECOND = "◆【", "　→ "
_OUR_LINES = re.compile(rf"(?:^|\n){FIRST}[^\n]*(?:\n{SECOND}[^\n]*)?")
# Excel keeps a discussion elsewhere and writes a copy of it here under such a name.
_DISCUSSION = "tc="
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"


def add_comments(package: Package, part: str, sheet: SheetXml, texts: Mapping[Cell, str]) -> None:
    """Put a text on each cell. An office's own comment stays above ours; a discussion stays as it is."""
    name = package.related(part, "/comments")
    if name is None:
        if not texts:
            return
        name = package.free_name("xl/comments{}.xml")
        empty = f'<comments xmlns="{package.main}"><authors/><commentList/></comments>'
        package.parts[name] = empty.encode()
        package.relate(part, "/comments", name)
        package.declare(name, _TYPE)
    comments = _Comments(package.parts[name], package.main)
    forgotten = comments.forget_ours()
    new = {cell: text.count("\n") + 1 for cell, text in sorted(texts.items()) if comments.write(cell, text)}
    if comments.is_changed:
        package.parts[name] = comments.bytes()
        Boxes(package, part, sheet).change(forgotten, new)


class _Comments:
    """The comments of one sheet."""

    def __init__(self, data: bytes, main: str) -> None:
        self._root, self._ns = parse(data), f"{{{main}}}"
        self._authors, self._list = self._root.find(f"{self._ns}authors"), self._root.find(f"{self._ns}commentList")
        self._names = [author.text or "" for author in self._authors]
        self.is_changed = False

    def bytes(self) -> bytes:
        return serialise(self._root)

    def forget_ours(self) -> set[str]:
        """Take away our lines. Gives the cells ("B3") that have no comment any more."""
        forgotten = set()
        for comment in list(self._list):
            text = _text_of(self._body(comment))
            left = _OUR_LINES.sub("", text)
            if left == text or self._is_discussion(comment):
                continue
            self.is_changed = True
            if left.strip():
                self._keep(self._body(comment), text, left.lstrip("\n"))
            else:
                forgotten.add(comment.get("ref"))
                self._list.remove(comment)
        self._by_cell = {comment.get("ref"): comment for comment in self._list}
        return forgotten

    def write(self, cell: Cell, text: str) -> bool:
        """Whether a box is needed: an office's own comment has one already."""
        ref, self.is_changed = f"{column_letters(cell[1] - 1)}{cell[0]}", True
        comment = self._by_cell.get(ref)
        if comment is None:
            comment = etree.SubElement(self._list, f"{self._ns}comment", ref=ref, authorId=str(self._our_place()))
            self._add_run(etree.SubElement(comment, f"{self._ns}text"), text)
            return True
        if not self._is_discussion(comment):
            self._add_run(self._body(comment), f"\n{text}")
        return False

    def _body(self, comment: Any) -> Any:
        body = comment.find(f"{self._ns}text")
        return etree.SubElement(comment, f"{self._ns}text") if body is None else body

    def _is_discussion(self, comment: Any) -> bool:
        author = comment.get("authorId", "")
        return author.isdigit() and int(author) < len(self._names) and self._names[int(author)].startswith(_DISCUSSION)

    def _our_place(self) -> int:
        if AUTHOR not in self._names:
            etree.SubElement(self._authors, f"{self._ns}author").text = AUTHOR
            self._names.append(AUTHOR)
        return self._names.index(AUTHOR)

    def _keep(self, body: Any, text: str, left: str) -> None:
        """Leave `left` of the comment, with the office's own fonts where it stands before our lines."""
        if not text.startswith(left):
            for child in list(body):
                body.remove(child)
            self._add_run(body, left)
            return
        room = len(left)
        for line in body.iter(f"{self._ns}t"):
            line.text, room = (line.text or "")[:room], max(0, room - len(line.text or ""))

    def _add_run(self, body: Any, text: str) -> None:
        line = etree.SubElement(etree.SubElement(body, f"{self._ns}r"), f"{self._ns}t")
        line.text = storable(text)
        line.set(_SPACE, "preserve")


def _text_of(body: Any) -> str:
    return "".join(line.text or "" for line in body.iter() if etree.QName(line).localname == "t")
