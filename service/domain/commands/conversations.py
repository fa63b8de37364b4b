"""What people tell of their exchange with a customer beside the contact record."""

from typing import TypeAlias

from msgspec import Struct


class RecordReply(Struct, frozen=True, kw_only=True):
    """The customer answered a message that has left."""

    customer: str
    message: str
    contact: str
    channel: str
    cases: tuple[str, ...]
    text: str | None = None


TalkCommand: TypeAlias = RecordReply
