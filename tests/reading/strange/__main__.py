"""Writes them all, for `zhibao check` by hand: from tests/, `python -m reading.strange FOLDER`."""

from __future__ import annotations

import sys
from pathlib import Path

from . import CORPUS

folder = Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
for item in CORPUS:
    item.write(folder / item.name)
    print(folder / item.name)
