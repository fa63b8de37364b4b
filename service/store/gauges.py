"""What the tables show across tenants at a glance: by the roles that may look across, a few bounded statements."""

from datetime import datetime

from msgspec import Struct
from sqlalchemy import Engine

from service.store import tenants
from service.store.database import CLOCK, SENDER, Tx, transaction

COUNTED = 10_000
"""Backlogs are counted so far; beyond it the age alone tells."""

TENANTS = 200
PATIENCE = "2s"


class Gauges(Struct, frozen=True, kw_only=True):
    """Instants are None where nothing waits. `tenants` are those whose clocks run."""

    now: datetime
    live_tenants: int
    due: int
    due_since: datetime | None
    last_tick: datetime | None
    messages_ready: int
    pending: int
    pending_since: datetime | None
    late_since: datetime | None
    endpoints_disabled: int


def read(engine: Engine) -> Gauges:
    """One look, by three roles."""
    with transaction(engine, "") as tx:
        last_tick = seen(tx, "tick")
    with transaction(engine, "", CLOCK) as tx:
        _hurry(tx)
        ((live,),) = tx.rows("SELECT count(*) FROM tenants WHERE kind = 'live' AND delete_after IS NULL")
        ((due, due_since),) = tx.rows(_DUE, {"most": COUNTED})
        ((ready,),) = tx.rows(
            """SELECT count(*) FROM (SELECT FROM messages m JOIN tenants t ON t.id = m.tenant AND t.delete_after IS NULL
                                      WHERE m.state = 'ready' LIMIT %(most)s) AS m""",
            {"most": COUNTED},
        )
    with transaction(engine, "", SENDER) as tx:
        _hurry(tx)
        ((pending, created, next_at),) = tx.rows(_PENDING, {"most": COUNTED})
        ((disabled,),) = tx.rows("SELECT count(*) FROM endpoints WHERE state = 'disabled'")
        return Gauges(
            now=tx.now,
            live_tenants=live,
            due=due,
            due_since=due_since,
            last_tick=last_tick,
            messages_ready=ready,
            pending=pending,
            pending_since=created,
            late_since=next_at if next_at and next_at < tx.now else None,
            endpoints_disabled=disabled,
        )


def _hurry(tx: Tx) -> None:
    tx.run(f"SET LOCAL statement_timeout = '{PATIENCE}'")


_DUE = """
SELECT count(*), min(wake_at) FROM (
  SELECT c.wake_at FROM tenants t CROSS JOIN LATERAL (
    SELECT wake_at FROM customers c WHERE c.tenant = t.id AND c.wake_at <= transaction_timestamp()
     ORDER BY c.tenant, c.wake_at LIMIT %(most)s) AS c
   WHERE (t.kind = 'live' OR t.follows) AND t.delete_after IS NULL LIMIT %(most)s) AS due
"""
_PENDING = """
SELECT count(*), min(created_at), min(next_at) FROM (
  SELECT created_at, next_at FROM deliveries WHERE state = 'pending' ORDER BY next_at LIMIT %(most)s) AS waiting
"""


def shown(found: Gauges) -> dict[str, tuple[str, float]]:
    """As figures: by name, what it is and its value. An age of nothing is zero."""

    def age(since: datetime | None) -> float:
        return max(0.0, (found.now - since).total_seconds()) if since else 0.0

    return {
        "live_tenants": ("Tenants that are no sandboxes", found.live_tenants),
        "due_customers": (f"Customers whose alarm has rung, {COUNTED} at most", found.due),
        "oldest_due_seconds": ("Age of the oldest alarm that has rung", age(found.due_since)),
        "last_tick_timestamp_seconds": (
            "When a clock last looked at the alarms",
            found.last_tick.timestamp() if found.last_tick else 0.0,
        ),
        "messages_ready": (f"Messages composed and not handed over, {COUNTED} at most", found.messages_ready),
        "outbox_pending": (f"Webhook deliveries not done, {COUNTED} at most", found.pending),
        "outbox_oldest_seconds": ("Age of the oldest delivery not done", age(found.pending_since)),
        "outbox_late_seconds": ("How late the most urgent attempt is", age(found.late_since)),
        "endpoints_disabled": ("Webhook endpoints that nothing is sent to", found.endpoints_disabled),
    }


def calendars(engine: Engine) -> dict[str, int]:
    """The last published year by country, of the tenants whose clocks run (the first few hundred)."""
    with transaction(engine, "", CLOCK) as tx:
        running = [id for id, _, _, _ in tenants.ticking(tx)][:TENANTS]
    years: dict[str, int] = {}
    for tenant in running:
        with transaction(engine, tenant) as tx:
            rows = tx.rows(
                """SELECT state->'calendar'->>'country', (state->'calendar'->>'published_until')::int FROM tenants
                    WHERE id = %(tenant)s AND state->'calendar' IS NOT NULL"""
            )
        for country, year in rows:
            years[country] = min(year, years.get(country, year))
    return years


def note(tx: Tx, loop: str) -> None:
    """The loop has just looked; written at most every few seconds, however many replicas look."""
    tx.run(
        """INSERT INTO seen (loop, at) VALUES (%(loop)s, %(now)s) ON CONFLICT (loop) DO UPDATE SET at = EXCLUDED.at
            WHERE seen.at < EXCLUDED.at - interval '5 seconds'""",
        {"loop": loop, "now": tx.now},
    )


def seen(tx: Tx, loop: str) -> datetime | None:
    """When a loop of any replica last looked."""
    row = tx.one("SELECT at FROM seen WHERE loop = %(loop)s", {"loop": loop})
    return row["at"] if row else None
