"""What holds a customer's messages back though their slot has come (C12, C14)."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from service.domain.customer import Customer
from service.engine.desk import Session


def waits_until(session: Session, row: Mapping[str, Any], customer: Customer) -> datetime | None:
    """When to look at the message again; None when it may leave. What asks for nothing and what a person agreed to, letters,
    goes all the same."""
    if row["service"]:
        return None
    return max((at for at in _reasons(session, row, customer) if at > session.scene.now), default=None)


def _reasons(session: Session, row: Mapping[str, Any], customer: Customer) -> Iterator[datetime]:
    workdays, withheld = session.scene.workdays, customer.withheld
    if customer.waits_until:
        yield workdays.opening(customer.waits_until)
    if withheld and withheld.advised is None and withheld.message == row["id"]:
        yield workdays.closing(withheld.until)
