"""Where a source is and how to log in there: an Airflow connection as plain values, for the engine knows no Airflow.

On the command line the same connections come from AIRFLOW_CONN_<ID>, in either of Airflow's spellings.
"""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from zhibao.errors import OperatorError


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One connection. Its password and what else it holds never show when it is printed."""

    host: str
    port: int | None = None
    login: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)
    extra: Mapping[str, Any] = field(default_factory=dict, repr=False)


FindEndpoint = Callable[[str], Endpoint]


def find_in(connections: Mapping[str, str]) -> FindEndpoint:
    """Look connections up by their lower-case id among texts such as those of the environment."""

    def find(connection_id: str) -> Endpoint:
        text = connections.get(connection_id.lower())
        if text is None:
            raise no_such_connection(connection_id)
        return parse_endpoint(text, connection_id)

    return find


def no_such_connection(connection_id: str) -> OperatorError:
    return OperatorError(
        f"没有名为 {connection_id} 的连接：请在 Airflow 的 Connections 中建立，"
        f"或设置 AIRFLOW_CONN_{connection_id.upper()}",
        f"there is no connection {connection_id}: add it to Airflow, or set AIRFLOW_CONN_{connection_id.upper()}",
    )


def parse_endpoint(text: str, connection_id: str) -> Endpoint:
    """An endpoint from JSON (`{"host": …, "extra": {…}}`) or a URI (`sftp://user:password@host:22?host_key=…`)."""
    try:
        return _from_json(text) if text.lstrip().startswith("{") else _from_uri(text)
    except (ValueError, TypeError, AttributeError):
        raise OperatorError(
            f"连接 {connection_id} 的写法有误：应为 JSON 或 URI",
            f"connection {connection_id} is neither JSON nor a URI",
        ) from None


def _from_json(text: str) -> Endpoint:
    value = json.loads(text)
    extra = value.get("extra") or {}
    return Endpoint(
        host=value.get("host") or "", port=int(value["port"]) if value.get("port") else None,
        login=value.get("login"), password=value.get("password"),
        extra=json.loads(extra) if isinstance(extra, str) else dict(extra),
    )


def _from_uri(text: str) -> Endpoint:
    parts = urlsplit(text)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    extra = json.loads(query["__extra__"]) if "__extra__" in query else query
    return Endpoint(
        host=unquote(parts.hostname or ""), port=parts.port,
        login=None if parts.username is None else unquote(parts.username),
        password=None if parts.password is None else unquote(parts.password), extra=extra,
    )


def is_this_machine(host: str) -> bool:
    """Whether a host is the loopback: only there may a source be spoken to without TLS."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
