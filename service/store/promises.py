"""The promises of a case, folded from its log: the state remembers only the last of them."""

from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from service.domain.events import case as e
from service.store import codec
from service.store.database import Tx

_TYPES = [e.PromiseMade.type, e.PromiseKept.type, e.PromiseBroken.type, e.PromiseCancelled.type]


class Promise(Struct, frozen=True, kw_only=True):
    """One promise and what became of it; `version` is that of the event that made it."""

    id: str
    version: int
    amount: int
    due_on: date
    until: date
    made_on: date
    state: str = "open"
    received: int = 0


def of_case(tx: Tx, case: str) -> list[Promise]:
    """All of them, oldest first."""
    rows = tx.rows(
        """SELECT version, type, schema, data::text FROM events
            WHERE tenant = %(tenant)s AND stream = %(stream)s AND type = ANY(%(types)s::text[]) ORDER BY version""",
        {"stream": f"case/{case}", "types": _TYPES},
    )
    found: dict[str, Promise] = {}
    for version, type, schema, data in rows:
        match codec.event(type, schema, data):
            case e.PromiseMade() as made:
                found[made.promise] = Promise(
                    id=made.promise,
                    version=version,
                    amount=made.amount,
                    due_on=made.due_on,
                    until=made.until,
                    made_on=made.made_on,
                )
            case e.PromiseKept() as kept:
                found[kept.promise] = replace(found[kept.promise], state="kept", received=kept.received)
            case e.PromiseBroken() as broken:
                found[broken.promise] = replace(found[broken.promise], state=broken.state, received=broken.received)
            case e.PromiseCancelled() as cancelled:
                found[cancelled.promise] = replace(found[cancelled.promise], state="cancelled")
    return list(found.values())
