"""Housekeeping: what is kept for a time only is forgotten when that is over, a slice in a transaction."""

from datetime import timedelta

from service.engine.desk import Desk
from service.store import expiry
from service.store.database import transaction

SLICE = 500


def tidy(desk: Desk, tenant: str, sent_kept: timedelta) -> int:
    """All of the tenant's that is past its time; how many rows and events. Raises Closing between two slices."""
    return _answers(desk, tenant) + _sent(desk, tenant, sent_kept)


def _answers(desk: Desk, tenant: str) -> int:
    forgotten, slice = 0, SLICE
    while slice == SLICE:
        desk.go_on()
        with transaction(desk.engine, tenant) as tx:
            slice = expiry.forget_answers(tx, SLICE)
        forgotten += slice
    return forgotten


def _sent(desk: Desk, tenant: str, kept: timedelta) -> int:
    forgotten, place, more = 0, None, True
    while more:
        desk.go_on()
        with transaction(desk.engine, tenant) as tx:
            slice, place = expiry.forget_sent(tx, tx.now - kept, place, SLICE)
        forgotten += slice
        more = place is not None
    return forgotten
