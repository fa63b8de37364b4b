"""A customer answers: what would go out by itself waits until a person has looked (C12)."""

from collections.abc import Iterator

from service.domain.account import Account, Happened, on_customer
from service.domain.commands import RecordReply
from service.domain.decide import errands
from service.domain.events.conversation import MessageReplied
from service.domain.scene import Scene

WAIT_OPEN_DAYS = 2


def received(command: RecordReply, account: Account, scene: Scene) -> Iterator[Happened]:
    """The owner looks; two open days later at the most messages go on by themselves."""
    event = MessageReplied(
        message=command.message,
        cases=list(command.cases),
        channel=command.channel,
        contact=command.contact,
        on=scene.today,
        waits_until=scene.workdays.add_open(scene.today, WAIT_OPEN_DAYS),
    )
    yield on_customer(account.customer.id, event, {"": {"text": command.text}} if command.text else None)
    owed = [id for id in command.cases if id in account.cases and account.cases[id].stage != "closed"]
    whose, due_on = errands.works(account, owed), scene.workdays.next_open(scene.today)
    yield from errands.send(account, scene, "reply", whose, ("C12", "reply_received"), owed, due_on, command.contact)
