"""Digests: once the clock has looked at everybody, each role is told in one notice of what was backfilled (F2)."""

from collections.abc import Sequence
from datetime import datetime

from service.domain.digests import is_due, notice, opens_at
from service.domain.scene import CLOCKWORK
from service.domain.tenant import Tenant
from service.engine.administer import Change, administer
from service.engine.desk import Desk, Session
from service.store import customers, digests
from service.store.database import Tx


def tell(desk: Desk, tenant: str, now: datetime | None = None) -> None:
    """The digests due now, unless somebody's alarm is still to be looked at; `now` is given by a clock that stands."""
    with desk.open(tenant, now) as session:
        scene = session.scene
        roles = _due(session, stands=now is not None)

    def decide(tx: Tx, locked: Tenant) -> Sequence[Change]:
        told = [
            (role, digests.take(tx, role, scene.now))
            for role in roles
            if locked.digest_on.get(role) != scene.today  # another clock was faster
        ]
        return [Change(notice(role, gathered, scene.today)) for role, gathered in told if gathered.bills]

    if roles:
        administer(desk.engine, tenant, decide, CLOCKWORK, scene.now)


def _due(session: Session, stands: bool) -> list[str]:
    scene, told_on = session.scene, session.tenancy.tenant.digest_on
    found = digests.waiting(session.tx)
    rung = customers.next_wake(session.tx) if found else None
    if rung is not None and rung <= scene.now:
        return []
    return [w.role for w in found if is_due(w, told_on.get(w.role), scene.now, scene.workdays, stands)]


def next_look(session: Session) -> datetime | None:
    """When somebody may next be told; what was not told at its moment waits for the next one inside a window."""
    scene, told_on = session.scene, session.tenancy.tenant.digest_on
    ats = [opens_at(one, told_on.get(one.role), scene.workdays) for one in digests.waiting(session.tx)]
    return min((at if at > scene.now else scene.workdays.next_moment(scene.now) for at in ats), default=None)
