"""Customers as they are: the projection of their streams, the streams' heads, and the rows that everything locks first."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from service.domain.assignment import ANYBODY
from service.domain.customer import Customer
from service.store import codec
from service.store.cases import fold_key
from service.store.database import Row, Tx, columns


class Loaded(Struct, frozen=True):
    """A locked customer, its stream's head, and its own alarm."""

    state: Customer
    head: bytes | None
    own_at: datetime | None


class Saved(Struct, frozen=True):
    """A customer to save, or one whose alarm alone is to be set anew (`expected` = its version)."""

    state: Customer
    expected: int
    head: bytes | None
    own_at: datetime | None


COLUMNS = (
    "id version state hash name_key segment owner hold own_at review_on credit_limit payment_run key_account parent expected"
).split()

_UPDATE = """
UPDATE customers c
   SET version = v.version, state = v.state::json, hash = v.hash, name_key = v.name_key, segment = v.segment,
       owner = v.owner, hold = v.hold, own_at = v.own_at,
       review_on = v.review_on, credit_limit = v.credit_limit, payment_run = v.payment_run, key_account = v.key_account,
       parent = v.parent,
       wake_at = LEAST(v.own_at, (SELECT k.next_at FROM cases k
                                   WHERE k.tenant = %(tenant)s AND k.customer = v.id AND k.next_at IS NOT NULL
                                   ORDER BY k.next_at LIMIT 1))
  FROM unnest(%(id)s::text[], %(version)s::int[], %(state)s::text[], %(hash)s::bytea[], %(name_key)s::text[],
              %(segment)s::text[], %(owner)s::text[], %(hold)s::text[], %(own_at)s::timestamptz[], %(review_on)s::date[],
              %(credit_limit)s::bigint[], %(payment_run)s::text[], %(key_account)s::boolean[], %(parent)s::text[],
              %(expected)s::int[])
       AS v(id, version, state, hash, name_key, segment, owner, hold, own_at, review_on, credit_limit, payment_run, key_account,
            parent, expected)
 WHERE c.tenant = %(tenant)s AND c.id = v.id AND c.version = v.expected
"""


def ensure(tx: Tx, ids: Sequence[str]) -> None:
    """Rows for customers that may not be there yet, so that they can be locked; sorted, or two batches deadlock."""
    if ids:
        tx.run(
            """INSERT INTO customers (tenant, id, state)
               SELECT %(tenant)s, id, '{}'::json FROM unnest(%(ids)s::text[]) AS i(id) ON CONFLICT DO NOTHING""",
            {"ids": sorted(ids)},
        )


def lock(tx: Tx, ids: Sequence[str], skip_locked: bool = False) -> dict[str, Loaded]:
    """The customers, held until the transaction ends; those that others hold are left out when told to skip."""
    if not ids:
        return {}
    rows = tx.rows(
        f"""SELECT id, version, state::text, hash, own_at FROM customers
             WHERE tenant = %(tenant)s AND id = ANY(%(ids)s::text[])
             ORDER BY id FOR UPDATE {"SKIP LOCKED" if skip_locked else ""}""",
        {"ids": sorted(ids)},
    )
    return {
        id: Loaded(codec.state(Customer, state) if version else Customer(id=id), head, own_at)
        for id, version, state, head, own_at in rows
    }


def row(one: Saved) -> Row:
    """What stands in its columns, and at the end the expected version."""
    customer = one.state
    return (
        customer.id,
        customer.version,
        codec.encode_state(customer),
        one.head,
        fold_key(customer.name) or "",
        customer.segment,
        customer.owner,
        customer.hold.id if customer.hold else None,
        one.own_at,
        customer.review_on,
        customer.credit_limit,
        customer.payment_run.key if customer.payment_run else None,
        customer.key_account,
        customer.parent,
        one.expected,
    )


def save(tx: Tx, changed: Sequence[Saved]) -> None:
    """States and alarms; the cases must have been saved before, for the alarm is the earliest of theirs and its own.
    Raises Missed when a version is not the expected one."""
    if changed:
        tx.write(_UPDATE, columns([row(one) for one in changed], COLUMNS), rows=len(changed))


def forget_bare(tx: Tx, ids: Sequence[str]) -> None:
    """A refused event leaves no trace, not even the row that was locked for it."""
    if ids:
        tx.run(
            "DELETE FROM customers WHERE tenant = %(tenant)s AND id = ANY(%(ids)s::text[]) AND version = 0",
            {"ids": list(ids)},
        )


def read(tx: Tx, ids: Sequence[str]) -> dict[str, Customer]:
    """The customers as they are, unlocked."""
    rows = tx.rows(
        """SELECT id, state::text FROM customers WHERE tenant = %(tenant)s AND id = ANY(%(ids)s::text[]) AND version > 0""",
        {"ids": list(ids)},
    )
    return {id: codec.state(Customer, state) for id, state in rows}


def names(tx: Tx, ids: Sequence[str]) -> dict[str, str]:
    """What they are called."""
    rows = tx.rows(
        """SELECT id, COALESCE(state->>'name', '') FROM customers WHERE tenant = %(tenant)s AND id = ANY(%(ids)s::text[])""",
        {"ids": list(ids)},
    )
    return dict(rows)


CHILDREN_AT_MOST = 1000


def parents(tx: Tx, ids: Sequence[str]) -> set[str]:
    """The parents of those of the customers that have one; unlocked."""
    rows = tx.rows(
        """SELECT DISTINCT parent FROM customers
            WHERE tenant = %(tenant)s AND id = ANY(%(ids)s::text[]) AND parent IS NOT NULL""",
        {"ids": list(ids)},
    )
    return {id for (id,) in rows}


def children(tx: Tx, parent: str) -> frozenset[str]:
    """The customers at whose head the parent stands, so many at most; unlocked."""
    rows = tx.rows(
        """SELECT id FROM customers WHERE tenant = %(tenant)s AND parent = %(parent)s ORDER BY id LIMIT %(limit)s""",
        {"parent": parent, "limit": CHILDREN_AT_MOST},
    )
    return frozenset(id for (id,) in rows)


def loads(tx: Tx, users: Sequence[str]) -> dict[str, int]:
    """How many customers each of the users has."""
    rows = tx.rows(
        f"""SELECT owner, count(*) FROM customers WHERE tenant = %(tenant)s AND owner = ANY(%(users)s::text[])
              AND owner <> '{ANYBODY}' GROUP BY owner""",
        {"users": list(users)},
    )
    return dict(rows)


def worked_by(tx: Tx, owner: str, ids: Sequence[str], segments: Sequence[str], limit: int) -> list[str]:
    """The customers of whom something is the owner's: they themselves, or open bills. Of these ids and segments, if any."""
    rows = tx.rows(
        """SELECT k.id FROM customers k WHERE k.tenant = %(tenant)s AND k.version > 0
              AND k.id = ANY(ARRAY(SELECT id FROM customers WHERE tenant = %(tenant)s AND owner = %(owner)s
                             UNION SELECT customer FROM cases
                                    WHERE tenant = %(tenant)s AND owner = %(owner)s AND stage <> 'closed'))
              AND (%(ids)s::text[] = '{}' OR k.id = ANY(%(ids)s::text[]))
              AND (%(segments)s::text[] = '{}' OR k.segment = ANY(%(segments)s::text[]))
            ORDER BY k.id LIMIT %(limit)s""",
        {"owner": owner, "ids": list(ids), "segments": list(segments), "limit": limit},
    )
    return [id for (id,) in rows]


def rung(tx: Tx, now: datetime, limit: int, free: bool = False) -> dict[str, datetime]:
    """Customers whose alarm has rung, and since when, earliest first; only those whom nobody holds this moment, when told
    so. Ordered, or a prepared plan scans the whole table."""
    rows = tx.rows(
        f"""SELECT id, wake_at FROM customers WHERE tenant = %(tenant)s AND wake_at <= %(now)s
             ORDER BY tenant, wake_at LIMIT %(limit)s {"FOR KEY SHARE SKIP LOCKED" if free else ""}""",
        {"now": now, "limit": limit},
    )
    return dict(rows)


def set_wake(tx: Tx, ids: Sequence[str], at: datetime) -> None:
    """Their alarms, set by hand."""
    tx.run(
        "UPDATE customers SET wake_at = %(at)s WHERE tenant = %(tenant)s AND id = ANY(%(ids)s::text[])",
        {"ids": list(ids), "at": at},
    )


def next_wake(tx: Tx) -> datetime | None:
    """When the next customer's alarm rings."""
    row = tx.one(
        """SELECT wake_at FROM customers WHERE tenant = %(tenant)s AND wake_at IS NOT NULL
            ORDER BY tenant, wake_at LIMIT 1"""
    )
    return row["wake_at"] if row else None
