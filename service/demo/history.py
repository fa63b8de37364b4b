"""The shipped invoice history as events by day: issued, confirmed three days later, paid when the file says."""

import csv
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from importlib.resources import files
from typing import Any

SOURCE = "erp/demo"
CURRENCY = "USD"
MONTHS_SHOWN = timedelta(365)
CONFIRMED_AFTER = timedelta(3)
WITHHELD = {"0688-XNJRO": timedelta(150), "9883-SDWFS": timedelta(75), "8887-NCUZC": timedelta(20)}
"""Customers whose payments are withheld for their last so many days: the file itself is never more than 45 days late."""

_PEOPLE = (
    ("Ms", "Emma Larsen", "en"),
    ("Mr", "Daniel Osei", "en"),
    ("女士", "王芳", "zh"),
    ("Ms", "Priya Nair", "en"),
    ("先生", "李强", "zh"),
    ("Mr", "Tomás Vidal", "en"),
)
_COLLECTORS = ("li.na", "sam.reed")


@dataclass(frozen=True)
class Bill:
    """One line of the file, moved in time."""

    id: str
    customer: str
    amount: str
    issued_on: date
    due_on: date
    paid_on: date


def bills(today: date) -> list[Bill]:
    """The last twelve months of the file, moved so that its last bill is issued today."""
    text = (files("service.demo") / "history.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    last = max(_day(row["InvoiceDate"]) for row in rows)
    moved = today - last
    return [
        Bill(
            id=row["invoiceNumber"],
            customer=row["customerID"],
            amount=row["InvoiceAmount"],
            issued_on=_day(row["InvoiceDate"]) + moved,
            due_on=_day(row["DueDate"]) + moved,
            paid_on=_day(row["SettledDate"]) + moved,
        )
        for row in rows
        if _day(row["InvoiceDate"]) > last - MONTHS_SHOWN
    ]


def _day(text: str) -> date:
    return datetime.strptime(text, "%m/%d/%Y").date()  # noqa: DTZ007 - a date, no instant


def by_day(today: date) -> dict[date, list[dict[str, Any]]]:
    """Every event up to today, by the day on which the ERP says it."""
    days: dict[date, list[dict[str, Any]]] = defaultdict(list)
    found = sorted(bills(today), key=lambda bill: (bill.issued_on, bill.id))
    known: set[str] = set()
    for bill in found:
        if bill.customer not in known:
            known.add(bill.customer)
            days[bill.issued_on].append(_customer(bill.customer, len(known)))
    for bill in found:
        for day, one in _of(bill, today):
            days[day].append(one)
    return dict(sorted(days.items()))


def _of(bill: Bill, today: date) -> Iterator[tuple[date, dict[str, Any]]]:
    yield (
        bill.issued_on,
        _event(
            f"issued-{bill.id}",
            "invoice.issued",
            {
                "invoice": bill.id,
                "customer": bill.customer,
                "amount": bill.amount,
                "currency": CURRENCY,
                "issued_on": str(bill.issued_on),
                "due_on": str(bill.due_on),
            },
        ),
    )
    confirmed_on = bill.issued_on + CONFIRMED_AFTER
    withheld = WITHHELD.get(bill.customer, timedelta(0))
    paid = bill.paid_on <= today - withheld
    if confirmed_on <= today and not (paid and bill.paid_on < confirmed_on):
        data = {"invoice": bill.id, "confirmed_on": str(confirmed_on)}
        yield confirmed_on, _event(f"confirmed-{bill.id}", "invoice.confirmed", data)
    if paid:
        yield (
            bill.paid_on,
            _event(
                f"paid-{bill.id}",
                "payment.received",
                {
                    "payment": f"P-{bill.id}",
                    "customer": bill.customer,
                    "amount": bill.amount,
                    "currency": CURRENCY,
                    "received_on": str(bill.paid_on),
                    "allocations": [{"invoice": bill.id, "amount": bill.amount}],
                },
            ),
        )


def _customer(id: str, number: int) -> dict[str, Any]:
    salutation, name, language = _PEOPLE[number % len(_PEOPLE)]
    mail = f"{id.lower()}.example"
    payable = {
        "id": "ap",
        "name": name,
        "salutation": salutation,
        "role": "accounts_payable",
        "email": f"payables@{mail}",
        "phone": f"+1 555 01{number:02d}",
    }
    decider = {"id": "cfo", "name": "Helen Brandt", "role": "decision_maker", "email": f"finance@{mail}"}
    return _event(
        f"customer-{id}",
        "customer.updated",
        {
            "customer": id,
            "name": f"{id} Trading",
            "language": language,
            "collector": _COLLECTORS[number % len(_COLLECTORS)],
            "credit_limit": "1000.00",
            "currency": CURRENCY,
            "contacts": [payable, decider],
        },
    )


def _event(id: str, type: str, data: dict[str, Any]) -> dict[str, Any]:
    return {"specversion": "1.0", "id": id, "source": SOURCE, "type": type, "data": data}
