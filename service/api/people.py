"""Who stands behind a customer: persons with the private details that the reader may see."""

from typing import Any

from service.api.roles import VIEWER
from service.domain.customer import Customer
from service.engine.desk import Session
from service.store import log

_NAMES = ("name", "title", "salutation")
_ADDRESSES = ("phone", "email", "mobile")


def contact_answers(session: Session, customer: Customer, role: str) -> list[dict[str, Any]]:
    """The customer's people. The ERP posted their details and may read them; a viewer sees names alone."""
    stream = f"customer/{customer.id}"
    keys = sorted({(stream, one.details) for one in customer.contacts.values() if one.details is not None})
    private = log.private_of(session.tx, keys)
    shown = _NAMES if role == VIEWER else _NAMES + _ADDRESSES
    return [
        {
            "id": id,
            **dict.fromkeys(_NAMES + _ADDRESSES),
            **_some(private.get((stream, one.details or 0), {}).get(id, {}), shown),
            "role": one.role,
            "may_receive_details": one.may_receive_details,
            "mark": one.mark,
            "points": one.points,
        }
        for id, one in sorted(customer.contacts.items())
    ]


def _some(details: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: details[name] for name in names if details.get(name) is not None}
