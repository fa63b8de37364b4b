"""Every event that may ever stand in the log, by stream: the storage contract.

A stored event is `type` (the class's tag) and `data` (its JSON without the tag). Old shapes are lifted in
`store.codec`, never here.
"""

from typing import TypeAlias, get_args

from service.domain.events.case import CaseEvent
from service.domain.events.customer import CustomerEvent
from service.domain.events.payment import PaymentEvent
from service.domain.events.tenant import TenantEvent

Event: TypeAlias = CaseEvent | CustomerEvent | PaymentEvent | TenantEvent

TYPES: dict[str, type[Event]] = {cls.type: cls for cls in get_args(Event)}

__all__ = ["TYPES", "CaseEvent", "CustomerEvent", "Event", "PaymentEvent", "TenantEvent"]
