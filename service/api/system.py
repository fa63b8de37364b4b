"""Whether the service lives, is ready, and how it fares."""

from typing import Any, Literal

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import JSONResponse, Response

from service.api.guards import House
from service.api.models.fields import Answer

router = APIRouter(tags=["operating"])

_FIGURES: dict[int | str, dict[str, Any]] = {200: {"content": {"text/plain": {"schema": {"type": "string"}}}}}


class HealthAnswer(Answer):
    """The process answers."""

    status: Literal["ok"]


class ReadinessAnswer(Answer):
    """Whether requests can be served."""

    status: Literal["ready", "not ready"]
    checks: dict[str, Any] = Field(
        description="What was looked at, and what should be known.", examples=[{"database": "ok"}]
    )


@router.get("/healthz", summary="Whether the process lives")
async def health() -> HealthAnswer:
    """Touches nothing outside the process, and waits for no thread of it."""
    return HealthAnswer(status="ok")


@router.get(
    "/readyz",
    response_model=ReadinessAnswer,
    responses={503: {"model": ReadinessAnswer, "description": "Not yet, or not now; see `Retry-After`."}},
    summary="Whether requests can be served",
)
def ready(house: House) -> Response:
    """The database, its migrations, and the clock's last tick; what should be known beside them."""
    found = house.readiness()
    status = "ready" if found.ready else "not ready"
    headers = {} if found.ready else {"Retry-After": "5"}
    return JSONResponse({"status": status, "checks": found.checks}, 200 if found.ready else 503, headers)


@router.get("/metrics", response_class=Response, responses=_FIGURES, summary="Figures for Prometheus")
def metrics(house: House) -> Response:
    """Text exposition format."""
    return Response(house.metrics(), media_type="text/plain; version=0.0.4; charset=utf-8")
