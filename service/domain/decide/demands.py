"""Demands that reached the customer, and papers that came back from them: what begins the limitation period anew (I1)."""

from collections.abc import Iterator, Sequence
from datetime import date

from service.domain.account import Account, Happened, on_case, on_customer
from service.domain.commands import RecordReceipt, ReportMessage
from service.domain.decide.amounts import day
from service.domain.events.claim import Interrupted
from service.domain.events.conversation import MessageHandedOver
from service.domain.events.letter import LetterReceived
from service.domain.refusals import Refused
from service.domain.scene import Scene

DEMANDS = frozenset({"reminder", "urgent", "stern", "final_notice", "formal_dunning", "lawyer"})
"""Letters that ask for payment; a statement or an agreement does not."""


def handed_over(command: ReportMessage, account: Account, scene: Scene) -> Iterator[Happened]:
    """The mail server took it: a message that asks for money has reached whom it may concern."""
    event = MessageHandedOver(
        message=command.message, cases=list(command.cases), channel=command.channel, seal=command.seal
    )
    yield on_customer(account.customer.id, event)
    kind = command.message.partition("~")[0]
    if kind in DEMANDS if command.channel == "letter" else not command.message.endswith("~service"):
        yield from interrupt(account, command.cases, "demand", event.type, scene.today)


def receipt(command: RecordReceipt, account: Account, scene: Scene) -> Iterator[Happened]:
    """A letter was delivered, or came back signed."""
    on = day(command.on, scene, "/on", past=True)
    if on < command.issued_on:
        raise Refused("date_out_of_range", "/on", given=on, earliest=command.issued_on, latest=scene.today)
    if command.signed and command.letter in account.customer.reconciliations:
        raise Refused("reconciliation_by_answer", "/signed", reconciliation=command.letter)
    received = LetterReceived(
        letter=command.letter, kind=command.kind, cases=list(command.cases), on=on, signed=command.signed
    )
    said = {name: value for name in ("received_by", "proof") if (value := getattr(command, name))}
    yield on_customer(account.customer.id, received, {"": said} if said else None)
    if command.kind in DEMANDS:
        yield from interrupt(account, command.cases, "demand", received.type, on)
    if command.signed:
        yield from interrupt(account, command.cases, "acknowledgement", received.type, on)


def interrupt(account: Account, cases: Sequence[str], cause: str, by: str, on: date) -> Iterator[Happened]:
    """On every bill it speaks of, with the event just told as its reason; a day's second demand adds nothing."""
    stream, version = f"customer/{account.customer.id}", account.customer.version
    for id in cases:
        case = account.cases.get(id)
        known = case.interrupted.get(cause) if case else None
        if case and (case.stage != "closed" or case.lost) and (known is None or known.on < on):
            yield on_case(id, Interrupted(cause=cause, on=on, by=by, stream=stream, version=version))
