"""A sandbox's clock: it moves forward through everything that is due, in order of time, and stands still between calls."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from service.domain.refusals import Conflict
from service.domain.tenant import Tenant
from service.engine import calendar_steps, compose, consents, digests, notices, reassigning, renewal, turning
from service.engine.desk import Desk, Session
from service.engine.tick import wake
from service.store import customers, messages, tenants
from service.store.database import Tx, alone
from service.words.notices import compose_notices

Report = Callable[[datetime], None]


@contextmanager
def _alone(desk: Desk, tenant: str) -> Iterator[None]:
    """One move at a time; a second one meanwhile is refused rather than queued."""
    with alone(desk.engine, f"walk/{tenant}") as free:
        if not free:
            raise Conflict("clock_moving", None)
        yield


def is_moving(tx: Tx) -> bool:
    """Whether somebody moves the tenant's clock this moment: what is decided may be ahead of the clock that is stored."""
    rows = tx.rows(
        """SELECT FROM pg_locks, (SELECT hashtextextended(%(key)s, 0) AS key) AS walk
            WHERE locktype = 'advisory' AND objsubid = 1 AND (classid::bigint << 32) | objid::bigint = walk.key
              AND database = (SELECT oid FROM pg_database WHERE datname = current_database())""",
        {"key": f"walk/{tx.tenant}"},
    )
    return bool(rows)


def may_run_ahead(session: Session) -> bool:
    """Whether alarms may be others than today's: of an instant still to be stored, or of settings there were before."""
    return session.clock.renews or (session.clock.kind == "sandbox" and is_moving(session.tx))


def move(
    desk: Desk, tenant: str, to: datetime | None, follow: bool, render: compose.Render, report: Report
) -> datetime:
    """Decide everything due up to `to` (real time when following), then store where the clock stands.

    Raises Conflict `not_sandbox`, `clock_moves_forward`, `clock_moving`, and Closing. The clock is stored after each
    instant, so the same call finishes what a crash interrupted.
    """
    with _alone(desk, tenant):
        with desk.open(tenant) as session:
            if session.clock.kind != "sandbox":
                raise Conflict("not_sandbox", None, tenant=tenant)
            here, real = session.scene.now, session.tx.now
            goal = real if to is None else to
            if goal < here:
                raise Conflict("clock_moves_forward", "/now", now=here)
        while here < goal:
            desk.go_on()
            instant, company = _next_instant(desk, tenant, here)
            if company.moving:
                reassigning.carry_on(desk, tenant, here)
            if instant is None or instant > goal:
                break
            here = max(here, instant)
            if company.requests:
                consents.expire(desk, tenant, here)
            decide(desk, tenant, here, render)
            if company.settings.notices_by_mail:
                notices.tell(desk, tenant, compose_notices, here)
            _store(desk, tenant, here, False)
            report(here)
        _store(desk, tenant, goal, follow)
        turning.turn(desk, tenant)
    return goal


def decide(desk: Desk, tenant: str, now: datetime, render: compose.Render) -> None:
    """Everything due at one instant: the tenant's own steps, the customers', then the digests and messages that leave."""
    calendar_steps.fire(desk, tenant, now)
    while wake(desk, tenant, now):
        desk.go_on()
    digests.tell(desk, tenant, now)
    while compose.compose_ready(desk, tenant, render, now):
        desk.go_on()


def _next_instant(desk: Desk, tenant: str, here: datetime) -> tuple[datetime | None, Tenant]:
    with desk.open(tenant, here) as session:
        ats = [
            customers.next_wake(session.tx),
            messages.next_slot(session.tx),
            calendar_steps.next_look(session),
            digests.next_look(session),
            notices.next_look(session),
            consents.next_look(session),
        ]
    if not session.clock.renews:
        return min((at for at in ats if at is not None), default=None), session.tenancy.tenant
    while renewal.renew(desk, tenant, here):
        desk.go_on()
    return _next_instant(desk, tenant, here)


def _store(desk: Desk, tenant: str, at: datetime, follows: bool) -> None:
    with desk.open(tenant) as session:
        tenants.set_clock(session.tx, at, follows)
