"""What each event of an ERP does, with an example of its data."""

from typing import Any, NamedTuple


class Told(NamedTuple):
    """What the event does, and data that are accepted."""

    effect: str
    example: dict[str, Any]


_CONTACT = {
    "id": "zhang",
    "name": "Zhang Wei",
    "title": "accountant",
    "salutation": "Ms",
    "phone": "+86 21 5555 0100",
    "email": "zhang@example.com",
    "role": "accounts_payable",
    "may_receive_details": True,
}

FACTS_TOLD = {
    "customer.updated": Told(
        "Creates or changes a customer; absent fields stay. `contacts` merge by `id`, `removed: true` takes one away. "
        "`may_receive_details` defaults to true for accounts_payable and decision_maker; "
        "a relative or colleague is a third party and learns nothing.",
        {
            "customer": "C-1",
            "name": "Hong Star Trading",
            "segment": "standard",
            "language": "zh",
            "time_zone": "Asia/Shanghai",
            "billing_cycle": "monthly",
            "credit_limit": "500000.00",
            "currency": "CNY",
            "collector": "li.na",
            "contacts": [_CONTACT],
        },
    ),
    "invoice.submitted": Told(
        "A bill was put up for internal review: stage `review`. An unknown customer is created bare.",
        {
            "invoice": "INV-1",
            "customer": "C-1",
            "amount": "1200.00",
            "currency": "CNY",
            "period": "2026-01",
            "submitted_on": "2026-01-04",
        },
    ),
    "invoice.issued": Told(
        "A bill went to the customer: stage `confirmation`, or `collection` when no confirmation is required. Give "
        "`due_on`, or `terms` such as P30D with `terms_from`: until the fact it names is known the due date is null. "
        "Ids are never used twice: 409 `invoice_exists` for other content.",
        {
            "invoice": "INV-1",
            "customer": "C-1",
            "amount": "1200.00",
            "currency": "CNY",
            "issued_on": "2026-01-05",
            "due_on": "2026-03-06",
        },
    ),
    "invoice.amended": Told(
        "Corrects a bill. Before the confirmation `resent_on` starts its clocks anew; later amount and clocks follow the "
        "facts.",
        {"invoice": "INV-1", "amount": "1150.00", "resent_on": "2026-01-08", "reason": "Freight was billed twice."},
    ),
    "invoice.confirmed": Told(
        "The customer agreed to the bill: stage `collection`.",
        {
            "invoice": "INV-1",
            "confirmed_on": "2026-01-10",
            "confirmed_by": "Zhang Wei",
            "tax_invoice": {"title": "Hong Star Trading Co.", "tax_id": "91310000MA1K0000XX"},
        },
    ),
    "pod.completed": Told(
        "The proof of delivery is complete; for customers who settle by it its clock starts.",
        {"invoice": "INV-1", "completed_on": "2026-01-07"},
    ),
    "tax_invoice.requested": Told(
        "The customer asked for the tax invoice: finance gets a task.", {"invoice": "INV-1", "on": "2026-01-10"}
    ),
    "tax_invoice.issued": Told(
        "Finance issued the tax invoice.", {"invoice": "INV-1", "number": "03100-77120", "on": "2026-01-12"}
    ),
    "tax_invoice.dispatched": Told(
        "The tax invoice is on its way; the customer is told.",
        {
            "invoice": "INV-1",
            "number": "03100-77120",
            "on": "2026-01-13",
            "courier": "SF Express",
            "tracking": "SF1020304050607",
        },
    ),
    "invoice.credited": Told(
        "A credit note reduces the open amount, at most to nothing; what is too much becomes credit.",
        {"invoice": "INV-1", "amount": "200.00", "reason": "Two cartons were damaged.", "on": "2026-02-02"},
    ),
    "invoice.due_date_changed": Told(
        "Another due date was agreed; the clocks are computed anew.",
        {"invoice": "INV-1", "due_on": "2026-04-06", "reason": "Agreed with their director."},
    ),
    "invoice.voided": Told(
        "The bill never was: it closes as `voided`, and what was paid on it is credit again.",
        {"invoice": "INV-1", "reason": "Issued to the wrong company."},
    ),
    "payment.received": Told(
        "Money came in. It goes to the bills it names, then to the customer's oldest ones of the currency; the rest is "
        "credit. A cheque or draft that matures later covers its bills until then. One that names an unknown bill, "
        "another customer's or another currency's, or allocates more than its amount, is rejected whole.",
        {
            "payment": "P-1",
            "customer": "C-1",
            "amount": "500.00",
            "currency": "CNY",
            "received_on": "2026-03-12",
            "method": "transfer",
            "reference": "INV-1",
            "allocations": [{"invoice": "INV-1", "amount": "500.00"}],
        },
    ),
    "payment.honoured": Told("A cheque or draft turned into money.", {"payment": "P-1", "on": "2026-06-12"}),
    "payment.reversed": Told(
        "The money went back: every application is taken back, and what had closed is open again.",
        {"payment": "P-1", "reason": "Returned by the bank.", "on": "2026-03-20"},
    ),
    "payment.allocated": Told(
        "Cash that stood on account is applied to bills.",
        {"payment": "P-1", "allocations": [{"invoice": "INV-2", "amount": "100.00"}]},
    ),
    "hold.acknowledged": Told(
        "The ERP has stopped deliveries to the customer; `hold` is the one that `hold.applied` named.",
        {"customer": "C-1", "hold": "C-1.21", "on": "2026-06-02"},
    ),
    "hold.release_acknowledged": Told(
        "The ERP has resumed deliveries.", {"customer": "C-1", "hold": "C-1.21", "on": "2026-06-20"}
    ),
}
