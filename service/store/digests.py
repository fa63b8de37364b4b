"""Bills that wait for the digests of their roles: a queue, emptied in the transaction that tells of them."""

from collections.abc import Sequence
from datetime import datetime

from service.domain.digests import BILLS_NAMED, CUSTOMERS_NAMED, Gathered, Waiting
from service.domain.reading import AUDIENCES
from service.store.database import Row, Tx, columns


def add(tx: Tx, told: Sequence[Row], now: datetime) -> None:
    """(role, bill, customer): each bill once, however often the role would have been told of it."""
    if told:
        tx.write(
            """INSERT INTO digests (tenant, role, case_id, customer, at)
               SELECT %(tenant)s, d.role, d.case_id, d.customer, %(now)s
                 FROM unnest(%(role)s::text[], %(case_id)s::text[], %(customer)s::text[]) AS d(role, case_id, customer)
               ON CONFLICT DO NOTHING""",
            {**columns(told, ("role", "case_id", "customer")), "now": now},
        )


def waiting(tx: Tx) -> list[Waiting]:
    """The roles that have something to be told: two probes of the index a role, however many bills there are."""
    rows = tx.rows(
        """SELECT r.role, earliest.at, latest.at FROM unnest(%(roles)s::text[]) AS r(role)
            CROSS JOIN LATERAL (SELECT at FROM digests d WHERE d.tenant = %(tenant)s AND d.role = r.role
                                 ORDER BY at LIMIT 1) AS earliest
            CROSS JOIN LATERAL (SELECT at FROM digests d WHERE d.tenant = %(tenant)s AND d.role = r.role
                                 ORDER BY at DESC LIMIT 1) AS latest""",
        {"roles": sorted(AUDIENCES)},
    )
    return [Waiting(*row) for row in rows]


def take(tx: Tx, role: str, now: datetime) -> Gathered:
    """What the role is to be told now, gone from the queue; what has been closed meanwhile is left out."""
    ((customers, cases, customer_count, bills),) = tx.rows(
        """WITH taken AS (
             DELETE FROM digests WHERE tenant = %(tenant)s AND role = %(role)s AND at <= %(now)s
             RETURNING customer, case_id),
           told AS (
             SELECT t.customer, t.case_id FROM taken t JOIN cases k ON k.tenant = %(tenant)s AND k.id = t.case_id
              WHERE k.stage <> 'closed')
           SELECT ARRAY(SELECT DISTINCT customer FROM told ORDER BY 1 LIMIT %(customers)s),
                  ARRAY(SELECT case_id FROM told ORDER BY customer, case_id LIMIT %(bills)s),
                  (SELECT count(DISTINCT customer) FROM told), (SELECT count(*) FROM told)""",
        {"role": role, "now": now, "customers": CUSTOMERS_NAMED, "bills": BILLS_NAMED},
    )
    return Gathered(customers, cases, customer_count, bills)
