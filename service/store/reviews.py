"""What a review of a customer is made of: their bills of the last year."""

from datetime import date

import msgspec

from service.domain.review import Bill
from service.store.database import Tx

AT_MOST = 500


class _Promise(msgspec.Struct):
    state: str = "open"


_promises = msgspec.json.Decoder(list[_Promise])


def bills(tx: Tx, customer: str, today: date, due_from: date) -> list[Bill]:
    """Those that have come due since that day, the newest first, at most 500; voided ones are none."""
    rows = tx.rows(
        """SELECT due_on, settled_on, level, closed_as, state->>'promises' FROM cases
            WHERE tenant = %(tenant)s AND customer = %(customer)s AND due_on < %(today)s AND due_on >= %(due_from)s
              AND closed_as IS DISTINCT FROM 'voided' ORDER BY due_on DESC, id LIMIT %(limit)s""",
        {"customer": customer, "today": today, "due_from": due_from, "limit": AT_MOST},
    )
    return [
        Bill(
            due_on=due_on,
            settled_on=settled_on,
            level=level,
            written_off=closed_as == "written_off",
            promises=tuple(one.state for one in _promises.decode(promised or "[]") if one.state not in ("open", "cancelled")),
        )
        for due_on, settled_on, level, closed_as, promised in rows
    ]
