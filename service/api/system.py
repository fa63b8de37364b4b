"""Whether the service lives, is ready, and how it fares."""

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from service.api.guards import House

router = APIRouter(tags=["operating"])


@router.get("/healthz", summary="Whether the process lives")
def health() -> dict[str, str]:
    """Touches nothing outside the process."""
    return {"status": "ok"}


@router.get("/readyz", summary="Whether requests can be served")
def ready(house: House) -> Response:
    """The database, its migrations, and the clock's last tick; what should be known beside them."""
    found = house.readiness()
    status = "ready" if found.ready else "not ready"
    headers = {} if found.ready else {"Retry-After": "5"}
    return JSONResponse({"status": status, "checks": found.checks}, 200 if found.ready else 503, headers)


@router.get("/metrics", summary="Figures for Prometheus")
def metrics(house: House) -> Response:
    """Text exposition format."""
    return Response(house.metrics(), media_type="text/plain; version=0.0.4; charset=utf-8")
