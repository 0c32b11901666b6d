"""Folders of an SFTP server, whose host key must be known beforehand."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from stat import S_ISDIR, S_ISREG
from typing import TYPE_CHECKING, Any, TypeVar

from zhibao.sources.endpoint import Endpoint
from zhibao.sources.model import TIMEOUT_SECONDS, ItemError, SourceDownError, SourceRefusedError, readable
from zhibao.sources.tree import Entry, join

if TYPE_CHECKING:
    from asyncssh import SFTPClient, SFTPName, SSHClientConnection

T = TypeVar("T")
PORT = 22


class SftpTree:
    """The endpoint's extra holds `host_key` (lines of `type base64`, as ssh-keyscan prints them after the name), and
    `private_key` (PEM, with `private_key_passphrase`) where a key is used to log in instead of the password.
    """

    def __init__(self, endpoint: Endpoint, name: str) -> None:
        self._endpoint, self._name = endpoint, name
        self._runner: asyncio.Runner | None = None
        self._connection: SSHClientConnection | None = None
        self._client: SFTPClient | None = None

    def folders(self, path: str) -> list[str]:
        return [str(item.filename) for item in self._list(path) if S_ISDIR(item.attrs.permissions or 0)]

    def files(self, path: str) -> list[Entry]:
        return [
            _entry(join(path or ".", str(item.filename)), item.attrs)
            for item in self._list(path) if S_ISREG(item.attrs.permissions or 0)
        ]

    def read(self, entry: Entry) -> bytes:
        async def read(client: SFTPClient) -> bytes:
            async with client.open(entry.ref, "rb", encoding=None) as file:
                return await file.read(entry.byte_count + 1)

        return self._do(read)

    def look(self, entry: Entry) -> Entry | None:
        async def look(client: SFTPClient) -> Entry | None:
            from asyncssh import SFTPNoSuchFile, SFTPNoSuchPath

            try:
                return _entry(entry.ref, await client.lstat(entry.ref))
            except (SFTPNoSuchFile, SFTPNoSuchPath):
                return None

        return self._do(look)

    def move(self, entry: Entry, folder: str, name: str) -> None:
        """If a newer file slipped in under the name between the last look and the move, it is put back."""
        place = entry.ref.rpartition("/")[0] + f"/{folder}"
        target = f"{place}/{name}"

        async def move(client: SFTPClient) -> None:
            await client.makedirs(place, exist_ok=True)
            await client.posix_rename(entry.ref, target)
            moved = _entry(entry.ref, await client.lstat(target))
            if moved != entry:
                await client.rename(target, entry.ref)

        self._do(move)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.abort()
        if self._runner is not None:
            self._runner.close()
        self._runner = self._connection = self._client = None

    def _list(self, path: str) -> list[SFTPName]:
        async def read_folder(client: SFTPClient) -> list[SFTPName]:
            from asyncssh import SFTPNoSuchFile, SFTPNoSuchPath

            try:
                return [item for item in await client.readdir(path or ".") if item.filename not in (".", "..")]
            except (SFTPNoSuchFile, SFTPNoSuchPath):
                return []

        return self._do(read_folder)

    def _do(self, action: Callable[[SFTPClient], Awaitable[T]]) -> T:
        import asyncssh

        if self._runner is None:
            self._runner = asyncio.Runner()
            try:
                self._client = self._runner.run(self._connect())
            except BaseException:
                self.close()
                raise
        try:
            return self._runner.run(asyncio.wait_for(action(self._client), TIMEOUT_SECONDS))
        except (OSError, TimeoutError, asyncssh.Error) as error:
            raise ItemError(type(error).__name__) from None

    async def _connect(self) -> SFTPClient:
        import asyncssh

        endpoint = self._endpoint
        try:
            self._connection = await asyncssh.connect(
                endpoint.host, endpoint.port or PORT, username=endpoint.login or (), password=endpoint.password,
                known_hosts=self._known_hosts(), client_keys=self._client_keys(), agent_path=None, config=None,
                connect_timeout=TIMEOUT_SECONDS, login_timeout=TIMEOUT_SECONDS, keepalive_interval=15,
            )
            return await self._connection.start_sftp_client(path_errors="surrogateescape")
        except asyncssh.HostKeyNotVerifiable:
            raise SourceRefusedError(
                self._name, "服务器的主机密钥与连接 extra 中的 host_key 不符，请先与对方核实，再更新",
                "the server's host key is not the one in the connection's extra: ask its owner before you change it",
            ) from None
        except asyncssh.PermissionDenied:
            raise SourceRefusedError(
                self._name, "登录被拒绝，请核对连接的用户名、密码或密钥", "login refused: check user, password or key"
            ) from None
        except (OSError, TimeoutError, asyncssh.Error) as error:
            raise SourceDownError(self._name, type(error).__name__) from None

    def _known_hosts(self) -> Any:
        import asyncssh

        keys = [line.strip() for line in str(self._endpoint.extra.get("host_key") or "").splitlines() if line.strip()]
        try:
            return [asyncssh.import_public_key(key) for key in keys] or self._no_host_key(), [], []
        except asyncssh.KeyImportError:
            return self._no_host_key()

    def _no_host_key(self) -> Any:
        raise SourceRefusedError(
            self._name, "连接的 extra 中没有可用的 host_key：请向对方索取主机公钥（形如 ssh-ed25519 AAAA…）填入",
            "the connection's extra has no usable host_key: ask for the server's public key (ssh-ed25519 AAAA…)",
        )

    def _client_keys(self) -> Any:
        import asyncssh

        text = self._endpoint.extra.get("private_key")
        if not text:
            return None
        try:
            return [asyncssh.import_private_key(text, self._endpoint.extra.get("private_key_passphrase"))]
        except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError):
            raise SourceRefusedError(
                self._name, "连接 extra 中的 private_key 无法读取",
                "the private_key in the connection's extra is unusable",
            ) from None


def _entry(path: str, attrs: Any) -> Entry:
    name = path.rpartition("/")[2].encode("utf-8", "surrogateescape")
    size, at = attrs.size or 0, attrs.mtime or 0
    return Entry(readable(name), size, datetime.fromtimestamp(at, UTC), f"{size}-{at}", path)
