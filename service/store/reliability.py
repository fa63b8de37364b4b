"""What was promised on a customer's last bills and has been judged, as their states remember it."""

from collections.abc import Sequence

from service.domain.case import Case
from service.domain.reliability import BILLS_LOOKED_AT, Judged, judged_on
from service.store import codec
from service.store.database import Tx

_PROMISED = """
SELECT c.id, k.state FROM unnest(%(customers)s::text[]) AS c(id) CROSS JOIN LATERAL (
  SELECT state::text FROM (
    SELECT state FROM cases WHERE tenant = %(tenant)s AND customer = c.id ORDER BY issued_on DESC, id DESC LIMIT %(bills)s
  ) AS latest WHERE (state -> 'promises') IS NOT NULL OR (state -> 'plan') IS NOT NULL) AS k
"""


def of_customers(tx: Tx, customers: Sequence[str]) -> dict[str, list[Judged]]:
    """Per customer, none for one who has promised nothing."""
    found: dict[str, list[Judged]] = {customer: [] for customer in customers}
    if not customers:
        return found
    for customer, state in tx.rows(_PROMISED, {"customers": list(customers), "bills": BILLS_LOOKED_AT}):
        found[customer] += judged_on(codec.state(Case, state))
    return found
