"""The application: routes, middleware and failures on one runtime."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI

from service.api import clock, failures, intake, system
from service.api.context import Context, Readiness
from service.api.cursors import Cursors
from service.api.guards import Keyring
from service.api.request_ids import RequestIds
from service.runtime import VERSION, Runtime, cursor_key
from service.words.compose import compose

ROUTERS = (intake.router, clock.router, system.router)


def create(runtime: Runtime, readiness: Callable[[], Readiness], metrics: Callable[[], bytes]) -> FastAPI:
    """The API on an open runtime; clocks and couriers are the caller's."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield

    app = FastAPI(
        title="Dunlog",
        version=VERSION,
        lifespan=lifespan,
        openapi_url="/v1/openapi.json",
        docs_url="/docs",
        redoc_url=None,
    )
    app.state.context = Context(
        desk=runtime.desk,
        cursors=Cursors(cursor_key(runtime.key)),
        seal=runtime.seal,
        unseal=runtime.unseal,
        reach=runtime.reach(),
        render=compose,
        readiness=readiness,
        metrics=metrics,
        version=VERSION,
    )
    app.state.keyring = Keyring(runtime.desk, app.state.context.key_patience)
    for router in ROUTERS:
        app.include_router(router)
    failures.register(app)
    app.add_middleware(RequestIds)
    return app
