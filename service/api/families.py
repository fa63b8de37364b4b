"""A parent with its children: what they owe together, by currency, and who they are."""

from typing import Any

from service.domain.customer import Customer
from service.domain.money import format
from service.engine.desk import Session
from service.store import balances, customers


def family_of(session: Session, customer: Customer) -> dict[str, Any] | None:
    """The family that the customer is head or child of; None when it stands alone."""
    tx, head = session.tx, customer.parent or customer.id
    children = sorted(customers.children(tx, head))
    if not children:
        return None
    names = customers.names(tx, children)
    sums: dict[str, dict[str, int]] = {"exposure": {}, "overdue": {}}
    for owed in balances.of_customers(tx, [head, *children], session.scene.today).values():
        for one in owed:
            for name, by_currency in sums.items():
                by_currency[one.currency] = by_currency.get(one.currency, 0) + getattr(one, name)
    return {
        "parent": head,
        "children": [{"id": id, "name": names.get(id) or None} for id in children],
        "complete": len(children) < customers.CHILDREN_AT_MOST,
        **{
            name: {code: format(amount, code) for code, amount in sorted(by_currency.items())}
            for name, by_currency in sums.items()
        },
    }
