"""What holds a customer's messages back though their slot has come (C12)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from service.domain.customer import Customer
from service.engine.desk import Session


def waits_until(session: Session, row: Mapping[str, Any], customer: Customer) -> datetime | None:
    """When to look at the message again; None when it may leave. What asks for nothing and what a person agreed to, letters,
    goes all the same."""
    if row["service"] or customer.waits_until is None:
        return None
    at = session.scene.workdays.opening(customer.waits_until)
    return at if at > session.scene.now else None
