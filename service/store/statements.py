"""A customer's account, added up from the rows of their money: what bills say from `movements`, what came from payments."""

from datetime import date
from typing import Any

from service.domain.statement import KINDS, Entry, Open, Statement, aged, running
from service.store.database import Tx

# A draft is money from the day it was honoured; what was taken back never came.
_LINES = """
WITH lines AS (
  SELECT m.currency, m.day, m.case_id AS id, k.state->>'reference' AS reference,
         CASE m.kind WHEN 'credited' THEN 'credit_note' WHEN 'lost' THEN 'lost'
                     ELSE CASE WHEN m.day <= k.issued_on THEN 'bill' ELSE 'correction' END END AS kind,
         sum(m.amount)::bigint AS amount
    FROM movements m JOIN cases k ON k.tenant = %(tenant)s AND k.id = m.case_id
   WHERE m.tenant = %(tenant)s AND m.customer = %(customer)s AND m.kind IN ('billed', 'credited', 'lost')
     AND m.day <= %(until)s
   GROUP BY 1, 2, 3, 4, 5
  UNION ALL
  SELECT p.currency, COALESCE(h.day, p.received_on), p.id, p.state->>'reference', 'payment', -p.amount
    FROM payments p LEFT JOIN LATERAL (
      SELECT (e.data->>'on')::date AS day FROM events e
       WHERE e.tenant = %(tenant)s AND e.stream = 'payment/' || p.id AND e.type = 'payment.honoured'
         AND p.state->>'matures_on' IS NOT NULL LIMIT 1) AS h ON true
   WHERE p.tenant = %(tenant)s AND p.customer = %(customer)s AND COALESCE(h.day, p.received_on) <= %(until)s
     AND p.state->>'draft' IS DISTINCT FROM 'true' AND p.state->>'reversed_on' IS NULL)
"""
_SUMS = f"""{_LINES}
SELECT currency, CASE WHEN kind <> 'lost' THEN kind WHEN amount < 0 THEN 'write_off' ELSE 'recovery' END AS what,
       COALESCE(sum(amount) FILTER (WHERE day < %(since)s), 0)::bigint,
       COALESCE(sum(amount) FILTER (WHERE day >= %(since)s), 0)::bigint
  FROM lines GROUP BY 1, 2 ORDER BY 1, 2
"""
_ENTRIES = f"""{_LINES}
SELECT currency, CASE WHEN kind <> 'lost' THEN kind WHEN amount < 0 THEN 'write_off' ELSE 'recovery' END AS what,
       day, id, reference, amount
  FROM lines WHERE day >= %(since)s AND amount <> 0
 ORDER BY day, array_position(%(kinds)s::text[], CASE kind WHEN 'lost' THEN 'write_off' ELSE kind END), id, currency
 LIMIT %(limit)s
"""
_OPEN = """
SELECT currency, due_on, sum(amount)::bigint, COALESCE(-sum(amount) FILTER (WHERE kind = 'paid'), 0)::bigint FROM movements
 WHERE tenant = %(tenant)s AND customer = %(customer)s AND day <= %(until)s GROUP BY currency, due_on
"""
_BILLS = """
SELECT currency, case_id, due_on, sum(amount)::bigint FROM movements
 WHERE tenant = %(tenant)s AND customer = %(customer)s AND day <= %(until)s
 GROUP BY currency, case_id, due_on HAVING sum(amount) <> 0 ORDER BY currency, due_on, case_id LIMIT %(limit)s
"""


def read(tx: Tx, customer: str, since: date, until: date, limit: int) -> tuple[list[Statement], bool]:
    """By currency, at most `limit` entries and bills of all together; and whether these are all. Left out are currencies in
    which nothing is owed or was paid ahead, and nothing happened."""
    values: dict[str, Any] = {"customer": customer, "since": since, "until": until, "kinds": list(KINDS)}
    opening: dict[str, int] = {}
    paid: dict[str, int] = {}
    sums: dict[str, dict[str, int]] = {}
    for currency, kind, before, within in tx.rows(_SUMS, values):
        opening[currency] = opening.get(currency, 0) + before
        if kind == "payment":
            paid[currency] = -before - within
        if within:
            sums.setdefault(currency, {})[kind] = within
    open_by_due: dict[str, list[tuple[date | None, int]]] = {}
    for currency, due_on, amount, applied in tx.rows(_OPEN, values):
        open_by_due.setdefault(currency, []).append((due_on, amount))
        paid[currency] = paid.get(currency, 0) - applied
    entries: dict[str, list[Entry]] = {}
    lines = tx.rows(_ENTRIES, values | {"limit": limit + 1})
    for currency, kind, day, id, reference, amount in lines[:limit]:
        entries.setdefault(currency, []).append(Entry(kind=kind, day=day, id=id, reference=reference, amount=amount))
    bills: dict[str, list[Open]] = {}
    owed = tx.rows(_BILLS, values | {"limit": limit + 1})
    for currency, case, due_on, amount in owed[:limit]:
        bills.setdefault(currency, []).append(Open(case=case, due_on=due_on, amount=amount))
    found = [
        Statement(
            currency=currency,
            opening=opening.get(currency, 0),
            sums=sums.get(currency, {}),
            entries=running(opening.get(currency, 0), entries.get(currency, [])),
            bills=tuple(bills.get(currency, ())),
            ageing=aged(open_by_due.get(currency, ()), until),
            credit=paid.get(currency, 0),
        )
        for currency in sorted(opening.keys() | open_by_due.keys())
    ]
    told = [one for one in found if one.opening or one.sums or one.open or one.credit]
    return told, max(len(lines), len(owed)) <= limit
