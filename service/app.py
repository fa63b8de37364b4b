"""The application: routes, middleware and failures on one runtime."""

from collections.abc import Callable
from functools import cache
from typing import Any

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

from service.api import (
    agreements,
    approvals,
    bank,
    cases,
    claims,
    clock,
    commitments,
    contacts,
    credit,
    customer_acts,
    customer_agreements,
    customers,
    delegations,
    deliveries,
    docs,
    evidence,
    failures,
    feed,
    inbound_mail,
    intake,
    letters,
    message_acts,
    messages,
    moves,
    payment_acts,
    payment_feed,
    payments,
    playbooks,
    pursuit,
    reassignments,
    receipts,
    reconciliations,
    reports,
    schedule,
    settings,
    simulations,
    statements,
    stream,
    system,
    targets,
    tasks,
    templates,
    users,
    webhooks,
    weekly,
    work,
)
from service.api.context import Context, Readiness
from service.api.cursors import Cursors
from service.api.fingerprints import Fingerprints
from service.api.guards import Keyring, ReadToken
from service.api.limits import WAITING_PER_CONNECTION, Overload, RateLimit
from service.api.request_ids import RequestIds
from service.channels.sealing import new_secret
from service.engine.convoy import Convoy
from service.metrics import Measured
from service.runtime import VERSION, Runtime, derived
from service.settings import Settings
from service.words.compose import compose

ROUTERS = (
    intake.router,
    feed.router,
    stream.router,
    cases.router,
    schedule.router,
    commitments.router,
    customers.router,
    statements.router,
    payments.router,
    bank.router,
    payment_acts.router,
    payment_feed.router,
    messages.router,
    message_acts.router,
    inbound_mail.router,
    receipts.router,
    reconciliations.router,
    work.router,
    agreements.router,
    customer_acts.router,
    customer_agreements.router,
    claims.router,
    letters.router,
    pursuit.router,
    evidence.router,
    credit.router,
    contacts.router,
    tasks.router,
    approvals.router,
    webhooks.router,
    deliveries.router,
    playbooks.router,
    moves.router,
    simulations.router,
    reports.router,
    weekly.router,
    settings.router,
    templates.router,
    users.router,
    delegations.router,
    reassignments.router,
    targets.router,
    clock.router,
    system.router,
    docs.router,
)


CORS: dict[str, Any] = {
    "allow_methods": ("GET", "POST", "PUT", "PATCH", "DELETE"),
    "allow_headers": (
        "Authorization",
        "Idempotency-Key",
        "If-Match",
        "Last-Event-ID",
        "Prefer",
        "X-Request-Id",
    ),
    "expose_headers": (
        "Content-Disposition",
        "ETag",
        "Idempotent-Replayed",
        "Location",
        "Preference-Applied",
        "Retry-After",
        "X-Request-Id",
    ),
    "max_age": 3600,
}
"""What browsers may send and show to pages of the origins that are let in; nothing goes by cookies."""


def drawn() -> FastAPI:
    """The routes alone, on no runtime: what the OpenAPI document is drawn from."""
    app = FastAPI(title="Dunlog", version=VERSION, openapi_url=None, docs_url=None, redoc_url=None)
    app.router.redirect_slashes = False  # it would send people to wherever their Host header says
    for router in ROUTERS:
        app.include_router(router)

    @cache
    def openapi() -> dict[str, Any]:
        from service.api.document import document  # few ask for it, and its schemas take a while to be worked out

        return document(app)

    app.openapi = openapi  # type: ignore[method-assign]
    return app


def _tokens(settings: Settings) -> ReadToken | None:
    if settings.oidc_issuer is None:
        return None
    from service.identity_provider import Provider

    return Provider(settings).read


def create(runtime: Runtime, readiness: Callable[[], Readiness], metrics: Callable[[], bytes]) -> FastAPI:
    """The API on an open runtime; clocks and couriers are the caller's."""
    app = drawn()
    app.state.context = Context(
        desk=runtime.desk,
        convoy=Convoy(runtime.desk, runtime.settings.pool_size),
        cursors=Cursors(derived(runtime.key, "cursors")),
        fingerprints=Fingerprints(derived(runtime.key, "fingerprints")),
        seal=runtime.seal,
        unseal=runtime.unseal,
        new_secret=new_secret,
        reach=runtime.reach(),
        render=compose,
        readiness=readiness,
        metrics=metrics,
        version=VERSION,
    )
    settings = runtime.settings
    patience = app.state.context.key_patience
    keyring = app.state.keyring = Keyring(runtime.desk, patience, settings.rate_limit, _tokens(settings))
    failures.register(app)
    # The last one added is the first one asked.
    app.add_middleware(RateLimit, spend=keyring.spend)
    app.add_middleware(Overload, most=WAITING_PER_CONNECTION * runtime.settings.pool_size)
    app.add_middleware(Measured, metrics=runtime.metrics)
    app.add_middleware(RequestIds)
    if runtime.settings.cors_origins:
        app.add_middleware(CORSMiddleware, allow_origins=runtime.settings.cors_origins, **CORS)
    return app
