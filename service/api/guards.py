"""Who asks: the key behind a request, what its role may, and the identity under which a repeat is known."""

import re
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from hashlib import sha256
from math import inf
from typing import Annotated, NamedTuple

from anyio import to_thread
from fastapi import Depends
from starlette.requests import Request

from service.api import keys
from service.api.bearers import Bearer, not_mapped
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
TENANT, USER = re.compile(r"[a-z0-9-]{1,40}"), re.compile(r"[A-Za-z0-9._-]{1,64}")
MOST_KEYS = 10_000


ReadToken = Callable[[str], "Bearer | None"]
"""Who bears a token; None for what is no valid one. May raise Problem."""


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
    """Keys and tokens looked up lately: a revoked one is worth nothing after a few seconds on every replica.

    Each key may ask `rate` times a second, and each address may be wrong as often: who guesses keys, or makes them up,
    asks the database no more than that. A key that was good once is always looked up, whoever shares its address.
    """

    def __init__(self, desk: Desk, seconds: float, rate: float, read_token: ReadToken | None = None) -> None:
        self._desk = desk
        self._seconds = seconds
        self._read_token = read_token
        self._known: dict[str, _Known] = {}
        self._asked = Buckets(rate)
        self._wrong = Buckets(rate)

    def spend(self, authorization: str | None) -> float:
        """One of the requests that the key may make, or how many seconds until it may make one. Free for what is not known
        as a key: that costs an address, when it is looked up."""
        text = keys.bearer(authorization)
        known = self._known.get(text) if text else None
        return self._asked.take(_name(known.principal)) if known else 0.0

    async def arrive(self, request: Request) -> Principal:
        """As `principal`, on the event loop: a thread only for a key that must be looked up."""
        known = self._remembered(keys.bearer(request.headers.get("authorization")))
        return known if known is not None else await to_thread.run_sync(self.principal, request)

    def principal(self, request: Request) -> Principal:
        """Whose key or token the request has; raises 401 for none, a bad, a revoked or an expired one."""
        text = keys.bearer(request.headers.get("authorization"))
        if text is None:
            raise _unauthorized()
        return self._remembered(text) or self._looked_up(text, request.client.host if request.client else "")

    def _remembered(self, text: str | None) -> Principal | None:
        known = self._known.get(text) if text else None
        return known.principal if known and time.monotonic() < known.until else None

    def _looked_up(self, text: str, address: str) -> Principal:
        parts = keys.read(text)
        if parts is None and (self._read_token is None or text.count(".") != 2):
            raise _unauthorized()
        if text not in self._known and (wait := self._wrong.lacks(address)):
            raise rate_limited(wait)
        until = time.monotonic() + self._seconds  # from before the look, for it may be revoked right behind it
        found = self._by_key(parts) if parts else self._by_token(text)
        if found is None:
            self._known.pop(text, None)
            self._wrong.take(address)
            raise _unauthorized()
        principal, left = found
        if text not in self._known:
            if len(self._known) >= MOST_KEYS:
                self._known.clear()
            self._asked.take(_name(principal))
        self._known[text] = _Known(principal, min(until, until - self._seconds + left))
        return principal

    def _by_key(self, parts: keys.KeyParts) -> tuple[Principal, float] | None:
        with transaction(self._desk.engine, parts.tenant) as tx:
            row = people.key(tx, parts.key)
            if row is None or row["revoked_at"] or not keys.matches(parts, bytes(row["digest"])):
                return None
            people.touch_key(tx, parts.key)
        return Principal(parts.tenant, row["role"], row["user"], parts.key, bytes(row["secret"])), inf

    def _by_token(self, text: str) -> tuple[Principal, float] | None:
        """Who bears it, and for how many seconds yet."""
        bearer = self._read_token(text) if self._read_token else None
        if bearer is None:
            return None
        if not TENANT.fullmatch(bearer.tenant):
            raise not_mapped("tenant")
        if not USER.fullmatch(bearer.user):
            raise not_mapped("user")
        with transaction(self._desk.engine, bearer.tenant) as tx:
            secret = people.secret(tx)
        if secret is None:
            raise not_mapped("tenant")
        # a key's id holds no `~`, so that nobody's token is taken for a key
        principal = Principal(bearer.tenant, bearer.role, bearer.user, f"~{bearer.user}", secret)
        return principal, bearer.until - time.time()


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
