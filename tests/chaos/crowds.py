"""A crowd of customers whose bills fall due at the same instants, told the same way to any number of tenants, and what their
logs say afterwards."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from tests.chaos.processes import rows

ISSUED = date(2026, 1, 5)

Told = tuple[str, int, str, str, str, str]
"""stream, version, type, data, occurred_at, day"""


def events(customers: int, bills: int) -> Iterator[dict[str, Any]]:
    """Every customer has bills of a few due dates, some confirmed, some paid in part: hundreds of steps fall on each day."""
    for c in range(customers):
        customer = f"C-{c}"
        people = [
            {"id": "ap", "name": "Li Na", "email": f"ap{c}@buyer.example", "phone": "1", "role": "accounts_payable"},
            {"id": "cfo", "name": "Wu Lei", "email": f"cfo{c}@buyer.example", "role": "decision_maker"},
        ]
        yield _event(customer, "customer.updated", customer=customer, name=f"Buyer {c}", contacts=people)
        for b in range(bills):
            bill = f"{customer}-{b}"
            due = ISSUED + timedelta(9 + b % 3)
            money = {"amount": "1000.00", "currency": "CNY"}
            dates = {"issued_on": str(ISSUED), "due_on": str(due)}
            yield _event(bill, "invoice.issued", invoice=bill, customer=customer, **money, **dates)
            if b % 2:
                yield _event(bill, "invoice.confirmed", invoice=bill)
            if (c + b) % 7 == 0:
                part = {"payment": f"P-{bill}", "customer": customer, "amount": "400.00", "currency": "CNY"}
                paid = [{"invoice": bill, "amount": "400.00"}]
                yield _event(bill, "payment.received", **part, received_on=str(ISSUED), allocations=paid)


def late(customers: int, due: date) -> Iterator[dict[str, Any]]:
    """Every customer has one bill that should have been posted long ago."""
    for c in range(customers):
        bill = {"invoice": f"L-{c}", "customer": f"C-{c}", "amount": "1000.00", "currency": "CNY"}
        dates = {"issued_on": str(due - timedelta(30)), "due_on": str(due)}
        yield _event(f"L-{c}", "invoice.issued", **bill, **dates, confirmation_required=False)


def _event(about: str, type: str, **data: Any) -> dict[str, Any]:
    return {"specversion": "1.0", "id": f"{type}/{about}", "source": "erp/crowd", "type": type, "data": data}


def log(url: str, tenant: str) -> list[Told]:
    """Everything the tenant's log says of its customers, save when it was written down."""
    return [
        (stream, version, type, data, str(at), str(day))
        for stream, version, type, data, at, day in rows(
            url,
            """SELECT stream, version, type, data::text, occurred_at, day FROM events
                WHERE tenant = %s AND stream <> 'tenant' ORDER BY stream, version""",
            tenant,
        )
    ]


def spoken(url: str, tenant: str) -> dict[str, tuple[str, str, tuple[str, ...]]]:
    """Every message: its state, when it left, and the bills it is about."""
    return {
        id: (state, str(at), tuple(cases))
        for id, state, at, cases in rows(url, "SELECT id, state, at, cases FROM messages WHERE tenant = %s", tenant)
    }


def steps(told: list[Told]) -> Counter[str]:
    """How many events of each type."""
    return Counter(type for _, _, type, _, _, _ in told)
