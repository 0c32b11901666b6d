"""The landing: every file ever received, by its sha256, never changed."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from zhibao.errors import OperatorError


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def land(landing: Path, content: bytes) -> str:
    """Keep `content` and give its sha256. Whole or not at all: a crash leaves no half file under its name."""
    sha256 = digest(content)
    path = path_of(landing, sha256)
    if path.exists():
        return sha256
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{sha256}.{os.getpid()}")
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.chmod(0o440)
    temporary.replace(path)
    return sha256


def path_of(landing: Path, sha256: str) -> Path:
    return landing / sha256[:2] / sha256


def read(landing: Path, sha256: str) -> bytes:
    """The bytes again. Raises OperatorError when they are missing or are no longer what was received."""
    path = path_of(landing, sha256)
    content = path.read_bytes() if path.exists() else b""
    if digest(content) != sha256:
        raise OperatorError(f"落地文件 {sha256[:12]} 缺失或已损坏", f"landed file {sha256[:12]} is missing or damaged")
    return content
