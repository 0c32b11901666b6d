"""Keys of the fields: AES-GCM hides a value in its column, a keyed HMAC lets equal values meet without showing them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from zhibao.errors import OperatorError

NONCE_BYTES = 12
KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class FieldKeys:
    """Two keys of 32 bytes each. They lie outside the database."""

    field_key: bytes
    match_key: bytes

    def encrypt(self, field: str, value: str) -> bytes:
        """Nonce, then ciphertext and tag; bound to the column's code, so that cells cannot be swapped."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + _cipher(self.field_key).encrypt(nonce, value.encode(), field.encode())

    def decrypt(self, field: str, cipher: bytes) -> str:
        """The value again. Raises OperatorError when the key is not the one it was written with."""
        try:
            plain = _cipher(self.field_key).decrypt(cipher[:NONCE_BYTES], cipher[NONCE_BYTES:], field.encode())
        except InvalidTag:
            raise OperatorError("字段密钥不符，无法解密", "the field key does not fit these data") from None
        return plain.decode()

    def match(self, field: str, value: str) -> bytes:
        """Equal values of one column give equal digests; without the key they say nothing."""
        return hmac.digest(self.match_key, f"{field}\0{value}".encode(), hashlib.sha256)


@lru_cache(maxsize=4)
def _cipher(key: bytes) -> AESGCM:
    return AESGCM(key)


def load_keys(field_key: str | None, match_key: str | None, var: Path) -> FieldKeys:
    """Keys from the environment (base64 of 32 bytes); without them, a pair generated once into `var/keys`."""
    if field_key and match_key:
        return FieldKeys(_decode("ZHIBAO_FIELD_KEY", field_key), _decode("ZHIBAO_MATCH_KEY", match_key))
    if field_key or match_key:
        raise OperatorError(
            "ZHIBAO_FIELD_KEY 与 ZHIBAO_MATCH_KEY 须同时设置", "set both ZHIBAO_FIELD_KEY and ZHIBAO_MATCH_KEY"
        )
    path = var / "keys"
    if not path.exists():
        _create(path)
    field, match = path.read_text().split()
    return FieldKeys(_decode("var/keys", field), _decode("var/keys", match))


def _create(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = "\n".join(base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode() for _ in range(2))
    handle, temporary = tempfile.mkstemp(prefix=".keys.", dir=path.parent)  # readable by its owner alone
    with os.fdopen(handle, "w") as file:
        file.write(lines + "\n")
    with suppress(FileExistsError):  # the first process wins; the others read its keys
        os.link(temporary, path)
    os.unlink(temporary)


def _decode(name: str, text: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise OperatorError(f"{name} 应为 32 字节的 base64", f"{name} must be base64 of 32 bytes")
    return key
