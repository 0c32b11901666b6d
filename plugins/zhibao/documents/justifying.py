"""Sets the full lines of a laid out document from edge to edge, as Chinese typography wants.

WeasyPrint's `text-align: justify` stretches spaces, of which Chinese has none. Here the room that a line leaves, since
a number or a closing mark went to the next one, is shared out over the gaps between its characters; a number, a Latin
word and a dash stay as they are. Lengths are CSS pixels.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from zhibao.documents.sampling import boxes, is_line

# Blocks whose lines run on; cells, titles and captions are centred or stand by themselves.
RUNNING = ("p", "li", "h2", "h3")
# The renderer cuts the space after a character down to whole thousandths of its size.
STEPS = 1000
LEAST = 0.01


def justify(document: Any) -> None:
    """Stretch each line of running text but the last of its paragraph to the right edge."""
    for page in document.pages:
        for block in boxes(page._page_box):
            if block.element_tag in RUNNING and block.style["text_align_all"] == "start":
                for line in block.children:
                    if is_line(line) and line.resume_at is not None:
                        _stretch(line, block.content_box_x() + block.width)


def _stretch(line: Any, edge: float) -> None:
    pieces = list(_pieces(line))
    gaps = sum(map(_gaps, pieces)) - 1
    room = edge - max((piece.position_x + piece.width - _spacing(piece) for piece in pieces), default=edge)
    if gaps > 0 and room > LEAST:
        _widen(line, _whole_steps(room / gaps, line.style), 0)


def _pieces(box: Any) -> Iterator[Any]:
    """What a line holds from left to right: texts that can be widened, and what stays as it is; codes take no room."""
    for child in box.children:
        if child.is_in_normal_flow() and not _is_code(child):
            if _is_open(child):
                yield from _pieces(child)
            else:
                yield child


def _is_open(box: Any) -> bool:
    return type(box).__name__ == "InlineBox" and not _is_whole(box)


def _is_whole(box: Any) -> bool:
    return box.style["white_space"] == "nowrap" or _is_code(box)


def _is_code(box: Any) -> bool:
    """Whether it is a trace code, which stands over what follows (`coded.py`)."""
    return box.element_tag == "a"


def _can_widen(box: Any) -> bool:
    return hasattr(box, "pango_layout") and not _is_whole(box)


def _gaps(box: Any) -> int:
    """Places after which room can be put."""
    if _can_widen(box):
        return len(box.text)
    return 0 if _is_code(box) else 1


def _spacing(box: Any) -> float:
    """The space after the last character, which reaches over the edge."""
    return _of(box.style) if _can_widen(box) else 0


def _of(style: Any) -> float:
    return 0 if style["letter_spacing"] == "normal" else style["letter_spacing"]


def _whole_steps(extra: float, style: Any) -> float:
    """`extra` so that with the style's own spacing it is whole steps, a hair above, as the renderer rounds down."""
    step = style["font_size"] / STEPS
    return (round((_of(style) + extra) / step) + LEAST) * step - _of(style)


def _widen(box: Any, extra: float, moved: float) -> float:
    """Move `box` by `moved` and its parts further, by `extra` after each gap. How far what follows has to move."""
    start = moved
    if is_line(box) or _is_open(box):
        box.position_x += moved
        for child in box.children:
            if child.is_in_normal_flow():
                moved = _widen(child, extra, moved)
        box.width += moved - start
        return moved
    box.translate(moved, 0)
    if _can_widen(box):
        box.style = box.style.copy()
        box.style["letter_spacing"] = _of(box.style) + extra
        box.width += extra * len(box.text)
    return moved + extra * _gaps(box)
