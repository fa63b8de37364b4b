"""Alarms computed anew after other days or windows (T7): a slice of bills at a time, so that a million of them hold up nobody.

How far it has come stands with the tenant: any clock goes on from there, and another change begins again.
"""

from datetime import datetime

from service.engine.desk import Desk
from service.engine.save import case_alarm, customer_alarm
from service.store import alarms, arrears, cases, customers, tenants

SLICE, PEOPLE = 500, 50
"""Bills and customers in one transaction, at most so many together and so many of the latter."""


def renew(desk: Desk, tenant: str, now: datetime | None = None) -> bool:
    """The next slice; whether there is more to do. Nobody changes the tenant meanwhile, nor one of the slice's customers."""
    with desk.open(tenant, now) as session:
        place = tenants.lock_renewal(session.tx, session.tenancy.tenant.version)
        if place is None:
            return session.clock.renews  # changed since we looked: by now the clock may be another
        found = alarms.after(session.tx, place, PEOPLE, SLICE)
        people = customers.lock(session.tx, sorted({customer for customer, _ in found}))
        bills = cases.load(session.tx, [case for _, case in found if case])
        alarms.set_cases(session.tx, [(id, case_alarm(session, one.state)) for id, one in bills.items()])
        alarms.set_customers(session.tx, [(id, customer_alarm(session, one.state)) for id, one in people.items()])
        arrears.count(session.tx, [id for id, case in found if not case], session.scene.today)
        tenants.renew_from(session.tx, "/".join(found[-1]) if found else None)
    return bool(found)
