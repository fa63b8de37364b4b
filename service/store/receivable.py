"""Open bills by what a payer says of them: their number, their amount, the customer's name."""

from collections.abc import Sequence
from datetime import date

from service.domain.matching import OpenBill
from service.store.database import Tx

MOST = 500
"""Of a customer's bills, and of those of one amount."""

_BILLS = "SELECT id, customer, open_amount, due_on < %(today)s AS overdue FROM cases"


def named(tx: Tx, currency: str, today: date, words: Sequence[str], folded: Sequence[str]) -> dict[str, OpenBill]:
    """By word: the open bills with that id, or with that reference folded."""
    if not words:
        return {}
    values = {"currency": currency, "today": today, "words": list(words), "folded": list(folded)}
    open_ones = "tenant = %(tenant)s AND currency = %(currency)s AND stage <> 'closed' AND open_amount > 0"
    rows = tx.rows(
        f"""SELECT id, customer, open_amount, due_on < %(today)s, NULL FROM cases
             WHERE {open_ones} AND id = ANY(%(words)s::text[])
            UNION ALL
            SELECT id, customer, open_amount, due_on < %(today)s, reference_key FROM cases
             WHERE {open_ones} AND reference_key = ANY(%(folded)s::text[])""",
        values,
    )
    by_reference = dict(zip(folded, words, strict=True))
    return {(by_reference[key] if key else id): OpenBill(id, c, amount, bool(late)) for id, c, amount, late, key in rows}


def customers_called(tx: Tx, name_key: str) -> list[str]:
    """The customers of that folded name."""
    rows = tx.rows("SELECT id FROM customers WHERE tenant = %(tenant)s AND name_key = %(key)s LIMIT 3", {"key": name_key})
    return [id for (id,) in rows]


def of_customers(tx: Tx, currency: str, today: date, customers: Sequence[str]) -> list[OpenBill]:
    """Their open bills, by due date."""
    if not customers:
        return []
    rows = tx.rows(
        f"""{_BILLS} WHERE tenant = %(tenant)s AND customer = ANY(%(customers)s::text[]) AND currency = %(currency)s
             AND stage <> 'closed' AND open_amount > 0 ORDER BY due_on, id LIMIT {MOST}""",
        {"currency": currency, "today": today, "customers": list(customers)},
    )
    return [OpenBill(id, customer, amount, bool(late)) for id, customer, amount, late in rows]


def of_amount(tx: Tx, currency: str, today: date, amount: int, limit: int) -> list[OpenBill]:
    """The open bills of just that amount."""
    rows = tx.rows(
        f"""{_BILLS} WHERE tenant = %(tenant)s AND currency = %(currency)s AND open_amount = %(amount)s
             AND stage <> 'closed' ORDER BY currency, open_amount, id LIMIT %(limit)s""",
        {"currency": currency, "today": today, "amount": amount, "limit": limit},
    )
    return [OpenBill(id, customer, found, bool(late)) for id, customer, found, late in rows]
