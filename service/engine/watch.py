"""Once a day every customer is looked at as a whole (E): found by set, in slices, and decided one by one under their locks.

What is decided shows in the customer, so a look that was cut short is simply begun anew.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from service.domain.commands import Watch
from service.domain.credit import ASKED_AGAIN, DAYS_OVERDUE
from service.domain.decide.reviews import EVERY
from service.domain.offsets import Offset, add
from service.domain.payment_run import EVERY as EVERY_RUN
from service.domain.payment_run import contacts
from service.domain.scene import CLOCKWORK
from service.engine.asks import Ask
from service.engine.desk import Desk
from service.engine.handle import handle
from service.store import watch

SLICE = 100
"""Customers decided in one transaction."""

LIMITED = 5000
"""Customers with a credit limit added up at once."""


def look(desk: Desk, tenant: str, now: datetime | None) -> None:
    """Everybody who may be concerned today."""
    found = sorted(set(_found(desk, tenant, now)))
    for start in range(0, len(found), SLICE):
        desk.go_on()
        asks = [Ask(command=Watch(customer=id), asker=CLOCKWORK) for id in found[start : start + SLICE]]
        handle(desk, tenant, asks, now)


def _found(desk: Desk, tenant: str, now: datetime | None) -> Iterator[str]:
    with desk.open(tenant, now) as session:
        tx, today = session.tx, session.scene.today
        go_live = session.scene.settings.go_live_on
        if go_live and today < go_live:
            return
        refused_before = add(today, Offset(days=-ASKED_AGAIN.days))
        yield from watch.to_review(tx, today, add(today, Offset(months=-EVERY.months)))
        yield from watch.key_accounts(tx, today)
        workdays = session.scene.workdays
        if runs := [run.key for run in EVERY_RUN if any(contacts(run, today, workdays))]:
            yield from watch.paying(tx, runs)
        yield from watch.too_old(tx, today - timedelta(DAYS_OVERDUE), refused_before)
    after: str | None = ""
    while after is not None:
        desk.go_on()
        with desk.open(tenant, now) as session:
            some, after = watch.over_limit(session.tx, after, LIMITED, refused_before)
        yield from some
