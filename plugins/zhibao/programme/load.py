"""Reads a programme's folder into one checked `Programme`, or says by file and line what is wrong with it."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from zhibao.errors import ConfigurationError, Problem
from zhibao.programme.checks import check_programme
from zhibao.programme.models import Programme

# Each file of the folder, and whether its keys lie at the top of the model. Forms lie in forms/*.yaml.
FILES = ("programme", "units", "competitions", "quotas", "levels", "calendar", "head", "indicators")

Loc = tuple[str | int, ...]
Stamps = tuple[tuple[str, int, int], ...]
# The parser in C reads the same language ten times faster, where PyYAML was built with it.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Lines:
    """Where each key of the loaded data stands: path in the data → file and 1-based line."""

    def __init__(self) -> None:
        self.at: dict[Loc, tuple[str, int]] = {}

    def add(self, file: str, node: yaml.Node, loc: Loc) -> None:
        self.at.setdefault(loc, (file, node.start_mark.line + 1))
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                self.at[(*loc, key.value)] = (file, key.start_mark.line + 1)
                self.add(file, value, (*loc, key.value))
        elif isinstance(node, yaml.SequenceNode):
            for index, value in enumerate(node.value):
                self.add(file, value, (*loc, index))

    def find(self, loc: Loc) -> tuple[str, int]:
        """The nearest place that is known: the key itself, or what holds it."""
        while loc and loc not in self.at:
            loc = loc[:-1]
        return self.at.get(loc, ("programme.yaml", 1))


def load_programme(folder: Path, contacts: Path | None = None) -> Programme:
    """Load and cross-check `folder`. Raises ConfigurationError with every problem found.

    `contacts` is an installation's own file in place of the folder's. Addresses are no rule: no part of the digest.
    """
    if not folder.is_dir():
        raise ConfigurationError([Problem(folder.name, 1, "no such programme folder")])
    return _loaded(folder, contacts, _stamps(folder, contacts))


def _stamps(folder: Path, contacts: Path | None) -> Stamps:
    """By which a file that was changed is known: when it was written last, and how long it is."""
    files = [*folder.glob("*.yaml"), *(folder / "forms").glob("*.yaml"), *([contacts] if contacts else [])]
    return tuple(
        (str(path), found.st_mtime_ns, found.st_size)
        for path in sorted(files) if path.is_file() for found in (path.stat(),)
    )


@lru_cache(maxsize=4)
def _loaded(folder: Path, contacts: Path | None, stamps: Stamps) -> Programme:
    """Read once as long as no file changes: a process that runs many tasks asks for each."""
    lines, digest = Lines(), hashlib.sha256()
    data: dict[str, Any] = {}
    for name in FILES:
        part = read_mapping(folder / f"{name}.yaml", lines, digest, ("calendar",) if name == "calendar" else ())
        data.update({"calendar": part} if name == "calendar" else part)
    for path in (folder / "recipients.yaml", contacts or folder / "contacts.yaml"):
        data.update(read_mapping(path, lines, hashlib.sha256(), ()))
    data["forms"] = {}
    for path in sorted((folder / "forms").glob("*.yaml")):
        data["forms"][path.stem] = read_mapping(path, lines, digest, ("forms", path.stem))
    try:
        programme = Programme.model_validate({**data, "digest": digest.hexdigest()})
    except ValidationError as error:
        raise ConfigurationError([
            Problem(*lines.find(tuple(item["loc"])), f"{'.'.join(map(str, item['loc']))}: {item['msg']}")
            for item in error.errors()
        ]) from None
    problems = [Problem(*lines.find(loc), message) for loc, message in check_programme(programme)]
    if problems:
        raise ConfigurationError(problems)
    return programme


def read_mapping(path: Path, lines: Lines, digest: Any, loc: Loc) -> dict[str, Any]:
    """One YAML file that holds a mapping. `lines` learns where each key stands, below `loc`, and `digest` its bytes."""
    if not path.is_file():
        raise ConfigurationError([Problem(path.name, 1, "file is missing")])
    raw = path.read_bytes()
    digest.update(path.name.encode() + b"\0" + raw)
    file = f"{path.parent.name}/{path.name}" if loc[:1] == ("forms",) else path.name
    try:
        loader = _LOADER(raw)
        node = loader.get_single_node()
        value = None if node is None else loader.construct_document(node)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ConfigurationError([Problem(file, line, str(error.problem))]) from None
    if node is None or not isinstance(value, dict):
        raise ConfigurationError([Problem(file, 1, "expected a mapping of keys")])
    lines.add(file, node, loc)
    return value
