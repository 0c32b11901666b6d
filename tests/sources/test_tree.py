"""Files in folders: what waits, what lies astray, and what changes between the fetch and the move."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from sources.places import EARLIER, NOW, Folders, folder_place, sftp_place
from sources.servers import Server
from zhibao.operations import Operations
from zhibao.programme.models import Programme
from zhibao.sources.config import FolderSpec
from zhibao.sources.folder import FolderTree
from zhibao.sources.model import Fetched, ItemError, Source, TurnedAway
from zhibao.sources.tree import TreeSource

Over = Callable[..., Operations]


@pytest.fixture(params=["folder", "sftp"])
def folders(request: pytest.FixtureRequest, tmp_path: Path) -> Folders:
    if request.param == "folder":
        return folder_place(tmp_path / "inbox")
    return sftp_place(request.getfixturevalue("sftp"))


def staged(operations: Operations, received: str = "file", now: datetime = NOW) -> dict[str, int]:
    return operations.stage(next(iter(operations.sources)), received, now).counts()


def names(operations: Operations, table: str = "arrival") -> list[tuple[str, str]]:
    with operations.connection() as connection:
        rows = connection.execute(f"select sent_for, file_name from {table} order by {table}_id").fetchall()
    return [(row["sent_for"], row["file_name"]) for row in rows]


@pytest.mark.parametrize("name", ["上传.xlsx.part", "上传.xlsx.filepart", "上传.tmp"])
def test_a_file_that_bears_the_name_of_an_upload_waits(folders: Folders, operations_over: Over, name: str) -> None:
    folders.put("chengguan", name, b"half")
    operations = operations_over(folders)
    assert staged(operations) == {"waiting": 1}
    (folders.root / "chengguan" / name).rename(folders.root / "chengguan" / "上传.xlsx")
    assert staged(operations) == {"arrived": 1}


@pytest.mark.parametrize(("age_seconds", "expected"), [
    (29, {"waiting": 1}), (30, {"arrived": 1}), (-29, {"waiting": 1}), (-3600, {"arrived": 1}),
])
def test_a_file_that_was_just_written_waits(
    folders: Folders, operations_over: Over, age_seconds: int, expected: dict[str, int]
) -> None:
    folders.put("chengguan", "a.xlsx", b"half?", NOW - timedelta(seconds=age_seconds))
    assert staged(operations_over(folders)) == expected


@pytest.mark.parametrize("name", ["~$名册.xlsx", ".hidden.xlsx", "Thumbs.db", "desktop.ini"])
def test_what_programs_leave_beside_is_no_return(folders: Folders, operations_over: Over, name: str) -> None:
    folders.put("chengguan", name, b"x")
    folders.put("chengguan", "a.xlsx", b"x")
    assert staged(operations_over(folders)) == {"arrived": 1}


def test_a_workbook_in_no_units_folder_is_told(folders: Folders, operations_over: Over) -> None:
    folders.put("chenguan", "错字.xlsx", b"a slip in the folder's name")
    folders.put("chenguan", "notes.txt", b"no workbook")
    folders.put("", "根目录.xlsx", b"beside the folders")
    folders.put("qilihe/归档", "旧.xlsx", b"what lies below a unit's folder is the unit's own business")
    operations = operations_over(folders)
    assert staged(operations) == {"turned_away": 2}
    assert {name for _, name in names(operations, "turned_away")} == {"错字.xlsx", "根目录.xlsx"}
    assert staged(operations) == {}


def test_folders_may_bear_the_units_chinese_names(folders: Folders, operations_over: Over) -> None:
    folders.put("城关区", "名册.xlsx", b"a")
    folders.put("七里河区", "名册.xlsx", b"b")
    operations = operations_over(folders, path=folders.spec["path"].replace("{unit}", "{name}"))
    assert staged(operations) == {"arrived": 2}
    assert set(names(operations)) == {("chengguan", "名册.xlsx"), ("qilihe", "名册.xlsx")}


def test_only_the_listed_units_are_asked_and_the_others_are_not_astray(
    folders: Folders, operations_over: Over
) -> None:
    folders.put("chengguan", "a.xlsx", b"a")
    folders.put("qilihe", "a.xlsx", b"b")
    operations = operations_over(folders, units=["qilihe"])
    assert staged(operations) == {"arrived": 1}
    assert names(operations) == [("qilihe", "a.xlsx")]


def test_a_new_version_under_the_same_name_is_another_arrival(folders: Folders, operations_over: Over) -> None:
    folders.put("chengguan", "a.xlsx", b"one")
    operations = operations_over(folders)
    assert staged(operations) == {"arrived": 1}
    folders.put("chengguan", "a.xlsx", b"two", EARLIER + timedelta(minutes=1))
    assert staged(operations) == {"arrived": 1}
    assert staged(operations) == {}


def test_the_clock_counts_where_a_files_own_time_cannot_be_believed(
    folders: Folders, operations_over: Over
) -> None:
    """An upload may carry over the time of the last edit, so SFTP goes by the clock unless told otherwise."""
    folders.put("chengguan", "a.xlsx", b"a")
    operations = operations_over(folders)
    staged(operations)
    folders.put("chengguan", "b.xlsx", b"b")
    staged(operations, "clock")
    with operations.connection() as connection:
        rows = connection.execute("select received_at from arrival order by arrival_id").fetchall()
    own = NOW if folders.spec["kind"] == "sftp" else EARLIER
    assert [row["received_at"] for row in rows] == [own, NOW]


def test_a_name_in_gbk_is_read_and_moved(operations_over: Over, sftp: Server, tmp_path: Path) -> None:
    for place in (folder_place(tmp_path / "inbox"), sftp_place(sftp)):
        folder = place.root / "chengguan"
        folder.mkdir(parents=True)
        path = os.fsencode(folder) + "/名册.xlsx".encode("gbk")
        with open(path, "wb") as file:
            file.write(b"gbk")
        os.utime(path, (EARLIER.timestamp(), EARLIER.timestamp()))
        operations = operations_over(place, after="move")
        assert staged(operations) == {"arrived": 1}
        assert ("chengguan", "名册.xlsx") in names(operations)
        assert len(list((folder / "taken").iterdir())) == 1


def test_a_folder_that_cannot_be_listed_stops_no_other(tmp_path: Path, programme: Programme) -> None:
    (tmp_path / "chengguan").write_bytes(b"a file where the folder should be")
    (tmp_path / "qilihe").mkdir()
    (tmp_path / "qilihe" / "a.xlsx").write_bytes(b"x")
    source = tree_source(tmp_path, programme)
    closed, open_ = source.things(NOW)
    with pytest.raises(ItemError, match="NotADirectoryError"):
        list(source.fetch(closed))
    assert list(source.fetch(open_)) == [Fetched("a.xlsx", b"x", "qilihe")]


def test_a_file_that_changes_while_it_is_read_waits(tmp_path: Path, programme: Programme) -> None:
    path = written(tmp_path)
    source = tree_source(tmp_path, programme)
    (thing,) = source.things(NOW)
    path.write_bytes(b"longer now")
    with pytest.raises(ItemError, match="still being written"):
        source.fetch(thing)


def test_a_file_that_came_after_the_fetch_is_not_moved_away(tmp_path: Path, programme: Programme) -> None:
    path = written(tmp_path)
    source = tree_source(tmp_path, programme, after="move")
    (thing,) = source.things(NOW)
    assert list(source.fetch(thing)) == [Fetched("a.xlsx", b"one", "chengguan")]
    path.write_bytes(b"the correction")
    source.settle(thing, "taken")
    assert path.read_bytes() == b"the correction"
    (again,) = source.things(NOW)
    source.settle(again, "turned_away")
    assert path.exists()
    source.settle(again, "taken")
    source.settle(again, "taken")
    assert not path.exists()


def test_the_limit_is_the_last_size_that_is_taken(tmp_path: Path, programme: Programme) -> None:
    path = written(tmp_path)
    source = tree_source(tmp_path, programme, max_megabytes=1)
    for size, kind in ((1024**2, Fetched), (1024**2 + 1, TurnedAway)):
        path.write_bytes(b"x" * size)
        (thing,) = source.things(NOW)
        (piece,) = source.fetch(thing)
        assert isinstance(piece, kind)


def written(root: Path) -> Path:
    path = root / "chengguan" / "a.xlsx"
    path.parent.mkdir()
    path.write_bytes(b"one")
    return path


def tree_source(root: Path, programme: Programme, **options: object) -> Source:
    spec = FolderSpec(kind="folder", name="inbox", quiet_seconds=0, **options)
    return TreeSource(spec, FolderTree(root), programme.units)
