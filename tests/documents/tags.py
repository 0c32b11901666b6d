"""The structure tree of a PDF as whoever reads it aloud walks it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pikepdf


@dataclass(slots=True)
class Element:
    """One element: its tag, the attributes of ISO 32000-1 §14.8.5, its children, and its own marked content."""

    tag: str
    alt: str
    told: dict[str, object]
    parent: Element | None
    children: list[Element] = field(default_factory=list)
    content: list[tuple[int, int]] = field(default_factory=list)

    def walk(self) -> Iterator[Element]:
        yield self
        for child in self.children:
            yield from child.walk()

    def all(self, *tags: str) -> list[Element]:
        return [element for element in self.walk() if element.tag in tags]


def document_of(pdf: pikepdf.Pdf) -> Element:
    """The element of the whole document. Fails when a child names another parent than the one that it stands in."""
    (top,) = pdf.Root.StructTreeRoot.K
    pages = {page.objgen: number for number, page in enumerate(pdf.pages)}
    return _element(top, None, pages)


def _element(item: pikepdf.Object, parent: Element | None, pages: dict[tuple[int, int], int]) -> Element:
    told = {str(key): value for key, value in item.get("/A", {}).items()}
    element = Element(str(item.S)[1:], str(item.get("/Alt", "")), told, parent)
    for kid in item.get("/K", []):
        if isinstance(kid, int):
            element.content.append((pages[item.Pg.objgen], kid))
        elif str(kid.get("/Type")) == "/StructElem":
            assert kid.P.objgen == item.objgen, f"a {kid.S} names another parent than the {item.S} it stands in"
            element.children.append(_element(kid, element, pages))
    return element


def marked_content(pdf: pikepdf.Pdf) -> list[list[tuple[str, int]]]:
    """Page by page, every piece of marked content that is no artifact: its tag and number, in the order drawn."""
    found: list[list[tuple[str, int]]] = []
    for page in pdf.pages:
        found.append([
            (str(operands[0]), int(operands[1].MCID))
            for operands, operator in pikepdf.parse_content_stream(page, "BDC")
            if str(operator) == "BDC" and "/MCID" in operands[1]
        ])
    return found


def parents(pdf: pikepdf.Pdf) -> dict[tuple[int, int], str]:
    """(page, number of the marked content) → tag of the element that the parent tree names."""
    numbers = pdf.Root.StructTreeRoot.ParentTree.Nums
    tree = {int(numbers[place]): numbers[place + 1] for place in range(0, len(numbers), 2)}
    return {
        (number, mcid): str(element.S)[1:]
        for number, page in enumerate(pdf.pages)
        for mcid, element in enumerate(tree[int(page.StructParents)])
        if element is not None
    }
