"""The one road: a batch of commands becomes events, states, alarms and messages, in one transaction."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

import structlog
from msgspec import Struct
from msgspec.structs import replace
from psycopg import errors
from sqlalchemy.exc import SQLAlchemyError

from service.domain import commands as c
from service.domain.account import Account
from service.domain.decide import run
from service.domain.refusals import Conflict, Gone, NotFound, Refused, Stale
from service.engine.asks import Ask, Done, Fact
from service.engine.desk import Closing, Desk, Session, UnknownTenant
from service.engine.gather import Loaded, details_of, owners, take
from service.engine.save import Fresh, save
from service.store import customers, inbox
from service.store.database import Missed

FORGOTTEN = frozenset({401, 403, 408, 429})
"""Answers that a repeat must not get again."""

TRIES = 5

AWAY = (errors.OperationalError, errors.InterfaceError, errors.ReadOnlySqlTransaction, SQLAlchemyError)
"""The database's own trouble; what else it says (a constraint, a value out of range) is a bug in one of the commands."""

_FASTER = (Missed, errors.DeadlockDetected, errors.UniqueViolation)

Result = TypeVar("Result")

_log = structlog.get_logger()


class InternalError(Refused):
    """A bug: nothing of this command was done, and it may be tried again."""


class _Work(Struct):
    """What a transaction has done so far."""

    loaded: Loaded
    fresh: list[Fresh]
    done: list[Done]


def handle(
    desk: Desk, tenant: str, asks: Sequence[Ask], now: datetime | None = None, skip_locked: bool = False
) -> list[Done]:
    """Carry out the commands, in order; what came of each. One that fails does not touch the others.

    `now` is given by the clock that walks a sandbox; `skip_locked` leaves out customers that somebody else is working on.
    """
    if not asks:
        return []
    done = _tried(desk, tenant, asks, now, skip_locked)
    if done is None:
        done = [_alone(desk, tenant, ask, now) for ask in asks]
    desk.meter.handled(done, now is not None)
    return done


def _tried(
    desk: Desk, tenant: str, asks: Sequence[Ask], now: datetime | None, skip_locked: bool = False
) -> list[Done] | None:
    """One transaction; None when it was undone and its commands are to be run one at a time (once more)."""
    try:
        done = isolated(
            lambda: _together(desk, tenant, asks, now, skip_locked), asks=len(asks), command=type(asks[0].command).__name__
        )
    except _FASTER:
        return None
    if isinstance(done, InternalError):
        return None if len(asks) > 1 else [Done(status="rejected", refused=done)]
    return done


def isolated(work: Callable[[], Result], **told: object) -> Result | InternalError:
    """A transaction in which a bug of ours ends as a value, so that whoever comes next is not held up by it (I36)."""
    try:
        return work()
    except (*_FASTER, *AWAY, UnknownTenant, Closing):
        raise
    except Exception:
        _log.exception("transaction_undone", **told)
        return InternalError("internal_error")


def _alone(desk: Desk, tenant: str, ask: Ask, now: datetime | None) -> Done:
    for _ in range(TRIES):
        done = _tried(desk, tenant, [ask], now)
        if done is not None:
            return done[0]
    return Done(status="rejected", refused=Conflict("raced"))


def _together(desk: Desk, tenant: str, asks: Sequence[Ask], now: datetime | None, skip_locked: bool) -> list[Done]:
    with desk.open(tenant, now, by_key=True) as session:
        return handle_within(session, asks, skip_locked)


def handle_within(session: Session, asks: Sequence[Ask], skip_locked: bool = False) -> list[Done]:
    """The commands as part of a transaction that does more; where their customers are locked already, that stays so."""
    begun = [_begins(session, ask) for ask in asks]
    names = [name if ours else None for name, ours in zip(owners(session, asks), begun, strict=True)]
    work = _Work(take(session, asks, names, skip_locked), [], [])
    seen = inbox.look(session.tx, [(ask.identity.source, ask.identity.id) for ask in asks if ask.identity is not None])
    for ask, name, ours in zip(asks, names, begun, strict=True):
        one = (_repeat(ask, seen) if ours else _IN_PROGRESS) or _one(session, work, ask, name)
        work.done.append(one)
        if ask.identity and one.status != "rejected" and not one.repeated:
            seen[ask.identity.source, ask.identity.id] = inbox.Seen(ask.identity.content, None, None, None)
    positions = save(session, work.loaded, work.fresh)
    done = [_answered(session, ask, one) for ask, one in zip(asks, _placed(asks, work.done, positions), strict=True)]
    kept = [kept for ask, one, name in zip(asks, done, names, strict=True) if (kept := _kept(ask, one, name))]
    inbox.keep(session.tx, kept)
    customers.forget_bare(
        session.tx, [id for id, account in work.loaded.accounts.items() if not account.customer.version]
    )
    work.loaded.kin.accounts.clear()  # they know each other: a circle would keep all of the batch until it is looked for
    return done


_IN_PROGRESS = Done(status="rejected", refused=Conflict("in_progress"), repeated=True)


def _begins(session: Session, ask: Ask) -> bool:
    """Whether no other request with the same idempotency key is under way; asked before a customer is waited for."""
    return ask.identity is None or ask.identity.expires_at is None or inbox.begin(session.tx, ask.identity)


def _answered(session: Session, ask: Ask, done: Done) -> Done:
    if ask.respond is None or done.answer is not None:
        return done
    return replace(done, answer=ask.respond(session, done))


def _kept(ask: Ask, done: Done, customer: str | None) -> inbox.Kept | None:
    """A fact is remembered for ever when it was accepted; a person's request with its answer, refusals too."""
    if ask.identity is None or done.repeated:
        return None
    if done.answer is None:
        return inbox.Kept(ask.identity, done.position) if done.status != "rejected" else None
    status, body = done.answer
    if status in FORGOTTEN or status >= 500:
        return None
    return inbox.Kept(ask.identity, done.position, status, body, customer)


def _repeat(ask: Ask, seen: dict[tuple[str, str], inbox.Seen]) -> Done | None:
    """The same identity again: a success that changes nothing, unless it says something else."""
    if ask.identity is None:
        return None
    earlier = seen.get((ask.identity.source, ask.identity.id))
    if earlier is None:
        return None
    if earlier.content != ask.identity.content:
        return Done(status="rejected", refused=_reused(ask.identity), repeated=True)
    if earlier.is_erased:
        return Done(status="rejected", refused=Gone("answer_erased"), repeated=True)
    answer = (earlier.status, earlier.answer) if earlier.status and earlier.answer is not None else None
    return Done(status="duplicate", position=earlier.position, answer=answer, repeated=True)


def _reused(identity: inbox.Identity) -> Refused:
    if identity.expires_at:
        return Refused("idempotency_key_reused", "/header/idempotency-key")
    return Conflict("event_id_reused", "/id", id=identity.id, source=identity.source)


def _one(session: Session, work: _Work, ask: Ask, name: str | None) -> Done:
    account = work.loaded.accounts.get(name) if name else None
    try:
        if account is None or (not account.customer.version and isinstance(ask.command, c.ReceivePayment)):
            raise _unknown(ask.command, name)
        _not_anothers(work.loaded, ask.command)
        _expected(ask, account)
        before = len(account.happened)
        details = details_of(session, account, ask.command)
        run(ask.command, account, session.scene, ask.asker, details)
    except Refused as refused:
        refused.__traceback__ = refused.__context__ = None  # by where it was raised it would lead back to all of the batch
        return Done(status="rejected", refused=refused)
    facts = []
    for happened, earlier, state in account.since(before):
        work.fresh.append(Fresh(ask, account, happened, earlier, state))
        facts.append(Fact(happened.stream, happened.id, state.version, happened.event))
    return Done(status="accepted" if facts else "duplicate", happened=tuple(facts))


def _not_anothers(loaded: Loaded, command: c.Command) -> None:
    """An id that another customer's bill or payment has is taken: ids are never used twice."""
    match command:
        case c.SubmitInvoice() | c.IssueInvoice():
            if loaded.owners.get(f"case/{command.invoice}", command.customer) != command.customer:
                raise Conflict("invoice_exists", "/data/invoice", invoice=command.invoice)
        case c.ReceivePayment():
            if loaded.owners.get(f"payment/{command.payment}", command.customer) != command.customer:
                raise Conflict("payment_exists", "/data/payment", payment=command.payment)
        case _:
            return


def _unknown(command: c.Command, name: str | None) -> NotFound:
    if name is not None:
        return NotFound("unknown_customer", "/data/customer", customer=name)
    if hasattr(command, "payment"):
        return NotFound("unknown_payment", "/data/payment", payment=command.payment)
    return NotFound("unknown_invoice", "/data/invoice", invoice=getattr(command, "invoice", ""))


def _expected(ask: Ask, account: Account) -> None:
    if ask.expects is None:
        return
    kind, id, versions = ask.expects
    named = account.customer if kind == "customer" else account.cases.get(id)
    present = named.version if named else None
    if present not in versions:
        raise Stale("stale", None, version=present)


def _placed(asks: Sequence[Ask], done: list[Done], positions: dict[tuple[str, int], int]) -> list[Done]:
    """Each with the position of its first event; a repeat that came together with its original has the same."""
    placed: list[Done] = []
    first: dict[tuple[str, str], int | None] = {}
    for ask, one in zip(asks, done, strict=True):
        name = (ask.identity.source, ask.identity.id) if ask.identity else None
        if one.happened:
            fact = one.happened[0]
            one = replace(one, position=positions.get((f"{fact.stream}/{fact.id}", fact.version)))
            if name:
                first[name] = one.position
        elif name and one.status == "duplicate" and one.position is None:
            one = replace(one, position=first.get(name))
        placed.append(one)
    return placed
