"""The tables' rows in memory."""

from datetime import date, datetime
from typing import Any

from msgspec import Struct

from service.domain.account import ApprovalRow
from service.domain.case import Case
from service.domain.customer import Customer


class CaseRow(Struct, frozen=True):
    state: Case
    next_at: datetime | None

    @property
    def version(self) -> int:
        return self.state.version


class CustomerRow(Struct, frozen=True):
    state: Customer
    own_at: datetime | None
    wake_at: datetime | None

    @property
    def version(self) -> int:
        return self.state.version


class Seen(Struct, frozen=True):
    """What came of a request: `answer` is what a repeat gets."""

    content: str
    token: str | None
    answer: Any


class TaskRow(Struct, frozen=True):
    customer: str
    owner: str
    kind: str
    state: str
    cases: tuple[str, ...]


class RequestRow(Struct, frozen=True):
    customer: str
    row: ApprovalRow


class MessageRow(Struct, frozen=True, kw_only=True):
    id: str
    customer: str
    contact: str
    channel: str
    day: date
    slot_at: datetime
    service: bool
    state: str = "queued"
    cases: tuple[str, ...] = ()
    attempts: int = 0
    fence: int = 0
    next_at: datetime | None = None


class ItemRow(Struct, frozen=True):
    message: str
    case: str
    template: str
    step: str
    struck: str | None = None


class EndpointRow(Struct, frozen=True):
    id: str
    types: tuple[str, ...]
    enabled: bool = True


class DeliveryRow(Struct, frozen=True, kw_only=True):
    id: str
    endpoint: str
    letter: tuple[str, int]
    webhook: str
    state: str = "pending"
    attempts: int = 0
    fence: int = 0
    next_at: datetime | None = None
