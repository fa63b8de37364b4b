"""One thing by its key, in one statement: what the reading routes of one case, customer, payment or message begin with."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from service.domain.case import Case
from service.domain.customer import Customer
from service.domain.payment import Payment
from service.store import codec
from service.store.database import Tx
from service.store.keyset import After, Asked, Sort, count, page


def case(tx: Tx, id: str) -> tuple[Case, Customer] | None:
    """The case with its customer."""
    rows = tx.rows(
        """SELECT c.state::text, k.state::text FROM cases c JOIN customers k ON k.tenant = c.tenant AND k.id = c.customer
            WHERE c.tenant = %(tenant)s AND c.id = %(id)s""",
        {"id": id},
    )
    return (codec.state(Case, rows[0][0]), codec.state(Customer, rows[0][1])) if rows else None


def currency_of_case(tx: Tx, id: str) -> str | None:
    """The case's currency; None when there is no such case."""
    rows = tx.rows("SELECT currency FROM cases WHERE tenant = %(tenant)s AND id = %(id)s", {"id": id})
    return str(rows[0][0]) if rows else None


def customer(tx: Tx, id: str) -> Customer | None:
    """The customer."""
    rows = tx.rows(
        "SELECT state::text FROM customers WHERE tenant = %(tenant)s AND id = %(id)s AND version > 0", {"id": id}
    )
    return codec.state(Customer, rows[0][0]) if rows else None


def payment(tx: Tx, id: str) -> Payment | None:
    """The payment."""
    rows = tx.rows("SELECT state::text FROM payments WHERE tenant = %(tenant)s AND id = %(id)s", {"id": id})
    return codec.state(Payment, rows[0][0]) if rows else None


def payments(
    tx: Tx,
    customer: str | None,
    received_from: date | None,
    received_until: date | None,
    after: After | None,
    limit: int,
) -> list[Payment]:
    """A page of payments, the last received first."""
    order = Sort(column="received_on", type="date", id="id", down=True)
    asked = _payments_asked(customer, received_from, received_until)
    rows = page(tx, "SELECT state::text AS state FROM payments", asked, order, after, limit)
    return [codec.state(Payment, row["state"]) for row in rows]


def count_payments(tx: Tx, customer: str | None, received_from: date | None, received_until: date | None) -> int:
    """How many there are of those payments, as `keyset.count` counts."""
    return count(tx, "payments", _payments_asked(customer, received_from, received_until))


def _payments_asked(customer: str | None, received_from: date | None, received_until: date | None) -> Asked:
    asked = Asked(["tenant = %(tenant)s"], {})
    if customer is not None:
        asked.and_("customer = %(customer)s", customer=customer)
    if received_from is not None:
        asked.and_("received_on >= %(received_from)s", received_from=received_from)
    if received_until is not None:
        asked.and_("received_on <= %(received_until)s", received_until=received_until)
    return asked


_STREAMS = """
SELECT 'case/' || id, currency FROM cases WHERE tenant = %(tenant)s AND id = ANY(%(case)s::text[])
UNION ALL
SELECT 'payment/' || id, currency FROM payments WHERE tenant = %(tenant)s AND id = ANY(%(payment)s::text[])
UNION ALL
SELECT 'customer/' || id, state ->> 'currency' FROM customers WHERE tenant = %(tenant)s AND id = ANY(%(customer)s::text[])
"""


def currencies(tx: Tx, streams: Sequence[str]) -> dict[str, str | None]:
    """The currency in which a stream's amounts are written, by stream."""
    named: dict[str, list[Any]] = {"case": [], "payment": [], "customer": []}
    for stream in sorted(set(streams)):
        kind, _, id = stream.partition("/")
        if kind in named:
            named[kind].append(id)
    return dict(tx.rows(_STREAMS, named)) if any(named.values()) else {}
