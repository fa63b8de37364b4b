"""The clock's work: whose alarm has rung, in slices that no tenant can crowd, each decided anew under its lock."""

from datetime import datetime, timedelta

import structlog

from service.domain.commands import Wake
from service.domain.scene import CLOCKWORK
from service.engine.asks import Ask
from service.engine.desk import Desk
from service.engine.handle import InternalError, handle
from service.engine.save import PARKED_FOR
from service.store import customers, tenants
from service.store.database import CLOCK, transaction

SLICE = 100
"""Customers in one transaction; with at most 500 bills in all."""

LATE = timedelta(seconds=10)
"""A customer so late is waited for, or a busy one would starve."""

_log = structlog.get_logger()


def running(desk: Desk) -> list[str]:
    """The tenants whose clocks run: live ones, and sandboxes that follow the real time."""
    with transaction(desk.engine, "", CLOCK) as tx:
        return [id for id, _, _, _ in tenants.ticking(tx)]


def tick(desk: Desk, tenant: str, now: datetime | None = None, slices: int = 10) -> bool:
    """Decide what is due for the tenant, at most `slices` times; whether there may be more. Few customers need not be the
    last ones: with very many bills one is due again at once."""
    return all(wake(desk, tenant, now) for _ in range(slices))


def wake(desk: Desk, tenant: str, now: datetime | None) -> int:
    """One slice of rung customers. Those whom another clock or a writer holds are left to them, so that clocks share the
    work; when there are no others to fill the slice with, those who are late are waited for."""
    with desk.open(tenant, now) as session:
        tx, at = session.tx, session.scene.now
        rung = customers.rung(tx, at, SLICE, free=now is None)
        late: dict[str, datetime] = {}
        if now is None and len(rung) < SLICE:
            late = {id: since for id, since in customers.rung(tx, at, SLICE).items() if since < at - LATE and id not in rung}
    _decide(desk, tenant, now, sorted(rung), skip_locked=now is None)
    _decide(desk, tenant, now, sorted(late), skip_locked=False)
    return len(rung) + len(late)


def _decide(desk: Desk, tenant: str, now: datetime | None, rung: list[str], skip_locked: bool) -> None:
    asks = [Ask(command=Wake(customer=id), asker=CLOCKWORK) for id in rung]
    done = handle(desk, tenant, asks, now, skip_locked=skip_locked)
    broken = [id for id, one in zip(rung, done, strict=True) if isinstance(one.refused, InternalError)]
    if broken:
        _park(desk, tenant, now, broken)


def _park(desk: Desk, tenant: str, now: datetime | None, broken: list[str]) -> None:
    """Customers on whom our own code fails are looked at again later, so that they delay nobody (I36)."""
    with desk.open(tenant, now) as session:
        customers.set_wake(session.tx, broken, session.scene.now + PARKED_FOR)
    for _ in broken:
        desk.meter.parked("customer")
    _log.error("customers_parked", tenant=tenant, customers=broken)
