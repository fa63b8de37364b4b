"""A company leaves: closed at once, a live one kept for thirty days in case it comes back, then deleted in slices.

A closed tenant does nothing: its keys are refused, its clocks and deliveries stand still. A deletion that was stopped goes
on when it is started again, for the tenant's own row goes last.
"""

import time
from collections.abc import Generator, Iterator, Sequence
from datetime import datetime, timedelta

from service.domain.events.tenant import TenantClosed, TenantReopened
from service.domain.refusals import Conflict
from service.domain.scene import Asker
from service.domain.tenant import Tenant
from service.engine.administer import Change, administer
from service.engine.desk import Desk, UnknownTenant
from service.store import disposal, outbox, tenants
from service.store.database import CLOCK, Row, Tx, alone, transaction

KEPT = timedelta(days=30)
SLICE = 5000
PATIENCE = 60.0  # seconds for transactions that began before the tenant was closed
LOOK_EVERY = 0.2


def close(desk: Desk, id: str, asker: Asker) -> Tenant:
    """From now on the tenant stands still: a sandbox to be deleted at once, a live one after its time. Said once."""

    def decide(tx: Tx, tenant: Tenant) -> Sequence[Change]:
        if tenant.delete_after:
            return []
        return [Change(TenantClosed(delete_after=tx.now + (KEPT if tenant.kind == "live" else timedelta(0))))]

    return administer(desk.engine, id, decide, asker, closed_too=True)


def reopen(desk: Desk, id: str, asker: Asker) -> Tenant:
    """It stays after all. Raises Conflict when it is open, or its time is over."""

    def decide(tx: Tx, tenant: Tenant) -> Sequence[Change]:
        if tenant.delete_after is None:
            raise Conflict("tenant_open", None, tenant=id)
        if tenant.delete_after <= tx.now:
            raise Conflict("tenant_time_over", None, tenant=id)
        outbox.release(tx)
        return [Change(TenantReopened())]

    return administer(desk.engine, id, decide, asker, closed_too=True)


def look(desk: Desk, id: str) -> tuple[Tenant, datetime]:
    """The tenant, open or closed, and what time it is. Raises UnknownTenant."""
    with transaction(desk.engine, id) as tx:
        loaded = tenants.load(tx)
        if loaded is None:
            raise UnknownTenant(id)
        return loaded[0], tx.now


def over(desk: Desk) -> list[str]:
    """The closed tenants whose time is over."""
    with transaction(desk.engine, "", CLOCK) as tx:
        return tenants.to_delete(tx)


def estimate(desk: Desk, id: str) -> int:
    """About how many rows will go."""
    with transaction(desk.engine, id) as tx:
        return sum(disposal.estimated(tx, table) for table in disposal.KEYS)


def delete(desk: Desk, id: str, patience: float = PATIENCE) -> Generator[tuple[str, int], None, None]:
    """(table, rows gone) a slice, each a transaction of its own, until nothing of the tenant is left.

    Raises Conflict when its time is not over, somebody else is at it, or transactions that began before it was closed
    do not end.
    """
    with alone(desk.engine, f"delete/{id}") as free:
        if not free:
            raise Conflict("tenant_being_deleted", None, tenant=id)
        with transaction(desk.engine, id) as tx:
            until, closed = tenants.closed_until(tx), tx.now
            if until is None or until > tx.now:
                raise Conflict("tenant_not_over", None, tenant=id)
        _wait(desk, id, closed, patience)
        for table in disposal.KEYS:
            yield from _table(desk, id, table)
        with transaction(desk.engine, id) as tx:
            tenants.forget(tx)
        desk.forget(id)


def _wait(desk: Desk, id: str, closed: datetime, patience: float) -> None:
    """Until nobody can add to it any more: whoever began before it was closed may still be writing."""
    until = time.monotonic() + patience
    while True:
        with transaction(desk.engine, id, disposal.OWNER) as tx:
            left = disposal.under_way(tx, closed)
        if not left:
            return
        if time.monotonic() > until:
            raise Conflict("tenant_in_use", None, tenant=id, transactions=left)
        time.sleep(LOOK_EVERY)


def _table(desk: Desk, id: str, table: str) -> Iterator[tuple[str, int]]:
    after: Row | None = None
    while True:
        with transaction(desk.engine, id, disposal.role_for(table)) as tx:
            gone = disposal.delete(tx, table, after, SLICE)
        if gone:
            yield table, len(gone)
        if len(gone) < SLICE:
            return
        after = gone[-1]
