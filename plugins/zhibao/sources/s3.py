"""Objects in a bucket of any S3-compatible store, the units' folders being beginnings of keys."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from zhibao.sources.endpoint import Endpoint, is_this_machine
from zhibao.sources.model import TIMEOUT_SECONDS, ItemError, SourceDownError, SourceRefusedError
from zhibao.sources.tree import Entry

_NOT_ALLOWED = {"AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch", "NoSuchBucket", "401", "403"}


class S3Tree:
    """Login and password are the access key and its secret; the endpoint's extra holds `endpoint_url` (absent: AWS),
    `region_name`, and `ca_file` where the certificate is the installation's own. An object's version is its ETag.
    """

    def __init__(self, endpoint: Endpoint, name: str, bucket: str) -> None:
        self._endpoint, self._name, self._bucket = endpoint, name, bucket
        self._opened: Any = None

    def folders(self, path: str) -> list[str]:
        start = _prefix(path)
        return [
            item["Prefix"][len(start):].rstrip("/")
            for page in self._pages(start) for item in page.get("CommonPrefixes", [])
        ]

    def files(self, path: str) -> list[Entry]:
        start = _prefix(path)
        return [
            Entry(item["Key"][len(start):], item["Size"], item["LastModified"], item["ETag"].strip('"'), item["Key"])
            for page in self._pages(start) for item in page.get("Contents", []) if item["Key"] != start
        ]

    def read(self, entry: Entry) -> bytes:
        with self._one_item():
            answer = self._client.get_object(Bucket=self._bucket, Key=entry.ref)
            if answer["ETag"].strip('"') != entry.version:
                raise ItemError("replaced meanwhile")
            return answer["Body"].read()

    def look(self, entry: Entry) -> Entry | None:
        """An object cannot change but by being replaced, and then it has another ETag."""
        from botocore.exceptions import ClientError

        try:
            with self._one_item():
                now = self._client.head_object(Bucket=self._bucket, Key=entry.ref)
        except ItemError as error:
            if isinstance(error.__cause__, ClientError) and error.what in ("404", "NoSuchKey"):
                return None
            raise
        return entry if now["ETag"].strip('"') == entry.version else None

    def move(self, entry: Entry, folder: str, name: str) -> None:
        """S3 knows no moving: a copy of this very version, then the deletion."""
        parent, _, _ = entry.ref.rpartition("/")
        with self._one_item():
            self._client.copy_object(
                Bucket=self._bucket, Key=f"{_prefix(parent)}{folder}/{name}",
                CopySource={"Bucket": self._bucket, "Key": entry.ref}, CopySourceIfMatch=f'"{entry.version}"',
            )
            self._client.delete_object(Bucket=self._bucket, Key=entry.ref)

    def close(self) -> None:
        if self._opened is not None:
            self._opened.close()
        self._opened = None

    @property
    def _client(self) -> Any:
        if self._opened is None:
            self._opened = self._open()
        return self._opened

    def _open(self) -> Any:
        import boto3
        from botocore.config import Config

        extra = self._endpoint.extra
        return boto3.session.Session().client(
            "s3", endpoint_url=self._url(), region_name=extra.get("region_name") or "us-east-1",
            aws_access_key_id=self._endpoint.login, aws_secret_access_key=self._endpoint.password,
            verify=extra.get("ca_file") or True,
            config=Config(
                connect_timeout=TIMEOUT_SECONDS, read_timeout=TIMEOUT_SECONDS, retries={"total_max_attempts": 2},
                s3={"addressing_style": extra.get("addressing_style") or "path"},
                # Stores other than Amazon's refuse the checksums that boto3 adds since 1.36.
                request_checksum_calculation="when_required", response_checksum_validation="when_required",
            ),
        )

    def _url(self) -> str | None:
        url = self._endpoint.extra.get("endpoint_url")
        if url and urlsplit(url).scheme != "https" and not is_this_machine(urlsplit(url).hostname or ""):
            raise SourceRefusedError(self._name, "endpoint_url 须为 https://", "endpoint_url must be https://")
        return url

    def _pages(self, start: str) -> Iterator[dict[str, Any]]:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            pages = self._client.get_paginator("list_objects_v2")
            yield from pages.paginate(Bucket=self._bucket, Prefix=start, Delimiter="/")
        except ClientError as error:
            code = _code(error)
            if code in _NOT_ALLOWED:
                raise SourceRefusedError(
                    self._name, f"存储拒绝访问（{code}），请核对连接的密钥与桶名",
                    f"the store refuses ({code}): check the connection's keys and the bucket",
                ) from None
            raise SourceDownError(self._name, code) from None
        except BotoCoreError as error:
            raise SourceDownError(self._name, type(error).__name__) from None

    @contextmanager
    def _one_item(self) -> Iterator[None]:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            yield
        except ClientError as error:
            raise ItemError(_code(error)) from error
        except (BotoCoreError, OSError) as error:
            raise ItemError(type(error).__name__) from None


def _prefix(path: str) -> str:
    return f"{path}/" if path else ""


def _code(error: Any) -> str:
    return str(error.response.get("Error", {}).get("Code", "unknown"))
