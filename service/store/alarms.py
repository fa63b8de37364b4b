"""Which tenants have something due, found out for all of them in one look that costs the same however many bills are open.

`watch` is a pool of the clock's role. Every probe is ordered as its index is, or a prepared plan scans the whole table."""

from typing import NamedTuple

from sqlalchemy import Engine

from service.store.database import look

_RINGING = """
SELECT t.id, c.wake_at IS NOT NULL OR t.wake_at IS NULL OR t.wake_at <= transaction_timestamp() AS rings,
       d.role IS NOT NULL AS tells
  FROM tenants t LEFT JOIN LATERAL (
    SELECT c.wake_at FROM customers c WHERE c.tenant = t.id AND c.wake_at <= transaction_timestamp()
     ORDER BY c.tenant, c.wake_at LIMIT 1) AS c ON true
  LEFT JOIN LATERAL (
    SELECT d.role FROM digests d WHERE d.tenant = t.id ORDER BY d.tenant, d.role, d.at LIMIT 1) AS d ON true
 WHERE (t.kind = 'live' OR t.follows) AND t.delete_after IS NULL
   AND (c.wake_at IS NOT NULL OR t.wake_at IS NULL OR t.wake_at <= transaction_timestamp() OR d.role IS NOT NULL)
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


class Ringing(NamedTuple):
    """A tenant whose clock runs: whether a customer's alarm or a step of its own has rung, and whether somebody is to be
    told in a digest, sooner or later."""

    tenant: str
    rings: bool
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
