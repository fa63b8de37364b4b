"""Reconciliations as their customers' logs tell them."""

from collections.abc import Sequence
from datetime import date
from typing import get_args

from msgspec import Struct
from msgspec.structs import replace

from service.domain.events import reconciliation as e
from service.domain.events.reconciliation import Stated
from service.store import codec
from service.store.database import Tx

_TYPES = [cls.type for cls in get_args(e.ReconciliationEvent)]


class Told(Struct, frozen=True, kw_only=True):
    """One reconciliation and what became of it: `version` is that of the event that sent it, `answered_at` that of the one
    which tells the customer's last word; beside it lies who said it."""

    version: int
    sent: e.ReconciliationSent
    state: str = "sent"
    balances: tuple[Stated, ...] = ()
    answered_on: date | None = None
    answered_at: int | None = None


def of_customer(tx: Tx, customer: str, id: str | None = None) -> list[Told]:
    """All of them, or that one, oldest first."""
    found: dict[str, Told] = {}
    rows = tx.rows(
        """SELECT version, type, schema, data::text FROM events
            WHERE tenant = %(tenant)s AND stream = %(stream)s AND type = ANY(%(types)s::text[])
              AND (%(id)s::text IS NULL OR data->>'reconciliation' = %(id)s) ORDER BY version""",
        {"stream": f"customer/{customer}", "types": _TYPES, "id": id},
    )
    for version, type, schema, data in rows:
        match codec.event(type, schema, data):
            case e.ReconciliationSent() as sent:
                found[sent.reconciliation] = Told(version=version, sent=sent)
            case e.ReconciliationSilent() as event:
                found[event.reconciliation] = replace(found[event.reconciliation], state="silent")
            case e.ReconciliationConfirmed() as event:
                found[event.reconciliation] = replace(
                    found[event.reconciliation], state="confirmed", balances=(), answered_on=event.on, answered_at=version
                )
            case e.ReconciliationDiffered() as event:
                found[event.reconciliation] = replace(
                    found[event.reconciliation],
                    state="differs",
                    balances=tuple(event.balances),
                    answered_on=event.on,
                    answered_at=version,
                )
            case _:
                raise AssertionError(type)
    return list(found.values())


def stated(tx: Tx, id: str, cases: Sequence[str]) -> dict[str, int]:
    """By bill, what the letter says is open on it, in minor units."""
    rows = tx.rows(
        """SELECT substr(stream, 6), (data->>'amount')::bigint FROM events
            WHERE tenant = %(tenant)s AND stream = ANY(%(streams)s::text[]) AND type = 'case.lettered'
              AND data->>'letter' = %(id)s AND data->>'amount' IS NOT NULL""",
        {"streams": [f"case/{case}" for case in cases], "id": id},
    )
    return dict(rows)


def bills_of(tx: Tx, wanted: Sequence[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """Of (customer, reconciliation) the bills that the letter names, by reconciliation: it was sent with the next event
    behind the letter's own, whose place its id tells."""
    streams = [f"customer/{customer}" for customer, _ in wanted]
    versions = [int(id.rpartition(".")[2]) + 1 for _, id in wanted]
    rows = tx.rows(
        """SELECT e.type, e.schema, e.data::text
             FROM unnest(%(streams)s::text[], %(versions)s::int[]) AS w(stream, version)
             JOIN events e ON e.tenant = %(tenant)s AND e.stream = w.stream AND e.version = w.version""",
        {"streams": streams, "versions": versions},
    )
    events = [codec.event(*row) for row in rows]
    return {one.reconciliation: tuple(one.cases) for one in events if isinstance(one, e.ReconciliationSent)}
