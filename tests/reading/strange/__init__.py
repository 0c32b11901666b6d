"""A folder of strange workbooks: bombs, lies, wrecks and disguises, each with the finding that must answer it."""

from . import archives, disguises, older, sheets, texts
from .base import CORPUS, Strange

__all__ = ["CORPUS", "Strange", "archives", "disguises", "older", "sheets", "texts"]
