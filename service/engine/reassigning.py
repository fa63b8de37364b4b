"""Customers given from one of ours to others, many at once (E6): chosen, written down as a whole, then carried out customer by
customer; what a crash interrupts, the clock goes on with."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from service.domain.assignment import least_loaded
from service.domain.commands import AssignCustomer
from service.domain.events.tenant import ReassignmentBegun, ReassignmentDone
from service.domain.scene import CLOCKWORK, Asker
from service.domain.tenant import Reassignment, Tenant
from service.engine.administer import Change, administer
from service.engine.asks import Ask
from service.engine.desk import Desk
from service.engine.folding import batches
from service.engine.handle import handle
from service.store import customers
from service.store.database import Tx

MOST = 500
"""Customers of one reassignment; more are more of them."""

AT_ONCE = 50


class Wanted(Struct, frozen=True, kw_only=True):
    """Whose customers go to whom; `customers` and `segments` narrow them down."""

    previous: str
    to: tuple[str, ...]
    customers: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()


def planned(tx: Tx, wanted: Wanted) -> tuple[dict[str, list[str]], bool]:
    """By new owner the customers, in turn for whoever has fewest; and whether some are left for another time."""
    found = customers.worked_by(tx, wanted.previous, wanted.customers, wanted.segments, MOST + 1)
    loads = customers.loads(tx, wanted.to)
    moves: dict[str, list[str]] = {}
    for id in found[:MOST]:
        owner = least_loaded(wanted.to, loads)
        loads[owner] = loads.get(owner, 0) + 1
        moves.setdefault(owner, []).append(id)
    return moves, len(found) > MOST


def still_theirs(tx: Tx, previous: str, moves: dict[str, list[str]]) -> bool:
    """Whether the owner still works something of each of the customers."""
    ids = [id for those in moves.values() for id in those]
    return len(customers.worked_by(tx, previous, ids, (), len(ids))) == len(ids)


def begun(tenant: Tenant, asker: Asker, previous: str, moves: dict[str, list[str]], reason: str | None) -> Change:
    """Written down; from now on it happens."""
    event = ReassignmentBegun(
        reassignment=f"reassignment~{previous}.{tenant.version + 1}",
        by=asker.actor,
        role=asker.role,
        previous=previous,
        moves=moves,
    )
    return Change(event, {"": {"reason": reason}} if reason else None)


def carry_on(desk: Desk, tenant: str, now: datetime | None = None) -> dict[str, int]:
    """Everything that was written down and is not done yet; by reassignment how many bills moved here."""
    with desk.open(tenant, now) as session:
        moving = session.tenancy.tenant.moving
    moved = {id: _carried_out(desk, tenant, one, now) for id, one in moving.items()}
    for id in moving:
        _end(desk, tenant, id, now)
    return moved


def _carried_out(desk: Desk, tenant: str, one: Reassignment, now: datetime | None) -> int:
    asker = Asker(actor=one.by, role=one.role, source="reassignment")
    bills = 0
    for owner, ids in one.moves.items():
        for some in batches(ids, AT_ONCE):
            left: Sequence[str] = some
            while left:  # a customer with very many bills passes in slices
                desk.go_on()
                asks = [
                    Ask(command=AssignCustomer(customer=id, owner=owner, previous=one.previous), asker=asker) for id in left
                ]
                done = handle(desk, tenant, asks, now)
                bills += sum(fact.stream == "case" for each in done for fact in each.happened)
                left = [id for id, each in zip(left, done, strict=True) if each.status == "accepted"]
    return bills


def _end(desk: Desk, tenant: str, id: str, now: datetime | None) -> None:
    def decide(_: Tx, state: Tenant) -> Sequence[Change]:
        return [Change(ReassignmentDone(reassignment=id))] if id in state.moving else []

    administer(desk.engine, tenant, decide, CLOCKWORK, now)
