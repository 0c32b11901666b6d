"""sources.yaml: what it may say, and that every fault is named by file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from zhibao.errors import ConfigurationError
from zhibao.programme.models import Programme
from zhibao.settings import ROOT
from zhibao.sources.config import load_sources

FOLDER = ROOT / "programmes" / "lanzhou-bqw"


def load(programme: Programme, folder: Path, text: str) -> list[object]:
    (folder / "own.yaml").write_text("sources:\n" + text, "utf-8")
    return load_sources(programme, FOLDER, folder / "own.yaml")


def test_the_programme_has_the_inbox(programme: Programme) -> None:
    (inbox,) = load_sources(programme, FOLDER)
    assert (inbox.kind, inbox.name, inbox.path, inbox.units, inbox.after) == ("folder", "inbox", "{unit}", [], "leave")


def test_each_kind_with_its_defaults(programme: Programme, tmp_path: Path) -> None:
    folder, sftp, s3, mail = load(programme, tmp_path, """
  - {kind: folder, name: share, path: "/mnt/share/{name}"}
  - {kind: sftp, name: sftp, connection: a, path: "/in/{unit}/up/", units: [chengguan]}
  - {kind: s3, name: s3, connection: b, bucket: returns}
  - {kind: mailbox, name: mail, connection: c}
""")
    assert (folder.received, sftp.received, s3.received) == ("own", "clock", "own")
    assert (folder.quiet_seconds, sftp.quiet_seconds, s3.quiet_seconds) == (30, 30, 0)
    assert sftp.path == "/in/{unit}/up" and s3.path == "{unit}"
    assert (mail.folder, mail.after, mail.taken, mail.turned_away) == ("INBOX", "move", "taken", "turned-away")
    assert mail.max_bytes == 50 * 1024**2


@pytest.mark.parametrize(("text", "problem"), [
    ("  - {kind: ftp, name: a}", "own.yaml:2: sources.0: Input tag 'ftp' found"),
    ("  - {kind: folder, name: A}", "own.yaml:2: sources.0.folder.name: String should match pattern"),
    ('  - {kind: folder, name: a, path: "in"}', "own.yaml:2: sources.0.folder.path: Value error, expected a path with"),
    ('  - {kind: folder, name: a, path: "{unit}/../b"}', "own.yaml:2: sources.0.folder.path: Value error, expected"),
    ('  - {kind: folder, name: a, path: "{city}"}', "own.yaml:2: sources.0.folder.path: Value error, expected"),
    ("  - kind: sftp\n    name: a", "own.yaml:2: sources.0.sftp.connection: Field required"),
    ("  - kind: folder\n    name: a\n    password: x", "own.yaml:4: sources.0.folder.password: Extra inputs are not"),
    ("  - kind: folder\n    name: a\n    units: [chengguan, nowhere]", "own.yaml:4: 'nowhere' is no unit"),
    ("  - {kind: folder, name: a}\n  - {kind: folder, name: a}", "own.yaml:3: source 'a' is given twice"),
    ("  []", "own.yaml:1: sources: List should have at least 1 item"),
])
def test_each_fault_is_named_by_line(programme: Programme, tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load(programme, tmp_path, text)
    assert len(caught.value.problems) == 1
    assert str(caught.value.problems[0]).startswith(problem)
