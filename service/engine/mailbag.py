"""What events mean for messages to customers: what they put into them, how they end, when they are looked at again."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from service.domain.account import Happened
from service.domain.events.case import Reminded
from service.domain.events.conversation import (
    MessageAdvised,
    MessageBounced,
    MessageHandedOver,
    MessageReplied,
    MessageWithheld,
)
from service.domain.events.customer import LetterIssued
from service.domain.events.task import TaskCompleted
from service.store import mails, messages
from service.store.database import Missed, Tx

Told = Sequence[tuple[str, Happened]]
"""Events with their customers."""


def items(happened: Told) -> list[messages.Item]:
    """The bills that steps and letters put into messages."""
    return [item for customer, one in happened for item in _items(customer, one)]


def _items(customer: str, one: Happened) -> Iterable[messages.Item]:
    match one.event:
        case Reminded() as event if event.message and event.slot and event.contact:
            yield messages.Item(
                message=event.message,
                customer=event.message.partition("~")[0],
                contact=event.contact,
                channel=event.channel,
                day=date.fromisoformat(event.message.split("~")[3]),
                slot_at=event.slot,
                service=event.service,
                kind="service" if event.service else "dunning",
                copy=event.copy,
                case_id=one.id,
                template=event.template or "",
                step=event.step,
                rule=event.rule,
            )
        case LetterIssued() as event if event.message and event.slot and event.contact:
            for case in event.cases:
                yield _letter_item(event, customer, case)
        case _:
            return


def end(tx: Tx, happened: Told, now: datetime) -> None:
    """How a message fared stands in the log and in its row at once, and only once. Raises Missed."""
    for customer, one in happened:
        match one.event:
            case MessageBounced(returned=True) as event:
                if not mails.came_back(tx, event.message):
                    raise Missed
            case MessageHandedOver() | MessageBounced() as event:
                if not messages.end(tx, event.message, event.type.removeprefix("message.")):
                    raise Missed
            case MessageReplied() as event:
                mails.replied(tx, event.message)
            case MessageWithheld() as event:
                if not messages.withhold(tx, event.message):
                    raise Missed
            case MessageAdvised() as event if event.leaves_as != event.message:
                messages.put_off(tx, event.message, event.leaves_as, event.day, event.slot, now)
            case MessageAdvised():
                messages.look_again(tx, customer)
            case TaskCompleted(kind="reply"):
                messages.look_again(tx, customer)
            case _:
                continue


def _letter_item(event: LetterIssued, customer: str, case: str) -> messages.Item:
    assert event.slot and event.contact
    return messages.Item(
        message=event.letter,
        customer=customer,
        contact=event.contact,
        channel="letter",
        day=event.on,
        slot_at=event.slot,
        service=True,
        kind=event.kind,
        copy=None,
        case_id=case,
        template=event.kind,
        step=event.kind,
        rule=event.rule,
    )
