"""The service explains itself: its OpenAPI document, and the same as a page that needs nothing from elsewhere."""

from typing import Any

import msgspec
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

router = APIRouter(tags=["operating"])

Declared = dict[int | str, dict[str, Any]]

_KEPT = {"Cache-Control": "public, max-age=300"}
_ALONE = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}
"""The page runs and loads nothing, sends nothing and stands in no frame, whatever should ever get into it."""

_PAGE: Declared = {200: {"content": {"text/html": {"schema": {"type": "string"}}}}}
_DOCUMENT: Declared = {
    200: {"content": {"application/json": {"schema": {"type": "object"}, "example": {"openapi": "3.1.0"}}}}
}


@router.get("/v1/openapi.json", response_class=Response, responses=_DOCUMENT, summary="This document")
def get_document(request: Request) -> Response:
    """OpenAPI 3.1, the same as the file `openapi/dunlog.json` of the repository."""
    return Response(msgspec.json.encode(_document(request)), headers=_KEPT, media_type="application/json")


@router.get("/docs", response_class=Response, responses=_PAGE, summary="This document as a page")
def read_docs(request: Request) -> Response:
    """HTML without scripts, fonts or pictures from elsewhere: it reads well offline."""
    from service.api.document.page import page

    state = request.app.state
    if not hasattr(state, "page"):
        state.page = page(_document(request))
    return Response(state.page, headers=_KEPT | _ALONE, media_type="text/html")


def _document(request: Request) -> dict[str, Any]:
    drawn: dict[str, Any] = request.app.openapi()
    return drawn
