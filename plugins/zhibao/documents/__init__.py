"""The PDF reports: figures in, signed-looking pages out, the same bytes every time.

`render(content, templates_dir, fonts)` is the door; `Figure`, `Figures` and `Content` are what goes through it.
WeasyPrint is imported inside functions, so importing this package costs nothing.
"""

from zhibao.documents.fonts import FontSet
from zhibao.documents.identity import identity_of
from zhibao.documents.model import Content, Figures
from zhibao.documents.render import render
from zhibao.figures import Figure

__all__ = ["Content", "Figure", "Figures", "FontSet", "identity_of", "render"]
