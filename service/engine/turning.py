"""A day is over, and the bills that were due on it are overdue: what their customers owe past its day is counted anew."""

from service.engine.desk import Desk
from service.store import arrears, customers

SLICE = 500
"""Customers in one transaction, at most."""


def turn(desk: Desk, tenant: str) -> int:
    """All of the tenant's customers whom nobody holds this moment; how many. Raises Closing between two slices."""
    counted, slice = 0, SLICE
    while slice:
        desk.go_on()
        with desk.open(tenant) as session:
            found = arrears.turned(session.tx, session.scene.today, SLICE)
            free = sorted(customers.lock(session.tx, found, skip_locked=True))
            arrears.count(session.tx, free, session.scene.today)
            slice = len(free)
        counted += slice
    return counted
