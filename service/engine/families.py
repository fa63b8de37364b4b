"""Whom a batch holds: its customers and, where parents are written to, theirs. So whoever holds a parent knows that nobody
works on the family, and nobody ever waits for a second lock."""

from collections.abc import Mapping, Sequence

from service.domain import commands as c
from service.domain.account import Kin
from service.domain.customer import Customer
from service.engine.asks import Ask
from service.engine.desk import Session
from service.store import customers
from service.store.database import Missed

Held = dict[str, customers.Loaded]


def hold(session: Session, asks: Sequence[Ask], wanted: set[str], skip_locked: bool) -> tuple[Held, Held]:
    """All that are locked, in one sorted statement, and those of the wanted that may be worked on."""
    held = customers.lock(session.tx, sorted(wanted | _parents(session, asks, wanted)), skip_locked)
    return held, {
        id: one for id, one in held.items() if id in wanted and _has_parent(session, one.state, held, skip_locked)
    }


def _parents(session: Session, asks: Sequence[Ask], wanted: set[str]) -> set[str]:
    """A parent that a command names, and where parents are written to those of all; a parent that changes meanwhile shows
    once the customers are held."""
    named = {ask.command.parent for ask in asks if isinstance(ask.command, c.UpdateCustomer) and ask.command.parent}
    known = customers.parents(session.tx, sorted(wanted)) if session.scene.settings.contact_parents else ()
    return {*known, *(id for id in named if isinstance(id, str))}


def _has_parent(session: Session, customer: Customer, held: Mapping[str, customers.Loaded], skip_locked: bool) -> bool:
    """Whether the customer can be worked on; not without its parent, whom somebody else works on or whom it has only just
    got. Raises Missed, unless it is simply left out."""
    if customer.parent is None or customer.parent in held or not session.scene.settings.contact_parents:
        return True
    if not skip_locked:
        raise Missed
    return False


def kin_of(session: Session) -> Kin:
    """Everybody who is locked; children are asked for when somebody gets a parent."""
    return Kin({}, lambda id: customers.children(session.tx, id), session.scene.settings.contact_parents)
