"""Payments as they are: the projection of their streams, and the streams' heads."""

from collections.abc import Sequence
from datetime import date

from msgspec import Struct

from service.domain.payment import Payment
from service.store import codec
from service.store.database import Row, Tx, columns


class Loaded(Struct, frozen=True):
    """A state and its stream's head."""

    state: Payment
    head: bytes


class Saved(Struct, frozen=True):
    """A state to save, the version it grew from, and its head."""

    state: Payment
    expected: int
    head: bytes


COLUMNS = ("id", "customer", "version", "state", "hash", "currency", "amount", "rest", "received_on")

_INSERT = """
INSERT INTO payments (tenant, id, customer, version, state, hash, currency, amount, rest, received_on)
SELECT %(tenant)s, v.id, v.customer, v.version, v.state::json, v.hash, v.currency, v.amount, v.rest, v.received_on
  FROM unnest(%(id)s::text[], %(customer)s::text[], %(version)s::int[], %(state)s::text[], %(hash)s::bytea[],
              %(currency)s::text[], %(amount)s::bigint[], %(rest)s::bigint[], %(received_on)s::date[])
       AS v(id, customer, version, state, hash, currency, amount, rest, received_on)
ON CONFLICT DO NOTHING
"""
_UPDATE = """
UPDATE payments p SET version = v.version, state = v.state::json, hash = v.hash, rest = v.rest
  FROM unnest(%(id)s::text[], %(version)s::int[], %(state)s::text[], %(hash)s::bytea[], %(rest)s::bigint[],
              %(expected)s::int[]) AS v(id, version, state, hash, rest, expected)
 WHERE p.tenant = %(tenant)s AND p.id = v.id AND p.version = v.expected
"""


def load(tx: Tx, ids: Sequence[str]) -> dict[str, Loaded]:
    """The payments of those ids that exist."""
    if not ids:
        return {}
    rows = tx.rows(
        "SELECT id, state::text, hash FROM payments WHERE tenant = %(tenant)s AND id = ANY(%(ids)s::text[])",
        {"ids": list(ids)},
    )
    return {id: Loaded(codec.state(Payment, state), head) for id, state, head in rows}


def customers_of(tx: Tx, ids: Sequence[str]) -> dict[str, str]:
    """Whose payments these are; a payment never changes customer."""
    if not ids:
        return {}
    rows = tx.rows(
        "SELECT id, customer FROM payments WHERE tenant = %(tenant)s AND id = ANY(%(ids)s::text[])", {"ids": list(ids)}
    )
    return dict(rows)


def row(one: Saved) -> Row:
    """What stands in its columns."""
    p = one.state
    return (p.id, p.customer, p.version, codec.encode_state(p), one.head, p.currency, p.amount, p.rest, p.received_on)


def save(tx: Tx, changed: Sequence[Saved]) -> None:
    """Inserts the new ones, updates those whose version is still the expected one. Raises Missed when one was not."""
    new = [row(one) for one in changed if one.expected == 0]
    old = [
        (one.state.id, one.state.version, codec.encode_state(one.state), one.head, one.state.rest, one.expected)
        for one in changed
        if one.expected > 0
    ]
    if new:
        tx.write(_INSERT, columns(new, COLUMNS), rows=len(new))
    if old:
        names = ("id", "version", "state", "hash", "rest", "expected")
        tx.write(_UPDATE, columns(old, names), rows=len(old))


def last_received_on(tx: Tx, today: date) -> date | None:
    """The business day of the latest payment that is not dated ahead."""
    rows = tx.rows(
        """SELECT received_on FROM payments WHERE tenant = %(tenant)s AND received_on <= %(today)s
            ORDER BY tenant DESC, received_on DESC LIMIT 1""",
        {"today": today},
    )
    return rows[0][0] if rows else None
