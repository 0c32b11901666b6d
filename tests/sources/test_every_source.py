"""What holds for every kind of source, each on a real server: once, whole, and whatever breaks in between."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sources.places import NOW, Place
from sources.servers import Server
from zhibao.errors import OperatorError, TransientError
from zhibao.operations import Operations
from zhibao.sources.stage import StageTroubles

Over = Callable[..., Operations]
THREE = (("chengguan", "名册 一.xlsx"), ("chengguan", "台账.csv"), ("qilihe", "名册 一.xlsx"))
SERVED = ("sftp", "s3", "mailbox")


def fill(place: Place) -> None:
    for unit, name in THREE:
        place.put(unit, name, f"{unit} {name}".encode())


def rows(operations: Operations, table: str = "arrival") -> list[dict[str, Any]]:
    with operations.connection() as connection:
        return connection.execute(f"select * from {table} order by {table}_id").fetchall()


def name_of(operations: Operations) -> str:
    return next(iter(operations.sources))


def staged(operations: Operations) -> dict[str, int]:
    return operations.stage(name_of(operations), "file", NOW).counts()


def test_what_lies_there_arrives_with_the_unit_that_it_speaks_for(place: Place, operations_over: Over) -> None:
    fill(place)
    operations = operations_over(place)
    assert staged(operations) == {"arrived": 3}
    found = rows(operations)
    assert {(row["sent_for"], row["file_name"]) for row in found} == set(THREE)
    assert {row["source"] for row in found} == {place.spec["name"]}
    for row in found:
        content = f"{row['sent_for']} {row['file_name']}".encode()
        assert (operations.settings.landing_dir / row["sha256"][:2] / row["sha256"]).read_bytes() == content
        assert (row["sender"] is None) == (place.spec["kind"] != "mailbox")
        assert row["received_at"] <= NOW


def test_what_was_recorded_is_not_fetched_again(
    place: Place, operations_over: Over, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(place)
    operations = operations_over(place, after="leave")
    assert staged(operations) == {"arrived": 3}
    from zhibao.sources.mailbox import MailboxSource
    from zhibao.sources.tree import TreeSource

    fetched: list[str] = []
    for kind in (TreeSource, MailboxSource):
        whole = kind.fetch
        monkeypatch.setattr(kind, "fetch", lambda self, thing, whole=whole: fetched.append(thing.label)
                            or whole(self, thing))
    assert staged(operations) == {}
    assert fetched == [] and place.left() == 3
    place.put("qilihe", "更正.xlsx", b"corrected")
    assert staged(operations) == {"arrived": 1}
    assert len(fetched) == 1 and len(rows(operations)) == 4


def test_what_was_recorded_is_moved_away_if_so_configured(place: Place, operations_over: Over) -> None:
    fill(place)
    operations = operations_over(place, after="move")
    assert staged(operations) == {"arrived": 3}
    assert (place.left(), place.taken()) == (0, 3)
    assert staged(operations) == {}
    place.put("chengguan", "名册 一.xlsx", b"the same name again")
    assert staged(operations) == {"arrived": 1}
    assert (place.left(), place.taken()) == (0, 4)


@pytest.mark.parametrize("point", ["fetched", "recorded"])
def test_a_kill_loses_nothing_and_doubles_nothing(place: Place, operations_over: Over, point: str) -> None:
    fill(place)
    operations = operations_over(place, after="move")
    assert kill_while_staging(operations, place, point) == -signal.SIGKILL
    assert place.left() == 3
    if point == "fetched":
        assert rows(operations) == []
        assert staged(operations) == {"arrived": 3}
    else:
        assert len(rows(operations)) == 3
        assert staged(operations) == {}
    assert {(row["sent_for"], row["file_name"]) for row in rows(operations)} == set(THREE)
    assert len(rows(operations)) == 3
    assert (place.left(), place.taken()) == (0, 3)
    taken = [operations.take_batch(batch, NOW) for batch in operations.waiting_batches()]
    assert sum(sum(counts.values()) for counts in taken) == 3
    assert len(rows(operations, "submission")) == 3


def kill_while_staging(operations: Operations, place: Place, point: str) -> int:
    settings = operations.settings
    environment = os.environ | {
        "ZHIBAO_VAR": str(settings.var), "ZHIBAO_INBOX": str(settings.inbox_dir),
        "ZHIBAO_DATABASE_URL": operations.url, "ZHIBAO_SOURCES": str(settings.sources_file),
    }
    if place.endpoint is not None:
        environment["AIRFLOW_CONN_PLACE0"] = json.dumps({
            "host": place.endpoint.host, "port": place.endpoint.port, "login": place.endpoint.login,
            "password": place.endpoint.password, "extra": dict(place.endpoint.extra),
        })
    argv = [sys.executable, Path(__file__).with_name("mortal.py"), name_of(operations), point, NOW.isoformat()]
    done = subprocess.run([str(item) for item in argv], env=environment, capture_output=True, text=True)
    assert done.stderr == ""
    return done.returncode


def test_what_is_too_large_is_refused_by_its_size_alone(place: Place, operations_over: Over) -> None:
    place.put("chengguan", "小.xlsx", b"small")
    place.put("chengguan", "大.xlsx", os.urandom(1024**2 + 1))
    operations = operations_over(place, max_megabytes=1)
    assert staged(operations) == {"arrived": 1, "turned_away": 1}
    (away,) = rows(operations, "turned_away")
    assert (away["reason"], away["sent_for"]) == ("too_large", "chengguan")
    assert len([path for path in operations.settings.landing_dir.rglob("*") if path.is_file()]) == 1
    assert staged(operations) == {}
    assert len(rows(operations, "turned_away")) == 1


def test_just_below_the_limit_is_taken(place: Place, operations_over: Over) -> None:
    mail_overhead = 2 if place.spec["kind"] == "mailbox" else 1
    place.put("chengguan", "大.xlsx", os.urandom(1024**2 // mail_overhead - 1))
    assert staged(operations_over(place, max_megabytes=1)) == {"arrived": 1}


@pytest.mark.parametrize("place", SERVED, indirect=True)
def test_a_server_that_is_down_says_so_and_is_tried_again(
    place: Place, operations_over: Over, request: pytest.FixtureRequest
) -> None:
    fill(place)
    operations = operations_over(place)
    server = server_of(request, place)
    server.stop()
    try:
        with pytest.raises(TransientError, match=f"source {place.spec['name']} cannot be reached"):
            staged(operations)
    finally:
        server.start()
    assert staged(operations) == {"arrived": 3}


@pytest.mark.parametrize("place", SERVED, indirect=True)
def test_a_refused_login_is_the_operators_to_mend(place: Place, operations_over: Over, tmp_path: Path) -> None:
    fill(place)
    key = tmp_path / "other"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    place.endpoint = replace(
        place.endpoint, password="wrong-secret", extra={**place.endpoint.extra, "private_key": key.read_text()}
    )
    operations = operations_over(place)
    with pytest.raises(OperatorError) as refused:
        staged(operations)
    assert "wrong-secret" not in refused.value.text.zh + refused.value.text.en
    assert rows(operations) == []


@pytest.mark.parametrize("place", ["sftp", "mailbox"], indirect=True)
def test_a_line_that_breaks_costs_one_file_and_not_the_others(
    place: Place, operations_over: Over, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    from zhibao.sources.mailbox import MailboxSource
    from zhibao.sources.tree import TreeSource

    fill(place)
    operations, server = operations_over(place), server_of(request, place)
    kind = MailboxSource if place.spec["kind"] == "mailbox" else TreeSource
    whole, calls, dropped = kind.fetch, [], []

    def fetch(self: Any, thing: Any) -> Any:
        calls.append(thing)
        if len(calls) == 2:
            dropped.append(server.drop())
        return whole(self, thing)

    monkeypatch.setattr(kind, "fetch", fetch)
    with pytest.raises(StageTroubles, match="1 could not be had") as told:
        staged(operations)
    assert dropped[0] >= 1 and len(calls) == 3
    assert told.value.done.arrived == 2 and len(rows(operations)) == 2
    assert staged(operations) == {"arrived": 1}


def server_of(request: pytest.FixtureRequest, place: Place) -> Server:
    return request.getfixturevalue({"sftp": "sftp", "s3": "s3", "mailbox": "imap"}[place.spec["kind"]])
