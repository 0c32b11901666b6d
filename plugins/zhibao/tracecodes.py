"""A short code for each figure of a set, small enough to stand over it in print, by which it is traced.

It belongs to the very set: other figures, other codes. So a printed code leads to the rows as they were then.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

# Crockford's base 32: no I, L, O and U, which are taken for 1, 1, 0 and V.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
MISREAD = str.maketrans("OIL", "011", " -")
LENGTH = 6  # 30 bits: of a thousand figures two meet once in some two thousand sets


def codes_of(programme: str, kind: str, period: str, figures_digest: str, ids: Iterable[str]) -> dict[str, str]:
    """Figure id → code. Where two of a set meet, the later one by id takes another."""
    owners: dict[str, str] = {}
    for id_ in sorted(ids):
        said = f"{programme}\0{kind}\0{period}\0{figures_digest}\0{id_}"
        while (code := _code(said)) in owners:
            said += "\0"
        owners[code] = id_
    return {id_: code for code, id_ in owners.items()}


def read_code(text: str) -> str | None:
    """The code that a person typed, in whatever case, spaced or misread; None for what can be none."""
    code = text.upper().translate(MISREAD)
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else None


def _code(said: str) -> str:
    number = int.from_bytes(hashlib.sha256(said.encode()).digest()[:8], "big")
    return "".join(ALPHABET[number >> 5 * place & 31] for place in range(LENGTH))
