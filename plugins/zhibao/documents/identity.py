"""What a document was made from, so that it can be made again and compared byte for byte."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path

from zhibao.documents.fonts import FontSet
from zhibao.documents.model import Figures
from zhibao.figures import digest_of
from zhibao.programme.models import Programme


def identity_of(
    programme: Programme, figures: Figures, templates_dir: Path, fonts: FontSet, as_of: datetime
) -> dict[str, str]:
    """Digests (sha256, hex) of the programme's rules, figures, templates and fonts, and the instant."""
    return {
        "rules": programme.digest,
        "figures": digest_of(figures),
        "templates": templates_digest(templates_dir),
        "fonts": fonts.digest,
        "as_of": as_of.isoformat(),
    }


def templates_digest(templates_dir: Path) -> str:
    """Over name and bytes of every file in `templates_dir`; folders in it (the mail texts) draw no page."""
    digest = hashlib.sha256()
    for path in _templates(templates_dir):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def template_digests(templates_dir: Path) -> dict[str, str]:
    """The same, file by file."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in _templates(templates_dir)}


def _templates(templates_dir: Path) -> list[Path]:
    return sorted(path for path in templates_dir.iterdir() if path.is_file())
