"""The plugin's own pages in Airflow: a document's PDF, for who is logged in and may see its report's DAG.

Built when first asked for: what loads the plugin for its timetables need not import a web framework.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    from fastapi import FastAPI

Ask = Callable[[], Awaitable[Any]]


async def app(scope: dict[str, Any], receive: Ask, send: Callable[[Any], Awaitable[None]]) -> None:
    await _pages()(scope, receive, send)


@cache
def _pages() -> FastAPI:
    from airflow.api_fastapi.app import get_auth_manager
    from airflow.api_fastapi.auth.managers.base_auth_manager import BaseUser
    from airflow.api_fastapi.auth.managers.models.resource_details import DagDetails
    from airflow.api_fastapi.core_api.security import get_user
    from fastapi import Depends, FastAPI, HTTPException, Response

    pages = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, dependencies=[Depends(get_user)])

    def pdf(document: int, user: BaseUser = Depends(get_user)) -> Response:  # noqa: B008 - so FastAPI wants it
        kind, name, content = _document(document)
        if not get_auth_manager().is_authorized_dag(method="GET", details=DagDetails(id=f"{kind}_report"), user=user):
            raise HTTPException(403)
        if not content:
            raise HTTPException(404)
        _note(document, user.get_name())
        shown = {"Content-Disposition": f"inline; filename*=utf-8''{quote(name)}", "Cache-Control": "private, no-store",
                 "X-Content-Type-Options": "nosniff"}
        return Response(content, media_type="application/pdf", headers=shown)

    pdf.__annotations__ = {"document": int, "user": BaseUser, "return": Response}
    pages.get("/documents/{document}.pdf")(pdf)
    return pages


def _note(number: int, reader: str) -> None:
    """Who reads a document that prints personal values is kept (`zhibao exports`)."""
    from airflow.sdk.timezone import utcnow

    from zhibao.operations import open_operations

    open_operations().note_document(number, reader, "在 Airflow 中查阅", utcnow())


def _document(number: int) -> tuple[str, str, bytes]:
    """Kind, file name and bytes; no bytes where there is no such document."""
    from zhibao.errors import RefusedError
    from zhibao.operations import open_operations

    operations = open_operations()
    try:
        name, content = operations.document_pdf(number)
    except RefusedError:
        return "annual", "", b""
    return operations.document_kind(number), name, content
