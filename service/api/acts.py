"""From a route to a deed: who asks, what is asked, and what is answered, once for an Idempotency-Key.

A request with a key that was seen before gets the first answer again. Answers, refusals among them, are kept in the
transaction of what they answer.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, NamedTuple

import msgspec
from fastapi import Depends
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from service.api import etags, failures
from service.api.context import Context
from service.api.guards import House, Principal, given_key, identity, needs
from service.api.problems import Problem, of_refusal
from service.api.roles import Right
from service.domain.commands import Command
from service.domain.refusals import Conflict, Gone, Refused
from service.domain.scene import Asker
from service.domain.tenant import Tenant
from service.engine import administer as tenants
from service.engine.asks import Ask, Done
from service.engine.desk import Session
from service.engine.handle import FORGOTTEN, handle
from service.store import inbox
from service.store.database import Missed, Tx

_PER_REQUEST = frozenset({"content-length", "x-request-id"})
_REPLAYED = "Idempotent-Replayed"


class Asking(NamedTuple):
    """A request with the house it came to and who is behind it."""

    request: Request
    house: Context
    principal: Principal

    @property
    def tenant(self) -> str:
        """The key's."""
        return self.principal.tenant

    @property
    def asker(self) -> Asker:
        """Who stands in the log."""
        return self.principal.asker(self.request)

    @property
    def language(self) -> str:
        """The language the asker reads."""
        return failures.language_of(self.request)

    def identity(self, tx: Tx) -> inbox.Identity | None:
        """What a repeat of this request is known by."""
        return identity(self.request, self.principal, tx)


def asks(right: Right) -> Callable[..., Awaitable[Asking]]:
    """A dependency: the request of somebody who has the right."""

    async def asking(request: Request, house: House, principal: Annotated[Principal, Depends(needs(right))]) -> Asking:
        given_key(request)  # also where nothing is changed that could be changed twice
        return Asking(request, house, principal)

    return asking


class Reply(NamedTuple):
    """What to answer; `secret` when the body must not lie about as it is, `language` when sentences are in it."""

    body: BaseModel | None
    status: int = 200
    location: str | None = None
    secret: bool = False
    etag: str | None = None
    language: str | None = None

    def response(self) -> Response:
        """Over HTTP."""
        named = {
            "Location": self.location,
            "ETag": self.etag,
            "Cache-Control": "no-store" if self.secret else None,
            "Content-Language": self.language,
            "Vary": "Accept-Language" if self.language else None,
        }
        headers = {name: value for name, value in named.items() if value is not None}
        if self.body is None:
            return Response(None, self.status, headers)
        return Response(self.body.model_dump_json(by_alias=True), self.status, headers, media_type="application/json")


Plan = Callable[[Session], Command]
"""The command, worked out of the request and what the database holds; may refuse."""

Replying = Callable[[Session, Done], Reply]
"""What to answer, read in the transaction of what was done."""

Read = Callable[[Tx], Reply]
"""What to answer, read after what was done."""

Decide = Callable[[Tx, Tenant], tuple[Sequence[tenants.Change], Reply | Read]]
"""What happens to the tenant, and what to answer."""


def act(asking: Asking, plan: Plan, replying: Replying, target: tuple[str, str] | None = None) -> Response:
    """Carry a command out. `target` is the (`case` or `customer`, id) whose version If-Match names."""
    desk = asking.house.desk
    with desk.open(asking.tenant) as session:
        known = asking.identity(session.tx)
        if earlier := _earlier(asking, session.tx, known):
            return earlier
        try:
            expects = _expects(asking.request, target)
            command = plan(session)
        except (Refused, Problem) as no:
            return _refused(asking, session.tx, known, no)

    def respond(session: Session, done: Done) -> tuple[int, bytes]:
        if done.refused:
            return _packed(asking, failures.answer(of_refusal(done.refused), asking.request))
        reply = replying(session, done)
        return _packed(asking, reply.response(), reply.secret)

    ask = Ask(command=command, asker=asking.asker, identity=known, expects=expects, respond=respond)
    (done,) = handle(desk, asking.tenant, [ask])
    if done.answer is None:
        raise (
            Problem(503, "busy", retry_after=1)
            if isinstance(done.refused, Conflict)
            else Problem(500, "internal_error")
        )
    return _unpacked(asking, *done.answer, replayed=done.repeated and done.refused is None)


class _Answered(Exception):
    """Leaves a transaction in which nothing more is to be done."""

    def __init__(self, response: Response) -> None:
        super().__init__()
        self.response = response


def administer(asking: Asking, decide: Decide) -> Response:
    """Change the tenant itself, under its lock."""
    replies: list[Reply | Read] = []
    answers: list[Response] = []

    def decided(tx: Tx, tenant: Tenant) -> Sequence[tenants.Change]:
        if earlier := _begun(asking, tx, asking.identity(tx)):
            raise _Answered(earlier)
        changes, reply = decide(tx, tenant)
        replies.append(reply)
        return changes

    def answered(tx: Tx) -> None:
        reply = replies[0] if isinstance(replies[0], Reply) else replies[0](tx)
        answers.append(reply.response())
        _keep(asking, tx, asking.identity(tx), answers[0], reply.secret)

    engine = asking.house.desk.engine
    try:
        tenants.administer(engine, asking.tenant, decided, asking.asker, then=answered)
    except _Answered as earlier:
        return earlier.response
    except (Refused, Problem) as no:
        with asking.house.desk.open(asking.tenant) as session:
            return _refused(asking, session.tx, asking.identity(session.tx), no)
    return answers[0]


def once(asking: Asking, work: Callable[[], Reply]) -> Response:
    """Work of many transactions that may be done again without harm: its answer is kept after it, a refusal is not."""
    desk = asking.house.desk
    with desk.open(asking.tenant) as session:
        if earlier := _earlier(asking, session.tx, asking.identity(session.tx)):
            return earlier
    response = work().response()
    with desk.open(asking.tenant) as session:
        known = asking.identity(session.tx)
        return _begun(asking, session.tx, known) or _keep(asking, session.tx, known, response)


def _expects(request: Request, target: tuple[str, str] | None) -> tuple[str, str, frozenset[int]] | None:
    condition = etags.if_match(request.headers.get("if-match"))
    if target is None or condition is None or condition.anything:
        return None
    return (*target, frozenset(version for tag in condition.tags if (version := etags.version(tag)) is not None))


def _earlier(asking: Asking, tx: Tx, known: inbox.Identity | None) -> Response | None:
    """The answer that the same request got before."""
    if known is None:
        return None
    seen = inbox.look(tx, [(known.source, known.id)]).get((known.source, known.id))
    if seen is None:
        return None
    if seen.content != known.content:
        return failures.answer(of_refusal(Refused("idempotency_key_reused", "/header/idempotency-key")), asking.request)
    if seen.status is None or seen.answer is None:
        return failures.answer(of_refusal(Gone("answer_erased")), asking.request)
    return _unpacked(asking, seen.status, seen.answer, replayed=True)


def _begun(asking: Asking, tx: Tx, known: inbox.Identity | None) -> Response | None:
    """None for the first to come with this key; for others what there is to say."""
    if known is not None and not inbox.begin(tx, known):
        return failures.answer(of_refusal(Conflict("in_progress")), asking.request)
    return _earlier(asking, tx, known)


def _refused(asking: Asking, tx: Tx, known: inbox.Identity | None, no: Refused | Problem) -> Response:
    """The refusal, kept for repeats unless somebody was faster with the same key."""
    problem = no if isinstance(no, Problem) else of_refusal(no)
    response = failures.answer(problem, asking.request)
    return _begun(asking, tx, known) or _keep(asking, tx, known, response)


def _keep(asking: Asking, tx: Tx, known: inbox.Identity | None, response: Response, secret: bool = False) -> Response:
    if known is None or response.status_code in FORGOTTEN or response.status_code >= 500:
        return response
    kept = inbox.Kept(known, None, *_packed(asking, response, secret))
    try:
        inbox.keep(tx, [kept])
    except Missed:
        raise Problem(409, "in_progress") from None
    return response


class _Stored(msgspec.Struct, array_like=True, frozen=True):
    headers: dict[str, str]
    body: bytes
    sealed: bool


_decoder = msgspec.msgpack.Decoder(_Stored)


def _context(asking: Asking) -> str:
    return f"{asking.tenant}/answer"


def _packed(asking: Asking, response: Response, secret: bool = False) -> tuple[int, bytes]:
    body = bytes(response.body)
    headers = {name: value for name, value in response.headers.items() if name not in _PER_REQUEST}
    stored = _Stored(headers, asking.house.seal(body.decode(), _context(asking)) if secret else body, secret)
    return response.status_code, msgspec.msgpack.encode(stored)


def _unpacked(asking: Asking, status: int, answer: bytes, replayed: bool) -> Response:
    stored = _decoder.decode(answer)
    body = asking.house.unseal(stored.body, _context(asking)).encode() if stored.sealed else stored.body
    return Response(body or None, status, {**stored.headers, **({_REPLAYED: "true"} if replayed else {})})
