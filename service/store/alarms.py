"""Which tenants have something due, found out for all of them in one look that costs the same however many bills are open;
and the alarms of bills and customers, set anew.

`watch` is a pool of the clock's role. Every probe is ordered as its index is, or a prepared plan scans the whole table."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Engine

from service.store.database import Row, Tx, columns, look

_RINGING = """
SELECT t.id, c.wake_at IS NOT NULL OR t.wake_at IS NULL OR t.wake_at <= transaction_timestamp() AS rings,
       t.renew_from IS NOT NULL AS renews, d.role IS NOT NULL AS tells
  FROM tenants t LEFT JOIN LATERAL (
    SELECT c.wake_at FROM customers c WHERE c.tenant = t.id AND c.wake_at <= transaction_timestamp()
     ORDER BY c.tenant, c.wake_at LIMIT 1) AS c ON true
  LEFT JOIN LATERAL (
    SELECT d.role FROM digests d WHERE d.tenant = t.id ORDER BY d.tenant, d.role, d.at LIMIT 1) AS d ON true
 WHERE (t.kind = 'live' OR t.follows) AND t.delete_after IS NULL
   AND (c.wake_at IS NOT NULL OR t.wake_at IS NULL OR t.wake_at <= transaction_timestamp() OR t.renew_from IS NOT NULL
        OR d.role IS NOT NULL)
 ORDER BY t.id
"""

_QUEUED = """
SELECT t.id FROM tenants t CROSS JOIN LATERAL (
  SELECT m.id FROM messages m JOIN customers c ON c.tenant = m.tenant AND c.id = m.customer
   WHERE m.tenant = t.id AND m.state = 'queued' AND m.slot_at <= transaction_timestamp()
     AND COALESCE(m.next_at, m.slot_at) <= transaction_timestamp()
     AND (c.wake_at IS NULL OR c.wake_at > transaction_timestamp())
   ORDER BY m.tenant, m.slot_at LIMIT 1) AS m
 WHERE (t.kind = 'live' OR t.follows) AND t.delete_after IS NULL ORDER BY t.id
"""

_READY = """
SELECT t.id FROM tenants t CROSS JOIN LATERAL (
  SELECT m.id FROM messages m WHERE m.tenant = t.id AND m.state = 'ready'
     AND (m.next_at IS NULL OR m.next_at <= transaction_timestamp())
   ORDER BY m.tenant, m.slot_at, m.id LIMIT 1) AS m
 WHERE t.delete_after IS NULL ORDER BY t.id
"""


_TELLING = """
SELECT t.id FROM tenants t CROSS JOIN LATERAL (
  SELECT m.day FROM notice_mails m WHERE m.tenant = t.id AND m.state = 'ready'
     AND (m.next_at IS NULL OR m.next_at <= transaction_timestamp())
   ORDER BY m.tenant, m.day LIMIT 1) AS m
 WHERE t.delete_after IS NULL ORDER BY t.id
"""


class Ringing(NamedTuple):
    """A tenant whose clock runs: whether a customer's alarm or a step of its own has rung, whether its alarms are to be
    computed anew, and whether somebody is to be told in a digest, sooner or later."""

    tenant: str
    rings: bool
    renews: bool
    tells: bool


def ringing(watch: Engine) -> list[Ringing]:
    """The tenants with whom the clock has something to do."""
    return [Ringing(*row) for row in look(watch, _RINGING)]


def queued(watch: Engine) -> list[str]:
    """Tenants whose clocks run and of whom a message's slot has come."""
    return [id for (id,) in look(watch, _QUEUED)]


def ready(watch: Engine) -> list[str]:
    """Tenants with messages that may be handed over now, standing sandboxes too."""
    return [id for (id,) in look(watch, _READY)]


def telling(watch: Engine) -> list[str]:
    """Tenants with mails to their own people that may be handed over now, standing sandboxes too."""
    return [id for (id,) in look(watch, _TELLING)]


def after(tx: Tx, place: str, people: int, limit: int) -> list[tuple[str, str]]:
    """(customer, bill) of what comes after the place: so many customers, each as (customer, "") before its open bills, and at
    most `limit` in all. One customer after the other, or every slice would look at all that is open."""
    customer, _, case = place.partition("/")
    return [
        (customer, case)
        for customer, case in tx.rows(
            """SELECT c.id, k.id FROM (
                 SELECT id FROM customers WHERE tenant = %(tenant)s AND id >= %(customer)s ORDER BY id LIMIT %(people)s) AS c
                CROSS JOIN LATERAL (
                 SELECT '' AS id WHERE c.id > %(customer)s
                 UNION ALL
                (SELECT id FROM cases k WHERE k.tenant = %(tenant)s AND k.customer = c.id AND k.stage <> 'closed'
                    AND (c.id > %(customer)s OR k.id > %(case)s) ORDER BY id LIMIT %(limit)s)) AS k
                ORDER BY 1, 2 LIMIT %(limit)s""",
            {"customer": customer, "case": case, "people": people, "limit": limit},
        )
    ]


def set_cases(tx: Tx, ats: Sequence[Row]) -> None:
    """When to look at which bill; their customers are locked."""
    tx.run(
        """UPDATE cases c SET next_at = v.at FROM unnest(%(id)s::text[], %(at)s::timestamptz[]) AS v(id, at)
            WHERE c.tenant = %(tenant)s AND c.id = v.id AND c.next_at IS DISTINCT FROM v.at""",
        columns(ats, ("id", "at")),
    )


def set_customers(tx: Tx, ats: Sequence[Row]) -> None:
    """When to look at which customer's own reminders, and with them at the earliest of its bills, which have been set."""
    tx.run(
        """UPDATE customers c SET own_at = v.at, wake_at = v.wake_at FROM (
             SELECT u.id, u.at, LEAST(u.at, (
                      SELECT k.next_at FROM cases k WHERE k.tenant = %(tenant)s AND k.customer = u.id
                         AND k.next_at IS NOT NULL ORDER BY k.next_at LIMIT 1)) AS wake_at
               FROM unnest(%(id)s::text[], %(at)s::timestamptz[]) AS u(id, at)) AS v
            WHERE c.tenant = %(tenant)s AND c.id = v.id AND (c.own_at, c.wake_at) IS DISTINCT FROM (v.at, v.wake_at)""",
        columns(ats, ("id", "at")),
    )
