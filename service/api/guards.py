"""Who asks: the key behind a request, what its role may, and the identity under which a repeat is known."""

import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from hashlib import sha256
from typing import Annotated, NamedTuple

from anyio import to_thread
from fastapi import Depends
from starlette.requests import Request

from service.api import keys
from service.api.bodies import CommandRequest
from service.api.context import Context, context
from service.api.limits import Buckets, rate_limited
from service.api.parameters import check_parameters
from service.api.problems import Problem, fault
from service.api.request_ids import request_id, trace
from service.api.roles import Right, check
from service.domain.scene import Asker
from service.engine.desk import Desk
from service.store import inbox, people
from service.store.database import Tx, transaction

KEY_KEPT = timedelta(days=7)
LONGEST_KEY = 255
MOST_KEYS = 10_000


class Principal(NamedTuple):
    """The key's tenant, role and user; what the tenant's fingerprints are keyed with."""

    tenant: str
    role: str
    user: str
    key: str
    secret: bytes

    def asker(self, request: Request) -> Asker:
        """Who stands in the log behind what this request does."""
        return Asker(
            actor=self.user,
            role=self.role,
            key=self.key,
            source="api",
            request=request_id(request),
            traceparent=trace(request.headers.get("traceparent")),
        )


class _Known(NamedTuple):
    """A key that was found good, and until when nobody is asked again."""

    principal: Principal
    until: float


class Keyring:
    """Keys looked up lately: a revoked one is worth nothing after a few seconds on every replica.

    Each key may ask `rate` times a second, and each address may be wrong as often: who guesses keys, or makes them up,
    asks the database no more than that. A key that was good once is always looked up, whoever shares its address.
    """

    def __init__(self, desk: Desk, seconds: float, rate: float) -> None:
        self._desk = desk
        self._seconds = seconds
        self._known: dict[keys.KeyParts, _Known] = {}
        self._asked = Buckets(rate)
        self._wrong = Buckets(rate)

    def spend(self, authorization: str | None) -> float:
        """One of the requests that the key may make, or how many seconds until it may make one. Free for what is not known
        as a key: that costs an address, when it is looked up."""
        parts = keys.bearer(authorization)
        known = self._known.get(parts) if parts else None
        return self._asked.take(_name(known.principal)) if known else 0.0

    async def arrive(self, request: Request) -> Principal:
        """As `principal`, on the event loop: a thread only for a key that must be looked up."""
        known = self._remembered(keys.bearer(request.headers.get("authorization")))
        return known if known is not None else await to_thread.run_sync(self.principal, request)

    def principal(self, request: Request) -> Principal:
        """Whose key the request has; raises 401 for none, a bad or a revoked one."""
        parts = keys.bearer(request.headers.get("authorization"))
        if parts is None:
            raise _unauthorized()
        return self._remembered(parts) or self._looked_up(parts, request.client.host if request.client else "")

    def _remembered(self, parts: keys.KeyParts | None) -> Principal | None:
        known = self._known.get(parts) if parts else None
        return known.principal if known and time.monotonic() < known.until else None

    def _looked_up(self, parts: keys.KeyParts, address: str) -> Principal:
        if parts not in self._known and (wait := self._wrong.lacks(address)):
            raise rate_limited(wait)
        until = time.monotonic() + self._seconds  # from before the look, for it may be revoked right behind it
        with transaction(self._desk.engine, parts.tenant) as tx:
            row = people.key(tx, parts.key)
            if row is None or row["revoked_at"] or not keys.matches(parts, bytes(row["digest"])):
                self._known.pop(parts, None)
                self._wrong.take(address)
                raise _unauthorized()
            people.touch_key(tx, parts.key)
        principal = Principal(parts.tenant, row["role"], row["user"], parts.key, bytes(row["secret"]))
        if parts not in self._known:
            if len(self._known) >= MOST_KEYS:
                self._known.clear()
            self._asked.take(_name(principal))
        self._known[parts] = _Known(principal, until)
        return principal


def _name(principal: Principal) -> str:
    return f"{principal.tenant}/{principal.key}"


def _unauthorized() -> Problem:
    return Problem(401, "unauthorized", headers={"WWW-Authenticate": 'Bearer realm="dunlog"'})


def needs(right: Right) -> Callable[[Request], Awaitable[Principal]]:
    """A dependency that lets in the roles with the right. The tenant comes from the key, never from a path or body."""

    async def guard(request: Request) -> Principal:
        keyring: Keyring = request.app.state.keyring
        principal = await keyring.arrive(request)
        check(right, principal.role)
        check_parameters(request)
        return principal

    guard.right = right  # type: ignore[attr-defined]
    return guard


def still(request: Request) -> Principal:
    """Who asks, asked again: what takes long ends when the key has been revoked meanwhile. Raises 401."""
    keyring: Keyring = request.app.state.keyring
    return keyring.principal(request)


House = Annotated[Context, Depends(context)]


def given_key(request: Request) -> str | None:
    """The Idempotency-Key, if there is one; raises Problem for one that cannot be kept."""
    given = request.headers.get("idempotency-key")
    if given is not None and not (0 < len(given) <= LONGEST_KEY and given.isprintable() and given.isascii()):
        raise fault("/header/idempotency-key", "idempotency_key_invalid")
    return given


def identity(request: Request, principal: Principal, tx: Tx) -> inbox.Identity | None:
    """The request's Idempotency-Key with a fingerprint of what it asks; None without one."""
    given = given_key(request)
    if given is None:
        return None
    body = request._raw if isinstance(request, CommandRequest) else b""
    asked = b"\x00".join((request.method.encode(), request.scope["path"].encode(), body))
    house: Context = request.app.state.context
    content = house.fingerprints.of(principal.secret)(sha256(asked).digest())
    return inbox.Identity(f"key:{principal.key}", given, content, tx.now + KEY_KEPT)
