"""Notes and marks: what people write down, kept for whoever works the case next."""

from collections.abc import Iterator

from service.domain.account import Account, Happened, on_case, on_customer
from service.domain.commands import AddNote, FlagCases
from service.domain.events.case import Flagged, Noted
from service.domain.events.customer import CustomerNoted
from service.domain.scene import Scene


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
