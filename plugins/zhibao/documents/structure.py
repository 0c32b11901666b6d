"""Tidies the tags of a rendered file: what a reader aloud needs, and none of the layout's own spans.

WeasyPrint tags each run of glyphs, gives no table head a scope and a picture's place in pixels from the top.
ISO 32000-1 §14.7 and §14.8; ISO 14289-1 §7.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

LAYOUT = ("/Span", "/NonStruct")
GROUPS = ("/Document", "/Part", "/Art", "/Sect", "/BlockQuote")
# Tags that mean something even when nothing stands in them: an empty cell keeps the columns in step.
MEANT_EMPTY = ("/TD", "/TH")
PLAIN_KEYS = {"Type", "S", "K", "Pg", "P"}
POINTS_PER_PIXEL = 0.75

Element = dict[str, Any]


def tidy(pdf: Any) -> None:
    """Change the structure tree of a `pydyf.PDF` in place."""
    tree = Tree(pdf)
    tree.flatten(tree.root)
    for page, loose in tree.repoint().items():
        _make_artifacts(pdf, page, loose)
    for element in tree.walk(tree.root):
        if element["S"] == "/Table":
            _give_scopes(tree, element)
        elif element["S"] == "/Figure":
            _place(tree, element)


class Tree:
    """The structure tree of a file that is being written. Elements stand in it by reference."""

    def __init__(self, pdf: Any) -> None:
        self._objects = pdf.objects
        self._top = self.at(pdf.catalog["StructTreeRoot"])
        self._moved: dict[bytes, bytes] = {}

    @property
    def root(self) -> Element:
        return self.at(self._top["K"][0])

    def at(self, reference: bytes) -> Any:
        return self._objects[int(reference.split()[0])]

    def elements(self, element: Element) -> list[Element]:
        """The children that are elements: neither marked content nor a link's annotation."""
        found = [self.at(kid) for kid in element["K"] if isinstance(kid, bytes)]
        return [item for item in found if item["Type"] == "/StructElem"]

    def walk(self, element: Element) -> Iterator[Element]:
        yield element
        for child in self.elements(element):
            yield from self.walk(child)

    def flatten(self, element: Element) -> None:
        """Give the contents of layout spans to the element that they stand in, and drop what is empty."""
        kids: list[Any] = []
        for kid in element["K"]:
            child = self.at(kid) if isinstance(kid, bytes) else None
            if child is None or child["Type"] != "/StructElem":
                kids.append(kid)
                continue
            if child["S"] == "/Link" and not self._leads_somewhere(child):
                continue
            self.flatten(child)
            kids += self._kept(element, child)
        element["K"][:] = kids

    def _leads_somewhere(self, link: Element) -> bool:
        """What stands in a link without an address is an artifact: it falls out of the tree."""
        kids = [self.at(kid) for kid in link["K"] if isinstance(kid, bytes)]
        return any(kid["Type"] == "/OBJR" for kid in kids)

    def _kept(self, parent: Any, child: Any) -> list[Any]:
        if child["S"] in LAYOUT and child.keys() <= PLAIN_KEYS:
            _take_in_caption(self, child)
            if parent["S"] not in GROUPS or all(isinstance(kid, bytes) for kid in child["K"]):
                return self._dissolve(parent, child)
            child["S"] = "/P"
        if not child["K"] and child["S"] not in MEANT_EMPTY:
            return self._dissolve(parent, child)
        return [child.reference]

    def _dissolve(self, parent: Any, child: Any) -> list[Any]:
        for grandchild in self.elements(child):
            grandchild["P"] = parent.reference
        kids = list(child["K"])
        self._moved[child.reference] = parent.reference
        child.clear()
        return kids

    def repoint(self) -> dict[int, set[int]]:
        """Tell the parent tree in which element each piece of marked content stands now.

        Gives page → numbers of the content that stands in none: what is printed in the margins.
        """
        standing = {element.reference for element in self.walk(self.root)}
        numbers, loose = self.at(self._top["ParentTree"])["Nums"], {}
        for page, entry in zip(numbers[::2], numbers[1::2], strict=True):
            if isinstance(entry, list):
                homes = [self._home(reference) for reference in entry]
                loose[page] = {number for number, home in enumerate(homes) if home not in standing}
                entry[:] = [home if home in standing else b"null" for home in homes]
        return loose

    def _home(self, reference: bytes) -> bytes:
        while reference in self._moved:
            reference = self._moved[reference]
        return reference


def _make_artifacts(pdf: Any, page: int, loose: set[int]) -> None:
    """Page numbers are read from the page, not from the text."""
    contents = pdf.objects[pdf.pages["Kids"][page * 3]]["Contents"]
    operators = pdf.objects[int(contents.split()[0])].stream
    for place, item in enumerate(operators):
        if isinstance(item, dict) and item.get("MCID") in loose:
            operators[place - 1] = b"/Artifact"
            item.clear()
            item["Type"] = "/Pagination"


def _take_in_caption(tree: Tree, element: Any) -> None:
    """The words under a picture belong to it."""
    children = tree.elements(element)
    if [child["S"] for child in children] != ["/Figure", "/Caption"]:
        return
    figure, caption = children
    figure["K"].append(caption.reference)
    caption["P"] = figure.reference
    element["K"].remove(caption.reference)


def _give_scopes(tree: Tree, table: Element) -> None:
    """A head of the table's head is a column's; one in its body is its row's, or that of the rows below it."""
    for row in (item for item in tree.walk(table) if item["S"] == "/TR"):
        cells = tree.elements(row)
        in_head = tree.at(row["P"])["S"] == "/THead" or len(cells) == 1
        for cell in cells:
            told = cell.setdefault("A", {"O": "/Table"})
            told.pop("Headers", None)
            cell.pop("ID", None)
            if cell["S"] == "/TH":
                told["Scope"] = "/Column" if in_head else "/Row"
            elif told.keys() == {"O"}:
                del cell["A"]


def _place(tree: Tree, figure: Element) -> None:
    """From pixels below the page's top edge to points above its foot."""
    height = tree.at(figure["Pg"])["MediaBox"][3]
    left, top, right, bottom = (length * POINTS_PER_PIXEL for length in figure["A"]["BBox"])
    figure["A"]["BBox"][:] = [left, height - bottom, right, height - top]
