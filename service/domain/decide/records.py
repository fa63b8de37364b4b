"""Contact records (C4) and notes: what was said, kept for whoever calls next."""

from collections.abc import Iterator, Sequence

from service.domain.account import Account, Happened, on_case, on_customer
from service.domain.commands import AddNote, ContactRecord, FlagCases, LogContact
from service.domain.events.case import Flagged, Noted
from service.domain.events.customer import ContactLogged, CustomerNoted
from service.domain.refusals import Refused
from service.domain.scene import Scene


def logged(
    account: Account, scene: Scene, record: ContactRecord, cases: Sequence[str], task: str | None = None
) -> Happened:
    """The record as an event; what was verified and said is private."""
    if record.contact and record.contact not in account.customer.contacts:
        raise Refused("unknown_contact", "/contact", contact=record.contact)
    event = ContactLogged(
        cases=list(cases),
        channel=record.channel,
        on=scene.today,
        outcome=record.outcome,
        contact=record.contact,
        willingness=record.willingness,
        ability=record.ability,
        cause=record.cause,
        next_on=record.next_on,
        task=task,
    )
    said = {"notes": record.notes, "verified": list(record.verified), "next_step": record.next_step}
    private = {"": {name: value for name, value in said.items() if value}}
    return on_customer(account.customer.id, event, private if private[""] else None)


def log_contact(command: LogContact, account: Account, scene: Scene) -> Iterator[Happened]:
    """A conversation outside any task."""
    yield logged(account, scene, command.record, command.cases)


def flag(command: FlagCases, account: Account, scene: Scene) -> Iterator[Happened]:
    """A mark on bills, or its end."""
    for id in command.cases:
        if (command.flag in account.case(id).flags) == command.off:
            yield on_case(id, Flagged(flag=command.flag, on=scene.today, removed=command.off))


def note(command: AddNote, account: Account, scene: Scene) -> Iterator[Happened]:
    """A note on bills, or on the customer when none is named."""
    private = {"": {"text": command.text}}
    if not command.cases:
        yield on_customer(account.customer.id, CustomerNoted(), private)
    for case in command.cases:
        yield on_case(account.case(case).id, Noted(), private)
