"""Notes and marks: what people write down, kept for whoever works the case next."""

from collections.abc import Iterator, Sized

from service.domain.account import Account, Happened, on_case, on_customer
from service.domain.commands import AddNote, FlagCases, FlagCustomer, LookIntoPayment
from service.domain.decide import errands
from service.domain.events.case import Flagged, Noted
from service.domain.events.customer import CustomerFlagged, CustomerNoted
from service.domain.refusals import Conflict
from service.domain.scene import Scene

MOST_FLAGS = 20
FINANCE = ("finance", "finance")


def flag(command: FlagCases, account: Account, scene: Scene) -> Iterator[Happened]:
    """A mark on bills, or its end."""
    for id in command.cases:
        flags = account.case(id).flags
        if (command.flag in flags) == command.off:
            _room(flags, command.off)
            yield on_case(id, Flagged(flag=command.flag, on=scene.today, removed=command.off))


def flag_customer(command: FlagCustomer, account: Account, scene: Scene) -> Iterator[Happened]:
    """The same on a customer."""
    flags = account.customer.flags
    if (command.flag in flags) == command.off:
        _room(flags, command.off)
        flagged = CustomerFlagged(flag=command.flag, on=scene.today, cleared=command.off)
        yield on_customer(account.customer.id, flagged)


def _room(flags: Sized, off: bool) -> None:
    if not off and len(flags) >= MOST_FLAGS:
        raise Conflict("flags_exhausted", None, limit=MOST_FLAGS)


def note(command: AddNote, account: Account, scene: Scene) -> Iterator[Happened]:
    """A note on bills, or on the customer when none is named."""
    private = {"": {"text": command.text}}
    if not command.cases:
        yield on_customer(account.customer.id, CustomerNoted(), private)
    for case in command.cases:
        yield on_case(account.case(case).id, Noted(), private)


def look_into(command: LookIntoPayment, account: Account, scene: Scene) -> Iterator[Happened]:
    """Finance finds out whether the money is for these bills (D7); those that have closed since are no question."""
    cases = [id for id in command.cases if account.case(id).stage != "closed"]
    yield from errands.send(account, scene, "whose_payment", FINANCE, ("D7", "whose_payment"), cases, scene.today)
