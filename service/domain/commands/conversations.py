"""What people tell of their exchange with a customer beside the contact record."""

from datetime import datetime
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


class ReturnMessage(Struct, frozen=True, kw_only=True):
    """A message that had left did not reach anybody after all."""

    customer: str
    message: str
    contact: str
    channel: str
    cases: tuple[str, ...]
    code: str


class ArrangeVisit(Struct, frozen=True, kw_only=True):
    """Somebody who can decide agreed to be met."""

    customer: str
    task: str
    contact: str
    at: datetime


class WithholdMessage(Struct, frozen=True, kw_only=True):
    """Not before my superior has answered; `text` are the words with which it should open."""

    customer: str
    message: str
    contact: str
    channel: str
    cases: tuple[str, ...]
    question: str
    text: str | None = None


class AdviseMessage(Struct, frozen=True, kw_only=True):
    """It may leave: with these words, with those `proposed`, or as always."""

    customer: str
    message: str
    contact: str
    channel: str
    cases: tuple[str, ...]
    text: str | None = None
    proposed: str | None = None


TalkCommand: TypeAlias = RecordReply | ReturnMessage | ArrangeVisit | WithholdMessage | AdviseMessage
