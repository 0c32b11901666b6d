"""Airflow's connections as the engine's plain endpoints."""

from __future__ import annotations

from airflow.sdk import Connection
from airflow.sdk.exceptions import AirflowNotFoundException

from zhibao.sources.endpoint import Endpoint, no_such_connection


def find_endpoint(connection_id: str) -> Endpoint:
    """Wherever Airflow keeps it: its database, its environment, a secrets backend. Raises OperatorError."""
    try:
        found = Connection.get(connection_id)
    except AirflowNotFoundException:
        raise no_such_connection(connection_id) from None
    return Endpoint(found.host or "", found.port, found.login, found.password, found.extra_dejson)
