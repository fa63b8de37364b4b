"""Who asks: the key behind a request, what its role may, and the identity under which a repeat is known."""

import time
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from typing import Annotated, NamedTuple

from fastapi import Depends
from starlette.requests import Request

from service.api import keys
from service.api.bodies import CommandRequest
from service.api.context import Context, context
from service.api.problems import Problem, fault
from service.api.request_ids import request_id
from service.api.roles import Right, check
from service.domain.scene import Asker
from service.engine.desk import Desk
from service.store import inbox, people, tenants
from service.store.database import Tx, transaction

KEY_KEPT = timedelta(days=7)
LONGEST_KEY = 255


class Principal(NamedTuple):
    """The key's tenant, role and user."""

    tenant: str
    role: str
    user: str
    key: str

    def asker(self, request: Request) -> Asker:
        """Who stands in the log behind what this request does."""
        return Asker(
            actor=self.user,
            role=self.role,
            key=self.key,
            source="api",
            request=request_id(request),
            traceparent=request.headers.get("traceparent"),
        )


class Keyring:
    """Keys looked up lately: a revoked one is worth nothing after a few seconds on every replica."""

    def __init__(self, desk: Desk, seconds: float) -> None:
        self._desk = desk
        self._seconds = seconds
        self._known: dict[str, tuple[float, Principal]] = {}

    def principal(self, authorization: str | None) -> Principal:
        """Whose key this is; raises 401 for none, a bad or a revoked one."""
        parts = keys.bearer(authorization)
        if parts is None:
            raise _unauthorized()
        remembered = self._known.get(f"{parts.tenant}/{parts.key}/{parts.secret}")
        if remembered and time.monotonic() < remembered[0]:
            return remembered[1]
        with transaction(self._desk.engine, parts.tenant) as tx:
            row = people.key(tx, parts.key)
            if row is None or row["revoked_at"] or not keys.matches(parts, bytes(row["digest"])):
                raise _unauthorized()
            people.touch_key(tx, parts.key)
        principal = Principal(parts.tenant, row["role"], row["user"], parts.key)
        if len(self._known) > 10_000:
            self._known.clear()
        self._known[f"{parts.tenant}/{parts.key}/{parts.secret}"] = (time.monotonic() + self._seconds, principal)
        return principal


def _unauthorized() -> Problem:
    return Problem(401, "unauthorized", headers={"WWW-Authenticate": 'Bearer realm="dunlog"'})


def needs(right: Right) -> Callable[[Request], Principal]:
    """A dependency that lets in the roles with the right. The tenant comes from the key, never from a path or body."""

    def guard(request: Request) -> Principal:
        keyring: Keyring = request.app.state.keyring
        principal = keyring.principal(request.headers.get("authorization"))
        request.state.principal = principal
        check(right, principal.role)
        return principal

    guard.right = right  # type: ignore[attr-defined]
    return guard


House = Annotated[Context, Depends(context)]


def identity(request: Request, principal: Principal, tx: Tx) -> inbox.Identity | None:
    """The request's Idempotency-Key with a fingerprint of what it asks; None without one."""
    given = request.headers.get("idempotency-key")
    if given is None:
        return None
    if not 0 < len(given) <= LONGEST_KEY or not given.isprintable() or not given.isascii():
        raise fault("/header/idempotency-key", "idempotency_key_invalid")
    body = request._raw if isinstance(request, CommandRequest) else b""
    asked = b"\x00".join((request.method.encode(), request.url.path.encode(), body))
    content = inbox.fingerprint(tenants.secret(tx), sha256(asked).digest())
    return inbox.Identity(f"key:{principal.key}", given, content, tx.now + KEY_KEPT)
