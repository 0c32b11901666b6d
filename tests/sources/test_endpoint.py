"""Connections as texts of the environment, in either of Airflow's spellings; none shows its secrets."""

from __future__ import annotations

import json

import pytest

from zhibao.errors import OperatorError
from zhibao.settings import load_settings
from zhibao.sources.endpoint import Endpoint, find_in, is_this_machine, parse_endpoint

EXPECTED = Endpoint("sftp.example.org", 2222, "用户", "p@ss/word", {"host_key": "ssh-ed25519 AAAA"})


@pytest.mark.parametrize("text", [
    json.dumps({"conn_type": "sftp", "host": "sftp.example.org", "port": 2222, "login": "用户", "password": "p@ss/word",
                "extra": {"host_key": "ssh-ed25519 AAAA"}}),
    json.dumps({"host": "sftp.example.org", "port": "2222", "login": "用户", "password": "p@ss/word",
                "extra": json.dumps({"host_key": "ssh-ed25519 AAAA"})}),
    "sftp://%E7%94%A8%E6%88%B7:p%40ss%2Fword@sftp.example.org:2222/?host_key=ssh-ed25519+AAAA",
    "sftp://%E7%94%A8%E6%88%B7:p%40ss%2Fword@sftp.example.org:2222/"
    "?__extra__=%7B%22host_key%22%3A+%22ssh-ed25519+AAAA%22%7D",
])
def test_every_spelling_means_the_same(text: str) -> None:
    assert parse_endpoint(text, "place") == EXPECTED


def test_airflow_reads_the_same_from_the_same_texts() -> None:
    from airflow.models import Connection

    text = "sftp://%E7%94%A8%E6%88%B7:p%40ss%2Fword@sftp.example.org:2222/?host_key=ssh-ed25519+AAAA"
    theirs = Connection(uri=text)
    assert Endpoint(theirs.host, theirs.port, theirs.login, theirs.password, theirs.extra_dejson) == EXPECTED


def test_what_is_left_out_is_none() -> None:
    assert parse_endpoint('{"host": "a"}', "place") == Endpoint("a")
    assert parse_endpoint("imap://a", "place") == Endpoint("a")


@pytest.mark.parametrize("text", [
    '{"host": ', '{"host": "a", "port": "x"}', "sftp://a:x/", '{"host": "a", "extra": 1}',
])
def test_a_wrong_text_is_told_without_its_content(text: str) -> None:
    with pytest.raises(OperatorError, match="connection place is neither JSON nor a URI") as caught:
        parse_endpoint(text, "place")
    assert text not in caught.value.text.zh


def test_the_environment_is_looked_up_by_id_in_any_case(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_ZHIBAO_SFTP", '{"host": "a", "password": "hidden-word"}')
    settings = load_settings()
    assert find_in(settings.connections)("zhibao_sftp").password == "hidden-word"
    assert "hidden-word" not in repr(settings)
    with pytest.raises(OperatorError, match="AIRFLOW_CONN_OTHER"):
        find_in(settings.connections)("other")


def test_an_endpoint_does_not_show_its_secrets() -> None:
    assert repr(EXPECTED) == "Endpoint(host='sftp.example.org', port=2222)"


@pytest.mark.parametrize(("host", "is_here"), [
    ("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("localhost", True), ("10.0.0.1", False),
    ("localhost.example.org", False), ("", False),
])
def test_only_the_loopback_is_this_machine(host: str, is_here: bool) -> None:
    assert is_this_machine(host) is is_here
