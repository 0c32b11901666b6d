"""S3: many objects, versions by ETag, and never in the clear over a network."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sources.places import Bucket, s3_place
from sources.servers import Server
from zhibao.errors import OperatorError, TransientError
from zhibao.sources.endpoint import Endpoint
from zhibao.sources.model import ItemError
from zhibao.sources.s3 import S3Tree


@pytest.fixture
def bucket(s3: Server) -> Bucket:
    return s3_place(s3)


def tree_of(bucket: Bucket, endpoint: Endpoint | None = None) -> S3Tree:
    return S3Tree(endpoint or bucket.endpoint, "s3", bucket.spec["bucket"])


def test_more_objects_than_one_answer_holds(bucket: Bucket) -> None:
    folder = bucket.folder / "城关区"
    folder.mkdir()
    for number in range(1_005):
        (folder / f"{number:04d}.xlsx").write_bytes(b"%d" % number)
    tree = tree_of(bucket)
    entries = tree.files("城关区")
    assert sorted(entry.name for entry in entries) == [f"{number:04d}.xlsx" for number in range(1_005)]
    assert tree.folders("") == ["城关区"]
    assert tree.files("七里河区") == []


def test_an_object_is_what_its_etag_says(bucket: Bucket) -> None:
    bucket.put("chengguan", "a.xlsx", b"one")
    tree = tree_of(bucket)
    (entry,) = tree.files("chengguan")
    assert tree.look(entry) == entry and tree.read(entry) == b"one"
    bucket.put("chengguan", "a.xlsx", b"two")
    assert tree.look(entry) is None
    with pytest.raises(ItemError, match="replaced meanwhile"):
        tree.read(entry)
    bucket.client.delete_object(Bucket=bucket.spec["bucket"], Key=entry.ref)
    assert tree.look(entry) is None
    with pytest.raises(ItemError, match="NoSuchKey"):
        tree.read(entry)


def test_a_bucket_that_is_not_there_is_the_operators_to_mend(bucket: Bucket) -> None:
    tree = S3Tree(bucket.endpoint, "s3", "no-such-bucket")
    with pytest.raises(OperatorError, match="the store refuses \\(NoSuchBucket\\)"):
        tree.files("chengguan")


def test_an_unknown_certificate_is_not_spoken_to(bucket: Bucket) -> None:
    extra = {key: value for key, value in bucket.endpoint.extra.items() if key != "ca_file"}
    with pytest.raises(TransientError, match="SSLError"):
        tree_of(bucket, replace(bucket.endpoint, extra=extra)).files("chengguan")


@pytest.mark.parametrize(("url", "may"), [
    ("http://storage.example.org", False), ("http://10.0.0.1:9000", False), ("http://127.0.0.1:1", True),
])
def test_only_this_machine_is_spoken_to_in_the_clear(bucket: Bucket, url: str, may: bool) -> None:
    tree = tree_of(bucket, replace(bucket.endpoint, extra={"endpoint_url": url}))
    with pytest.raises(TransientError if may else OperatorError, match="EndpointConnectionError" if may else "https"):
        tree.files("chengguan")
