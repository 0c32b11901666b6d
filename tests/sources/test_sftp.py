"""SFTP: nobody is spoken to whose host key is not the one that was agreed on."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sources.places import EARLIER, Folders, sftp_place
from sources.servers import Server
from zhibao.errors import OperatorError
from zhibao.sources.endpoint import Endpoint
from zhibao.sources.sftp import SftpTree


@pytest.fixture
def place(sftp: Server) -> Folders:
    return sftp_place(sftp)


def changed(endpoint: Endpoint, **extra: Any) -> SftpTree:
    return SftpTree(replace(endpoint, extra={**endpoint.extra, **extra}), "sftp")


def other_key(folder: Path, *options: str) -> Path:
    path = folder / "other"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-f", str(path), *(options or ("-N", ""))], check=True)
    return path


def test_another_host_key_is_refused(place: Folders, tmp_path: Path) -> None:
    key = other_key(tmp_path).with_suffix(".pub").read_text()
    with pytest.raises(OperatorError, match="the server's host key is not the one"):
        changed(place.endpoint, host_key=key).folders(str(place.root))


@pytest.mark.parametrize("host_key", [None, "", "  \n", "ssh-ed25519 nonsense"])
def test_without_a_host_key_nothing_is_connected(place: Folders, host_key: str | None) -> None:
    with pytest.raises(OperatorError, match="no usable host_key"):
        changed(place.endpoint, host_key=host_key).folders(str(place.root))


def test_one_of_several_host_keys_is_enough(place: Folders, tmp_path: Path) -> None:
    keys = other_key(tmp_path).with_suffix(".pub").read_text() + place.endpoint.extra["host_key"]
    place.put("chengguan", "a.xlsx", b"x")
    tree = changed(place.endpoint, host_key=keys)
    assert tree.folders(str(place.root)) == ["chengguan"]
    tree.close()


def test_a_private_key_may_have_a_passphrase(place: Folders, sftp: Server, tmp_path: Path) -> None:
    key = other_key(tmp_path, "-N", "five words are enough")
    with (sftp.home / "authorized").open("a") as file:
        file.write(key.with_suffix(".pub").read_text())
    for phrase, works in (("five words are enough", True), ("wrong", False), (None, False)):
        tree = changed(place.endpoint, private_key=key.read_text(), private_key_passphrase=phrase)
        if works:
            assert tree.folders(str(place.root)) == []
            tree.close()
            continue
        with pytest.raises(OperatorError, match="private_key in the connection's extra is unusable"):
            tree.folders(str(place.root))


def test_links_and_folders_are_no_files(place: Folders) -> None:
    place.put("chengguan", "a.xlsx", b"x")
    (place.root / "chengguan" / "b.xlsx").symlink_to("/etc/hostname")
    (place.root / "chengguan" / "c.xlsx").mkdir()
    tree = SftpTree(place.endpoint, "sftp")
    assert [entry.name for entry in tree.files(f"{place.root}/chengguan")] == ["a.xlsx"]
    assert tree.files(f"{place.root}/nowhere") == []
    tree.close()


def test_a_newer_file_that_slipped_in_before_the_move_is_put_back(
    place: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.put("chengguan", "a.xlsx", b"one")
    tree = SftpTree(place.endpoint, "sftp")
    (entry,) = tree.files(f"{place.root}/chengguan")
    place.put("chengguan", "a.xlsx", b"the correction", EARLIER)
    tree.move(entry, "taken", "mark_a.xlsx")
    assert (place.root / "chengguan" / "a.xlsx").read_bytes() == b"the correction"
    assert place.taken() == 0
    tree.close()
